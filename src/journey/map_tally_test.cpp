#include "journey/map_tally.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "journey/cases.h"
#include "journey/test_cases.h"

namespace zhike::journey {
namespace {

using testing::ElementsAre;
using testing::Pair;

constexpr std::int64_t kTen = 10 * kHour;

/// Two customers, the second with two journeys; counted by hand.
const std::vector<Written>& two_customers() {
  static const std::vector<Written> kAll{{1, kTen, 1},
                                         {1, kTen + 2 * kMinute, 2},
                                         {1, kTen + 3 * kMinute, 1},
                                         {1, kTen + 10 * kMinute, 5, 11},
                                         {1, kDay + kTen + 10 * kMinute, 6, 11},
                                         answer(1, 2 * kDay + kTen + 10 * kMinute, 9, 2),
                                         {1, 3 * kDay + kTen + 10 * kMinute, 7, 21},
                                         {2, 9 * kDay + kTen, 2},
                                         {2, 9 * kDay + kTen + 30 * kMinute, 5, 12},
                                         {2, 9 * kDay + kTen + 90 * kMinute, 5, 12},
                                         {2, 19 * kDay + kTen, 1}};
  return kAll;
}

using Counts = std::tuple<std::uint64_t, std::uint64_t, std::uint64_t>;  // journeys, events, customers
Counts counts(const MapTally::Count& of) { return {of.journeys, of.events, of.customers}; }

class MapTallyTest : public ::testing::Test {
 protected:
  const Definition definition{.key = "purchase", .ends = {"delivery"}};
  const CaseKinds kinds = case_kinds(shop_kinds(), definition);
  const DetectorLimits limits{
      .pause_ms = pause_of(definition), .until_ms = 61 * kDay, .has_ends = true, .fences = {}};

  MapTally counted(bool by_two) const {
    MapTally tally(kinds, limits), other = tally;
    for (const CutCase& one : cut(kinds, definition, two_customers()))
      (by_two && one.customer == 2 ? other : tally).take(one.customer, one.every);
    tally.add(std::move(other));
    return tally;
  }
  std::map<std::pair<std::string, std::string>, Counts> listed(std::span<const MapTally::Part> parts) const {
    std::map<std::pair<std::string, std::string>, Counts> out;
    for (const MapTally::Part& one : parts)
      if (one.count.journeys > 0) out[{kinds.names[one.stage], kinds.names[one.name]}] = counts(one.count);
    return out;
  }
};

TEST_F(MapTallyTest, CountsStagesAndWhatIsInThem) {
  for (const bool by_two : {false, true}) {
    MapTally tally = counted(by_two);
    EXPECT_EQ(counts(tally.all()), Counts(4, 10, 2));
    EXPECT_EQ(tally.complete(), 1U);
    std::map<std::string, std::tuple<Counts, double, std::uint64_t>> stages;
    for (const auto& [name, stage] : tally.stages())
      if (stage.count.journeys > 0)
        stages[kinds.names[name]] = {counts(stage.count), stage.squares, stage.ended};
    EXPECT_THAT(stages, ElementsAre(Pair("consider", std::tuple(Counts(3, 5, 2), 11.0, 1U)),
                                    Pair("deliver", std::tuple(Counts(1, 1, 1), 1.0, 1U)),
                                    Pair("purchase", std::tuple(Counts(2, 3, 2), 5.0, 1U)),
                                    Pair("support", std::tuple(Counts(1, 1, 1), 1.0, 1U))));
    EXPECT_EQ(listed(tally.touchpoints()).at({"consider", "product"}), Counts(2, 3, 2));
    EXPECT_EQ(listed(tally.touchpoints()).at({"purchase", "order"}), Counts(2, 3, 2));
    EXPECT_EQ(listed(tally.channels()).at({"consider", "web"}), Counts(3, 5, 2));
    EXPECT_EQ(listed(tally.channels()).at({"deliver", "logistics"}), Counts(1, 1, 1));
    EXPECT_EQ(listed(tally.actions()).at({"consider", "Cart Viewed"}), Counts(2, 2, 2));
    EXPECT_EQ(listed(tally.actions()).size(), 5U);
  }
}

TEST_F(MapTallyTest, WaitsWhereAJourneyFirstLeavesAStage) {
  MapTally tally = counted(true);
  const auto waits = [&](std::string_view stage) { return tally.stages().at(kinds.number(stage)).waits_ms; };
  EXPECT_THAT(waits("consider"), ElementsAre(7 * kMinute, 30 * kMinute));
  EXPECT_THAT(waits("purchase"), ElementsAre(kDay));
  EXPECT_THAT(waits("deliver"), ElementsAre()) << "the journey is over";
}

TEST_F(MapTallyTest, PutsPainsWhereTheyStruck) {
  const MapTally tally = counted(true);
  std::map<std::pair<std::string, std::string>, Counts> found;
  for (const auto& [where, count] : tally.pains()) {
    EXPECT_EQ(where.second.detector, Detector::kAbandoned);
    found[{kinds.names[where.first], kinds.names[where.second.place]}] = counts(count);
  }
  EXPECT_THAT(found, ElementsAre(Pair(Pair("consider", "product"), Counts(1, 1, 1)),
                                 Pair(Pair("purchase", "order"), Counts(1, 1, 1)),
                                 Pair(Pair("support", "contact"), Counts(1, 1, 1))));
}

}  // namespace
}  // namespace zhike::journey
