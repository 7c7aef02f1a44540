#include "stats/regression.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "stats/test_designs.h"

namespace zhike::stats {
namespace {

using test::Normal;
using test::Table;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

/// The oracle: normal equations by Gauss and Jordan, and the sandwich as it is written in the paper.
struct Slow {
  std::vector<double> coefficients, errors;  // the intercept first
  double r2 = 0;
};
using Square = std::vector<std::vector<double>>;

Square inverse(Square matrix) {
  const std::size_t size = matrix.size();
  Square out(size, std::vector<double>(size, 0));
  for (std::size_t i = 0; i < size; ++i) out[i][i] = 1;
  for (std::size_t column = 0; column < size; ++column) {
    std::size_t pivot = column;
    for (std::size_t row = column; row < size; ++row)
      if (std::abs(matrix[row][column]) > std::abs(matrix[pivot][column])) pivot = row;
    std::swap(matrix[pivot], matrix[column]);
    std::swap(out[pivot], out[column]);
    const double by = matrix[column][column];
    for (std::size_t k = 0; k < size; ++k) matrix[column][k] /= by, out[column][k] /= by;
    for (std::size_t row = 0; row < size; ++row) {
      const double times = matrix[row][column];
      if (row == column) continue;
      for (std::size_t k = 0; k < size; ++k) {
        matrix[row][k] -= times * matrix[column][k];
        out[row][k] -= times * out[column][k];
      }
    }
  }
  return out;
}

Slow slow(const Table& table) {
  const std::size_t rows = table.target.size(), size = table.drivers.size() + 1;
  const auto x = [&](std::size_t i, std::size_t c) { return c == 0 ? 1 : table.drivers[c - 1][i]; };
  Square products(size, std::vector<double>(size, 0)), middle = products;
  std::vector<double> with_target(size, 0);
  double mean = 0;
  for (std::size_t i = 0; i < rows; ++i) {
    mean += table.target[i] / static_cast<double>(rows);
    for (std::size_t a = 0; a < size; ++a) {
      with_target[a] += x(i, a) * table.target[i];
      for (std::size_t b = 0; b < size; ++b) products[a][b] += x(i, a) * x(i, b);
    }
  }
  const Square bread = inverse(products);
  Slow out;
  for (std::size_t a = 0; a < size; ++a) {
    out.coefficients.push_back(0);
    for (std::size_t b = 0; b < size; ++b) out.coefficients[a] += bread[a][b] * with_target[b];
  }
  double residual_squares = 0, all_squares = 0;
  for (std::size_t i = 0; i < rows; ++i) {
    double residual = table.target[i], leverage = 0;
    for (std::size_t a = 0; a < size; ++a) {
      residual -= out.coefficients[a] * x(i, a);
      for (std::size_t b = 0; b < size; ++b) leverage += x(i, a) * bread[a][b] * x(i, b);
    }
    const double weight = residual * residual / ((1 - leverage) * (1 - leverage));
    for (std::size_t a = 0; a < size; ++a)
      for (std::size_t b = 0; b < size; ++b) middle[a][b] += weight * x(i, a) * x(i, b);
    residual_squares += residual * residual;
    all_squares += (table.target[i] - mean) * (table.target[i] - mean);
  }
  out.r2 = 1 - residual_squares / all_squares;
  for (std::size_t a = 0; a < size; ++a) {
    double variance = 0;
    for (std::size_t b = 0; b < size; ++b)
      for (std::size_t c = 0; c < size; ++c) variance += bread[a][b] * middle[b][c] * bread[c][a];
    out.errors.push_back(std::sqrt(variance));
  }
  return out;
}

// Longley (1967), certified by NIST StRD to 15 digits; a hard case, since the columns nearly make each other
// up. Inflation factors as R's car::vif prints them.
TEST(Regression, AgreesWithLongleysCertifiedValues) {
  const Table table = test::by_rows({{60323, 83.0, 234289, 2356, 1590, 107608, 1947},
                                     {61122, 88.5, 259426, 2325, 1456, 108632, 1948},
                                     {60171, 88.2, 258054, 3682, 1616, 109773, 1949},
                                     {61187, 89.5, 284599, 3351, 1650, 110929, 1950},
                                     {63221, 96.2, 328975, 2099, 3099, 112075, 1951},
                                     {63639, 98.1, 346999, 1932, 3594, 113270, 1952},
                                     {64989, 99.0, 365385, 1870, 3547, 115094, 1953},
                                     {63761, 100.0, 363112, 3578, 3350, 116219, 1954},
                                     {66019, 101.2, 397469, 2904, 3048, 117388, 1955},
                                     {67857, 104.6, 419180, 2822, 2857, 118734, 1956},
                                     {68169, 108.4, 442769, 2936, 2798, 120445, 1957},
                                     {66513, 110.8, 444546, 4681, 2637, 121950, 1958},
                                     {68655, 112.6, 482704, 3813, 2552, 123366, 1959},
                                     {69564, 114.2, 502601, 3931, 2514, 125368, 1960},
                                     {69331, 115.7, 518173, 4806, 2572, 127852, 1961},
                                     {70551, 116.9, 554894, 4007, 2827, 130081, 1962}});
  const auto fit = regress(table.design());
  ASSERT_TRUE(fit);
  const double certified[] = {15.0618722713733,  -0.0358191792925910, -2.02022980381683,
                              -1.03322686717359, -0.0511041056535807, 1829.15146461355};
  const double inflation[] = {135.53, 1788.51, 33.62, 3.59, 399.15, 758.98};
  EXPECT_NEAR(fit->intercept / -3482258.63459582, 1, 1e-9);
  EXPECT_NEAR(fit->r2, 0.995479004577296, 1e-12);
  EXPECT_NEAR(fit->r2_adjusted, 0.9925, 5e-5);
  for (std::size_t d = 0; d < 6; ++d) {
    EXPECT_NEAR(fit->drivers[d].value / certified[d], 1, 1e-9) << d;
    EXPECT_NEAR(fit->drivers[d].vif, inflation[d], 0.006) << d;
  }
  EXPECT_NEAR(fit->condition, 43275, 1);  // Belsley, Kuh and Welsch (1980), 3.4
}

// By hand: groups {1, 2, 3} and {4, 6, 8}. The slope is the difference of means, 4; HC3 is the sum over
// groups of SS / (n - 1)² = 2/4 + 8/4, so the error is sqrt(2.5); t(4) at 97.5 % is 2.776445. R² = 24 / 34.
TEST(Regression, AgreesWithHandWorkOnTwoGroups) {
  const Table table = test::by_rows({{1, 0}, {2, 0}, {3, 0}, {4, 1}, {6, 1}, {8, 1}});
  const auto fit = regress(table.design());
  ASSERT_TRUE(fit);
  const Coefficient& slope = fit->drivers[0];
  ASSERT_TRUE(slope.certainty);
  EXPECT_NEAR(slope.value, 4, 1e-12);
  EXPECT_NEAR(fit->intercept, 2, 1e-12);
  EXPECT_NEAR(slope.certainty->error, std::sqrt(2.5), 1e-12);
  EXPECT_NEAR(slope.certainty->interval.low, 4 - 2.776445 * std::sqrt(2.5), 1e-5);
  EXPECT_NEAR(slope.certainty->interval.high, 4 + 2.776445 * std::sqrt(2.5), 1e-5);
  EXPECT_NEAR(fit->r2, 24.0 / 34, 1e-12);
  EXPECT_NEAR(fit->r2_adjusted, 1 - 10.0 / 34 * 5 / 4, 1e-12);
  EXPECT_NEAR(slope.standardised, std::sqrt(24.0 / 34), 1e-12);
  EXPECT_DOUBLE_EQ(slope.vif, 1);
  EXPECT_NEAR(fit->intercept_certainty->error, std::sqrt(0.5), 1e-12);  // of the mean of the first group
}

TEST(Regression, AgreesWithNormalEquationsAndTheSandwich) {
  Normal normal(3);
  for (int round = 0; round < 20; ++round) {
    Table table = test::correlated(normal, 40, 4, 0.5);
    for (std::size_t i = 0; i < 40; ++i)
      table.target.push_back(7 + table.drivers[0][i] - 2 * table.drivers[2][i] +
                             normal() * (1 + std::abs(table.drivers[1][i])));
    const auto fit = regress(table.design());
    const Slow reference = slow(table);
    ASSERT_TRUE(fit && fit->intercept_certainty);
    EXPECT_NEAR(fit->intercept, reference.coefficients[0], 1e-10);
    EXPECT_NEAR(fit->intercept_certainty->error, reference.errors[0], 1e-10);
    EXPECT_NEAR(fit->r2, reference.r2, 1e-10);
    for (std::size_t d = 0; d < 4; ++d) {
      EXPECT_NEAR(fit->drivers[d].value, reference.coefficients[d + 1], 1e-10);
      EXPECT_NEAR(fit->drivers[d].certainty->error, reference.errors[d + 1], 1e-10);
      // Inflation is 1 / (1 - R² of the driver on the others).
      Table others = table;
      others.target = others.drivers[d];
      others.drivers.erase(others.drivers.begin() + static_cast<std::ptrdiff_t>(d));
      EXPECT_NEAR(fit->drivers[d].vif, 1 / (1 - slow(others).r2), 1e-8);
    }
  }
}

// Errors that grow with a driver: intervals must still hold the truth in about 95 of 100 samples.
TEST(Regression, IntervalsHoldTheTruthWhereVarianceDiffers) {
  Normal normal(11);
  int held = 0, held_combined = 0;
  double sum = 0;
  constexpr int kRuns = 1000;
  for (int run = 0; run < kRuns; ++run) {
    Table table = test::correlated(normal, 60, 2, 0.4);
    for (std::size_t i = 0; i < 60; ++i)
      table.target.push_back(1 + 0.5 * table.drivers[0][i] - 0.3 * table.drivers[1][i] +
                             normal() * (0.3 + std::abs(table.drivers[0][i])));
    const auto fit = regress(table.design());
    ASSERT_TRUE(fit);
    sum += fit->drivers[0].value;
    const Interval& interval = fit->drivers[0].certainty->interval;
    held += interval.low <= 0.5 && 0.5 <= interval.high ? 1 : 0;
    const Interval combined = fit->combine(std::vector{1.0, 2.0})->interval;
    held_combined += combined.low <= -0.1 && -0.1 <= combined.high ? 1 : 0;
  }
  EXPECT_NEAR(sum / kRuns, 0.5, 0.02);
  EXPECT_NEAR(held / double{kRuns}, 0.95, 0.02);
  EXPECT_NEAR(held_combined / double{kRuns}, 0.95, 0.02);
}

std::string detail_of(const Table& table, Code code) {
  const auto fit = regress(table.design());
  EXPECT_FALSE(fit);
  if (fit) return "";
  EXPECT_EQ(fit.error().code, code);
  return fit.error().detail;
}

TEST(Regression, NamesTheColumnsThatCannotBeToldApart) {
  Normal normal(5);
  Table table = test::correlated(normal, 30, 2, 0);
  table.names = {"speed", "courtesy", "speed again", "always 5"};
  for (std::size_t i = 0; i < 30; ++i) table.target.push_back(normal());
  table.drivers.push_back(table.drivers[0]);
  for (double& value : table.drivers[2]) value = 3 - 2 * value;
  EXPECT_THAT(detail_of(table, Code::kBadDrivers),
              AllOf(HasSubstr("speed"), HasSubstr("speed again"), Not(HasSubstr("courtesy"))));
  table.drivers[2].assign(30, 0.1);
  table.names[2] = "always 0.1";
  EXPECT_THAT(detail_of(table, Code::kBadDrivers), HasSubstr("constant: always 0.1"));
  for (std::size_t i = 0; i < 30; ++i) table.drivers[2][i] = 1e200 * normal();
  EXPECT_EQ(detail_of(table, Code::kBadDrivers), "beyond 1e100 or within 1e-100: always 0.1");
  table.drivers.pop_back();
  table.target.assign(30, 1e9);
  EXPECT_THAT(detail_of(table, Code::kBadDrivers), HasSubstr("constant: target"));
}

TEST(Regression, RefusesFewerRowsThanItNeeds) {
  Normal normal(6);
  Table table = test::correlated(normal, 4, 3, 0);
  table.target = {1, 2, 4, 3};
  EXPECT_THAT(detail_of(table, Code::kTooFewRows), HasSubstr("4 rows for 3 drivers; at least 5"));
  EXPECT_THAT(detail_of(Table{}, Code::kBadDrivers), HasSubstr("no driver"));
}

// The last row alone has the second driver: its residual is 0 whatever it says.
TEST(Regression, HasNoErrorWhereOneRowDecides) {
  const Table table = test::by_rows({{1, 1, 0}, {2, 3, 0}, {2, 2, 0}, {4, 5, 0}, {3, 4, 0}, {9, 3, 1}});
  const auto fit = regress(table.design());
  ASSERT_TRUE(fit);
  EXPECT_FALSE(fit->drivers[1].certainty);
  EXPECT_FALSE(fit->combine(std::vector{1.0, 0.0}));
}

TEST(Regression, IsSureOfAFitWithoutResiduals) {
  const Table table = test::by_rows({{1, 0}, {3, 1}, {5, 2}, {7, 3}, {9, 4}});
  const auto fit = regress(table.design());
  ASSERT_TRUE(fit);
  EXPECT_NEAR(fit->r2, 1, 1e-12);
  EXPECT_NEAR(fit->drivers[0].certainty->interval.low, 2, 1e-9);
  EXPECT_LT(fit->drivers[0].certainty->p_value, 1e-9);
}

// Means far from 0 and tiny spreads must not cost digits.
TEST(Regression, KeepsItsDigitsFarFromZero) {
  Normal normal(8);
  Table near = test::correlated(normal, 50, 2, 0.3);
  for (std::size_t i = 0; i < 50; ++i) near.target.push_back(near.drivers[0][i] + normal());
  Table far = near;
  for (double& value : far.drivers[0]) value = 1e6 + value;
  for (double& value : far.drivers[1]) value = 1e-9 * value;
  const auto a = regress(near.design()), b = regress(far.design());
  ASSERT_TRUE(a && b);
  EXPECT_NEAR(a->drivers[0].value, b->drivers[0].value, 1e-7);
  EXPECT_NEAR(a->drivers[1].value, b->drivers[1].value * 1e-9, 1e-9);
}

}  // namespace
}  // namespace zhike::stats
