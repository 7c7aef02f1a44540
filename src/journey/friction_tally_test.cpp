#include "journey/friction_tally.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "journey/cases.h"
#include "journey/test_cases.h"

namespace zhike::journey {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class FrictionTallyTest : public ::testing::Test {
 protected:
  const Definition definition{};
  const CaseKinds kinds = case_kinds(shop_kinds(), definition);
  const DetectorLimits limits{.pause_ms = pause_of(definition),
                              .until_ms = 61 * kDay,
                              .has_ends = false,
                              .fences = {{std::uint64_t{5} << 32U | 6, 2 * kDay}}};
  const Spending spending{{1, 900}, {4, 150}};
  const std::vector<CutCase> cases = cut(kinds, definition, shop_events());

  FrictionTally empty() const { return {kinds, limits, spending, 0}; }
  FrictionKey key(Detector detector, std::string_view place, std::string_view other = "") const {
    return {.detector = detector, .place = kinds.number(place), .other = kinds.number(other)};
  }
};

TEST_F(FrictionTallyTest, CountsWhatTheShopLost) {
  FrictionTally tally = empty();
  for (const CutCase& one : cases) tally.take(one.customer, one.every);
  EXPECT_EQ(tally.all().journeys, 5U);
  EXPECT_EQ(tally.all().customers, 4U);
  EXPECT_EQ(tally.all().value, 1050) << "of two journeys of one customer once";
  EXPECT_EQ(tally.answered(), 2U);
  EXPECT_EQ(tally.complete(), 0U);
  std::ranges::sort(tally.took_ms());
  EXPECT_THAT(tally.took_ms(), ElementsAre(kMinute, 20 * kMinute, kDay, 3 * kDay, 7 * kDay));
  const auto frictions = tally.frictions();
  EXPECT_EQ(frictions.size(), 8U);
  const FrictionSum& loop = frictions.at(key(Detector::kLoop, "product"));
  EXPECT_EQ(loop.journeys, 1U);
  EXPECT_EQ(loop.value, 900);
  ASSERT_EQ(loop.examples.size(), 1U);
  EXPECT_EQ(loop.examples[0].customer, 1U);
  EXPECT_EQ(loop.examples[0].began.ms, 10 * kHour);
  EXPECT_EQ(loop.examples[0].at.ms, 10 * kHour + 6 * kMinute);
  EXPECT_EQ(frictions.at(key(Detector::kWait, "Order Completed", "Order Delivered")).value, 150);
}

TEST_F(FrictionTallyTest, AnswersCountAfterItStruckAmongTheAlike) {
  FrictionTally tally = empty();
  for (const CutCase& one : cases) tally.take(one.customer, one.every);
  // Strata: web in the first quarter with consider, consider + purchase, consider + support, purchase +
  // deliver; in the second purchase + deliver.
  const std::vector<FrictionCell> all = tally.cells({});
  EXPECT_EQ(all.size(), 5U);
  std::uint64_t answers = 0;
  double total = 0;
  for (const FrictionCell& cell : all) {
    answers += cell.any.n;
    total += cell.any.sum;
    EXPECT_LT(cell.group, kFrictionGroups);
  }
  EXPECT_EQ(answers, 2U);
  EXPECT_EQ(total, 13);
  const auto loop = tally.cells(key(Detector::kLoop, "product"));
  ASSERT_EQ(loop.size(), 1U);
  EXPECT_EQ(loop[0].later.n, 1U);
  EXPECT_EQ(loop[0].later.sum_squares, 16);
  const auto rage = tally.cells(key(Detector::kRage, "checkout", "Checkout Started"));
  ASSERT_EQ(rage.size(), 1U);
  EXPECT_EQ(rage[0].any.sum, 9);
  EXPECT_EQ(rage[0].later.n, 0U) << "the answer came before";
  EXPECT_NE(rage[0].stratum, loop[0].stratum);
  EXPECT_THAT(tally.cells(key(Detector::kLoop, "cart")), IsEmpty());
}

TEST_F(FrictionTallyTest, TwoAddedUpAreAsOne) {
  FrictionTally whole = empty(), one = empty(), other = empty();
  for (const CutCase& c : cases) {
    whole.take(c.customer, c.every);
    (c.customer % 2 == 0 ? one : other).take(c.customer, c.every);
  }
  one.add(std::move(other));
  EXPECT_EQ(one.all().journeys, whole.all().journeys);
  EXPECT_EQ(one.all().customers, whole.all().customers);
  EXPECT_EQ(one.all().value, whole.all().value);
  EXPECT_EQ(one.answered(), whole.answered());
  const auto customers = [](const FrictionSum& of) {
    std::vector<std::uint64_t> out;
    for (const FrictionExample& example : of.examples) out.push_back(example.customer);
    return out;
  };
  EXPECT_EQ(customers(one.all()), customers(whole.all())) << "the same are drawn";
  for (const auto& [key, sum] : whole.frictions()) {
    EXPECT_EQ(one.frictions().at(key).journeys, sum.journeys);
    const auto mine = one.cells(key), theirs = whole.cells(key);
    ASSERT_EQ(mine.size(), theirs.size());
    for (std::size_t i = 0; i < mine.size(); ++i) {
      EXPECT_EQ(mine[i].stratum, theirs[i].stratum);
      EXPECT_EQ(mine[i].later.sum, theirs[i].later.sum);
    }
  }
}

TEST_F(FrictionTallyTest, AffectedCustomersComeNewestFirst) {
  std::vector<Written> events;
  for (std::uint64_t customer = 1; customer <= 4; ++customer)
    for (int journey = 0; journey < (customer == 2 ? 3 : 1); ++journey)
      for (int i = 0; i < 4; ++i)
        events.push_back(
            {customer, journey * 10 * kDay + static_cast<std::int64_t>(customer) * kHour + i * 1000, 1});
  AffectedTally tally(kinds, limits, key(Detector::kRage, "product", "Product Viewed"), 3), other = tally;
  for (const CutCase& one : cut(kinds, definition, events))
    (one.customer < 3 ? tally : other).take(one.customer, one.every);
  tally.add(std::move(other));
  const std::vector<Affected> found = tally.newest();
  ASSERT_EQ(found.size(), 3U) << "of four the newest three";
  EXPECT_EQ(found[0].customer, 2U);
  EXPECT_EQ(found[0].journeys, 3U);
  EXPECT_EQ(found[0].began.ms, 20 * kDay + 2 * kHour) << "the latest journey";
  EXPECT_EQ(found[0].at.ms, 20 * kDay + 2 * kHour + 3000);
  EXPECT_EQ(found[1].customer, 4U);
  EXPECT_EQ(found[2].customer, 3U);
}

}  // namespace
}  // namespace zhike::journey
