#include "stats/chain.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "stats/test_designs.h"

namespace zhike::stats {
namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

/// Owns the values of a panel.
struct Grid {
  std::size_t units, periods;
  std::vector<std::vector<double>> stages{};

  void add(const std::function<double(std::size_t unit, std::size_t period)>& value) {
    auto& stage = stages.emplace_back();
    for (std::size_t u = 0; u < units; ++u)
      for (std::size_t t = 0; t < periods; ++t) stage.push_back(value(u, t));
  }
  double& at(std::size_t stage, std::size_t unit, std::size_t period) {
    return stages[stage][unit * periods + period];
  }
  [[nodiscard]] Panel panel() const {
    Panel out{.units = units, .periods = periods, .stages = {}};
    for (std::size_t s = 0; s < stages.size(); ++s)
      out.stages.push_back({std::array{"quality", "satisfaction", "loyalty", "value"}[s], stages[s]});
    return out;
  }
};

const ChainOptions kNoLag{.lags = 0, .bootstrap = {.resamples = 50}};

// Within units and periods x is s·d with s = ±1 in four units each and d = 1, 0, -1; y is 2x + c·d with c =
// ±1 and Σsc = 0. Then Σx² = 16 and Σxy = 32: the slope is 2. The residuals are c·d, each unit's score is 2sc
// and its square 4, 32 in all. CR1: 8/7 · 23/(24 - 4) = 46/35. Variance 46/35 · 32/16² = 23/140. Σy² = 80.
Grid by_hand() {
  constexpr std::array<double, 8> kS{1, 1, 1, 1, -1, -1, -1, -1}, kC{1, -1, 1, -1, 1, -1, 1, -1};
  constexpr std::array<double, 3> kD{1, 0, -1}, kPeriod{100, 140, 90};
  constexpr std::array<double, 8> kUnit{5, -3, 8, 0, 11, 2, -7, 4};
  Grid out{.units = 8, .periods = 3};
  out.add([&](std::size_t u, std::size_t t) { return 3 * kUnit[u] + kPeriod[t] + kS[u] * kD[t]; });
  out.add([&](std::size_t u, std::size_t t) {
    return 2 * kS[u] * kD[t] + kC[u] * kD[t] - 10 * kUnit[7 - u] + 7 * kPeriod[t];
  });
  return out;
}

TEST(Chain, MatchesACaseByHand) {
  const Grid grid = by_hand();
  const auto found = chain(grid.panel(), kNoLag);
  ASSERT_TRUE(found) << found.error().detail;
  ASSERT_EQ(found->links.size(), 1);
  const ChainLink& link = found->links[0];
  EXPECT_EQ(link.rows, 24);
  EXPECT_EQ(link.units, 8);
  EXPECT_EQ(link.periods, 3);
  EXPECT_NEAR(link.chosen().slope, 2, 1e-9);
  EXPECT_NEAR(link.chosen().r2, 0.8, 1e-9);
  EXPECT_NEAR(link.chosen().standardised, std::sqrt(0.8), 1e-9);
  const double error = std::sqrt(23.0 / 140);
  EXPECT_NEAR(link.chosen().certainty.error, error, 1e-9);
  EXPECT_NEAR(link.chosen().certainty.interval.low, 2 - 2.364624 * error, 1e-5);  // t of 7, 97.5 %
  EXPECT_NEAR(found->effects[0].value, 2, 1e-9);
}

/// A chain of stages, each `slope` times the one before it `lag` periods earlier, beside units, periods and
/// noise that lasts within a unit.
Grid simulated(std::uint64_t seed, std::size_t units, std::size_t periods, const std::vector<double>& slopes,
               const std::vector<std::size_t>& lags, double noise = 1) {
  test::Normal normal(seed);
  Grid out{.units = units, .periods = periods};
  std::vector<double> before(units);
  for (double& value : before) value = normal();
  std::vector<double> common(periods);
  for (double& value : common) value = 3 * normal();
  out.add([&](std::size_t u, std::size_t t) {
    before[u] = 0.3 * before[u] + normal();
    return before[u] + common[t] + static_cast<double>(u % 5);
  });
  for (std::size_t link = 0; link < slopes.size(); ++link) {
    std::vector<double> lasting(units), level(units);
    for (double& value : level) value = 5 * normal();
    const std::vector<double> x = out.stages.back();
    out.add([&](std::size_t u, std::size_t t) {
      lasting[u] = 0.5 * lasting[u] + noise * normal();
      const double cause = t >= lags[link] ? x[u * periods + t - lags[link]] : normal();
      return slopes[link] * cause + level[u] + 2 * common[(t + link) % periods] + lasting[u];
    });
  }
  return out;
}

/// y on x and a column of its own for each unit and period but the first: Frisch and Waugh (1933).
Regression with_dummies(const Grid& grid, std::size_t lag, std::size_t longest) {
  test::Table table;
  std::vector<std::pair<std::size_t, std::size_t>> cells;
  table.drivers.emplace_back();
  for (std::size_t u = 0; u < grid.units; ++u)
    for (std::size_t t = longest; t < grid.periods; ++t) {
      const std::size_t at = u * grid.periods + t;
      bool complete = !std::isnan(grid.stages[1][at]);
      for (std::size_t l = 0; l <= longest; ++l) complete = complete && !std::isnan(grid.stages[0][at - l]);
      if (!complete) continue;
      cells.emplace_back(u, t);
      table.target.push_back(grid.stages[1][at]);
      table.drivers[0].push_back(grid.stages[0][at - lag]);
    }
  const auto dummy = [&](const auto& is_in) {
    std::vector<double> column;
    for (const auto& cell : cells) column.push_back(is_in(cell) ? 1 : 0);
    table.drivers.push_back(std::move(column));
  };
  for (std::size_t u = 1; u < grid.units; ++u) dummy([&](const auto& cell) { return cell.first == u; });
  for (std::size_t t = longest + 1; t < grid.periods; ++t)
    dummy([&](const auto& cell) { return cell.second == t; });
  return *regress(table.design());
}

TEST(Chain, MatchesRegressionOnDummiesWhereUnitsHaveGaps) {
  Grid grid = simulated(3, 10, 14, {0.8}, {1});
  test::Normal normal(4);
  for (auto& stage : grid.stages)
    for (double& value : stage)
      if (normal.uniform() < 0.08) value = kMissing;
  const auto found = chain(grid.panel(), {.lags = 2, .bootstrap = {.resamples = 20}});
  ASSERT_TRUE(found) << found.error().detail;
  const ChainLink& link = found->links[0];
  EXPECT_LT(link.rows, 10 * 12);
  ASSERT_EQ(link.lags.size(), 3);
  for (std::size_t lag = 0; lag <= 2; ++lag) {
    const Regression wide = with_dummies(grid, lag, 2);
    EXPECT_EQ(link.rows, wide.rows);
    EXPECT_NEAR(link.lags[lag].slope, wide.drivers[0].value, 1e-7 * std::abs(wide.drivers[0].value)) << lag;
  }
}

// Numbers that differ by a millionth of their size are still told apart.
TEST(Chain, IsTheSameFarFromZero) {
  Grid grid = simulated(5, 10, 12, {0.8}, {0});
  const auto near = chain(grid.panel(), kNoLag);
  for (double& value : grid.stages[0]) value = 1e6 + value;
  const auto far = chain(grid.panel(), kNoLag);
  ASSERT_TRUE(near && far);
  EXPECT_NEAR(near->links[0].chosen().slope, far->links[0].chosen().slope, 1e-7);
}

TEST(Chain, RecoversSlopesLagsAndTheirProduct) {
  const Grid grid = simulated(7, 60, 30, {0.8, 0.5, 1.5}, {1, 2, 0}, 0.5);
  const auto found = chain(grid.panel(), {.lags = 3, .bootstrap = {.resamples = 200}});
  ASSERT_TRUE(found) << found.error().detail;
  const std::array<double, 3> slopes{0.8, 0.5, 1.5};
  const std::array<std::size_t, 3> lags{1, 2, 0};
  for (std::size_t link = 0; link < 3; ++link) {
    EXPECT_EQ(found->links[link].lag, lags[link]) << link;
    EXPECT_NEAR(found->links[link].chosen().slope, slopes[link], 0.08) << link;
    EXPECT_GT(found->links[link].chosen().chosen_share, 0.9) << link;
    ASSERT_TRUE(found->links[link].interval);
  }
  EXPECT_EQ(found->effects[0].lag, 3);
  EXPECT_NEAR(found->effects[0].value, 0.6, 0.1);
  EXPECT_DOUBLE_EQ(found->effects[0].value, found->links[0].chosen().slope * found->effects[1].value);
  ASSERT_TRUE(found->effects[0].interval);
  EXPECT_LT(found->effects[0].interval->low, 0.6);
  EXPECT_GT(found->effects[0].interval->high, 0.6);
  EXPECT_DOUBLE_EQ(found->effects[2].value, found->links[2].chosen().slope);
}

// 95 % of the intervals hold the truth, though errors last within a unit.
TEST(Chain, IntervalsHoldTheTruthAsOftenAsTheySay) {
  constexpr int kRuns = 120;
  int by_error = 0, by_draws = 0, effect = 0;
  for (int run = 0; run < kRuns; ++run) {
    const Grid grid = simulated(1000 + static_cast<std::uint64_t>(run), 40, 12, {0.6, 0.4}, {0, 1});
    const auto found = chain(grid.panel(), {.lags = 1, .bootstrap = {.resamples = 100}});
    ASSERT_TRUE(found) << found.error().detail;
    const auto holds = [](const Interval& in, double truth) { return in.low <= truth && truth <= in.high; };
    by_error += holds(found->links[0].lags[0].certainty.interval, 0.6) ? 1 : 0;
    by_draws += holds(*found->links[0].interval, 0.6) ? 1 : 0;
    effect += holds(*found->effects[0].interval, 0.24) ? 1 : 0;
  }
  EXPECT_NEAR(by_error, 0.95 * kRuns, 0.05 * kRuns);
  EXPECT_NEAR(by_draws, 0.95 * kRuns, 0.05 * kRuns);
  EXPECT_NEAR(effect, 0.95 * kRuns, 0.05 * kRuns);
}

TEST(Chain, TakesALagThatIsFixed) {
  const Grid grid = simulated(11, 20, 16, {1, 1}, {2, 0});
  const auto found = chain(grid.panel(), {.lags = 2, .fixed = {1}, .bootstrap = {.resamples = 50}});
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->links[0].is_fixed);
  EXPECT_EQ(found->links[0].lag, 1);
  EXPECT_EQ(found->links[0].chosen().chosen_share, 1);
  EXPECT_GT(found->links[0].lags[2].r2, found->links[0].lags[1].r2);
  EXPECT_FALSE(found->links[1].is_fixed);
  EXPECT_EQ(found->links[1].lag, 0);
}

TEST(Chain, LeavesOutUnitsAndPeriodsOfOneRow) {
  Grid grid = simulated(13, 12, 10, {1}, {0});
  for (std::size_t t = 1; t < 10; ++t) grid.at(1, 3, t) = kMissing;  // unit 3 has one row
  for (std::size_t u = 1; u < 12; ++u) grid.at(0, u, 6) = kMissing;  // period 6 has one row
  const auto found = chain(grid.panel(), kNoLag);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->links[0].units, 11);
  EXPECT_EQ(found->links[0].periods, 9);
  EXPECT_EQ(found->links[0].rows, 99);
}

TEST(Chain, SaysWhyItCannot) {
  const auto refused = [](const Grid& grid, std::size_t lags) {
    const auto found = chain(grid.panel(), {.lags = lags, .bootstrap = {.resamples = 20}});
    return found ? std::string("found") : found.error().detail;
  };
  EXPECT_EQ(
      refused(simulated(17, 7, 10, {1}, {0}), 0),
      "quality → satisfaction: 7 of 7 units have both stages at all lags 0 to 0 in two periods or more; at "
      "least 8 are needed");
  EXPECT_EQ(chain(simulated(17, 7, 10, {1}, {0}).panel()).error().code, Code::kTooFewRows);
  EXPECT_NE(refused(simulated(17, 9, 5, {1}, {0}), 3).find("2 of 5 periods"), std::string::npos);
  EXPECT_NE(refused(simulated(17, 9, 3, {1}, {0}), 3).find("0 of 9 units"), std::string::npos);
  Grid grid = simulated(17, 9, 10, {1}, {0});
  grid.stages.pop_back();
  grid.add([](std::size_t u, std::size_t) { return 0.1 + static_cast<double>(u) / 3; });
  EXPECT_EQ(refused(grid, 1), "quality → satisfaction: satisfaction never changes within a unit");
  grid.stages.pop_back();
  grid.add([](std::size_t u, std::size_t t) {
    return static_cast<double>(u) / 3 + std::sqrt(static_cast<double>(t));
  });
  EXPECT_EQ(refused(grid, 1), "quality → satisfaction: satisfaction moves alike in all units");
  EXPECT_EQ(chain(grid.panel()).error().code, Code::kBadDrivers);
  std::swap(grid.stages[0], grid.stages[1]);
  EXPECT_EQ(refused(grid, 1), "quality → satisfaction: quality moves alike in all units");
  grid.stages[0][4] = 1e101;
  EXPECT_EQ(refused(grid, 1), "beyond 1e100: quality");
}

TEST(Chain, HasTheSameIntervalsForTheSameSeed) {
  const Grid grid = simulated(19, 12, 10, {1}, {0});
  const auto interval = [&](std::uint64_t seed) {
    return chain(grid.panel(), {.lags = 1, .bootstrap = {.seed = seed, .resamples = 100}})
        ->links[0]
        .interval->low;
  };
  EXPECT_EQ(interval(1), interval(1));
  EXPECT_NE(interval(1), interval(2));
}

TEST(ChainResamples, FallWithTheWork) {
  EXPECT_EQ(chain_resamples(200, 4, 3), 1000);
  EXPECT_EQ(chain_resamples(1'000'000, 4, 3), 200);
}

}  // namespace
}  // namespace zhike::stats
