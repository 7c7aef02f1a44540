#include "stats/raking.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>

#include "stats/test_designs.h"

namespace zhike::stats {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

Margin margin(std::string name, std::vector<double> population, const std::vector<std::uint32_t>& of) {
  Margin out{.name = std::move(name), .levels = {}, .population = std::move(population), .of = of};
  for (std::size_t level = 0; level < out.population.size(); ++level)
    out.levels.push_back("level " + std::to_string(level));
  return out;
}

// ---- worked by hand ---------------------------------------------------------------------------------------

TEST(Raking, OneMarginIsPostStratification) {
  // Asked: 60 of A, 40 of B; answered: 2 of A with 10 each, 8 of B with 0 each. A weighs 6/2 = 3, B 4/8 =
  // 0.5.
  const std::vector<std::uint32_t> of{0, 0, 1, 1, 1, 1, 1, 1, 1, 1};
  const std::vector<Margin> margins{margin("side", {60, 40}, of)};
  const auto raked = rake(margins, of.size(), {.cell_min = 2});
  ASSERT_TRUE(raked) << to_string(raked.error());
  EXPECT_NEAR(raked->weights[0], 3, 1e-9);
  EXPECT_NEAR(raked->weights[9], 0.5, 1e-9);
  EXPECT_NEAR(raked->effective, 5, 1e-9);  // 10² / (2 × 9 + 8 × 0.25)
  EXPECT_NEAR(raked->design, 2, 1e-9);
  EXPECT_NEAR(raked->gap, 0, 1e-9);
  EXPECT_EQ(raked->trimmed, 0U);
  const std::vector<double> said{10, 10, 0, 0, 0, 0, 0, 0, 0, 0};
  const auto mean = weighted_mean(said, raked->weights);
  EXPECT_NEAR(mean.value, 6, 1e-9);
  // 10/9 × (2 × 9 × 16 + 8 × 0.25 × 36) / 100 = 10/9 × 3.6 = 4.
  EXPECT_NEAR(mean.error, 2, 1e-9);
  ASSERT_TRUE(mean.interval);
  EXPECT_NEAR(mean.interval->high - mean.value, 2.776445 * 2, 1e-5) << "t of 4 degrees of freedom";
}

TEST(Raking, EqualWeightsGiveThePlainInterval) {
  const std::vector<double> said{1, 2, 2, 3, 4, 5, 5, 6}, ones(8, 1.0);
  const auto weighted = weighted_mean(said, ones);
  const auto known = mean_interval(moments(said));
  ASSERT_TRUE(weighted.interval && known);
  EXPECT_NEAR(weighted.interval->low, known->low, 1e-9);
  EXPECT_NEAR(weighted.interval->high, known->high, 1e-9);
  const std::vector<double> yes{1, 1, 1, 0, 0, 0, 0, 0};
  const auto share = weighted_share(yes, ones);
  ASSERT_TRUE(share.interval);
  EXPECT_NEAR(share.value, 0.375, 1e-12);
  // n - 1 stands where Wilson's interval has n: the variance is that of a sample.
  const auto wilson_of_seven = [](double p, double n, double z) {
    return (p + z * z / (2 * n)) / (1 + z * z / n) -
           z / (1 + z * z / n) * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n));
  };
  EXPECT_NEAR(share.interval->low, wilson_of_seven(0.375, 7, 1.959964), 1e-5);
}

// ---- an independent reference -----------------------------------------------------------------------------

TEST(Raking, TwoByTwoIsPlackettsSolution) {
  // Scaling rows and columns keeps the odds ratio, so that the cell of given margins solves a quadratic
  // (Plackett 1965, JASA 60:516-522, eq. 3).
  const double seed[2][2] = {{12, 30}, {25, 9}};
  const double row = 0.35, column = 0.6;  // shares of the first level
  const double odds = seed[0][0] * seed[1][1] / (seed[0][1] * seed[1][0]);
  const double s = 1 + (row + column) * (odds - 1);
  const double cell = (s - std::sqrt(s * s - 4 * odds * (odds - 1) * row * column)) / (2 * (odds - 1));
  std::vector<std::uint32_t> rows, columns;
  for (std::uint32_t i = 0; i < 2; ++i)
    for (std::uint32_t j = 0; j < 2; ++j)
      for (int k = 0; k < static_cast<int>(seed[i][j]); ++k) {
        rows.push_back(i);
        columns.push_back(j);
      }
  const std::vector<Margin> margins{margin("row", {row, 1 - row}, rows),
                                    margin("column", {column, 1 - column}, columns)};
  const auto raked = rake(margins, rows.size(), {.weight_max = 100});
  ASSERT_TRUE(raked) << to_string(raked.error());
  double found = 0;
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (rows[i] == 0 && columns[i] == 0) found += raked->weights[i];
  EXPECT_NEAR(found / static_cast<double>(rows.size()), cell, 1e-7);
  EXPECT_LT(raked->gap, 1e-7);
}

// ---- known parameters recovered ---------------------------------------------------------------------------

TEST(Raking, RecoversThePopulationThatAnswersUnevenly) {
  // Young people of the app are content and answer often; old ones of the branch are not, and do not.
  test::Normal random(11);
  constexpr int kAsked = 1'500, kRuns = 300;
  int covered = 0, plain_covered = 0;
  double bias = 0, plain_bias = 0;
  for (int run = 0; run < kRuns; ++run) {
    std::vector<double> ages(2, 0), channels(2, 0), said;
    std::vector<std::uint32_t> age_of, channel_of;
    for (int i = 0; i < kAsked; ++i) {
      const std::uint32_t age = random.uniform() < 0.5 ? 0 : 1, channel = random.uniform() < 0.5 ? 0 : 1;
      ++ages[age];
      ++channels[channel];
      const double answer = 5 + (age == 0 ? 0.5 : 0) - (channel == 1 ? 0.75 : 0) + random();
      const double chance = (age == 0 ? 0.5 : 0.15) * (channel == 0 ? 0.9 : 0.4);
      if (random.uniform() >= chance) continue;
      age_of.push_back(age);
      channel_of.push_back(channel);
      said.push_back(answer);
    }
    const double expected = 5 + 0.5 * 0.5 - 0.5 * 0.75;
    const std::vector<Margin> margins{margin("age", ages, age_of), margin("channel", channels, channel_of)};
    const auto raked = rake(margins, said.size());
    ASSERT_TRUE(raked) << to_string(raked.error());
    const auto mean = weighted_mean(said, raked->weights);
    const auto plain = mean_interval(moments(said));
    const double plain_mean = moments(said).mean();
    bias += (mean.value - expected) / kRuns;
    plain_bias += (plain_mean - expected) / kRuns;
    covered += mean.interval->low <= expected && expected <= mean.interval->high ? 1 : 0;
    plain_covered += plain->low <= expected && expected <= plain->high ? 1 : 0;
  }
  EXPECT_NEAR(bias, 0, 0.02);
  EXPECT_GT(plain_bias, 0.2) << "without weights the content ones count too much";
  // 95 %, five standard deviations of a binomial of 300: 0.063.
  EXPECT_GT(covered, kRuns * 88 / 100);
  EXPECT_LT(plain_covered, kRuns / 2);
}

// ---- what cannot be, and limits ---------------------------------------------------------------------------

TEST(Raking, RefusesALevelThatHardlyAnswered) {
  const std::vector<std::uint32_t> of{0, 0, 0, 0, 0, 0, 1, 1};
  const std::vector<Margin> margins{margin("unit", {50, 50}, of)};
  const auto raked = rake(margins, of.size());
  ASSERT_FALSE(raked);
  EXPECT_EQ(raked.error().code, Code::kTooFewRows);
  EXPECT_NE(raked.error().detail.find("unit = level 1: 2 answered, 5 are needed"), std::string::npos)
      << raked.error().detail;
  EXPECT_TRUE(rake(margins, of.size(), {.cell_min = 2}));
}

TEST(Raking, RefusesWhatDoesNotFitTogether) {
  const std::vector<std::uint32_t> of{0, 1, 0, 1};
  EXPECT_EQ(rake({}, 0).error().code, Code::kTooFewRows);
  const std::vector<Margin> nobody{margin("a", {1, 0}, of)};
  EXPECT_EQ(rake(nobody, 4, {.cell_min = 1}).error().code, Code::kBadField)
      << "a level that was not asked answered";
  const std::vector<Margin> empty{margin("a", {0, 0}, {})};
  EXPECT_FALSE(rake(empty, 4));
  const std::vector<Margin> longer{margin("a", {1, 1}, of)};
  EXPECT_EQ(rake(longer, 5, {.cell_min = 1}).error().code, Code::kBadField);
}

TEST(Raking, WithoutMarginsEverybodyWeighsTheSame) {
  const auto raked = rake({}, 7);
  ASSERT_TRUE(raked);
  EXPECT_EQ(raked->weights, std::vector<double>(7, 1.0));
  EXPECT_DOUBLE_EQ(raked->effective, 7);
}

TEST(Raking, CutsWeightsAndSaysWhatThatCosts) {
  std::vector<std::uint32_t> of(100, 1);
  for (std::size_t i = 0; i < 5; ++i) of[i] = 0;
  const std::vector<Margin> margins{margin("side", {60, 40}, of)};  // the first level would weigh 12
  const auto raked = rake(margins, of.size(), {.weight_max = 4});
  ASSERT_TRUE(raked);
  EXPECT_EQ(raked->trimmed, 5U);
  EXPECT_NEAR(raked->largest, 4, 1e-6);
  EXPECT_GT(raked->gap, 0.1) << "the margin does not fit any more";
  const auto whole = rake(margins, of.size(), {.weight_max = 100});
  EXPECT_GT(raked->effective, whole->effective);
  EXPECT_NEAR(std::accumulate(raked->weights.begin(), raked->weights.end(), 0.0), 100, 1e-9);
}

TEST(Raking, NoValueNoInterval) {
  const std::vector<double> none{kNone, kNone}, same{3, 3, kNone}, ones{1, 1, 1};
  EXPECT_EQ(weighted_mean(none, ones).n, 0U);
  EXPECT_FALSE(weighted_mean(none, ones).interval);
  EXPECT_EQ(weighted_mean(same, ones).n, 2U);
  EXPECT_FALSE(weighted_mean(same, ones).interval) << "no spread, no interval of a mean";
  const std::vector<double> all_yes{1, 1, 1};
  const auto share = weighted_share(all_yes, ones);
  ASSERT_TRUE(share.interval);
  EXPECT_EQ(share.interval->high, 1);
  EXPECT_LT(share.interval->low, 0.6);
}

}  // namespace
}  // namespace zhike::stats
