// Periods as people write them, as days.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace zhike {

/// Days since 1970-01-01, the last one included.
struct DayRange {
  std::int32_t from = 0, to = 0;
  [[nodiscard]] std::int32_t days() const { return to - from + 1; }
  friend bool operator==(const DayRange&, const DayRange&) = default;
};

/// "2026", "2026-Q1", "2026-03", "2026-W09" (ISO 8601: begins on Monday), "2026-03-07", or FIRST/LAST of any
/// of them. Years 1970 to 2199. None: no period.
[[nodiscard]] std::optional<DayRange> parse_day_range(std::string_view text);
[[nodiscard]] std::string format_day(std::int32_t day);  ///< "2026-03-07"
/// "2026-03-07" of one day, else "2026-03-02/2026-03-08": what parse_day_range() reads.
[[nodiscard]] std::string to_string(const DayRange& range);
/// Of the month that holds it.
[[nodiscard]] DayRange month_of_day(std::int32_t day);

}  // namespace zhike
