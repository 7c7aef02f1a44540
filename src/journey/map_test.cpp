#include "journey/map.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <string_view>
#include <utility>

#include "journey/feelings.h"
#include "journey/felt_marks.h"
#include "journey/map_svg.h"
#include "journey/peak_end.h"

namespace zhike::journey {
namespace {

const Grant kNobody{.user = {}, .permissions = 0, .all_units = true, .units = {}};
const query::Filter kFilter{.range = {{0}, {1}}};

MapStage stage_of(std::string key, std::uint64_t journeys, stats::Moments steps, stats::Moments felt) {
  MapStage out;
  out.stage = std::move(key);
  out.journeys = journeys;
  out.steps = steps;
  out.reach.value = 0.5;
  out.effort.value = steps.mean();
  out.feelings.push_back({.source = "", .level = {.n = felt.n, .value = felt.mean()}, .moments = felt});
  return out;
}

TEST(JourneyMap, ThePermissionIsNeeded) {
  const auto client = warehouse::Client::connect("unix:/nonexistent/engine.sock");
  EXPECT_EQ(map(*client, kNobody, kFilter, {}).error().code, Code::kPermissionMissing);
  EXPECT_EQ(map(*client, Grant::owner(), kFilter, {}).error().code, Code::kWarehouseDown);
  EXPECT_EQ(peak_end(*client, kNobody, kFilter, {}).error().code, Code::kPermissionMissing);
  EXPECT_EQ(peak_end(*client, Grant::owner(), kFilter, {.instrument = "nps"}).error().code,
            Code::kWarehouseDown);
}

TEST(FeltMarks, AreReadWhateverTheConditions) {
  const auto client = warehouse::Client::connect("unix:/nonexistent/engine.sock");
  query::Filter filter = kFilter;
  filter.where = query::is(query::Field::kChannel, {"web"});
  EXPECT_EQ(FeltMarks::read(*client, Grant::owner(), filter, 0).error().code, Code::kWarehouseDown);
  EXPECT_EQ(FeltMarks::read(*client, kNobody, filter, 0).error().code, Code::kPermissionMissing);
}

TEST(JourneyMap, FeelingsOfEffortBecomeAnswersAgain) {
  const MapFigure ces = ces_of({.n = 20, .value = -1.0 / 3, .interval = stats::Interval{-0.5, 0}});
  EXPECT_DOUBLE_EQ(*ces.value, 3 + 2.0 / 3);
  EXPECT_DOUBLE_EQ(ces.interval->low, 3);
  EXPECT_DOUBLE_EQ(ces.interval->high, 4);
  EXPECT_FALSE(ces_of({.n = 3}).value);
}

TEST(JourneyMap, DifferencesOfTwoMaps) {
  // 20 of 40 journeys against 32 of 40; steps of mean 2 and 3, each with a variance of 1 (20 and 32
  // journeys).
  JourneyMap first{.journeys = 40}, second{.journeys = 40};
  const auto moments = [](std::uint64_t n, double mean) {
    const auto count = static_cast<double>(n);
    return stats::Moments{.n = n, .sum = mean * count, .sum_squares = mean * mean * count + count - 1};
  };
  first.stages.push_back(stage_of("consider", 20, moments(20, 2), moments(20, 0.1)));
  first.stages.push_back(stage_of("gone", 20, moments(20, 2), moments(20, 0)));
  second.stages.push_back(stage_of("consider", 32, moments(32, 3), moments(4, 0.1)));
  first.stages[0].wait = {.n = 20, .value = 100, .interval = stats::Interval{80, 130}};
  second.stages[0].wait = {.n = 20, .value = 300, .interval = stats::Interval{260, 340}};
  const auto found = compare(first, second);
  ASSERT_EQ(found.size(), 3U)
      << "a feeling of 4 customers is too few, a stage that one lacks is not compared";
  EXPECT_EQ(found[0].measure, "reach");
  EXPECT_NEAR(found[0].difference, 0.3, 1e-12);
  EXPECT_TRUE(found[0].holds());
  EXPECT_EQ(found[1].measure, "wait");
  EXPECT_NEAR(found[1].interval.low, 200 - 50, 1e-9) << "root of 40² + 30²";
  EXPECT_NEAR(found[1].interval.high, 200 + std::sqrt(40.0 * 40 + 20 * 20), 1e-9);
  EXPECT_EQ(found[2].measure, "effort");
  EXPECT_NEAR(found[2].difference, 1, 1e-12);
}

TEST(JourneyMap, ThePictureEscapesWhatItIsGiven) {
  JourneyMap map{.journeys = 1};
  map.stages.push_back(stage_of("<script>alert(1)</script>", 1, {.n = 1, .sum = 1, .sum_squares = 1},
                                {.n = 1, .sum = 0, .sum_squares = 0}));
  map.stages[0].touchpoints.push_back({.key = "a&b\"'\x01\xff", .journeys = 1, .customers = 1, .events = 7});
  const MapWords words{.title = "x < y", .chinese = false, .name = [](MapName, std::string_view key) {
                         return std::string(key);
                       }};
  const std::string svg = map_svg(map, words);
  EXPECT_EQ(svg.find("<script"), std::string::npos);
  EXPECT_NE(svg.find("&lt;script&gt;"), std::string::npos);
  EXPECT_NE(svg.find("a&amp;b&quot;&#39; · 7"), std::string::npos);
  EXPECT_NE(svg.find("x &lt; y"), std::string::npos);
  EXPECT_NE(map_svg({}, words).find("0 journeys"), std::string::npos) << "an empty map";
}

}  // namespace
}  // namespace zhike::journey
