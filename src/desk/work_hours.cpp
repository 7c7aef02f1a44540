#include "desk/work_hours.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace zhike::desk {
namespace {

constexpr std::int64_t kDay = 86'400'000, kMinute = 60'000;

std::int64_t local_day(Instant at, const Zone& zone) {
  const std::int64_t local = zone.to_local_ms(at);
  return local >= 0 ? local / kDay : (local - kDay + 1) / kDay;
}

bool is_working(std::int64_t day, const WorkHours& hours) {
  const std::int64_t weekday = ((day + 3) % 7 + 7) % 7;  // 1970-01-01 was a Thursday; Monday is 0
  return hours.days.test(static_cast<std::size_t>(weekday));
}

struct Shift {
  Instant begin, end;
};
Shift shift_of(std::int64_t day, const WorkHours& hours, const Zone& zone) {
  return {zone.to_instant(day * kDay + hours.from_minute * kMinute),
          zone.to_instant(day * kDay + hours.to_minute * kMinute)};
}

}  // namespace

Instant due_after(Instant from, Millis work, const WorkHours& hours, const Zone& zone) {
  if (hours.always || hours.days.none()) return from + work;
  for (std::int64_t day = local_day(from, zone);; ++day) {
    if (!is_working(day, hours)) continue;
    const Shift shift = shift_of(day, hours, zone);
    const Instant begin = std::max(from, shift.begin);
    if (begin >= shift.end) continue;
    if (work <= shift.end - begin) return begin + work;
    work.value -= (shift.end - begin).value;
  }
}

Millis worked_between(Instant from, Instant to, const WorkHours& hours, const Zone& zone) {
  if (to <= from) return {};
  if (hours.always || hours.days.none()) return to - from;
  Millis sum;
  const std::int64_t last = local_day(to, zone);
  for (std::int64_t day = local_day(from, zone); day <= last; ++day) {
    if (!is_working(day, hours)) continue;
    const Shift shift = shift_of(day, hours, zone);
    sum.value += std::max<std::int64_t>(0, (std::min(to, shift.end) - std::max(from, shift.begin)).value);
  }
  return sum;
}

}  // namespace zhike::desk
