#include "stats/discovery.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

namespace zhike::stats {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;

TEST(LogLikelihood, WorkedByHand) {
  // 1 of 6 and 3 of 4: over (3, 1, 1, 5) with e = (1.6, 2.4, 2.4, 3.6), as in feedback/sql/comments.test.
  EXPECT_NEAR(log_likelihood({1, 6}, {3, 4}), 3.554818, 1e-6);
  EXPECT_NEAR(log_likelihood({10, 100}, {20, 200}), 0, 1e-12) << "the same share";
  EXPECT_EQ(log_likelihood({0, 0}, {3, 4}), 0);
  EXPECT_NEAR(log_likelihood({0, 50}, {5, 50}),
              2 * (5 * std::log(2) + 50 * std::log(50 / 47.5) + 45 * std::log(45 / 47.5)), 1e-9);
}

TEST(ChanceOf, TheTablesOfChiSquare) {
  EXPECT_NEAR(chance_of(3.841459), 0.05, 1e-6);
  EXPECT_NEAR(chance_of(6.634897), 0.01, 1e-6);
  EXPECT_NEAR(chance_of(10.827566), 0.001, 1e-7);
  EXPECT_EQ(chance_of(0), 1);
}

TEST(QValues, WorkedByHand) {
  // p m / rank: 0.01 · 4 / 1 = 0.04, 0.02 · 4 / 2 = 0.04, 0.03 · 4 / 3 = 0.04, 0.5; the smallest from the
  // right.
  EXPECT_THAT(q_values(std::vector{0.03, 0.5, 0.01, 0.02}),
              ElementsAre(DoubleNear(0.04, 1e-12), DoubleNear(0.5, 1e-12), DoubleNear(0.04, 1e-12),
                          DoubleNear(0.04, 1e-12)));
  EXPECT_THAT(q_values(std::vector{0.001, 0.9}),
              ElementsAre(DoubleNear(0.002, 1e-12), DoubleNear(0.9, 1e-12)));
  EXPECT_TRUE(q_values({}).empty());
}

TEST(QValues, FalseAlarmsStayBelowTheirShareInSimulation) {
  // 190 that have not moved and 10 that have: of those called at q < 0.1, at most about a tenth are false.
  std::mt19937_64 random(5);
  double false_share = 0;
  std::size_t found = 0;
  constexpr int kRuns = 200;
  for (int run = 0; run < kRuns; ++run) {
    std::vector<double> p;
    for (int i = 0; i < 200; ++i) {
      const double share = i < 10 ? 0.1 : 0.05;
      std::binomial_distribution<std::uint64_t> then(1000, 0.05), now(1000, share);
      p.push_back(chance_of(log_likelihood({then(random), 1000}, {now(random), 1000})));
    }
    const std::vector<double> q = q_values(p);
    std::size_t called = 0, wrong = 0;
    for (std::size_t i = 0; i < q.size(); ++i) {
      called += q[i] < 0.1;
      wrong += q[i] < 0.1 && i >= 10;
    }
    found += called - wrong;
    false_share += static_cast<double>(wrong) / static_cast<double>(std::max<std::size_t>(called, 1)) / kRuns;
  }
  EXPECT_LT(false_share, 0.12);
  EXPECT_GT(found, 8U * kRuns) << "most of those that moved are found";
}

}  // namespace
}  // namespace zhike::stats
