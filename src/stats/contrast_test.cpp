#include "stats/contrast.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

#include "stats/test_designs.h"

namespace zhike::stats {
namespace {

using test::Normal;
using test::Table;

/// Ratings 1 to 5, `top` of them 5.
double rating(Normal& normal, double top) {
  const double u = normal.uniform();
  return u < top ? 5 : std::floor(1 + 4 * (u - top) / (1 - top));
}

// By hand: one driver of three levels, ten rows each, means 1, 4 and 5: coming up from 1 to 2 gains 3, from 2
// to 3 gains 1. Residuals are ±0.1 in each group, so the mean of each has the variance 0.1 / 9² (HC3 of a
// group: SS / (n
// - 1)²), and the difference of the slopes, 3 - 1 = 2, has the weights 1, -2, 1: 6 · 0.1 / 81.
TEST(Contrast, AgreesWithHandWorkOnThreeLevels) {
  Table table;
  table.drivers.emplace_back();
  for (const auto& [level, mean] : {std::pair{1, 1.0}, {2, 4.0}, {3, 5.0}})
    for (int i = 0; i < 10; ++i) {
      table.drivers[0].push_back(level);
      table.target.push_back(mean + (i % 2 == 0 ? 0.1 : -0.1));
    }
  const auto found = contrast(table.design());
  ASSERT_TRUE(found);
  const Contrast& driver = found->front();
  EXPECT_EQ(driver.low, 10);
  EXPECT_EQ(driver.high, 10);
  ASSERT_TRUE(driver.penalty && driver.reward);
  EXPECT_NEAR(driver.penalty->value, 3, 1e-9);
  EXPECT_NEAR(driver.reward->value, 1, 1e-9);
  // t(27) at 97.5 % is 2.051831.
  EXPECT_NEAR(driver.penalty->interval.high - 3, 2.051831 * std::sqrt(2 * 0.1 / 81), 1e-6);
  EXPECT_EQ(driver.kind, DriverKind::kMustBe);
}

struct Truth {
  double below, above;  // gain for a rating more, up to 3 and from 3 on
  double operator()(double rated) const { return rated < 3 ? below * (rated - 3) : above * (rated - 3); }
};

/// The kinds found of the two first drivers of many samples, as shares.
struct Found {
  double first_right = 0, first_wrong = 0;
};
Found simulate(std::size_t rows, const Truth& truth, double top, DriverKind right, double noise) {
  Normal normal(61);
  Found out;
  constexpr int kRuns = 100;
  for (int run = 0; run < kRuns; ++run) {
    Table table;
    table.drivers.assign(2, {});
    for (std::size_t i = 0; i < rows; ++i) {
      table.drivers[0].push_back(rating(normal, top));
      table.drivers[1].push_back(rating(normal, 0.2));
      table.target.push_back(truth(table.drivers[0][i]) + 0.5 * table.drivers[1][i] + noise * normal());
    }
    const auto found = contrast(table.design());
    EXPECT_TRUE(found);
    const DriverKind kind = found->front().kind;
    out.first_right += kind == right ? 1.0 / kRuns : 0;
    out.first_wrong += kind != right && kind != DriverKind::kCannotTell ? 1.0 / kRuns : 0;
  }
  return out;
}

TEST(Contrast, RecoversTheKindOfADriver) {
  const Found attractive = simulate(600, {0, 1}, 0.2, DriverKind::kAttractive, 1);
  EXPECT_GT(attractive.first_right, 0.95);
  EXPECT_EQ(attractive.first_wrong, 0);
  const Found must_be = simulate(600, {1, 0}, 0.2, DriverKind::kMustBe, 1);
  EXPECT_GT(must_be.first_right, 0.95);
  EXPECT_EQ(must_be.first_wrong, 0);
  const Found linear = simulate(600, {1, 1}, 0.2, DriverKind::kLinear, 1);
  EXPECT_GT(linear.first_right, 0.9);
  EXPECT_LE(linear.first_wrong, 0.05);
}

// Two in five say 5: the low group lies farther from the middle than the high one. A straight effect must
// not pass for a must-be because of that.
TEST(Contrast, DoesNotTakeSkewForAKind) {
  const Found linear = simulate(600, {1, 1}, 0.4, DriverKind::kLinear, 0.5);
  EXPECT_GT(linear.first_right, 0.9);
  EXPECT_LE(linear.first_wrong, 0.05);
}

TEST(Contrast, SaysThatItCannotTell) {
  const Found few = simulate(60, {0.2, 0.4}, 0.2, DriverKind::kAttractive, 3);
  EXPECT_LE(few.first_right + few.first_wrong, 0.1);
  const Found nothing = simulate(400, {0, 0}, 0.2, DriverKind::kCannotTell, 1);
  EXPECT_GE(nothing.first_right, 0.93);
}

// Minutes of waiting: fewer is better, so "low" is the long wait.
TEST(Contrast, TurnsDriversThatLowerTheTarget) {
  Normal normal(71);
  Table table;
  table.drivers.assign(1, {});
  for (int i = 0; i < 400; ++i) {
    table.drivers[0].push_back(30 * normal.uniform());
    table.target.push_back(-0.3 * std::max(0.0, table.drivers[0].back() - 15) + 0.5 * normal());
  }
  const auto found = contrast(table.design());
  ASSERT_TRUE(found && found->front().penalty);
  EXPECT_EQ(found->front().kind, DriverKind::kMustBe);
  EXPECT_GT(found->front().penalty->value, 0.1);
}

TEST(Contrast, CannotTellOfTwoLevelsOrAHandfulOfRows) {
  Normal normal(81);
  Table table;
  table.drivers.assign(2, {});
  for (int i = 0; i < 100; ++i) {
    table.drivers[0].push_back(i % 2);
    table.drivers[1].push_back(rating(normal, 0.2));
    table.target.push_back(table.drivers[0].back() + table.drivers[1].back() + normal());
  }
  const auto found = contrast(table.design());
  ASSERT_TRUE(found);
  EXPECT_EQ((*found)[0].low, 0);
  EXPECT_FALSE((*found)[0].penalty);
  EXPECT_EQ((*found)[0].kind, DriverKind::kCannotTell);
  EXPECT_TRUE((*found)[1].penalty);
  for (auto& driver : table.drivers) driver.resize(20);
  table.target.resize(20);
  const auto few = contrast(table.design());
  ASSERT_TRUE(few);
  EXPECT_FALSE((*few)[1].penalty);
  table.drivers[1] = table.drivers[0];
  EXPECT_EQ(contrast(table.design()).error().code, Code::kBadDrivers);
}

}  // namespace
}  // namespace zhike::stats
