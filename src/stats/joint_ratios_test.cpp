#include "stats/joint_ratios.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <random>
#include <span>
#include <vector>

#include "stats/bootstrap.h"
#include "stats/clustered.h"

namespace zhike::stats {
namespace {

using Pair = std::array<double, 2>;

// Three clusters. Ratio 0: 1 of 2, 3 of 4, 2 of 6, so 0.5 with residuals 0, 1, -1 over 12. Ratio 1: 1 of 1,
// none, 1 of 3, so 0.5 with residuals 0.5, 0, -0.5 over 4. Sum of products: 0.5 / 48; squares 2 / 144 and 0.5
// / 16.
JointRatios by_hand() {
  JointRatios out(2);
  out.add(Pair{1, 1}, Pair{2, 1});
  out.add(Pair{3, 0}, Pair{4, 0});
  out.add(Pair{2, 1}, Pair{6, 3});
  return out;
}

TEST(JointRatios, AgreesWithHandWork) {
  const JointRatios sums = by_hand();
  EXPECT_EQ(sums.clusters(0), 3U);
  EXPECT_EQ(sums.clusters(1), 2U);
  EXPECT_DOUBLE_EQ(sums.value(0), 0.5);
  EXPECT_DOUBLE_EQ(sums.value(1), 0.5);
  EXPECT_NEAR(sums.residual_products(0, 1), 0.5 / 48, 1e-15);
  EXPECT_NEAR(*bounded_error(sums, 0, 1), std::sqrt(1.5 * 2 / 144), 1e-15);
  const auto sum = weighted_sum(sums, Pair{0.6, 0.4}, 1);
  ASSERT_TRUE(sum);
  EXPECT_DOUBLE_EQ(sum->value, 0.5);
  EXPECT_EQ(sum->clusters, 2U) << "those of the ratio that has fewest";
  const double squares = 0.36 * 2 / 144 + 0.16 * 0.5 / 16 + 2 * 0.24 * 0.5 / 48;
  EXPECT_NEAR(sum->error, std::sqrt(2 * squares), 1e-15);
  EXPECT_DOUBLE_EQ(interval_of(*sum, 1).low, 0) << "cut where the scale ends";
}

TEST(JointRatios, OneRatioIsThatOfClusterSums) {
  std::mt19937_64 chance(3);
  std::uniform_real_distribution<double> any(0, 1);
  JointRatios joint(2);
  ClusterSums one;
  for (int i = 0; i < 200; ++i) {
    const double x = std::floor(1 + 5 * any(chance)), y = x * any(chance);
    joint.add(Pair{y, any(chance)}, Pair{x, 1});
    one.add(y, x);
  }
  EXPECT_NEAR(*bounded_error(joint, 0, 1), *one.error(), 1e-12);
  EXPECT_NEAR(bounded_interval(joint, 0, 1)->low, share_interval(one)->low, 1e-12);
}

TEST(JointRatios, ClustersThatDoNotDifferStillHaveAnError) {
  JointRatios sums(2);
  for (int i = 0; i < 30; ++i) sums.add(Pair{200, i % 2 == 0 ? 100.0 : 0.0}, Pair{2, 1});
  EXPECT_TRUE(sums.is_constant(0));
  EXPECT_FALSE(sums.is_constant(1));
  EXPECT_NEAR(bounded_interval(sums, 0, 100)->low, 100 * wilson({.hits = 30, .n = 30})->low, 1e-9);
  EXPECT_GT(*bounded_error(sums, 0, 100), 1) << "all of 30 is not all";
  EXPECT_GT(weighted_sum(sums, Pair{1, 0}, 100)->error, 1);
}

TEST(JointRatios, RefusesWhatOneClusterCannotSay) {
  JointRatios sums(2);
  EXPECT_FALSE(bounded_error(sums, 0, 1));
  EXPECT_FALSE(weighted_sum(sums, Pair{0, 0}, 1)) << "nothing is weighed";
  sums.add(Pair{1, 0}, Pair{2, 0});
  EXPECT_FALSE(bounded_interval(sums, 0, 1));
  sums.add(Pair{1, 0}, Pair{1, 0});
  EXPECT_FALSE(weighted_sum(sums, Pair{0.5, 0.5}, 1));
  EXPECT_TRUE(weighted_sum(sums, Pair{1, 0}, 1)) << "what has no weight may have no clusters";
}

struct Draw {
  std::vector<Pair> y, x;
};
/// Customers with a mood of their own, which both ratios share: 0.5 in the mean of each.
Draw draw_of(std::mt19937_64& chance, int customers) {
  Draw out;
  std::uniform_real_distribution<double> mood(0.1, 0.9);
  std::uniform_int_distribution<int> size(1, 6), few(0, 2);
  for (int c = 0; c < customers; ++c) {
    const double own = mood(chance);
    const int a = size(chance), b = few(chance);
    std::binomial_distribution<int> hits_a(a, own), hits_b(b, own);
    const double y_a = hits_a(chance), y_b = hits_b(chance);
    out.y.push_back({y_a, y_b});
    out.x.push_back({static_cast<double>(a), static_cast<double>(b)});
  }
  return out;
}
JointRatios sums_of(const Draw& draw) {
  JointRatios out(2);
  for (std::size_t i = 0; i < draw.y.size(); ++i) out.add(draw.y[i], draw.x[i]);
  return out;
}

// The independent reference: whole customers drawn again.
TEST(JointRatios, ErrorIsThatOfTheBootstrap) {
  std::mt19937_64 chance(5);
  const Draw draw = draw_of(chance, 300);
  const auto interval = interval_of(*weighted_sum(sums_of(draw), Pair{0.7, 0.3}, 1), 1);
  const auto again =
      bootstrap_rows(draw.y.size(), 1, [&](std::span<const std::uint32_t> times, std::span<double> out) {
        Pair y{}, x{};
        for (std::size_t i = 0; i < times.size(); ++i)
          for (std::size_t j = 0; j < 2; ++j) {
            y[j] += times[i] * draw.y[i][j];
            x[j] += times[i] * draw.x[i][j];
          }
        out[0] = 0.7 * y[0] / x[0] + 0.3 * y[1] / x[1];
        return true;
      });
  ASSERT_TRUE(again.at(0));
  const double width = interval.high - interval.low;
  EXPECT_NEAR(again[0]->high - again[0]->low, width, 0.1 * width);
}

// Both ratios share each customer's mood: the interval holds the truth as often as it says.
TEST(JointRatios, IntervalHoldsTheTruthOfASharedMood) {
  std::mt19937_64 chance(7);
  int held = 0, apart = 0;
  for (int i = 0; i < 1000; ++i) {
    const auto first = weighted_sum(sums_of(draw_of(chance, 80)), Pair{0.6, 0.4}, 1);
    const auto second = weighted_sum(sums_of(draw_of(chance, 80)), Pair{0.6, 0.4}, 1);
    const Interval interval = interval_of(*first, 1);
    held += interval.low <= 0.5 && 0.5 <= interval.high ? 1 : 0;
    apart += difference_of(first->value, first->error, second->value, second->error).holds() ? 1 : 0;
  }
  EXPECT_GE(held, 930);
  EXPECT_LE(held, 975);
  EXPECT_LE(apart, 75) << "equals are told apart one time in twenty";
}

}  // namespace
}  // namespace zhike::stats
