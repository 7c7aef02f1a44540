#include "stats/survival.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <random>
#include <vector>

namespace zhike::stats {
namespace {

// Freireich et al. (1963), Blood 21:699-716: weeks of remission under 6-MP; the figures of every textbook,
// such as Kalbfleisch and Prentice (2002), table 1.1: S(6) = 0.857, S(7) = 0.807, S(10) = 0.753, S(13) =
// 0.690, S(16) = 0.627, S(22) = 0.538, S(23) = 0.448.
std::vector<Duration> remission() {
  std::vector<Duration> out;
  for (const double at : {6, 6, 6, 7, 10, 13, 16, 22, 23}) out.push_back({.length = at, .ended = true});
  for (const double at : {6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35})
    out.push_back({.length = at, .ended = false});
  return out;
}

TEST(Survival, IsThatOfTheTextbook) {
  const auto steps = survival(remission());
  const double at[] = {6, 7, 10, 13, 16, 22, 23};
  const double share[] = {0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448};
  ASSERT_EQ(steps.size(), 7U);
  for (std::size_t i = 0; i < steps.size(); ++i) {
    EXPECT_EQ(steps[i].at, at[i]);
    EXPECT_NEAR(steps[i].survival, share[i], 5e-4) << i;
    EXPECT_LT(steps[i].low, steps[i].survival);
    EXPECT_GT(steps[i].high, steps[i].survival);
  }
  EXPECT_EQ(steps[0].at_risk, 21U);
  EXPECT_EQ(steps[0].ended, 3U);
  const SurvivalQuantile median = survival_quantile(steps, 0.5);
  EXPECT_EQ(median.value, 23);  // so R's survfit says, with limits 13 and NA on the log-log scale
  EXPECT_EQ(median.low, 13);
  EXPECT_FALSE(median.high.has_value());
}

// By hand: 4 ended at 1, 2, 3, 4; S falls by a quarter each time. Greenwood at 2: 1/(4*3) + 1/(3*2) = 1/4.
TEST(Survival, ByHand) {
  const std::vector<Duration> all{{4, true}, {2, true}, {1, true}, {3, true}};
  const auto steps = survival(all);
  ASSERT_EQ(steps.size(), 4U);
  EXPECT_DOUBLE_EQ(steps[1].survival, 0.5);
  const double error = std::sqrt(0.25) / std::log(2.0), z = 1.959963984540054;
  EXPECT_NEAR(steps[1].low, std::pow(0.5, std::exp(z * error)), 1e-12);
  EXPECT_NEAR(steps[1].high, std::pow(0.5, std::exp(-z * error)), 1e-12);
  EXPECT_EQ(survival_quantile(steps, 0.5).value, 2);
  EXPECT_EQ(survival_quantile(steps, 0.75).value, 3);
  EXPECT_EQ(survival_quantile(steps, 0.9).value, 4);
}

TEST(Survival, WhatIsOpenIsNotQuick) {
  EXPECT_TRUE(survival({}).empty());
  EXPECT_FALSE(survival_quantile({}, 0.5).value.has_value());
  const std::vector<Duration> open{{1, false}, {5, false}};
  EXPECT_TRUE(survival(open).empty());
  const std::vector<Duration> mostly{{1, true}, {5, false}, {6, false}};
  EXPECT_FALSE(survival_quantile(survival(mostly), 0.5).value.has_value());
  const std::vector<Duration> same{{0, true}, {0, true}};
  EXPECT_EQ(survival_quantile(survival(same), 0.5).value, 0);
}

// The median of an exponential of rate 1/10 is 10 ln 2, however much is cut off; the interval holds it in 95
// % of samples (by simulation 0.93 to 0.97 for n = 150).
TEST(Survival, RecoversAMedianUnderCensoring) {
  std::mt19937_64 random(11);
  std::exponential_distribution<double> length(0.1), cut(1.0 / 20);
  int covered = 0;
  double sum = 0;
  constexpr int kSamples = 400;
  for (int sample = 0; sample < kSamples; ++sample) {
    std::vector<Duration> all;
    for (int i = 0; i < 150; ++i) {
      const double true_length = length(random), until = cut(random);
      all.push_back({.length = std::min(true_length, until), .ended = true_length <= until});
    }
    const SurvivalQuantile median = survival_quantile(survival(all), 0.5);
    ASSERT_TRUE(median.value && median.low);
    sum += *median.value;
    const double truth = 10 * std::log(2.0);
    if (*median.low <= truth && (!median.high || *median.high >= truth)) ++covered;
  }
  EXPECT_NEAR(sum / kSamples, 10 * std::log(2.0), 0.15);
  EXPECT_GE(covered, kSamples * 92 / 100);
}

}  // namespace
}  // namespace zhike::stats
