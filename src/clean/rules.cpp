#include "clean/rules.h"

#include <algorithm>

namespace zhike::clean {
namespace {

constexpr std::array<std::string_view, kRuleCount> kNames{
    "phone_country",    "phone_written",      "phone_invalid", "email_written",  "email_alias",
    "email_disposable", "email_invalid",      "id_written",    "id_invalid",     "name_written",
    "name_order",       "chinese_simplified", "address_split", "currency_alias", "text_scrubbed"};

}  // namespace

std::string_view to_string(Rule rule) noexcept { return kNames[static_cast<std::size_t>(rule)]; }

std::optional<Rule> parse_rule(std::string_view text) noexcept {
  const auto at = std::ranges::find(kNames, text);
  if (at == kNames.end()) return std::nullopt;
  return static_cast<Rule>(at - kNames.begin());
}

}  // namespace zhike::clean
