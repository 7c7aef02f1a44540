#include "base/day_range.h"

#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <cstddef>

namespace zhike {
namespace {

std::optional<int> digits(std::string_view text, std::size_t count) {
  int out = 0;
  if (text.size() != count) return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc{} || end != text.data() + text.size() || text[0] == '-') return std::nullopt;
  return out;
}

std::optional<std::int32_t> day_of(int year, int month, int day) {
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (year < 1970 || year > 2199 || !date.ok()) return std::nullopt;
  return static_cast<std::int32_t>(std::chrono::sys_days(date).time_since_epoch().count());
}

std::optional<DayRange> months_of(int year, int first, int count) {
  const auto from = day_of(year, first, 1);
  const int next = first + count;
  const auto last = day_of(year, next - 1, 28);
  if (!from || !last) return std::nullopt;
  return DayRange{*from, month_of_day(*last).to};
}

std::optional<DayRange> week_of(int year, int week) {
  constexpr std::int32_t kThursday = 3;    // 1970-01-01 was one, three days after its Monday
  const auto fourth = day_of(year, 1, 4);  // lies in week 1
  if (!fourth || week < 1 || week > 53) return std::nullopt;
  const std::int32_t monday = *fourth - (*fourth + kThursday) % 7 + 7 * (week - 1);
  // A year has a week 53 only when its last Thursday is in it.
  const auto next = day_of(year, 12, 28);
  if (!next || monday > *next) return std::nullopt;
  return DayRange{monday, monday + 6};
}

std::chrono::year_month_day date_of(std::int32_t day) {
  return std::chrono::year_month_day{std::chrono::sys_days(std::chrono::days(day))};
}

}  // namespace

DayRange month_of_day(std::int32_t day) {
  using namespace std::chrono;
  const year_month_day date = date_of(day);
  const sys_days first{date.year() / date.month() / 1}, last{date.year() / date.month() / std::chrono::last};
  return {static_cast<std::int32_t>(first.time_since_epoch().count()),
          static_cast<std::int32_t>(last.time_since_epoch().count())};
}

std::optional<DayRange> parse_day_range(std::string_view text) {
  if (const auto slash = text.find('/'); slash != text.npos) {
    const auto first = parse_day_range(text.substr(0, slash)), last = parse_day_range(text.substr(slash + 1));
    if (!first || !last || first->from > last->to) return std::nullopt;
    return DayRange{first->from, last->to};
  }
  const auto year = digits(text.substr(0, 4), 4);
  if (!year) return std::nullopt;
  if (text.size() == 4) return months_of(*year, 1, 12);
  if (text[4] != '-') return std::nullopt;
  const std::string_view rest = text.substr(5);
  if (rest.size() == 2 && (rest[0] == 'Q' || rest[0] == 'q') && rest[1] >= '1' && rest[1] <= '4')
    return months_of(*year, (rest[1] - '1') * 3 + 1, 3);
  if (rest.size() == 3 && (rest[0] == 'W' || rest[0] == 'w')) {
    const auto week = digits(rest.substr(1), 2);
    return week ? week_of(*year, *week) : std::nullopt;
  }
  const auto month = digits(rest.substr(0, 2), 2);
  if (!month || *month < 1 || *month > 12) return std::nullopt;
  if (rest.size() == 2) return months_of(*year, *month, 1);
  if (rest.size() != 5 || rest[2] != '-') return std::nullopt;
  const auto day = digits(rest.substr(3), 2);
  const auto found = day ? day_of(*year, *month, *day) : std::nullopt;
  if (!found) return std::nullopt;
  return DayRange{*found, *found};
}

std::string format_day(std::int32_t day) {
  const auto date = date_of(day);
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()));
}

std::string to_string(const DayRange& range) {
  if (range.from == range.to) return format_day(range.from);
  return fmt::format("{}/{}", format_day(range.from), format_day(range.to));
}

}  // namespace zhike
