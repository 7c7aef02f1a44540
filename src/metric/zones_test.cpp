// Days by each unit's own clock, on a real engine, against the C library's reading of the zone files.
#include <gtest/gtest.h>

#include <stdlib.h>
#include <time.h>

#include <map>
#include <random>
#include <set>

#include "metric/overview.h"
#include "query/parse.h"
#include "warehouse/migrate.h"
#include "warehouse/test_engine.h"

namespace zhike::metric {
namespace {

constexpr std::int64_t kHourMs = 3'600'000;

/// Days since 1970 of the date that the clock of `zone` shows, by localtime_r. The environment is this
/// process's: no other thread reads it here.
std::int64_t local_day(Instant at, const std::string& zone) {
  ::setenv("TZ", zone.c_str(), 1);
  ::tzset();
  const time_t seconds = at.ms / 1000;
  tm local{};
  ::localtime_r(&seconds, &local);
  tm date{};
  date.tm_year = local.tm_year;
  date.tm_mon = local.tm_mon;
  date.tm_mday = local.tm_mday;
  return ::timegm(&date) / 86'400;
}

std::int64_t week_of(std::int64_t day) { return day - (day + 3) % 7; }  // 1970-01-01 was a Thursday

std::int64_t month_of(std::int64_t day) {
  const time_t seconds = day * 86'400;
  tm date{};
  ::gmtime_r(&seconds, &date);
  date.tm_mday = 1;
  return ::timegm(&date) / 86'400;
}

std::int64_t bucket_of(std::int64_t day, query::Grain grain) {
  if (grain == query::Grain::kWeek) return week_of(day);
  return grain == query::Grain::kMonth ? month_of(day) : day;
}

struct Event {
  Instant at;
  std::string unit;
  std::uint64_t subject = 0;
};

/// Units with their zones: summer time in both hemispheres, half hours, a shift of half an hour, none.
const std::map<std::string, std::string> kZoneOf{
    {"ny", "America/New_York"},   {"berlin", "Europe/Berlin"},          {"shanghai", "Asia/Shanghai"},
    {"delhi", "Asia/Kolkata"},    {"lord_howe", "Australia/Lord_Howe"}, {"santiago", "America/Santiago"},
    {"unlisted", "Asia/Shanghai"}};

class ZonesTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    engine_ = std::move(*warehouse::TestEngine::start());
    ASSERT_TRUE(warehouse::migrate(engine_->client(), ZHIKE_MIGRATIONS "/warehouse"));
    make_events();
    insert_events();
  }
  static void TearDownTestSuite() { engine_.reset(); }

  /// Around the changes of the clocks in spring and autumn 2026, and around midnights.
  static void make_events() {
    std::mt19937_64 random(20260308);
    const Instant changes[] = {{1'772'953'200'000}, {1'774'746'000'000}, {1'775'314'800'000},
                               {1'792'890'000'000}, {1'793'512'800'000}, {1'775'000'000'000}};
    const char* units[] = {"ny", "berlin", "shanghai", "delhi", "lord_howe", "santiago", "unlisted"};
    for (int i = 0; i < 6000; ++i) {
      const Instant middle = changes[random() % std::size(changes)];
      const auto spread = static_cast<std::int64_t>(random() % (144 * 3600)) * 1000 - 72 * kHourMs;
      events_.push_back({middle + Millis{spread}, units[random() % std::size(units)], random() % 500 + 1});
    }
  }
  static void insert_events() {
    std::string kinds =
        R"({"kind":1,"type":"track","name":"Seen","channel":"web","touchpoint":"order","version":1})";
    ASSERT_TRUE(engine_->client().insert({.table = "kinds", .format = "JSONEachRow"}, kinds));
    std::string rows;
    for (std::size_t i = 0; i < events_.size(); ++i) {
      std::string at = format_utc(events_[i].at);
      at[10] = ' ';
      at.pop_back();
      rows += fmt::format(
          R"({{"event_id":{},"block_id":1,"received_at":"{}","occurred_at":"{}","source_id":1,"kind":1,"subject_id":{},"unit":"{}","currency":"CNY","amount_minor":100,"instrument":"nps","score":9,"case_id":"c{}","session_id":"s"}})",
          i + 1, at, at, events_[i].subject, events_[i].unit, i % 700);
      rows += '\n';
    }
    ASSERT_TRUE(engine_->client().insert({.table = "events", .format = "JSONEachRow"}, rows));
    ASSERT_TRUE(engine_->client().execute({.sql = "SYSTEM RELOAD DICTIONARIES"}));
  }

  static govern::UnitTree tree() {
    std::vector<govern::Unit> units;
    for (const auto& [key, zone] : kZoneOf)
      if (key != "unlisted") units.push_back({.key = key, .zone = zone});
    return *govern::UnitTree::make(std::move(units), *Zone::find("Asia/Shanghai"));
  }

  Question question(std::string_view from, std::string_view to, std::string_view units, query::Grain grain,
                    query::By by = query::By::kNone) {
    const query::Defaults defaults{
        .zone = *Zone::find("Asia/Shanghai"), .newest = {}, .now = {0}, .units = &tree_, .grant = &owner_};
    const std::vector<std::pair<std::string_view, std::string_view>> pairs{
        {"from", from}, {"to", to}, {"units", units}};
    Question out{.filter = *query::parse_filter(pairs, defaults), .grain = grain, .by = by};
    return out;
  }
  Answer answer(std::string_view metric, const Question& asked) {
    auto out = compute(engine_->client(), owner_, **find(metric), asked);
    EXPECT_TRUE(out) << metric << ": " << to_string(out.error());
    return out ? *out : Answer{};
  }

  /// Events and customers of each day, week or month, against a plain count.
  void expect_local_days(const char* from, const char* to, const char* units, query::Grain grain) {
    const std::int64_t first = utc_day(*parse_time(from, Zone::utc()));
    const std::int64_t end = utc_day(*parse_time(to, Zone::utc()));
    const std::string chosen = std::string(",") + units + ",";
    std::map<std::int64_t, std::uint64_t> events;
    std::map<std::int64_t, std::set<std::uint64_t>> customers;
    for (const Event& event : events_) {
      if (*units != 0 && chosen.find("," + event.unit + ",") == std::string::npos) continue;
      const std::int64_t day = local_day(event.at, kZoneOf.at(event.unit));
      if (day < first || day >= end) continue;
      ++events[bucket_of(day, grain)];
      customers[bucket_of(day, grain)].insert(event.subject);
    }
    const Question asked = question(from, to, units, grain);
    const Answer counted = answer("events", asked), active = answer("active_customers", asked);
    std::uint64_t total = 0;
    for (std::size_t i = 0; i < counted.series.size(); ++i) {
      const std::int64_t day = asked.filter.zone.to_local_ms(counted.series[i].at) / 86'400'000;
      EXPECT_EQ(counted.series[i].value.n, events[day]) << from << ' ' << units << " day " << day;
      EXPECT_EQ(active.series[i].value.n, customers[day].size()) << from << ' ' << units << " day " << day;
      total += events[day];
    }
    EXPECT_EQ(counted.value.n, total) << from << ' ' << units;
  }

  static inline std::unique_ptr<warehouse::TestEngine> engine_;
  static inline std::vector<Event> events_;
  govern::UnitTree tree_ = tree();
  Grant owner_ = Grant::owner();
};

TEST_F(ZonesTest, EveryEventCountsOnTheDayThatItsUnitsClockShowed) {
  const std::pair<const char*, const char*> ranges[] = {{"2026-03-06", "2026-04-09"},
                                                        {"2026-03-08", "2026-03-09"},
                                                        {"2026-03-29", "2026-03-31"},
                                                        {"2026-10-24", "2026-11-03"},
                                                        {"2026-01-01", "2027-01-01"}};
  constexpr query::Grain kGrains[] = {query::Grain::kDay, query::Grain::kWeek, query::Grain::kMonth};
  std::size_t turn = 0;  // each range and each choice of units meets every grain once or twice
  for (const auto& [from, to] : ranges)
    for (const char* units : {"", "ny,berlin", "ny", "santiago,unlisted,lord_howe"})
      expect_local_days(from, to, units, kGrains[turn++ % std::size(kGrains)]);
}

TEST_F(ZonesTest, OneZoneWrittenAsManyChangesNoNumber) {
  for (const Metric& metric : list()) {
    Question plain{.filter = {.range = {*parse_time("2026-03-06", *Zone::find("Europe/Berlin")),
                                        *parse_time("2026-03-31", *Zone::find("Europe/Berlin"))},
                              .zone = *Zone::find("Europe/Berlin")},
                   .grain = query::Grain::kDay,
                   .by = query::By::kUnit};
    Question many = plain;
    many.filter.by_wall_clock = true;
    many.filter.own_zones = {{.zone = plain.filter.zone, .units = {"ny", "berlin"}},
                             {.zone = plain.filter.zone, .units = {"delhi"}}};
    const Answer one = answer(metric.key, plain), other = answer(metric.key, many);
    EXPECT_EQ(one.value.n, other.value.n) << metric.key;
    EXPECT_EQ(one.value.value, other.value.value) << metric.key;
    ASSERT_EQ(one.series.size(), other.series.size()) << metric.key;
    for (std::size_t i = 0; i < one.series.size(); ++i)
      EXPECT_EQ(one.series[i].value.n, other.series[i].value.n) << metric.key;
    ASSERT_EQ(one.groups.size(), other.groups.size()) << metric.key;
    for (std::size_t i = 0; i < one.groups.size(); ++i)
      EXPECT_EQ(one.groups[i].value.n, other.groups[i].value.n) << metric.key;
  }
}

TEST_F(ZonesTest, TheOverviewAgreesWithItsMetrics) {
  const Question asked = question("2026-03-06", "2026-04-05", "", query::Grain::kDay);
  ASSERT_FALSE(asked.filter.own_zones.empty());
  const auto page = overview(engine_->client(), owner_, asked.filter, query::Compare::kPrevious);
  ASSERT_TRUE(page) << to_string(page.error());
  EXPECT_EQ(page->events, answer("events", asked).value.n);
  const Answer active = answer("active_customers", asked);
  EXPECT_EQ(page->customers, active.value.n);
  for (const Answer& card : page->cards) {
    if (card.metric->key != "active_customers") continue;
    ASSERT_EQ(card.series.size(), active.series.size());
    for (std::size_t i = 0; i < active.series.size(); ++i)
      EXPECT_EQ(card.series[i].value.n, active.series[i].value.n) << i;
  }
}

TEST_F(ZonesTest, AScopedUserSeesOnlyItsUnits) {
  Grant grant{.user = {}, .permissions = 1, .all_units = false, .units = {"ny"}};
  Question asked = question("2026-01-01", "2027-01-01", "", query::Grain::kNone, query::By::kUnit);
  ASSERT_FALSE(asked.filter.own_zones.empty());
  const auto out = compute(engine_->client(), grant, **find("events"), asked);
  ASSERT_TRUE(out) << to_string(out.error());
  ASSERT_EQ(out->groups.size(), 1U);
  EXPECT_EQ(out->groups[0].key, "ny");
}

}  // namespace
}  // namespace zhike::metric
