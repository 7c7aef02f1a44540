#include "stats/budget_response.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "stats/budget_fit.h"
#include "stats/budget_planted.h"

namespace zhike::stats {
namespace {

using planted::brought;
using planted::Chance;
using planted::Truth;

const BudgetOptions kQuick{.resamples = 0};

struct World {
  std::size_t periods = 120;
  std::vector<Truth> truths{{0.3, 80, 2.0}, {0.6, 0, 0.5}};
  double base = 100, trend = 0.2, noise = 0;
};
BudgetSeries simulate(const World& world, std::uint64_t seed) {
  Chance chance(seed);
  BudgetSeries out;
  out.outcome.resize(world.periods);
  for (std::size_t t = 0; t < world.periods; ++t)
    out.outcome[t] = world.base + world.trend * static_cast<double>(t) + world.noise * chance.normal();
  for (std::size_t c = 0; c < world.truths.size(); ++c) {
    auto& channel = out.channels.emplace_back();
    channel.name = std::string(1, static_cast<char>('a' + c));
    for (std::size_t t = 0; t < world.periods; ++t)
      channel.spend.push_back(chance.even() < 0.3 ? 0 : 200 * chance.even());
    const auto due = brought(channel.spend, world.truths[c]);
    for (std::size_t t = 0; t < world.periods; ++t) out.outcome[t] += due[t];
  }
  return out;
}

bool has(const std::vector<BudgetNote>& notes, BudgetIssue issue) {
  return std::ranges::find(notes, issue, &BudgetNote::issue) != notes.end();
}

TEST(BudgetResponse, StraightLineByHand) {
  // 10 + 3 a unit of money, at once: average and next unit are 3, of spend 2, 4, ... all shares by hand.
  BudgetSeries series;
  auto& channel = series.channels.emplace_back();
  channel.name = "ads";
  double spent = 0, whole = 0;
  for (int t = 0; t < 40; ++t) {
    channel.spend.push_back(2 + (t * 7) % 5 * 2);
    series.outcome.push_back(10 + 3 * channel.spend.back());
    spent += channel.spend.back();
    whole += series.outcome.back();
  }
  const auto found = budget_response(series, kQuick);
  ASSERT_TRUE(found.is_answered());
  const ChannelResponse& one = found.channels[0];
  EXPECT_NEAR(one.carry, 0, 1e-6);
  EXPECT_NEAR(one.average.value, 3, 1e-6);
  EXPECT_NEAR(one.marginal.value, 3, 1e-4);
  EXPECT_NEAR(one.share.value, 3 * spent / whole, 1e-6);
  EXPECT_NEAR(found.base.value, 400 / whole, 1e-6);
  EXPECT_NEAR(found.r2, 1, 1e-9);
  EXPECT_NEAR(found.gain.value, 0, 1e-9);  // one channel: nothing to divide
  EXPECT_NEAR(one.better, one.present, 1e-9);
  EXPECT_EQ(one.curve.front().spend, 2);
  EXPECT_EQ(one.curve.back().spend, 10);
  EXPECT_NEAR(one.curve.back().brings.value, 30, 1e-3);
}

TEST(BudgetResponse, WithoutNoiseParametersComeBack) {
  const World world;
  const auto found = budget_response(simulate(world, 3), kQuick);
  ASSERT_TRUE(found.is_answered());
  for (std::size_t c = 0; c < 2; ++c) {
    EXPECT_NEAR(found.channels[c].carry, world.truths[c].carry, 1e-3) << c;
    EXPECT_NEAR(found.channels[c].slope, world.truths[c].slope, 1e-3 * world.truths[c].slope) << c;
  }
  ASSERT_TRUE(found.channels[0].half);
  EXPECT_NEAR(*found.channels[0].half, 80, 0.1);
  EXPECT_GT(found.r2, 1 - 1e-9);
}

TEST(BudgetResponse, DivisionByHand) {
  // slope h² / (x + h)²: 4·10²/(x+10)² = 1·40²/(y+40)², x + y = 50. 20/(x+10) = 40/(y+40): y = 2x - 20 → x =
  // 70/3.
  const std::vector<SpendCurve> curves{{4, 10, 0, 100}, {1, 40, 0, 100}};
  const auto found = divide(curves, 50);
  EXPECT_NEAR(found[0], 70.0 / 3, 1e-9);
  EXPECT_NEAR(found[1], 80.0 / 3, 1e-9);
  EXPECT_NEAR(curves[0].next(found[0]), curves[1].next(found[1]), 1e-12);
  // Straight lines: the steeper takes its most, the other what is left.
  const std::vector<SpendCurve> lines{{1, {}, 5, 40}, {2, {}, 5, 30}};
  EXPECT_NEAR(divide(lines, 50)[1], 30, 1e-9);
  EXPECT_NEAR(divide(lines, 50)[0], 20, 1e-9);
  // Equal lines share what is left; nothing that brings nothing is favoured; what does not fit is cut.
  EXPECT_NEAR(divide({{1, {}, 0, 10}, {1, {}, 0, 30}}, 20)[1], 15, 1e-9);
  EXPECT_NEAR(divide({{0, {}, 0, 10}, {0, {}, 0, 30}}, 20)[0], 5, 1e-9);
  EXPECT_EQ(divide(lines, 1000), (std::vector<double>{40, 30}));
  EXPECT_EQ(divide(lines, 1), (std::vector<double>{5, 5}));
}

TEST(BudgetResponse, DivisionAgainstAllDivisionsOfAGrid) {
  const std::vector<SpendCurve> curves{{4, 10, 0, 60}, {1, 40, 10, 50}, {0.3, {}, 0, 50}};
  double best = 0;
  for (int x = 0; x <= 600; ++x)
    for (int y = 100; y <= 500; ++y) {
      const double z = 80 - 0.1 * (x + y);
      if (z < 0 || z > 50) continue;
      best = std::max(best, curves[0].brings(0.1 * x) + curves[1].brings(0.1 * y) + curves[2].brings(z));
    }
  const auto found = divide(curves, 80);
  double sum = 0, brings = 0;
  for (std::size_t c = 0; c < 3; ++c) {
    sum += found[c];
    brings += curves[c].brings(found[c]);
  }
  EXPECT_NEAR(sum, 80, 1e-9);
  EXPECT_GE(brings, best - 1e-9);
  EXPECT_NEAR(brings, best, 1e-3);
}

TEST(BudgetResponse, TheSameSeedGivesTheSameIntervalsAndTheyHoldTheEstimate) {
  World world;
  world.noise = 10;
  const auto series = simulate(world, 5);
  const auto found = budget_response(series, {.seed = 7, .resamples = 60});
  const auto again = budget_response(series, {.seed = 7, .resamples = 60});
  ASSERT_TRUE(found.gain.interval);
  EXPECT_EQ(found.gain.interval, again.gain.interval);
  for (const ChannelResponse& one : found.channels) {
    ASSERT_TRUE(one.average.interval);
    EXPECT_LE(one.average.interval->low, one.average.value);
    EXPECT_GE(one.average.interval->high, one.average.value);
    EXPECT_GE(one.share.interval->low, 0);
  }
}

TEST(BudgetResponse, RefusesWhatTheDataCannotSay) {
  World world;
  world.noise = 5;
  BudgetSeries series = simulate(world, 9);
  const auto why = [](const BudgetSeries& of) {
    const auto found = budget_response(of, kQuick);
    return found.refused.empty() ? std::string() : std::string(to_string(found.refused.front().issue));
  };
  EXPECT_EQ(why(series), "");
  BudgetSeries none = series;
  std::ranges::fill(none.outcome, 0.0);
  EXPECT_EQ(why(none), "no_outcome");
  BudgetSeries unspent = series;
  for (auto& one : unspent.channels) std::ranges::fill(one.spend, 0.0);
  EXPECT_EQ(why(unspent), "no_spending");
  BudgetSeries brief = series;
  brief.outcome.resize(20);
  for (auto& one : brief.channels) one.spend.resize(20);
  const auto found = budget_response(brief, kQuick);
  ASSERT_EQ(found.refused.size(), 1U);
  EXPECT_EQ(found.refused[0].issue, BudgetIssue::kTooFewPeriods);
  EXPECT_EQ(found.refused[0].value, 20);
  EXPECT_EQ(found.refused[0].needed, 3 * (2 + 6));
  BudgetSeries empty;
  EXPECT_EQ(why(empty), "no_outcome");
}

TEST(BudgetResponse, NamesThePairThatMovesTogether) {
  World world;
  world.noise = 5;
  world.truths.push_back({0, 0, 1});
  BudgetSeries series = simulate(world, 11);
  Chance chance(1);
  for (std::size_t t = 0; t < world.periods; ++t)
    series.channels[2].spend[t] = 0.7 * series.channels[0].spend[t] + chance.even();
  const auto found = budget_response(series, kQuick);
  ASSERT_EQ(found.refused.size(), 1U);
  EXPECT_EQ(found.refused[0].issue, BudgetIssue::kMoveTogether);
  EXPECT_EQ(found.refused[0].channel, "a");
  EXPECT_EQ(found.refused[0].other, "c");
  EXPECT_GT(found.refused[0].value, 100);
}

TEST(BudgetResponse, LeavesOutChannelsThatTellNothing) {
  World world;
  world.noise = 5;
  world.truths.assign(4, {0, 0, 0.5});
  BudgetSeries series = simulate(world, 13);
  std::ranges::fill(series.channels[1].spend, 40.0);
  std::ranges::fill(series.channels[2].spend, 0.0);
  series.channels[2].spend[5] = series.channels[2].spend[60] = 10;
  for (std::size_t t = 0; t < world.periods; ++t) series.channels[3].spend[t] = static_cast<double>(t);
  const auto found = budget_response(series, kQuick);
  ASSERT_TRUE(found.is_answered());
  EXPECT_FALSE(found.channels[0].why);
  EXPECT_EQ(found.channels[1].why->issue, BudgetIssue::kConstant);
  EXPECT_EQ(found.channels[2].why->issue, BudgetIssue::kSeldom);
  EXPECT_EQ(found.channels[3].why->issue, BudgetIssue::kFollowsTrend);
  EXPECT_NEAR(found.total, found.channels[0].present, 1e-9);
  series.channels.erase(series.channels.begin());
  const auto nothing = budget_response(series, kQuick);
  ASSERT_EQ(nothing.refused.size(), 1U);
  EXPECT_EQ(nothing.refused[0].issue, BudgetIssue::kNothingVaries);
}

/// Spend that follows what was sold a period before brings nothing here.
BudgetSeries endogenous(std::uint64_t seed) {
  Chance chance(seed);
  BudgetSeries out;
  auto& channel = out.channels.emplace_back();
  channel.name = "search";
  double before = 100;
  for (int t = 0; t < 150; ++t) {
    channel.spend.push_back(std::max(0.0, before - 50 + 3 * chance.normal()));
    before = 100 + 15 * chance.normal();
    out.outcome.push_back(before);
  }
  return out;
}

TEST(BudgetResponse, WarnsWhereSpendFollowedOutcome) {
  int warned = 0, false_alarms = 0;
  World world;
  world.noise = 15;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    warned += has(budget_response(endogenous(seed), kQuick).notes, BudgetIssue::kSpendFollowsOutcome) ? 1 : 0;
    false_alarms +=
        has(budget_response(simulate(world, seed), kQuick).notes, BudgetIssue::kSpendFollowsOutcome) ? 1 : 0;
  }
  EXPECT_EQ(warned, 40);
  EXPECT_LE(false_alarms, 3);
}

TEST(BudgetResponse, WarnsOfARestThatDrifts) {
  World world;
  BudgetSeries series = simulate(world, 17);
  Chance chance(2);
  double drift = 0;
  for (double& y : series.outcome) y += drift = 0.9 * drift + 10 * chance.normal();
  EXPECT_TRUE(has(budget_response(series, kQuick).notes, BudgetIssue::kRestDrifts));
  world.noise = 10;
  EXPECT_FALSE(has(budget_response(simulate(world, 17), kQuick).notes, BudgetIssue::kRestDrifts));
}

TEST(BudgetResponse, BaseHoldsTheSeason) {
  EXPECT_EQ(base_columns(100, Period::kWeek).cols(), 2);
  EXPECT_EQ(base_columns(104, Period::kWeek).cols(), 4);
  EXPECT_EQ(base_columns(100, Period::kDay).cols(), 8);
  EXPECT_EQ(base_columns(24, Period::kMonth).cols(), 4);
  EXPECT_FALSE(knows_year(23, Period::kMonth));
}

}  // namespace
}  // namespace zhike::stats
