// Dates of birth and the like, in the ways files write them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace zhike::match {

/// Which of day and month comes first where both are numbers before the year.
enum class DayOrder : std::uint8_t { kDayFirst, kMonthFirst };

struct DateParts {
  int year = 0, month = 0, day = 0;  ///< as written: may be impossible (month 86)
  /// "18560618", for comparing digit by digit.
  [[nodiscard]] std::string digits() const;
  /// Days since 1970-01-01; nothing: no such day.
  [[nodiscard]] std::optional<std::int32_t> day_number() const;
};

/// 1980-03-12, 1980/3/12, 19800312, 12.03.1980, 12/3/80, 12 Mar 1980, March 12, 1980, 1980年3月12日; a time
/// behind it is left out. Nothing: not a date. Pure.
[[nodiscard]] std::optional<DateParts> parse_date(std::string_view text, DayOrder order);

}  // namespace zhike::match
