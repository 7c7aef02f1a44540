#include "external/text_type.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/time.h"

namespace zhike::external {
namespace {

bool is_number(std::string_view text) {
  constexpr std::ptrdiff_t kDigitsMax = 15;
  if (!ascii::parse_number<double>(text)) return false;
  std::string_view digits = text;
  if (digits.starts_with('-')) digits.remove_prefix(1);
  if (digits.size() > 1 && digits[0] == '0' && digits[1] != '.') return false;
  return std::ranges::count_if(digits, [](char c) { return c >= '0' && c <= '9'; }) <= kDigitsMax;
}

bool is_time(std::string_view text) {
  constexpr std::string_view kDay = "0000-00-00";
  if (text.size() < kDay.size()) return false;
  for (std::size_t i = 0; i < kDay.size(); ++i)
    if (kDay[i] == '-' ? text[i] != '-' : !(text[i] >= '0' && text[i] <= '9')) return false;
  return parse_time(text, Zone::utc()).has_value();
}

}  // namespace

void TextType::add(std::string_view text) {
  any_ = true;
  number_ = number_ && is_number(text);
  time_ = time_ && is_time(text);
  if (flag_) {
    const std::string small = ascii::lower(text);
    flag_ = small == "true" || small == "false";
  }
}

query::OutsideType TextType::type() const {
  if (!any_) return query::OutsideType::kText;
  if (number_) return query::OutsideType::kNumber;
  if (time_) return query::OutsideType::kTime;
  return flag_ ? query::OutsideType::kFlag : query::OutsideType::kText;
}

}  // namespace zhike::external
