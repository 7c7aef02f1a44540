// Two models on the same labels.
#include "text/compare.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

namespace zhike::text {
namespace {

constexpr std::array<float, 3> kBad{0.8F, 0.1F, 0.1F}, kGood{0.1F, 0.1F, 0.8F};

TEST(McNemar, IsExact) {
  EXPECT_DOUBLE_EQ(mcnemar(0, 0), 1);
  EXPECT_DOUBLE_EQ(mcnemar(0, 1), 1);
  // By hand: 2 (1 + 5) / 2^5 and 2 (1 + 10 + 45) / 2^10.
  EXPECT_NEAR(mcnemar(1, 4), 2 * 6 / 32.0, 1e-12);
  EXPECT_NEAR(mcnemar(8, 2), 2 * 56 / 1024.0, 1e-12);
  EXPECT_DOUBLE_EQ(mcnemar(5, 5), 1) << "never above one";
  // Python's whole numbers: 2 * sum(comb(2500, k) for k in range(1201)) / 2**2500.
  EXPECT_NEAR(mcnemar(1200, 1300), 0.047681865221, 1e-9) << "2^2500 overflows";
}

TEST(McNemar, CallsEqualModelsBetterAsSeldomAsItSays) {
  std::mt19937_64 random(5);
  int called = 0;
  constexpr int kTimes = 4000;
  for (int time = 0; time < kTimes; ++time) {
    std::uint64_t before = 0, after = 0;
    for (int i = 0; i < 60; ++i) ++(random() % 2 == 0 ? before : after);
    if (mcnemar(before, after) < 0.05) ++called;
  }
  EXPECT_LE(called, kTimes * 0.05 + 3 * std::sqrt(kTimes * 0.05 * 0.95));
  EXPECT_GT(called, kTimes * 0.01) << "it can find something";
}

TEST(Compare, CountsWhatOneAloneHadRight) {
  std::vector<JudgedTwice> rows;
  for (int i = 0; i < 20; ++i) rows.push_back({.truth = 0, .before = kBad, .after = kBad});
  for (int i = 0; i < 12; ++i) rows.push_back({.truth = 2, .before = kBad, .after = kGood});
  rows.push_back({.truth = 0, .before = kBad, .after = kGood});
  const Comparison found = compare(rows);
  EXPECT_EQ(found.rows, 33U);
  EXPECT_EQ(found.only_after, 12U);
  EXPECT_EQ(found.only_before, 1U);
  EXPECT_NEAR(found.before.accuracy.value, 21 / 33.0, 1e-12);
  EXPECT_NEAR(found.after.accuracy.value, 32 / 33.0, 1e-12);
  EXPECT_NEAR(found.p_value, 2 * (1 + 13) / 8192.0, 1e-12);
  EXPECT_TRUE(found.better);
  EXPECT_FALSE(found.worse);
  ASSERT_TRUE(found.after.macro_f1.interval);
  EXPECT_LE(found.after.macro_f1.interval->low, found.after.macro_f1.value);
  EXPECT_GE(found.after.macro_f1.interval->high, found.after.macro_f1.value);
  // All are told with 0.8: right 32 of 33 times.
  EXPECT_NEAR(found.after.ece.value, 32 / 33.0 - 0.8, 1e-6);
  ASSERT_EQ(found.after.whole.worst.size(), 1U);
  EXPECT_EQ(found.after.whole.worst[0].row, 32U);
}

TEST(Compare, TheSameModelIsNeitherBetterNorWorse) {
  const std::vector<JudgedTwice> rows(40, {.truth = 2, .before = kGood, .after = kGood});
  const Comparison found = compare(rows);
  EXPECT_DOUBLE_EQ(found.p_value, 1);
  EXPECT_FALSE(found.better || found.worse);
}

TEST(Compare, NothingIsNothing) {
  const Comparison found = compare({});
  EXPECT_EQ(found.rows, 0U);
  EXPECT_FALSE(found.before.accuracy.interval);
  EXPECT_DOUBLE_EQ(found.p_value, 1);
}

}  // namespace
}  // namespace zhike::text
