#include "feedback/round_consent.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

#include "base/ascii.h"

namespace zhike::feedback {
namespace {

constexpr std::string_view kConsent = "consent.";
constexpr std::array<std::string_view, 12> kNo{"false",    "0",       "no",      "n",  "off",  "denied",
                                               "declined", "opt_out", "refused", "否", "拒绝", "不同意"};
constexpr std::array<std::string_view, 10> kYes{"true",    "1",      "yes", "y",    "on",
                                                "granted", "opt_in", "是",  "同意", "允许"};
constexpr std::int64_t kDaysMax = 365;

}  // namespace

bool may_ask(std::span<const identity::Trait> traits, std::string_view channel, bool opt_in) {
  bool allowed = !opt_in;
  for (const identity::Trait& trait : traits) {
    if (!trait.key.starts_with(kConsent)) continue;
    const std::string_view what = std::string_view(trait.key).substr(kConsent.size());
    if (what != "contact" && what != "survey" && what != channel) continue;
    const std::string said = ascii::lower(trait.value);
    if (std::ranges::find(kNo, said) != kNo.end()) return false;
    if (what != "contact" && std::ranges::find(kYes, said) != kYes.end()) allowed = true;
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
