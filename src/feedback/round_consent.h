// Whether a customer may be asked, by what was stated of consent. Pure.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "base/time.h"
#include "identity/traits.h"

namespace zhike::feedback {

/// Consent as the traits consent.contact, consent.survey and consent.CHANNEL state it ("false", "no", "否",
/// "declined" ... refuse; "true", "yes", "是", "granted" ... allow). One that refuses is enough to refuse;
/// with `opt_in` one of the last two must allow.
[[nodiscard]] bool may_ask(std::span<const identity::Trait> traits, std::string_view channel, bool opt_in);

/// How often a customer wants to be asked at most: the trait survey_every_days. Nothing: nothing was said.
[[nodiscard]] std::optional<Millis> own_limit(std::span<const identity::Trait> traits);

}  // namespace zhike::feedback
