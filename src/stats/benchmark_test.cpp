#include "stats/benchmark.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "stats/test_designs.h"

namespace zhike::stats {
namespace {

TEST(Benchmark, TheDifferenceIsWorkedByHand) {
  // 3² + 4² = 5² below, 5² + 12² = 13² above.
  const auto found = difference(40, {.low = 37, .high = 45}, 30, Interval{.low = 18, .high = 34});
  EXPECT_DOUBLE_EQ(found.value, 10);
  EXPECT_DOUBLE_EQ(found.interval.low, 5);
  EXPECT_DOUBLE_EQ(found.interval.high, 23);
  EXPECT_EQ(found.standing, Beside::kAbove);
  EXPECT_EQ(difference(30, {.low = 29, .high = 31}, 40, std::nullopt).standing, Beside::kBelow);
  const auto same = difference(30, {.low = 25, .high = 35}, 28, std::nullopt);
  EXPECT_EQ(same.standing, Beside::kNoDifference);
  EXPECT_DOUBLE_EQ(same.interval.low, -3) << "without an error of its own the other adds none";
}

TEST(Benchmark, OfTwoSharesItIsNewcombesMethodTen) {
  // 56 of 70 against 48 of 80: Newcombe (1998), table II, example (a): 0.0524 to 0.3339.
  const auto own = wilson({.hits = 56, .n = 70});
  const auto theirs = published_interval({.value = 0.6, .n = 80});
  ASSERT_TRUE(own && theirs);
  const auto found = difference(0.8, *own, 0.6, theirs);
  EXPECT_NEAR(found.interval.low, 0.0524, 5e-5);
  EXPECT_NEAR(found.interval.high, 0.3339, 5e-5);
  EXPECT_EQ(found.standing, Beside::kAbove);
}

TEST(Benchmark, WithoutASpreadTheWidestThatTheEndsAllow) {
  // NPS 20 of 400: variance at most (100 - 20)(20 + 100) = 9600, error 98/20 = 4.899.
  const auto widest = published_interval({.value = 20, .least = -100, .most = 100, .n = 400});
  ASSERT_TRUE(widest);
  EXPECT_NEAR(widest->high - 20, 1.965927 * std::sqrt(9600.0) / 20, 1e-3);
  const auto told = published_interval({.value = 20, .least = -100, .most = 100, .n = 400, .spread = 70.0});
  EXPECT_LT(told->high, widest->high);
  const auto edge = published_interval({.value = 100, .least = -100, .most = 100, .n = 400});
  EXPECT_EQ(edge->high, 100);
}

TEST(Benchmark, WhatIsNotToldHasNoInterval) {
  EXPECT_FALSE(published_interval({.value = 0.5, .n = 0}));
  EXPECT_FALSE(published_interval({.value = 0.5, .n = 1}));
  EXPECT_FALSE(published_interval({.value = 1.5, .n = 100}));
}

TEST(Benchmark, FindsTheTrueDifferenceAsOftenAsItSays) {
  // NPS of two firms that differ by 20 points; the published one tells its value and n alone.
  test::Normal random(5);
  constexpr int kRuns = 600, kOwn = 300, kTheirs = 500;
  int covered = 0;
  for (int run = 0; run < kRuns; ++run) {
    const auto drawn = [&](int n, double promoters, double detractors) {
      NpsCounts out;
      for (int i = 0; i < n; ++i) {
        const double u = random.uniform();
        if (u < promoters)
          ++out.promoters;
        else if (u < promoters + detractors)
          ++out.detractors;
        else
          ++out.passives;
      }
      return out;
    };
    const auto own = drawn(kOwn, 0.5, 0.2), theirs = drawn(kTheirs, 0.4, 0.3);
    const auto interval = nps_interval(own);
    const auto found =
        difference(nps(own), *interval, nps(theirs),
                   published_interval({.value = nps(theirs), .least = -100, .most = 100, .n = kTheirs}));
    covered += found.interval.low <= 20 && 20 <= found.interval.high ? 1 : 0;
  }
  // At least 95 %: the unknown spread is taken at its widest. Five deviations below: 0.95 - 0.045.
  EXPECT_GE(covered, kRuns * 905 / 1000);
}

}  // namespace
}  // namespace zhike::stats
