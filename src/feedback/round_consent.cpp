#include "feedback/round_consent.h"

#include <algorithm>
#include <cstdint>

#include "base/ascii.h"
#include "identity/consent.h"

namespace zhike::feedback {
namespace {

constexpr std::string_view kConsent = "consent.";
constexpr std::int64_t kDaysMax = 365;

}  // namespace

bool may_ask(std::span<const identity::Trait> traits, std::string_view channel, bool opt_in) {
  bool allowed = !opt_in;
  for (const identity::Trait& trait : traits) {
    if (!trait.key.starts_with(kConsent)) continue;
    const std::string_view what = std::string_view(trait.key).substr(kConsent.size());
    if (what != "contact" && what != "survey" && what != channel) continue;
    const identity::Stated said = identity::stated_consent(trait.value);
    if (said == identity::Stated::kRefused) return false;
    if (what != "contact" && said == identity::Stated::kAllowed) allowed = true;
  }
  return allowed;
}

std::optional<Millis> own_limit(std::span<const identity::Trait> traits) {
  for (const identity::Trait& trait : traits) {
    if (trait.key != "survey_every_days") continue;
    const auto said = ascii::parse_number<std::int64_t>(trait.value);
    if (said && *said > 0) return days(std::min(*said, kDaysMax));
  }
  return std::nullopt;
}

}  // namespace zhike::feedback
