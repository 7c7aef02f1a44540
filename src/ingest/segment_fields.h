// From properties, traits and context of a Segment call to the fields of an event. No JSON here.
#pragma once

#include <string_view>

#include "event/event.h"

namespace zhike::ingest {

/// Identifiers among the traits: email, phone, unionid, openid, loyalty and identity numbers.
void add_trait_identifiers(const Properties& traits, RawEvent& event);
/// Device ids of the context.
void add_context_identifiers(RawEvent& event);
/// Moves the well-known properties into their fields, and fills channel, unit and session from the context.
/// A value that does not fit its field stays a property.
void take_known_fields(RawEvent& event);

}  // namespace zhike::ingest
