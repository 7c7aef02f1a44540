#include "stats/counts.h"

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

namespace zhike::stats {
namespace {

TEST(SimultaneousShares, WorkedByHand) {
  // Two classes: each at 97.5 %, z = 2.241403. Wilson's limits of 30 of 40: centre (0.75 + z²/80) / (1 +
  // z²/40).
  const std::array<std::uint64_t, 2> counts{30, 10};
  const auto limits = simultaneous_shares(counts);
  ASSERT_EQ(limits.size(), 2U);
  EXPECT_NEAR(limits[0].low, 0.574795, 1e-6);
  EXPECT_NEAR(limits[0].high, 0.869413, 1e-6);
  EXPECT_NEAR(limits[1].low, 1 - limits[0].high, 1e-9) << "two classes mirror each other";
  EXPECT_TRUE(simultaneous_shares(std::array<std::uint64_t, 2>{0, 0}).empty());
  EXPECT_TRUE(simultaneous_shares({}).empty());
}

TEST(SimultaneousShares, AsTheQuadraticSolvedByBisection) {
  // n (p̂ - p)² = χ² p (1 - p), solved for p by halving intervals (an independent program), seven classes.
  const std::array<std::uint64_t, 7> counts{56, 72, 73, 59, 62, 87, 58};
  const std::array<Interval, 7> wanted{{{0.085167, 0.166261},
                                        {0.114533, 0.204373},
                                        {0.116395, 0.206728},
                                        {0.090606, 0.173475},
                                        {0.096077, 0.180655},
                                        {0.142749, 0.239416},
                                        {0.088789, 0.171074}}};
  const auto limits = simultaneous_shares(counts);
  ASSERT_EQ(limits.size(), wanted.size());
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    EXPECT_NEAR(limits[i].low, wanted[i].low, 2e-6) << i;
    EXPECT_NEAR(limits[i].high, wanted[i].high, 2e-6) << i;
  }
}

TEST(SimultaneousShares, HoldTogetherInSimulation) {
  std::mt19937_64 random(11);
  const std::array<double, 4> truth{0.5, 0.3, 0.15, 0.05};
  constexpr int kRuns = 2000, kDraws = 400;
  int held = 0;
  for (int run = 0; run < kRuns; ++run) {
    std::array<std::uint64_t, 4> counts{};
    std::discrete_distribution<std::size_t> draw(truth.begin(), truth.end());
    for (int i = 0; i < kDraws; ++i) ++counts[draw(random)];
    const auto limits = simultaneous_shares(counts);
    bool all = true;
    for (std::size_t i = 0; i < truth.size(); ++i)
      all = all && limits[i].low <= truth[i] && truth[i] <= limits[i].high;
    held += all;
  }
  EXPECT_GE(held, kRuns * 94 / 100);
  EXPECT_LE(held, kRuns * 98 / 100) << "wider than they need be";
}

TEST(CompareRates, WorkedByHand) {
  // 10 in two days, then 24 in two: Pearson's χ² (1 + 1) / 5 + (4 + 4) / 12 = 1.0667 over 2 degrees is below
  // 1, so the dispersion is 1; error of the logarithm √(1/10 + 1/24) = 0.376386, t(2) = 4.302653.
  const std::array<std::uint64_t, 2> before{4, 6}, after{10, 14};
  const auto found = compare_rates(before, after);
  ASSERT_TRUE(found);
  EXPECT_DOUBLE_EQ(found->ratio, 2.4);
  EXPECT_EQ(found->dispersion, 1);
  EXPECT_NEAR(found->interval->low, 0.475214, 1e-5);
  EXPECT_NEAR(found->interval->high, 12.120867, 1e-4);
  EXPECT_NEAR(found->p_value, 0.145540, 1e-5);
  EXPECT_FALSE(found->significant());
}

TEST(CompareRates, AsAGeneralisedLinearModelFittedByWeightedLeastSquares) {
  // Quasi-Poisson regression on a dummy, by iteratively reweighted least squares (an independent program).
  const std::array<std::uint64_t, 7> before{12, 30, 7, 22, 41, 16, 9}, after{33, 61, 28, 19, 47, 80, 38};
  const auto found = compare_rates(before, after);
  ASSERT_TRUE(found);
  EXPECT_NEAR(found->ratio, 2.233577, 1e-6);
  EXPECT_NEAR(found->dispersion, 8.906851, 1e-6);
  EXPECT_NEAR(found->interval->low, 1.144724, 1e-5);
  EXPECT_NEAR(found->interval->high, 4.358138, 1e-5);
  EXPECT_NEAR(found->p_value, 0.022410, 1e-5);
}

TEST(CompareRates, CoversTheTruthThoughDaysScatter) {
  std::mt19937_64 random(3);
  constexpr int kRuns = 2000;
  int held = 0, alarms = 0;
  for (int run = 0; run < kRuns; ++run) {
    const auto draw = [&](double mean) {
      std::array<std::uint64_t, 28> days{};
      std::gamma_distribution<double> rate(5, mean / 5);  // variance of a day: mean + mean² / 5
      for (auto& day : days) day = std::poisson_distribution<std::uint64_t>(rate(random))(random);
      return days;
    };
    const auto same = compare_rates(draw(30), draw(30)), more = compare_rates(draw(30), draw(45));
    ASSERT_TRUE(same && more);
    alarms += same->significant();
    held += more->interval->low <= 1.5 && 1.5 <= more->interval->high;
  }
  EXPECT_NEAR(alarms / double(kRuns), 0.05, 0.015);
  EXPECT_NEAR(held / double(kRuns), 0.95, 0.02);
}

TEST(CompareRates, RefusesWhatSaysNothing) {
  EXPECT_FALSE(compare_rates(std::array<std::uint64_t, 3>{0, 0, 0}, std::array<std::uint64_t, 3>{5, 5, 5}));
  EXPECT_FALSE(compare_rates(std::array<std::uint64_t, 1>{9}, std::array<std::uint64_t, 2>{5, 5}));
  EXPECT_FALSE(compare_rates({}, {}));
}

TEST(Holm, StopsAtTheFirstThatDoesNotHold) {
  // 0.01 < 0.05 / 4, 0.016 < 0.05 / 3, 0.03 > 0.05 / 2, so 0.04 < 0.05 / 1 does not count.
  EXPECT_EQ(holm(std::array{0.03, 0.01, 0.04, 0.016}), (std::vector<bool>{false, true, false, true}));
  EXPECT_TRUE(holm({}).empty());
}

}  // namespace
}  // namespace zhike::stats
