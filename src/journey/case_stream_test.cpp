#include "journey/case_stream.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <map>
#include <string>
#include <vector>

#include "journey/test_cases.h"
#include "journey/test_store.h"

namespace zhike::journey {
namespace {

using testing::ElementsAre;
using testing::Pair;

/// Of each case the customer and, in order, what its events are: the kind of a step, less than 0 an answer.
std::vector<std::pair<std::uint64_t, std::vector<int>>> shapes(const Definition& definition,
                                                               std::span<const Written> events) {
  const CaseKinds kinds = case_kinds(shop_kinds(), definition);
  std::vector<std::pair<std::uint64_t, std::vector<int>>> out;
  for (const CutCase& one : cut(kinds, definition, events)) {
    out.emplace_back(one.customer, std::vector<int>{});
    for (const CaseEvent& event : one.every)
      out.back().second.push_back(event.is_answer ? -static_cast<int>(event.kind)
                                                  : static_cast<int>(event.kind));
  }
  return out;
}

TEST(CaseCutter, EndsWithThePauseUnlessACaseGoesOn) {
  const std::vector<Written> events{{1, 0, 1},
                                    {1, 7 * kDay, 2},  // as long as the pause: still within
                                    {1, 7 * kDay + kHour, 5, 11},
                                    {1, 30 * kDay, 6, 11},
                                    {1, 36 * kDay, 1},
                                    {1, 43 * kDay + 1, 1},
                                    {2, 0, 1}};
  EXPECT_THAT(shapes({}, events), ElementsAre(Pair(1, ElementsAre(1, 2, 5, 6, 1)), Pair(1, ElementsAre(1)),
                                              Pair(2, ElementsAre(1))));
}

TEST(CaseCutter, AStepAfterAnEndBeginsAnotherAndAnswersDoNot) {
  const Definition purchase{.key = "purchase", .ends = {"order"}};
  const std::vector<Written> events{{1, 0, 1}, {1, 1, 5}, answer(1, 2, 9, 7), {1, 3, 5}, {1, 4, 2}};
  EXPECT_THAT(shapes(purchase, events),
              ElementsAre(Pair(1, ElementsAre(1, 5, -9)), Pair(1, ElementsAre(5)), Pair(1, ElementsAre(2))));
}

TEST(CaseCutter, WhatComesBeforeTheStartIsLeftOut) {
  const Definition purchase{.key = "purchase", .starts = {"product"}, .ends = {"order"}};
  const std::vector<Written> an_end_first{{1, 0, 5}, {1, 1, 2}, {1, 2, 1}, {1, 3, 5}, {2, 0, 5}};
  EXPECT_THAT(shapes(purchase, an_end_first), ElementsAre(Pair(1, ElementsAre(1, 5))));
  const std::vector<Written> an_answer_first{answer(1, 0, 9, 1), {1, 1, 1}, answer(1, 2, 9, 2)};
  EXPECT_THAT(shapes(purchase, an_answer_first), ElementsAre(Pair(1, ElementsAre(1, -9))));
}

TEST(CaseCutter, AnswersAloneAreNoCase) {
  EXPECT_TRUE(shapes({}, std::vector<Written>{answer(1, 0, 9, 1), answer(1, 1, 9, 2)}).empty());
  EXPECT_THAT(shapes({}, std::vector<Written>{answer(1, 0, 9, 1), {1, 1, 1}}),
              ElementsAre(Pair(1, ElementsAre(-9, 1))));
}

TEST(CaseKinds, NumbersNamesInTheirOrder) {
  const Definition purchase{.key = "purchase", .starts = {"product"}, .ends = {"order"}};
  const CaseKinds kinds = case_kinds(shop_kinds(), purchase);
  EXPECT_TRUE(std::ranges::is_sorted(kinds.names));
  EXPECT_EQ(kinds.names[0], "");
  EXPECT_EQ(kinds.names[kinds.number("checkout")], "checkout");
  EXPECT_EQ(kinds.number("nowhere"), 0U);
  EXPECT_TRUE(kinds.kinds[8].is_start && !kinds.kinds[8].is_end && kinds.kinds[5].is_end);
  EXPECT_TRUE(kinds.kinds[4].is_failure);
  EXPECT_EQ(kinds.kinds[0].touchpoint, 0U) << "no kind of event";
}

// The stream puts customers together and cuts them as the cutter does.
TEST(CaseStream, GivesTheCasesOfAllCustomers) {
  std::vector<std::string> rows;
  std::uint64_t id = 0;
  for (const Written& one : shop_events()) {
    warehouse::RowWriter row;
    row.u64(one.customer);
    row.i64(one.ms);
    row.u64(++id);
    row.u64(one.matter);
    row.u32(one.kind);
    row.u8(one.is_answer ? 1 : 0);
    row.f32(one.answer);
    rows.push_back(row.take());
  }
  std::vector<boost::json::array> kinds;
  for (const NamedKind& one : shop_kinds())
    kinds.push_back({one.kind, one.name.c_str(), one.touchpoint.c_str(), one.channel.c_str(),
                     one.stage.c_str(), one.is_failure ? 1 : 0});
  std::ranges::reverse(rows);
  TestStore store({"UInt64", "Int64", "UInt64", "UInt64", "UInt32", "UInt8", "Float32"}, rows, kinds);
  const query::Filter filter{.range = {{0}, {60 * kDay}}};
  auto stream = CaseStream::open(store, Grant::owner(), filter, {}, "nps");
  ASSERT_TRUE(stream) << to_string(stream.error());
  std::map<std::pair<std::uint64_t, std::int64_t>, std::size_t> found;
  const std::array<EachCase, 1> worker{[&](std::uint64_t customer, std::span<const CaseEvent> every) {
    found[{customer, every.front().ms}] = every.size();
  }};
  ASSERT_TRUE(stream->each(worker));
  std::map<std::pair<std::uint64_t, std::int64_t>, std::size_t> expected;
  for (const CutCase& one : cut(stream->kinds(), {}, shop_events()))
    expected[{one.customer, one.every.front().ms}] = one.every.size();
  EXPECT_EQ(found, expected);
  EXPECT_EQ(found.size(), 5U);
  const Grant blind{.user = {}, .permissions = 0, .all_units = true, .units = {}};
  EXPECT_EQ(CaseStream::open(store, blind, filter, {}, "").error().code, Code::kPermissionMissing);
}

}  // namespace
}  // namespace zhike::journey
