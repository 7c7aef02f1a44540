#include "desk/work_hours.h"

#include <gtest/gtest.h>

namespace zhike::desk {
namespace {

Instant at(std::string_view text, const Zone& zone = Zone::utc()) { return *parse_time(text, zone); }

WorkHours office() {
  WorkHours out{.always = false, .from_minute = 9 * 60, .to_minute = 18 * 60};
  for (const std::size_t day : {0U, 1U, 2U, 3U, 4U}) out.days.set(day);
  return out;
}

TEST(WorkHours, AroundTheClockIsTheClock) {
  EXPECT_EQ(due_after(at("2026-03-06T17:00:00Z"), hours(30), {}, Zone::utc()), at("2026-03-07T23:00:00Z"));
  EXPECT_EQ(worked_between(at("2026-03-06T17:00:00Z"), at("2026-03-07T23:00:00Z"), {}, Zone::utc()),
            hours(30));
}

TEST(WorkHours, NightsAndWeekendsDoNotCount) {
  const Zone zone = Zone::utc();
  // 6 March 2026 is a Friday.
  EXPECT_EQ(due_after(at("2026-03-06T17:00:00Z"), hours(2), office(), zone), at("2026-03-09T10:00:00Z"));
  EXPECT_EQ(due_after(at("2026-03-06T20:00:00Z"), hours(1), office(), zone), at("2026-03-09T10:00:00Z"));
  EXPECT_EQ(due_after(at("2026-03-07T12:00:00Z"), hours(9), office(), zone), at("2026-03-09T18:00:00Z"));
  EXPECT_EQ(due_after(at("2026-03-09T03:00:00Z"), minutes(1), office(), zone), at("2026-03-09T09:01:00Z"));
  EXPECT_EQ(worked_between(at("2026-03-06T17:00:00Z"), at("2026-03-09T10:00:00Z"), office(), zone), hours(2));
  EXPECT_EQ(worked_between(at("2026-03-07T00:00:00Z"), at("2026-03-08T23:00:00Z"), office(), zone), Millis{});
  EXPECT_EQ(worked_between(at("2026-03-09T10:00:00Z"), at("2026-03-06T17:00:00Z"), office(), zone), Millis{});
}

TEST(WorkHours, GoByTheWallClock) {
  const Zone berlin = *Zone::find("Europe/Berlin");
  WorkHours hours_of_all{.always = false, .from_minute = 0, .to_minute = 1440};
  hours_of_all.days.set();
  // The night of 29 March 2026 has 23 hours in Berlin.
  const Instant from = at("2026-03-28T12:00:00", berlin);
  EXPECT_EQ(worked_between(from, at("2026-03-29T12:00:00", berlin), hours_of_all, berlin), hours(23));
  EXPECT_EQ(due_after(from, hours(23), hours_of_all, berlin), at("2026-03-29T12:00:00", berlin));
  EXPECT_EQ(due_after(at("2026-03-06T16:59:00Z"), minutes(2), office(), berlin),
            at("2026-03-09T09:01:00", berlin));
}

}  // namespace
}  // namespace zhike::desk
