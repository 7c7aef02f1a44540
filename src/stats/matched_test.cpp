#include "stats/matched.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

namespace zhike::stats {
namespace {

Moments one(double value) { return {.n = 1, .sum = value, .sum_squares = value * value}; }

TEST(MatchedDifference, WorkedByHand) {
  // Stratum 0: with 2 and 4 (mean 3), without 5 and 7 (mean 6): -3 of two. Stratum 1: with 8 (one), without 9
  // and 10 (mean 9.5): -1.5 of one. Stratum 2 has nobody without. (2 × -3 - 1.5) / 3 = -2.5.
  const std::vector<MatchedCell> cells{
      {.stratum = 0, .group = 0, .with = {.n = 2, .sum = 6}, .without = {.n = 2, .sum = 12}},
      {.stratum = 1, .group = 1, .with = one(8), .without = {.n = 2, .sum = 19}},
      {.stratum = 2, .group = 0, .with = {.n = 4, .sum = 40}, .without = {}}};
  const auto found = matched_difference(cells);
  ASSERT_TRUE(found.has_value());
  EXPECT_DOUBLE_EQ(found->difference, -2.5);
  EXPECT_DOUBLE_EQ(found->reference, (2 * 6 + 9.5) / 3);
  EXPECT_EQ(found->with, 3U);
  EXPECT_EQ(found->without, 4U);
  EXPECT_EQ(found->unmatched, 4U);
  EXPECT_FALSE(found->interval.has_value()) << "three are too few";
  EXPECT_DOUBLE_EQ(found->p_value, 1);
}

TEST(MatchedDifference, NobodyAlikeIsNoAnswer) {
  EXPECT_FALSE(matched_difference({}).has_value());
  const std::vector<MatchedCell> apart{{.stratum = 0, .group = 0, .with = one(1), .without = {}},
                                       {.stratum = 1, .group = 1, .with = {}, .without = one(1)}};
  EXPECT_FALSE(matched_difference(apart).has_value());
}

TEST(MatchedDifference, ErrorOfSingleUnitsAsTheFormula) {
  // Every unit a group of its own, one stratum: without unit i of a side of n the mean moves by
  // (x - m)/(n - 1), so v = (N - 1)/N [s1²/(n1 - 1) + s0²/(n0 - 1)], s² with n - 1 below.
  std::mt19937_64 random(5);
  std::normal_distribution<double> noise(0, 2);
  std::vector<MatchedCell> cells;
  std::vector<double> with, without;
  for (std::uint32_t i = 0; i < 90; ++i) {
    const bool befell = i % 3 == 0;
    const double value = noise(random) - (befell ? 1 : 0);
    (befell ? with : without).push_back(value);
    cells.push_back({.stratum = 7,
                     .group = i,
                     .with = befell ? one(value) : Moments{},
                     .without = befell ? Moments{} : one(value)});
  }
  const auto found = matched_difference(cells);
  ASSERT_TRUE(found.has_value() && found->interval.has_value());
  const Moments a = moments(with), b = moments(without);
  EXPECT_NEAR(found->difference, a.mean() - b.mean(), 1e-12);
  const double variance = 89.0 / 90 * (a.variance() / 29 + b.variance() / 59);
  constexpr double kQuantile = 1.986978657;  // Student's t, 89 degrees of freedom, 97.5 %
  EXPECT_NEAR(found->interval->high - found->difference, kQuantile * std::sqrt(variance), 1e-7);
  EXPECT_NEAR(found->difference - found->interval->low, kQuantile * std::sqrt(variance), 1e-7);
}

TEST(MatchedDifference, NoScatterIsNoInterval) {
  std::vector<MatchedCell> cells;
  for (std::uint32_t i = 0; i < 20; ++i)
    cells.push_back({.stratum = 0, .group = i, .with = one(3), .without = one(5)});
  const auto found = matched_difference(cells);
  ASSERT_TRUE(found.has_value());
  EXPECT_DOUBLE_EQ(found->difference, -2);
  EXPECT_FALSE(found->interval.has_value());
}

struct Played {
  bool covered = false;
  double difference = 0;
};
/// 600 customers with up to three journeys each; what befalls them is more frequent in strata whose values
/// are low, and a customer's values move together.
Played play(std::uint64_t seed, double effect) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> noise;
  std::uniform_real_distribution<double> chance(0, 1);
  std::vector<MatchedCell> cells;
  for (int customer = 0; customer < 600; ++customer) {
    const auto group = static_cast<std::uint32_t>(random() % 20);
    const double own = noise(random);
    const int journeys = 1 + static_cast<int>(random() % 3);
    for (int j = 0; j < journeys; ++j) {
      const auto stratum = static_cast<std::uint32_t>(random() % 4);
      const bool befell = chance(random) < 0.1 + 0.1 * stratum;
      const double value = 8 - stratum + own + noise(random) + (befell ? effect : 0);
      cells.push_back({.stratum = stratum,
                       .group = group,
                       .with = befell ? one(value) : Moments{},
                       .without = befell ? Moments{} : one(value)});
    }
  }
  const auto found = matched_difference(cells);
  if (!found || !found->interval) return {};
  return {.covered = found->interval->low <= effect && effect <= found->interval->high,
          .difference = found->difference};
}

TEST(MatchedDifference, RecoversWhatWasPlanted) {
  constexpr int kRuns = 400;
  constexpr double kEffect = -1.5;
  int covered = 0;
  double sum = 0;
  for (int run = 0; run < kRuns; ++run) {
    const Played played = play(static_cast<std::uint64_t>(run) + 1, kEffect);
    covered += played.covered;
    sum += played.difference;
  }
  EXPECT_NEAR(sum / kRuns, kEffect, 0.02) << "strata and all: without them it would be near -2";
  EXPECT_GE(covered, kRuns * 92 / 100);
  EXPECT_LE(covered, kRuns * 98 / 100);
}

}  // namespace
}  // namespace zhike::stats
