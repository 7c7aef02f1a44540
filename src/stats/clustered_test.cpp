#include "stats/clustered.h"

#include <gtest/gtest.h>

#include <cmath>
#include <initializer_list>
#include <random>
#include <utility>

namespace zhike::stats {
namespace {

ClusterSums sums_of(std::initializer_list<std::pair<double, double>> clusters) {
  ClusterSums out;
  for (const auto& [y, x] : clusters) out.add(y, x);
  return out;
}

// By hand: 1 of 2, 3 of 4, 2 of 6: ratio 6 / 12 = 0.5; residuals 0, 1, -1; error sqrt(3/2 · 2) / 12 =
// 0.1443376; t(2, 0.975) = 4.302653.
TEST(ClusterSums, AgreesWithHandWork) {
  const ClusterSums sums = sums_of({{1, 2}, {3, 4}, {2, 6}});
  EXPECT_DOUBLE_EQ(sums.value(), 0.5);
  EXPECT_NEAR(*sums.error(), std::sqrt(3.0) / 12, 1e-12);
  EXPECT_NEAR(ratio_interval(sums)->low, 0.5 - 4.302653 * std::sqrt(3.0) / 12, 1e-6);
  EXPECT_DOUBLE_EQ(share_interval(sums)->low, 0) << "a share is cut at 0";
  const auto change = compare(sums, sums_of({{2, 2}, {3, 4}, {1, 2}}));
  ASSERT_TRUE(change && change->interval);
  EXPECT_DOUBLE_EQ(change->difference, 0.25);
}

TEST(ClusterSums, RefusesOneClusterAndKnowsNoSpread) {
  EXPECT_FALSE(share_interval(sums_of({{1, 2}})));
  EXPECT_FALSE(compare(sums_of({{1, 2}}), sums_of({{1, 2}, {2, 3}})));
  const auto none = share_interval(sums_of({{0, 3}, {0, 5}, {0, 1}}));
  EXPECT_EQ(none, wilson({.hits = 0, .n = 3}));
  EXPECT_EQ(*sums_of({{1, 2}, {2, 4}}).error(), 0);
}

// With clusters of one trial each it is the usual error of a share, n - 1 in the place of n.
TEST(ClusterSums, SingleTrialsAreTheUsualShare) {
  ClusterSums sums;
  for (int i = 0; i < 100; ++i) sums.add(i < 30 ? 1 : 0, 1);
  EXPECT_NEAR(*sums.error(), std::sqrt(0.3 * 0.7 / 99), 1e-12);
}

// Cases whose steps share a chance of their own: the interval holds the truth as often as it says.
TEST(ClusterSums, IntervalHoldsTheTruthOfClusteredTrials) {
  std::mt19937_64 chance(11);
  std::uniform_real_distribution<double> own(0, 0.4);
  std::uniform_int_distribution<int> size(1, 9);
  int held = 0;
  for (int draw = 0; draw < 1000; ++draw) {
    ClusterSums sums;
    for (int c = 0; c < 80; ++c) {
      const int n = size(chance);
      std::binomial_distribution<int> hits(n, own(chance));
      sums.add(hits(chance), n);
    }
    const auto interval = share_interval(sums);
    held += interval->low <= 0.2 && 0.2 <= interval->high ? 1 : 0;
  }
  EXPECT_GE(held, 920);
  EXPECT_LE(held, 975);
}

}  // namespace
}  // namespace zhike::stats
