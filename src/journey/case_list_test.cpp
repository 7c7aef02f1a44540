// What a report on cases counts, held against counts by hand.
#include "journey/case_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "journey/case_tally.h"
#include "journey/test_cases.h"

namespace zhike::journey {
namespace {

using testing::ElementsAre;

const Definition kPurchase{.key = "purchase", .ends = {"order"}};

struct Report {
  CaseKinds kinds = case_kinds(shop_kinds(), kPurchase);
  query::Filter filter{.range = {{0}, {60 * kDay}}};
  CaseQuestion question{.definition = kPurchase, .now = {20 * kDay}};
  CaseReport ask(std::span<const Written> events) {
    CaseTally one(kinds, question, filter), other = one;
    for (const CutCase& of : cut(kinds, question.definition, events)) {
      const CaseRow row = case_row(kinds, of.customer, of.every);
      (of.customer % 2 == 0 ? one : other).take(row);
    }
    one.add(std::move(other));
    return one.report();
  }
};

// Customer 1: complete after 2 hours. 2: at the checkout since day 18, an answer on day 19. 3: left at the
// product on day 3. 4: complete at once, then a look on day 20.
const std::vector<Written> kFour{{1, kDay, 1},      {1, kDay + 2 * kHour, 5},   {2, 17 * kDay, 1},
                                 {2, 18 * kDay, 4}, answer(2, 19 * kDay, 9, 3), {3, 3 * kDay, 1},
                                 {4, 19 * kDay, 5}, {4, 20 * kDay - kHour, 8}};

TEST(CaseRow, HoldsWhatStandsInACase) {
  const CaseKinds kinds = case_kinds(shop_kinds(), kPurchase);
  const auto cases = cut(kinds, kPurchase, kFour);
  ASSERT_EQ(cases.size(), 5U);
  EXPECT_EQ(case_row(kinds, 2, cases[1].every), (CaseRow{.customer = 2,
                                                         .began_ms = 17 * kDay,
                                                         .stepped_ms = 18 * kDay,
                                                         .last_ms = 19 * kDay,
                                                         .steps = 2,
                                                         .failures = 1,
                                                         .first_kind = 1,
                                                         .last_kind = 4,
                                                         .is_complete = false}));
}

TEST(CaseState, GoesOnForAsLongAsThePause) {
  const CaseRow row{.last_ms = 10 * kDay};
  EXPECT_EQ(state_of(row, 7 * kDay, 17 * kDay), CaseState::kRunning);
  EXPECT_EQ(state_of(row, 7 * kDay, 17 * kDay + 1), CaseState::kLeft);
  const CaseRow done{.last_ms = 10 * kDay, .is_complete = true};
  EXPECT_EQ(state_of(done, 7 * kDay, 40 * kDay), CaseState::kComplete);
}

TEST(CaseReport, CountsStatesPlacesAndDays) {
  Report of;
  const CaseReport found = of.ask(kFour);
  EXPECT_EQ(found.customers, 4U);
  EXPECT_EQ(found.running, 2U);
  EXPECT_EQ(found.complete, 2U);
  EXPECT_EQ(found.left, 1U);
  ASSERT_TRUE(found.completion) << "2 of 3";
  EXPECT_NEAR(found.completion->low, 0.2077, 1e-4);  // Wilson's interval of 2 of 3 at 95 %
  EXPECT_NEAR(found.completion->high, 0.9385, 1e-4);
  EXPECT_EQ(found.took.n, 2U);
  EXPECT_EQ(found.took.median_ms, kHour);
  EXPECT_FALSE(found.took.median_range) << "two are too few";
  EXPECT_EQ(found.quiet.n, 2U);
  EXPECT_EQ(found.quiet.median_ms, (kDay + kHour) / 2);
  ASSERT_EQ(found.places.size(), 3U);
  std::vector<std::string> places;
  for (const CasePlace& one : found.places)
    places.push_back(one.stage + " " + one.touchpoint + " " + std::to_string(one.running) +
                     std::to_string(one.complete) + std::to_string(one.left));
  EXPECT_THAT(places, testing::UnorderedElementsAre("consider checkout 100", "consider product 101",
                                                    "purchase order 020"));
}

TEST(CaseReport, ListsWhatIsAskedForInOrder) {
  Report of;
  const auto listed = [&] {
    std::vector<std::string> out;
    for (const CaseItem& one : of.ask(kFour).items)
      out.push_back(std::to_string(one.row.customer) + " " + std::string(to_string(one.state)) + " " +
                    one.touchpoint);
    return out;
  };
  of.question.state = CaseState::kRunning;
  EXPECT_THAT(listed(), ElementsAre("2 running checkout", "4 running product"));
  of.question.quiet_least = {12 * kHour};
  EXPECT_THAT(listed(), ElementsAre("2 running checkout"));
  of.question.quiet_least = {0};
  of.question.order = CaseOrder::kBegan;
  EXPECT_THAT(listed(), ElementsAre("4 running product", "2 running checkout"));
  of.question.state.reset();
  of.question.touchpoint = "product";
  EXPECT_THAT(listed(), ElementsAre("4 running product", "3 left product"));
  of.question.limit = 1;
  of.question.offset = 1;
  EXPECT_THAT(listed(), ElementsAre("3 left product"));
  EXPECT_EQ(of.ask(kFour).listed, 2U);
  of.question.touchpoint = "nowhere";
  EXPECT_TRUE(listed().empty());
}

TEST(CaseReport, CountsWhatBeganInTheRangeByDay) {
  Report of;
  of.filter.range = {{3 * kDay}, {19 * kDay}};
  const CaseReport found = of.ask(kFour);
  EXPECT_EQ(found.running + found.complete + found.left, 2U) << "of customers 2 and 3";
  ASSERT_EQ(found.days.size(), 16U);
  EXPECT_EQ(found.days.front().day, 3);
  EXPECT_EQ(found.days.front().left, 1U);
  EXPECT_EQ(found.days.back().day, 18);
  EXPECT_EQ(found.days[14].began, 1U);
  const CaseReport none = of.ask({});
  EXPECT_TRUE(none.places.empty() && none.days.empty() && !none.completion && !none.took.median_ms);
}

TEST(CaseReport, AKindWithoutEndsIsNeverComplete) {
  Report of;
  of.question.definition.ends.clear();
  of.kinds = case_kinds(shop_kinds(), of.question.definition);
  const CaseReport found = of.ask(kFour);
  EXPECT_EQ(found.complete, 0U);
  EXPECT_FALSE(found.completion);
}

TEST(CaseNames, AreReadAsTheyAreWritten) {
  for (const CaseState one : {CaseState::kRunning, CaseState::kComplete, CaseState::kLeft})
    EXPECT_EQ(parse_case_state(to_string(one)), one);
  for (const CaseOrder one : {CaseOrder::kQuiet, CaseOrder::kBegan, CaseOrder::kSteps, CaseOrder::kFailures})
    EXPECT_EQ(parse_case_order(to_string(one)), one);
  EXPECT_EQ(parse_case_state("asleep").error().code, Code::kBadFilter);
}

}  // namespace
}  // namespace zhike::journey
