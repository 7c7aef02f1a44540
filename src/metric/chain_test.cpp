#include "metric/chain.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "base/time.h"
#include "warehouse/test_client.h"

namespace zhike::metric {
namespace {

using query::Grain;

const Metric* named(std::string_view key) { return *find(key); }
query::Filter between(std::string_view from, std::string_view to, const Zone& zone = Zone::utc()) {
  return {.range = {*parse_time(from, zone), *parse_time(to, zone)}, .zone = zone};
}
std::int32_t day(std::string_view date) { return utc_day(*parse_time(date, Zone::utc())); }

TEST(WholePeriods, LeaveOutWhatTheRangeCuts) {
  EXPECT_EQ(whole_periods(between("2026-01-01", "2026-04-01"), Grain::kMonth),
            (std::vector{day("2026-01-01"), day("2026-02-01"), day("2026-03-01")}));
  EXPECT_EQ(whole_periods(between("2026-01-02", "2026-03-31"), Grain::kMonth),
            (std::vector{day("2026-02-01")}));
  EXPECT_EQ(whole_periods(between("2026-03-01", "2026-03-17"), Grain::kWeek),
            (std::vector{day("2026-03-02"), day("2026-03-09")}));
  EXPECT_EQ(whole_periods(between("2026-03-01", "2026-03-03"), Grain::kDay),
            (std::vector{day("2026-03-01"), day("2026-03-02")}));
  EXPECT_TRUE(whole_periods(between("2026-03-02", "2026-03-30"), Grain::kMonth).empty());
  EXPECT_TRUE(whole_periods(between("2026-03-02", "2026-03-30"), Grain::kNone).empty());
}

// Summer time begins on 29 March: the day has 23 hours, and is whole.
TEST(WholePeriods, FollowTheClockOfTheZone) {
  const Zone berlin = *Zone::find("Europe/Berlin");
  EXPECT_EQ(whole_periods(between("2026-03-29", "2026-03-31", berlin), Grain::kDay),
            (std::vector{day("2026-03-29"), day("2026-03-30")}));
}

TEST(Cells, HoldOneCurrencyAndEveryGroup) {
  warehouse::Canned client;
  warehouse::Table table;
  for (const char* name : {"bucket", "grp", "currency", "n", "total", "squares"})
    table.columns.push_back({.name = name, .type = ""});
  table.rows = {{"2026-01-01", "north", "CNY", 30, 600.0, 13000.0},
                {"2026-01-01", "south", "USD", 2, 9.0, 50.0},
                {"2026-02-01", "", "CNY", 30, 600.0, 13000.0},
                {"2026-02-01", "south", "CNY", 30, 700.0, 13000.0}};
  client.answers = {table};
  const auto found = cells(client, Grant::owner(), *named("revenue"), between("2026-01-01", "2026-03-01"),
                           Grain::kMonth, query::By::kUnit);
  ASSERT_TRUE(found);
  ASSERT_EQ(found->size(), 2U);
  EXPECT_EQ((*found)[0].group, "north");
  EXPECT_EQ((*found)[1].start, day("2026-02-01"));
  EXPECT_DOUBLE_EQ(*(*found)[1].value.value, 700);
  ASSERT_EQ(client.asked.size(), 1U);
  EXPECT_NE(client.asked[0].find("grain=month"), std::string::npos);
  EXPECT_NE(client.asked[0].find("by=unit"), std::string::npos);
}

TEST(ParseStages, ReadsLogarithmsAndRefusesTheRest) {
  const auto read = [](std::vector<std::string> words) { return parse_stages(words); };
  const auto found = read({"on_time_share", "csat_mean", "log(revenue)"});
  ASSERT_TRUE(found);
  EXPECT_FALSE((*found)[0].is_log);
  EXPECT_TRUE((*found)[2].is_log);
  EXPECT_EQ((*found)[2].metric->key, "revenue");
  EXPECT_EQ(read({"nps"}).error().code, Code::kBadField);
  EXPECT_EQ(read({"nps", "log(nps)"}).error().code, Code::kBadField);
  EXPECT_EQ(read({"nps", "log(ups)"}).error().code, Code::kUnknownMetric);
}

TEST(ParseLags, ReadsGaps) {
  const auto found = parse_lags("1,,0", 3, 3);
  ASSERT_TRUE(found);
  ASSERT_EQ(found->size(), 3U);
  EXPECT_EQ((*found)[0], 1U);
  EXPECT_FALSE((*found)[1]);
  EXPECT_EQ((*found)[2], 0U);
  EXPECT_TRUE(parse_lags("", 3, 3)->empty());
  for (const char* bad : {"4", "x", "-1", "1,1,1,1"})
    EXPECT_EQ(parse_lags(bad, 3, 3).error().code, Code::kBadField) << bad;
}

// Satisfaction of a month follows quality of the month before by half of it; what is too little is not known.
TEST(ChainOf, IsOfCellsWithEnoughInWholePeriods) {
  const query::Filter filter = between("2025-01-01", "2026-01-15");
  const auto months = whole_periods(filter, Grain::kMonth);
  ASSERT_EQ(months.size(), 12U);
  std::vector<std::vector<Cell>> all(2);
  const auto quality = [](std::size_t unit, std::size_t month) {
    return std::exp(std::sin(static_cast<double>(unit * 7 + month * month)));
  };
  const auto cell = [](std::size_t unit, std::int32_t start, double value) {
    return Cell{.group = std::to_string(unit),
                .start = start,
                .value = {.value = value, .low = {}, .high = {}, .n = 20, .enough = true}};
  };
  for (std::size_t unit = 0; unit < 10; ++unit)
    for (std::size_t m = 0; m < months.size(); ++m) {
      const double before = m == 0 ? 0 : std::log(quality(unit, m - 1));
      all[0].push_back(cell(unit, months[m], quality(unit, m)));
      all[1].push_back(cell(unit, months[m], 0.5 * before + static_cast<double>(unit)));
    }
  all[0][5].value.enough = false;                   // of unit 0
  all[0].push_back(cell(3, day("2026-01-01"), 1));  // half a month
  all[0].push_back(cell(11, months[0], -1));        // no logarithm, so no unit either
  const ChainWish wish{.stages = {{named("revenue"), true}, {named("csat_mean"), false}}, .lags = 2};
  const auto found = chain_of(all, filter, wish);
  ASSERT_TRUE(found) << found.error().detail;
  EXPECT_EQ(found->units.size(), 10U);
  EXPECT_EQ(found->periods.size(), 12U);
  EXPECT_EQ(found->known, (std::vector<std::uint64_t>{119, 120}));
  const stats::ChainLink& link = found->found.links[0];
  EXPECT_EQ(link.lag, 1U);
  EXPECT_NEAR(link.chosen().slope, 0.5, 1e-8);
  EXPECT_EQ(link.rows, 97U);  // ten units in ten months, less the three that see the value left out
}

TEST(ChainOf, SaysWhatIsMissing) {
  const std::vector<std::vector<Cell>> none(2);
  const ChainWish wish{.stages = {{named("nps"), false}, {named("csat_mean"), false}}};
  const auto found = chain_of(none, between("2026-01-01", "2026-04-01"), wish);
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, Code::kTooFewRows);
  EXPECT_NE(found.error().detail.find("nps → csat_mean: 0 of 0 units"), std::string::npos);
}

}  // namespace
}  // namespace zhike::metric
