#include "stats/importance.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <vector>

#include "stats/test_designs.h"

namespace zhike::stats {
namespace {

using test::Normal;
using test::Table;

double sum(const std::vector<double>& values) { return std::accumulate(values.begin(), values.end(), 0.0); }

/// R² of some of the drivers, by regression on them alone.
double r2_of(const Table& table, const std::vector<std::size_t>& chosen) {
  if (chosen.empty()) return 0;
  Table part{.drivers = {}, .target = table.target, .names = {}};
  for (const std::size_t d : chosen) part.drivers.push_back(table.drivers[d]);
  return regress(part.design())->r2;
}

/// The oracle: the definition, over every order of the drivers.
std::vector<double> lmg_by_orders(const Table& table) {
  std::vector<std::size_t> order(table.drivers.size());
  std::iota(order.begin(), order.end(), 0);
  std::vector<double> out(order.size(), 0);
  double orders = 0;
  do {
    std::vector<std::size_t> before;
    for (const std::size_t d : order) {
      const double without = r2_of(table, before);
      before.push_back(d);
      out[d] += r2_of(table, before) - without;
    }
    ++orders;
  } while (std::ranges::next_permutation(order).found);
  for (double& value : out) value /= orders;
  return out;
}

/// The oracle: Johnson's weights with the square root of the correlations by Denman and Beavers' iteration,
/// which needs inverses only, by Gauss and Jordan.
using Square = std::vector<std::vector<double>>;
Square inverse(Square m) {
  const std::size_t n = m.size();
  Square out(n, std::vector<double>(n, 0));
  for (std::size_t i = 0; i < n; ++i) out[i][i] = 1;
  for (std::size_t c = 0; c < n; ++c) {
    const double by = m[c][c];  // positive definite: no pivoting
    for (std::size_t k = 0; k < n; ++k) m[c][k] /= by, out[c][k] /= by;
    for (std::size_t r = 0; r < n; ++r) {
      const double times = r == c ? 0 : m[r][c];
      for (std::size_t k = 0; k < n; ++k) m[r][k] -= times * m[c][k], out[r][k] -= times * out[c][k];
    }
  }
  return out;
}
std::vector<double> weights_by_iteration(const Correlations& from) {
  const std::size_t n = from.drivers();
  Square root(n, std::vector<double>(n)), inverse_root(n, std::vector<double>(n, 0));
  for (std::size_t a = 0; a < n; ++a) {
    inverse_root[a][a] = 1;
    for (std::size_t b = 0; b < n; ++b) root[a][b] = from.between[a * n + b];
  }
  for (int step = 0; step < 40; ++step) {
    const Square of_root = inverse(root), of_inverse = inverse(inverse_root);
    for (std::size_t a = 0; a < n; ++a)
      for (std::size_t b = 0; b < n; ++b) {
        root[a][b] = (root[a][b] + of_inverse[a][b]) / 2;
        inverse_root[a][b] = (inverse_root[a][b] + of_root[a][b]) / 2;
      }
  }
  std::vector<double> out(n, 0);
  for (std::size_t k = 0; k < n; ++k) {
    double slope = 0;
    for (std::size_t j = 0; j < n; ++j) slope += inverse_root[k][j] * from.with_target[j];
    for (std::size_t d = 0; d < n; ++d) out[d] += root[d][k] * root[d][k] * slope * slope;
  }
  return out;
}

// By hand: drivers that correlate by 0.6, and with the target by 0.5 and 0.3. R² = (0.25 + 0.09 - 0.18) /
// 0.64 = 0.25. LMG of the first: (0.25 + 0.25 - 0.09) / 2 = 0.205. The root of the correlations is (3, 1; 1,
// 3) / sqrt 10, so the slopes are 1.5 / sqrt 10 and 0.5 / sqrt 10, and the weight 0.9 · 0.225 + 0.1 · 0.025 =
// 0.205: with two drivers both measures are one.
TEST(Importance, AgreesWithHandWorkOnTwoDrivers) {
  const Correlations two{.between = {1, 0.6, 0.6, 1}, .with_target = {0.5, 0.3}};
  const auto weights = relative_weights(two), orders = lmg(two);
  ASSERT_TRUE(weights && orders);
  EXPECT_NEAR((*weights)[0], 0.205, 1e-12);
  EXPECT_NEAR((*weights)[1], 0.045, 1e-12);
  EXPECT_NEAR((*orders)[0], 0.205, 1e-12);
  EXPECT_NEAR((*orders)[1], 0.045, 1e-12);
}

/// Henderson and Velleman (1981), Biometrics 37:391-411: miles per gallon, cylinders, displacement, power,
/// gears.
Table cars() {
  return test::by_rows(
      {{21, 6, 160, 110, 4},     {21, 6, 160, 110, 4},     {22.8, 4, 108, 93, 4},    {21.4, 6, 258, 110, 3},
       {18.7, 8, 360, 175, 3},   {18.1, 6, 225, 105, 3},   {14.3, 8, 360, 245, 3},   {24.4, 4, 146.7, 62, 4},
       {22.8, 4, 140.8, 95, 4},  {19.2, 6, 167.6, 123, 4}, {17.8, 6, 167.6, 123, 4}, {16.4, 8, 275.8, 180, 3},
       {17.3, 8, 275.8, 180, 3}, {15.2, 8, 275.8, 180, 3}, {10.4, 8, 472, 205, 3},   {10.4, 8, 460, 215, 3},
       {14.7, 8, 440, 230, 3},   {32.4, 4, 78.7, 66, 4},   {30.4, 4, 75.7, 52, 4},   {33.9, 4, 71.1, 65, 4},
       {21.5, 4, 120.1, 97, 3},  {15.5, 8, 318, 150, 3},   {15.2, 8, 304, 150, 3},   {13.3, 8, 350, 245, 3},
       {19.2, 8, 400, 175, 3},   {27.3, 4, 79, 66, 4},     {26, 4, 120.3, 91, 5},    {30.4, 4, 95.1, 113, 5},
       {15.8, 8, 351, 264, 5},   {19.7, 6, 145, 175, 5},   {15, 8, 301, 335, 5},     {21.4, 4, 121, 109, 4}});
}

// The worked example of R's package rwa 0.0.3 on these cars.
TEST(Importance, AgreesWithThePublishedWeightsOfCars) {
  const Table table = cars();
  const auto weights = relative_weights(*correlations(table.design()));
  ASSERT_TRUE(weights);
  const double published[] = {0.2284797, 0.2221469, 0.2321744, 0.0963886};
  for (std::size_t d = 0; d < 4; ++d) EXPECT_NEAR((*weights)[d], published[d], 5e-8) << d;
  EXPECT_NEAR(sum(*weights), 0.7791896, 5e-8);
}

TEST(Importance, AgreesWithSlowDefinitionsAndSumsToRSquared) {
  Normal normal(21);
  for (int round = 0; round < 4; ++round) {
    Table table = round == 0 ? cars() : test::correlated(normal, 50, 4, 0.2 * round);
    if (round > 0)
      for (std::size_t i = 0; i < 50; ++i)
        table.target.push_back(2 * table.drivers[0][i] + table.drivers[1][i] - table.drivers[2][i] +
                               2 * normal());
    const auto found = correlations(table.design());
    const auto weights = relative_weights(*found), orders = lmg(*found);
    ASSERT_TRUE(weights && orders);
    const auto orders_slow = lmg_by_orders(table), weights_slow = weights_by_iteration(*found);
    const double r2 = regress(table.design())->r2;
    EXPECT_NEAR(sum(*weights), r2, 1e-10);
    EXPECT_NEAR(sum(*orders), r2, 1e-10);
    for (std::size_t d = 0; d < 4; ++d) {
      EXPECT_NEAR((*orders)[d], orders_slow[d], 1e-10);
      EXPECT_NEAR((*weights)[d], weights_slow[d], 1e-9);
    }
  }
}

// Drivers that do not correlate: both shares are the squared correlations, here 4/7, 1/7 and 0; two in seven
// are noise. Intervals of shares above 0 hold them about as often as they say.
TEST(Importance, RecoversSharesOfUncorrelatedDrivers) {
  Normal normal(31);
  int held = 0, held_orders = 0;
  double mean = 0;
  constexpr int kRuns = 150;
  for (int run = 0; run < kRuns; ++run) {
    Table table = test::correlated(normal, 150, 3, 0);
    for (std::size_t i = 0; i < 150; ++i)
      table.target.push_back(2 * table.drivers[0][i] + table.drivers[1][i] + std::sqrt(2.0) * normal());
    const auto found =
        importance(table.design(), {.seed = static_cast<std::uint64_t>(run), .resamples = 200});
    ASSERT_TRUE(found && found->lmg.size() == 3 && found->relative_weights[0].interval &&
                found->lmg[1].interval);
    mean += found->relative_weights[0].value / kRuns;
    const auto holds = [](const VarianceShare& share, double truth) {
      return share.interval->low <= truth && truth <= share.interval->high;
    };
    held += holds(found->relative_weights[0], 4.0 / 7) ? 1 : 0;
    held_orders += holds(found->lmg[1], 1.0 / 7) ? 1 : 0;
  }
  EXPECT_NEAR(mean, 4.0 / 7, 0.02);
  EXPECT_GT(held, kRuns * 0.89);
  EXPECT_GT(held_orders, kRuns * 0.89);
}

TEST(Importance, SameSeedSameIntervals) {
  const Table table = cars();
  const auto first = importance(table.design(), {.seed = 4, .resamples = 300});
  const auto again = importance(table.design(), {.seed = 4, .resamples = 300});
  const auto other = importance(table.design(), {.seed = 5, .resamples = 300});
  ASSERT_TRUE(first && again && other);
  EXPECT_EQ(first->lmg[2].interval, again->lmg[2].interval);
  EXPECT_NE(first->lmg[2].interval, other->lmg[2].interval);
  for (const VarianceShare& share : first->relative_weights) {
    EXPECT_LT(share.interval->low, share.value);
    EXPECT_GT(share.interval->high, share.value);
  }
}

TEST(Importance, FifteenDriversSumToRSquared) {
  Normal normal(41);
  Table table = test::correlated(normal, 100, 15, 0.3);
  for (std::size_t i = 0; i < 100; ++i) table.target.push_back(table.drivers[3][i] + normal());
  const auto orders = lmg(*correlations(table.design()));
  ASSERT_TRUE(orders);
  EXPECT_NEAR(sum(*orders), regress(table.design())->r2, 1e-9);
  EXPECT_EQ(std::ranges::max_element(*orders) - orders->begin(), 3);
}

TEST(Importance, HasNoneWhereDriversCannotBeToldApart) {
  Table table = cars();
  table.drivers.push_back(table.drivers[1]);
  const auto found = correlations(table.design());
  ASSERT_TRUE(found);
  EXPECT_FALSE(relative_weights(*found));
  EXPECT_FALSE(lmg(*found));
  EXPECT_FALSE(importance(table.design()));
  table.drivers.back().assign(table.target.size(), 7);
  EXPECT_FALSE(correlations(table.design()));
  const std::vector<double> eye(25 * 25, 0);
  EXPECT_FALSE(lmg({.between = eye, .with_target = std::vector<double>(25, 0)}));
}

// A driver that two rows of forty alone have is constant in one draw of eight: no choice of draws may pass
// for an interval.
TEST(Importance, HasNoIntervalWhereManyDrawsHaveNone) {
  Normal normal(51);
  Table table = test::correlated(normal, 40, 1, 0);
  table.drivers.emplace_back(40, 0.0);
  table.drivers[1][3] = table.drivers[1][30] = 1;
  for (std::size_t i = 0; i < 40; ++i) table.target.push_back(table.drivers[0][i] + normal());
  const auto found = importance(table.design(), {.seed = 1, .resamples = 400});
  ASSERT_TRUE(found);
  EXPECT_FALSE(found->relative_weights[0].interval);
  EXPECT_GT(found->relative_weights[0].value, 0.2);
}

}  // namespace
}  // namespace zhike::stats
