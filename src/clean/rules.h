// The rules by which values are made comparable, and how often each was needed. A rule changes the form that
// is compared, never the form that is shown.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace zhike::clean {

/// Part of the stored format: new rules go to the end.
enum class Rule : std::uint8_t {
  kPhoneCountry,       ///< a national number was given its country code
  kPhoneWritten,       ///< only its way of writing changed
  kPhoneInvalid,       ///< no possible number of its country: compared digit by digit
  kEmailWritten,       ///< capitals, blanks, full-width letters, "mailto:"
  kEmailAlias,         ///< dots or a tag that its provider ignores
  kEmailDisposable,    ///< an address for ten minutes; kept
  kEmailInvalid,       ///< not an address
  kNationalIdWritten,  ///< separators, small letters, full-width digits
  kNationalIdInvalid,  ///< the check character does not hold
  kNameWritten,        ///< full-width letters, blanks, a title
  kNameOrder,          ///< given name first
  kChineseSimplified,  ///< traditional characters, for comparing only
  kAddressSplit,       ///< province, city and district were found in an address
  kCurrencyAlias,      ///< "RMB" for CNY
  kTextScrubbed,       ///< phone, card or identity numbers were taken out of a text
};
inline constexpr std::size_t kRuleCount = 15;
[[nodiscard]] std::string_view to_string(Rule rule) noexcept;  ///< "phone_country"
[[nodiscard]] std::optional<Rule> parse_rule(std::string_view text) noexcept;
/// It says that a value is wrong, rather than written differently.
[[nodiscard]] constexpr bool is_finding(Rule rule) noexcept {
  return rule == Rule::kPhoneInvalid || rule == Rule::kEmailInvalid || rule == Rule::kEmailDisposable ||
         rule == Rule::kNationalIdInvalid;
}

/// How often each rule was needed.
struct Tally {
  std::array<std::uint32_t, kRuleCount> by_rule{};
  void add(Rule rule) noexcept { ++by_rule[static_cast<std::size_t>(rule)]; }
  [[nodiscard]] std::uint32_t of(Rule rule) const noexcept { return by_rule[static_cast<std::size_t>(rule)]; }
};

}  // namespace zhike::clean
