// What an event says about its identifiers: that they belong together, that they no longer do, that a link to
// them was proved or not consented to.
#pragma once

#include <string>

#include "event/event.h"
#include "identity/graph.h"

namespace zhike::ingest {

/// Borrows the event's identifiers. `consent_key`: the field of the context that allows linking, "consent.
/// categoryPreferences.identity"; empty: it is not asked. Costs nothing for an event with one identifier.
///  - an alias with TraitOp::kUnset takes links back (track_id_unbind)
///  - email_verified, phone_verified, phone_number_verified and mobile_verified are traits of an identify
[[nodiscard]] identity::Claim claim_of(const RawEvent& event, const std::string& consent_key);
[[nodiscard]] std::string consent_key(const identity::Rules& rules);

}  // namespace zhike::ingest
