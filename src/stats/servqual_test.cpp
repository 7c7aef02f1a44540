#include "stats/servqual.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include "stats/test_designs.h"

namespace zhike::stats {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

/// Respondents whose gap is the same on all items of a dimension.
std::vector<double> perceptions(const std::vector<std::array<double, 5>>& gaps) {
  std::vector<double> out;
  for (const auto& one : gaps)
    for (std::size_t d = 0; d < 5; ++d) out.insert(out.end(), kServqualItemsOf[d], 5 + one[d]);
  return out;
}

// By hand: gaps of tangibles 0 and -2: mean -1, t(1) at 97.5 % 12.7062, error 1. Weights 50, 20, 10, 10, 10
// of the first: (0 - 20 - 0 - 0 - 0) / 100 = -0.2; all alike of the second would be -2.
TEST(Servqual, AgreesWithHandWork) {
  const auto seen = perceptions({{0, -1, 0, 0, 0}, {-2, -2, -2, -2, -2}});
  const std::vector<double> expected(44, 5), weights{50, 20, 10, 10, 10, 1, 1, 1, 1, 1};
  const auto found = servqual({.perceptions = seen, .expectations = expected, .weights = weights});
  ASSERT_TRUE(found);
  const ServqualScore& tangibles = found->dimensions[0];
  EXPECT_EQ(tangibles.respondents, 2);
  EXPECT_DOUBLE_EQ(tangibles.mean, -1);
  EXPECT_NEAR(tangibles.interval->low, -1 - 12.7062, 1e-4);
  EXPECT_DOUBLE_EQ(found->dimensions[1].mean, -1.5);
  EXPECT_DOUBLE_EQ(found->weighted.mean, (-0.2 - 2) / 2);
  const auto alike = servqual({.perceptions = seen, .expectations = expected, .weights = {}});
  EXPECT_DOUBLE_EQ(alike->weighted.mean, (-0.2 - 2) / 2);
}

TEST(Servqual, LeavesOutWhatWasNotAnswered) {
  auto seen = perceptions({{-1, -1, -1, -1, -1}, {1, 1, 1, 1, 1}, {3, 3, 3, 3, 3}});
  const std::vector<double> expected(66, 5);
  seen[0] = kNone;                                                    // one item of four
  for (std::size_t item = 22; item < 26; ++item) seen[item] = kNone;  // all tangibles of the second
  const auto found = servqual({.perceptions = seen, .expectations = expected, .weights = {}});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->dimensions[0].respondents, 2);
  EXPECT_DOUBLE_EQ(found->dimensions[0].mean, 1);
  EXPECT_EQ(found->dimensions[1].respondents, 3);
  EXPECT_EQ(found->weighted.respondents, 2);
}

// By hand, an adapted form of one item a dimension: tangibles 4 against 6 and 7 against 6, gaps -2 and 1; the
// second did not answer the other dimensions.
TEST(Servqual, TakesAnAdaptedFormAndTellsBothSides) {
  const std::vector<double> seen{4, 5, 5, 5, 5, 7, kNone, kNone, kNone, kNone};
  const std::vector<double> expected{6, 6, 6, 6, 6, 6, 6, 6, 6, 6};
  const auto found =
      servqual({.perceptions = seen, .expectations = expected, .weights = {}, .items_of = {1, 1, 1, 1, 1}});
  ASSERT_TRUE(found);
  EXPECT_DOUBLE_EQ(found->dimensions[0].mean, -0.5);
  EXPECT_DOUBLE_EQ(found->perceived[0], 5.5);
  EXPECT_DOUBLE_EQ(found->expected[0], 6);
  EXPECT_EQ(found->dimensions[4].respondents, 1);
  ASSERT_EQ(found->items.size(), 5);
  EXPECT_EQ(found->items[0].respondents, 2);
  EXPECT_DOUBLE_EQ(found->items[4].mean, -1);
  EXPECT_EQ(found->weighted.respondents, 1);
  EXPECT_FALSE(
      servqual({.perceptions = seen, .expectations = expected, .weights = {}, .items_of = {2, 1, 1, 1, 1}}));
  EXPECT_FALSE(servqual({.perceptions = seen, .expectations = expected, .weights = {}, .items_of = {}}));
}

TEST(RankGaps, PutsThoseOfTooFewLast) {
  const std::vector<double> few{6, 6}, narrow{1, 2, 1, 2}, wide{4, 5, 4, 5};
  const auto found = rank_gaps(
      std::vector<GapAnswers>{
          {ServiceGap::kKnowledge, few}, {ServiceGap::kStandards, narrow}, {ServiceGap::kService, wide}},
      kConfidence, 3);
  ASSERT_EQ(found.size(), 3);
  EXPECT_EQ(found[0].gap, ServiceGap::kService);
  EXPECT_TRUE(found[0].is_apart);
  EXPECT_EQ(found[1].gap, ServiceGap::kStandards);
  EXPECT_FALSE(found[1].is_apart);
  EXPECT_EQ(found[2].gap, ServiceGap::kKnowledge);
  EXPECT_EQ(to_string(found[2].gap), "knowledge");
}

// Items in the order of the questionnaire: only items 5 to 9 differ.
TEST(Servqual, KnowsTheItemsOfEachDimension) {
  std::vector<double> seen(22, 4);
  for (std::size_t item = 4; item < 9; ++item) seen[item] = 2;
  const std::vector<double> expected(22, 4);
  const auto found = servqual({.perceptions = seen, .expectations = expected, .weights = {}});
  ASSERT_TRUE(found);
  const double means[] = {0, -2, 0, 0, 0};
  for (std::size_t d = 0; d < 5; ++d) EXPECT_DOUBLE_EQ(found->dimensions[d].mean, means[d]) << d;
  EXPECT_FALSE(found->dimensions[1].interval);
}

TEST(Servqual, HasNoneForAnswersThatDoNotFit) {
  const std::vector<double> whole(22, 4), part(21, 4), nothing(22, kNone), three(3, 1);
  EXPECT_FALSE(servqual({.perceptions = part, .expectations = part, .weights = {}}));
  EXPECT_FALSE(servqual({.perceptions = whole, .expectations = part, .weights = {}}));
  EXPECT_FALSE(servqual({.perceptions = whole, .expectations = whole, .weights = three}));
  EXPECT_FALSE(servqual({.perceptions = nothing, .expectations = whole, .weights = {}}));
  EXPECT_FALSE(servqual({}));
  const std::vector<double> no_weights(5, 0);
  EXPECT_EQ(
      servqual({.perceptions = whole, .expectations = whole, .weights = no_weights})->weighted.respondents,
      0);
}

// Truth: expectations around 6, perceptions around 5.5.
TEST(Servqual, IntervalsHoldTheTruth) {
  test::Normal normal(111);
  int held = 0, held_all = 0;
  constexpr int kRuns = 500;
  for (int run = 0; run < kRuns; ++run) {
    std::vector<double> seen, expected;
    for (int i = 0; i < 40; ++i) {
      const double mood = normal();
      for (std::size_t item = 0; item < 22; ++item) {
        seen.push_back(5.5 + 0.6 * mood + normal());
        expected.push_back(6 + 0.5 * normal());
      }
    }
    const auto found = servqual({.perceptions = seen, .expectations = expected, .weights = {}});
    const auto holds = [](const ServqualScore& at) {
      return at.interval->low <= -0.5 && -0.5 <= at.interval->high;
    };
    held += holds(found->dimensions[3]) ? 1 : 0;
    held_all += holds(found->weighted) ? 1 : 0;
  }
  EXPECT_NEAR(held / double{kRuns}, 0.95, 0.03);
  EXPECT_NEAR(held_all / double{kRuns}, 0.95, 0.03);
}

TEST(RankGaps, PutsTheWidestFirstAndSaysWhereOrderIsChance) {
  test::Normal normal(121);
  std::vector<double> wide, middle, like_middle, one{0.1};
  for (int i = 0; i < 100; ++i) {
    wide.push_back(2 + 0.5 * normal());
    middle.push_back(1 + 0.5 * normal());
    like_middle.push_back(middle.back() - 1e-3);
  }
  const auto found = rank_gaps(std::vector<GapAnswers>{{ServiceGap::kKnowledge, like_middle},
                                                       {ServiceGap::kStandards, middle},
                                                       {ServiceGap::kDelivery, {}},
                                                       {ServiceGap::kCommunication, one},
                                                       {ServiceGap::kService, wide}});
  ASSERT_EQ(found.size(), 4);
  EXPECT_EQ(found[0].gap, ServiceGap::kService);
  EXPECT_TRUE(found[0].is_apart);
  EXPECT_EQ(found[1].gap, ServiceGap::kStandards);
  EXPECT_FALSE(found[1].is_apart);
  EXPECT_EQ(found[2].gap, ServiceGap::kKnowledge);
  EXPECT_FALSE(found[2].is_apart);  // one answer below it cannot be tested
  EXPECT_FALSE(found[3].shortfall.interval);
}

}  // namespace
}  // namespace zhike::stats
