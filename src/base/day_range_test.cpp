#include "base/day_range.h"

#include <gtest/gtest.h>

namespace zhike {
namespace {

std::string read(std::string_view text) {
  const auto found = parse_day_range(text);
  return found ? to_string(*found) : "none";
}

TEST(DayRange, PeriodsAreDaysWithTheLastIncluded) {
  EXPECT_EQ(read("2026"), "2026-01-01/2026-12-31");
  EXPECT_EQ(read("2026-Q4"), "2026-10-01/2026-12-31");
  EXPECT_EQ(read("2024-02"), "2024-02-01/2024-02-29");
  EXPECT_EQ(read("2026-12"), "2026-12-01/2026-12-31");
  EXPECT_EQ(read("2026-03-07"), "2026-03-07");
  EXPECT_EQ(read("2026-02/2026-03-01"), "2026-02-01/2026-03-01");
  EXPECT_EQ(parse_day_range("1970-01-01")->from, 0);
}

TEST(DayRange, WeeksAreThoseOfTheStandard) {
  // ISO 8601: 2021-01-01 is a Friday of week 53 of 2020; 2024-12-30 is the Monday of week 1 of 2025.
  EXPECT_EQ(read("2020-W53"), "2020-12-28/2021-01-03");
  EXPECT_EQ(read("2025-W01"), "2024-12-30/2025-01-05");
  EXPECT_EQ(read("2026-w09"), "2026-02-23/2026-03-01");
  EXPECT_EQ(read("2021-W53"), "none") << "2021 has 52";
  EXPECT_EQ(read("2026-W00"), "none");
}

TEST(DayRange, WhatIsNoneIsNone) {
  for (const std::string_view text : {"", "26", "2026-13", "2026-02-29", "2026-01/2025-12", "2026-1-1",
                                      "1969", "2026-W1", "2026-Q5", "2026/", "week 3", "-026-01-01"})
    EXPECT_EQ(read(text), "none") << text;
}

TEST(DayRange, MonthOfADay) {
  const auto leap = parse_day_range("2024-02-10");
  EXPECT_EQ(to_string(month_of_day(leap->from)), "2024-02-01/2024-02-29");
}

}  // namespace
}  // namespace zhike
