// What was felt in two journeys, worked by hand, and of many against plain loops.
#include "journey/feelings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "journey/judged_tally.h"
#include "journey/test_cases.h"

namespace zhike::journey {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

/// Customer 1: product, cart, product, order, delivery; csat 2 with an angry comment; a contact with a
/// comment, ces 1; nps 9 with a comment. Customer 2: nps 3, cart, order, order, an answer on a scale that
/// nobody knows, nps 8; long after it a product alone.
const std::vector<Written>& two_journeys() {
  constexpr std::int64_t kTen = 10 * kHour;
  static const std::vector<Written> kAll{{1, kTen, 1},                                     // event 1
                                         {1, kTen + 2 * kMinute, 2},                       // 2
                                         {1, kTen + 3 * kMinute, 1},                       // 3
                                         {1, kTen + 10 * kMinute, 5, 11},                  // 4
                                         {1, kDay + kTen + 10 * kMinute, 6, 11},           // 5
                                         answer(1, 2 * kDay + kTen + 10 * kMinute, 9, 2),  // 6
                                         {1, 3 * kDay + kTen + 10 * kMinute, 7, 21},       // 7
                                         answer(1, 3 * kDay + kTen + 70 * kMinute, 9, 1),  // 8
                                         answer(1, 4 * kDay + kTen + 10 * kMinute, 9, 9),  // 9
                                         answer(2, 8 * kDay + 9 * kHour, 9, 3),            // 10
                                         {2, 9 * kDay + kTen, 2},                          // 11
                                         {2, 9 * kDay + kTen + 30 * kMinute, 5, 12},       // 12
                                         {2, 9 * kDay + kTen + 90 * kMinute, 5, 12},       // 13
                                         answer(2, 9 * kDay + kTen + 2 * kHour, 9, 3),     // 14
                                         answer(2, 10 * kDay + kTen, 9, 8),                // 15
                                         {2, 19 * kDay + kTen, 1}};                        // 16
  return kAll;
}
FeltMarks said_in_them() {
  FeltMarks out;
  out.add(6, "csat", 2, "");
  out.add(8, "ces", 1, "");
  out.add(9, "nps", 9, "");
  out.add(10, "nps", 3, "");
  out.add(14, "moon", 3, "");
  out.add(15, "nps", 8, "");
  out.add(6, "comment", -0.7, "emotion.anger,emotion.fear");
  out.add(7, "comment", 0.6, "");
  out.add(9, "comment", 0.8, "");
  out.settle();
  return out;
}

template <class Tally>
void take_all(Tally& to, const CaseKinds& kinds, std::span<const Written> events) {
  for (const CutCase& one : cut(kinds, {}, events)) to.take(one.customer, one.every);
}

TEST(FeltMarks, AreFoundByTheirEvent) {
  const FeltMarks marks = said_in_them();
  const auto of_6 = marks.of(6);
  ASSERT_EQ(of_6.size(), 2U);
  EXPECT_EQ(marks.sources()[of_6[0].source], "comment") << "in order of the values";
  EXPECT_EQ(marks.emotions()[of_6[0].emotions], "emotion.anger,emotion.fear");
  EXPECT_DOUBLE_EQ(of_6[1].value, -0.5) << "2 of 1 to 5";
  EXPECT_EQ(of_6[1].score, 2);
  EXPECT_DOUBLE_EQ(marks.of(8)[0].value, 1) << "the least effort";
  EXPECT_FALSE(marks.of(14)[0].has_value());
  EXPECT_THAT(marks.of(1), IsEmpty());
  EXPECT_EQ(marks.source("nobody"), 0U);
  FeltMarks none;
  none.settle();
  EXPECT_THAT(none.of(1), IsEmpty());
}

TEST(FeltMarks, ScoresBeyondTheScaleCountAsItsEnds) {
  FeltMarks marks;
  marks.add(1, "nps", 12, "");
  marks.add(2, "ces", 9, "");
  marks.settle();
  EXPECT_EQ(marks.of(1)[0].value, 1);
  EXPECT_EQ(marks.of(2)[0].value, -1);
}

TEST(FeltMarks, AreFoundAmongMany) {
  FeltMarks marks;
  std::mt19937_64 dice(7);
  std::map<std::uint64_t, std::multiset<double>> plainly;
  for (int i = 0; i < 20'000; ++i) {
    const std::uint64_t event = dice() % 8'000 * 1'048'576;  // the low bits are alike
    const double value = static_cast<double>(dice() % 100) / 100;
    marks.add(event, "comment", value, "");
    plainly[event].insert(value);
  }
  marks.settle();
  for (std::uint64_t event = 0; event < 8'000; ++event) {
    std::vector<double> found;
    for (const auto& mark : marks.of(event * 1'048'576)) found.push_back(mark.value);
    const auto& expected = plainly[event * 1'048'576];
    EXPECT_TRUE(std::ranges::equal(found, expected));
    EXPECT_THAT(marks.of(event * 1'048'576 + 1), IsEmpty());
  }
}

TEST(FeelingTally, ByHand) {
  const CaseKinds kinds = case_kinds(shop_kinds(), {});
  const FeltMarks marks = said_in_them();
  FeelingTally tally(kinds, marks);
  take_all(tally, kinds, two_journeys());
  const auto of = [&](std::string_view stage, std::string_view source) {
    return tally.felt().at({kinds.number(stage), marks.source(source)});
  };
  EXPECT_EQ(tally.felt().size(), 9U)
      << "nothing of the answer before the first step, nor of the unknown scale";
  const auto is = [](const FeelingTally::Felt& felt, double mean, std::uint64_t marks_, std::uint64_t below,
                     std::uint64_t above) {
    EXPECT_EQ(felt.customers.n, 1U);
    EXPECT_NEAR(felt.customers.sum, mean, 1e-12);
    EXPECT_NEAR(felt.customers.sum_squares, mean * mean, 1e-12);
    EXPECT_EQ(felt.marks, marks_);
    EXPECT_EQ(felt.below, below);
    EXPECT_EQ(felt.above, above);
  };
  is(of("deliver", ""), -0.6, 2, 2, 0);
  is(of("deliver", "csat"), -0.5, 1, 1, 0);
  is(of("deliver", "comment"), -0.7, 1, 1, 0);
  is(of("purchase", ""), 0.6, 1, 0, 1);
  is(of("purchase", "nps"), 0.6, 1, 0, 1);
  is(of("support", ""), 0.8, 4, 0, 4);
  is(of("support", "ces"), 1, 1, 0, 1);
  is(of("support", "comment"), 0.7, 2, 0, 2);
  is(of("support", "nps"), 0.8, 1, 0, 1);
  EXPECT_THAT(of("deliver", "comment").worst, ElementsAre(Pair(-0.7, 6)));
  EXPECT_THAT(of("support", "comment").best, ElementsAre(Pair(-0.8, 9), Pair(-0.6, 7)));
  EXPECT_THAT(of("support", "").best, IsEmpty()) << "of comments alone";
  const auto emotions = of("deliver", "comment").emotions;
  ASSERT_EQ(emotions.size(), 1U);
  EXPECT_EQ(marks.emotions()[emotions.begin()->first], "emotion.anger,emotion.fear");
}

TEST(JudgedTally, ByHand) {
  const CaseKinds kinds = case_kinds(shop_kinds(), {});
  const FeltMarks marks = said_in_them();
  JudgedTally tally(kinds, marks, marks.source("nps"), 10);
  take_all(tally, kinds, two_journeys());
  EXPECT_EQ(tally.judged(), 2U);
  auto found = tally.kept();
  ASSERT_EQ(found.size(), 2U);
  std::ranges::sort(found, {}, &JudgedTally::Judged::customer);
  EXPECT_EQ(found[0].overall, 9);
  EXPECT_EQ(found[0].began_ms, 10 * kHour);
  EXPECT_EQ(found[0].moments, 3U) << "csat with its comment is one, what came with the nps is none";
  EXPECT_EQ(found[0].curve.peak, 1);
  EXPECT_EQ(found[0].curve.end, 1);
  EXPECT_NEAR(found[0].curve.average, (-0.6 + 0.6 + 1) / 3, 1e-12);
  EXPECT_EQ(kinds.names[found[0].curve.end_stage], "support");
  EXPECT_EQ(found[1].overall, 8);
  EXPECT_EQ(found[1].began_ms, 9 * kDay + 10 * kHour) << "the first step, not the answer before it";
  EXPECT_EQ(found[1].moments, 0U);
  EXPECT_EQ(tally.stages(), (std::set{kinds.number("deliver"), kinds.number("support")}));
  // A scale that nobody knows may judge the whole all the same.
  JudgedTally moon(kinds, marks, marks.source("moon"), 10);
  take_all(moon, kinds, two_journeys());
  ASSERT_EQ(moon.kept().size(), 1U);
  EXPECT_EQ(moon.kept()[0].overall, 3);
  JudgedTally nobody(kinds, marks, marks.source("nobody"), 10);
  take_all(nobody, kinds, two_journeys());
  EXPECT_EQ(nobody.judged(), 0U);
}

/// Journeys of many customers, with answers and comments.
std::vector<Written> many(FeltMarks& marks, std::size_t count) {
  std::mt19937 dice(11);
  std::vector<Written> out;
  const std::array<std::string, 4> sources{"nps", "csat", "moon", "comment"};
  for (std::uint64_t id = 1; id <= count; ++id) {
    const std::uint64_t customer = 1 + dice() % 60;
    const auto ms = static_cast<std::int64_t>(dice() % 400) * kHour;
    const bool is_answer = dice() % 3 == 0;
    out.push_back({.customer = customer,
                   .ms = ms,
                   .kind = is_answer ? 9U : static_cast<std::uint32_t>(1 + dice() % 8),
                   .is_answer = is_answer});
    for (const std::string& source : sources)
      if (source == "comment" ? dice() % 4 == 0 : is_answer && dice() % 3 == 0)
        marks.add(
            id, source,
            source == "comment" ? static_cast<double>(dice() % 11) / 5 - 1 : static_cast<double>(dice() % 6),
            dice() % 2 == 0 ? "" : "emotion.joy");
  }
  marks.settle();
  return out;
}

TEST(FeelingTally, OfManyAsCountedPlainlyHoweverTheyAreDivided) {
  const CaseKinds kinds = case_kinds(shop_kinds(), {});
  FeltMarks marks;
  const std::vector<Written> events = many(marks, 3'000);
  FeelingTally one(kinds, marks), two(kinds, marks);
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::map<std::uint64_t, std::vector<double>>> plainly;
  for (const CutCase& of : cut(kinds, {}, events)) {
    (of.customer % 2 == 0 ? one : two).take(of.customer, of.every);
    for (std::size_t i = 0; i < of.every.size(); ++i)
      for (const auto& mark : marks.of(of.every[i].event_id)) {
        std::uint32_t stage = 0;
        for (std::size_t j = 0; j <= i; ++j)
          if (!of.every[j].is_answer) stage = kinds.of(of.every[j]).stage;
        if (stage == 0 || !mark.has_value()) continue;
        for (const std::uint32_t source : {mark.source, 0U})
          plainly[{stage, source}][of.customer].push_back(mark.value);
      }
  }
  one.add(std::move(two));
  ASSERT_EQ(one.felt().size(), plainly.size());
  for (const auto& [where, customers] : plainly) {
    double sum = 0;
    std::uint64_t n = 0;
    for (const auto& [customer, values] : customers) {
      n += values.size();
      double total = 0;
      for (const double value : values) total += value;
      sum += total / static_cast<double>(values.size());
    }
    const FeelingTally::Felt& felt = one.felt().at(where);
    EXPECT_EQ(felt.customers.n, customers.size());
    EXPECT_EQ(felt.marks, n);
    EXPECT_NEAR(felt.customers.sum, sum, 1e-9);
    EXPECT_LE(felt.worst.size(), FeelingTally::kExtremes);
    EXPECT_TRUE(std::ranges::is_sorted(felt.worst) && std::ranges::is_sorted(felt.best));
  }
}

TEST(JudgedTally, DrawsTheSameHoweverTheyAreDivided) {
  const CaseKinds kinds = case_kinds(shop_kinds(), {});
  FeltMarks marks;
  const std::vector<Written> events = many(marks, 3'000);
  constexpr std::size_t kMost = 20;
  const std::uint32_t moon = marks.source("moon");
  JudgedTally whole(kinds, marks, moon, kMost), one(kinds, marks, moon, kMost),
      two(kinds, marks, moon, kMost), all(kinds, marks, moon, 100'000);
  for (const CutCase& of : cut(kinds, {}, events)) {
    for (JudgedTally* to : {&whole, &all, of.customer % 3 == 0 ? &one : &two})
      to->take(of.customer, of.every);
  }
  one.add(std::move(two));
  EXPECT_EQ(one.judged(), whole.judged());
  EXPECT_EQ(one.stages(), whole.stages());
  const auto listed = [](const JudgedTally& tally) {
    std::vector<std::tuple<std::uint64_t, std::int64_t, double>> out;
    for (const auto& of : tally.kept()) out.emplace_back(of.customer, of.began_ms, of.curve.average);
    return out;
  };
  EXPECT_EQ(listed(one), listed(whole));
  auto first = listed(all);
  ASSERT_GT(first.size(), 2 * kMost);
  EXPECT_EQ(all.judged(), first.size());
  first.resize(kMost);
  EXPECT_EQ(listed(whole), first);
}

}  // namespace
}  // namespace zhike::journey
