#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "query/cursor.h"
#include "query/parse.h"
#include "query/prepare.h"
#include "query/prepare_flags.h"

namespace zhike::query {
namespace {

using testing::HasSubstr;
using testing::Not;
using Pairs = std::vector<std::pair<std::string_view, std::string_view>>;

constexpr std::string_view kSql =
    "SELECT count() FROM events WHERE ({all_units:UInt8} = 1 OR has({units:Array(String)}, unit)) /*filter*/";
const Filter kDay{.range = {{0}, {86'400'000}}};

std::string value_of(const Prepared& prepared, std::string_view name) {
  for (const auto& [key, value] : prepared.params.encoded())
    if (key == name) return value;
  return "(absent)";
}

Instant at(std::string_view text) { return *parse_time(text, Zone::utc()); }

TEST(Prepare, DemandsThePermission) {
  Grant grant{.user = {}, .permissions = 0, .all_units = true, .units = {}};
  EXPECT_EQ(prepare(grant, Permission::kViewMetrics, kDay, kSql).error().code, Code::kPermissionMissing);
}

TEST(Prepare, CarriesTheScopeOfTheGrant) {
  Grant grant{.user = {}, .permissions = 1, .all_units = false, .units = {"north", "o'hare"}};
  const auto prepared = prepare(grant, Permission::kViewMetrics, kDay, kSql);
  ASSERT_TRUE(prepared);
  EXPECT_EQ(value_of(*prepared, "all_units"), "0");
  EXPECT_THAT(value_of(*prepared, "units"), HasSubstr("north"));
  EXPECT_EQ(value_of(*prepared, "zone"), "UTC");
}

TEST(Prepare, NoValueReachesTheText) {
  const std::string evil = "x') OR 1=1; DROP TABLE events --";
  Filter filter = kDay;
  filter.where = all({is(Field::kName, {evil}), is(Field::kCase, {evil}), is(Field::kUnit, {evil})});
  const auto prepared = prepare(Grant::owner(), Permission::kViewMetrics, filter, kSql);
  ASSERT_TRUE(prepared);
  EXPECT_THAT(prepared->sql, Not(HasSubstr("DROP")));
  EXPECT_THAT(value_of(*prepared, "f0"), HasSubstr("DROP"));
}

TEST(Prepare, PrintsTheTree) {
  Filter filter = kDay;
  filter.where = any({is(Field::kChannel, {"web"}), negate(at_least(9)), all({})});
  const auto prepared = prepare(Grant::owner(), Permission::kViewMetrics, filter, kSql);
  ASSERT_TRUE(prepared);
  EXPECT_THAT(
      prepared->sql,
      HasSubstr("AND (kind IN (SELECT kind FROM kinds FINAL WHERE has({f0:Array(String)}, channel)) OR "
                "NOT (ifNull(score >= {f1:Float64}, 0)) OR (1))"));
}

TEST(PrepareFlags, KeepsTheValuesOfEachConditionApart) {
  Filter filter = kDay;
  filter.where = is(Field::kChannel, {"web"});
  const std::string sql = std::string(kSql) + " HAVING has([0/*flags*/], 1)";
  const std::vector<Expr> flags{at_least(9), among(7), any({})};
  const auto prepared = prepare_flags(Grant::owner(), Permission::kViewMetrics, filter, flags, sql);
  ASSERT_TRUE(prepared);
  EXPECT_THAT(prepared->sql, HasSubstr("[0, toUInt8(ifNull(score >= {flag0_0:Float64}, 0)), toUInt8("));
  EXPECT_THAT(prepared->sql, HasSubstr("set_id = {flag1_0:UInt64})), toUInt8((0))], 1)"));
  EXPECT_EQ(value_of(*prepared, "flag0_0"), "9");
  EXPECT_EQ(value_of(*prepared, "flag1_0"), "7");
  EXPECT_EQ(value_of(*prepared, "f0"), "['web']");
}

TEST(Prepare, RefusesWhatItDoesNotKnow) {
  const auto code = [](Expr where) {
    Filter filter = kDay;
    filter.where = std::move(where);
    return prepare(Grant::owner(), Permission::kViewMetrics, filter, kSql).error().code;
  };
  EXPECT_EQ(code(is(Field::kUnit, {})), Code::kBadFilter);
  EXPECT_EQ(code(is(Field::kScore, {"9"})), Code::kUnknownOperator);
  Expr wrong = at_least(3);
  wrong.condition.field = Field::kUnit;
  EXPECT_EQ(code(wrong), Code::kUnknownOperator);
  Expr deep = is(Field::kUnit, {"a"});
  for (int i = 0; i < 40; ++i) deep = negate(deep);
  EXPECT_EQ(code(deep), Code::kBadFilter);
  EXPECT_EQ(code(all(std::vector<Expr>(200, at_least(1)))), Code::kBadFilter);
  EXPECT_EQ(parse_field("customer; --").error().code, Code::kUnknownField);
  EXPECT_EQ(parse_op("like").error().code, Code::kUnknownOperator);
  Filter empty{.range = {{5}, {5}}};
  EXPECT_EQ(prepare(Grant::owner(), Permission::kViewMetrics, empty, kSql).error().code, Code::kBadFilter);
}

TEST(PrepareDeathTest, SqlWithoutScopeIsABug) {
  EXPECT_DEATH((void)prepare(Grant::owner(), Permission::kViewMetrics, kDay, "SELECT 1 FROM events"),
               "scope");
}

TEST(ParseFilter, TakesPersonas) {
  const Defaults defaults{.zone = Zone::utc(), .newest = {}, .now = at("2024-03-10T20:00:00Z")};
  const auto filter = parse_filter(Pairs{{"persona", "hunter,熟客"}}, defaults);
  ASSERT_TRUE(filter);
  Expr expected = is(Field::kVirtual, {"hunter", "熟客"});
  expected.condition.name = "persona";
  EXPECT_EQ(filter->where, all({expected}));
  EXPECT_EQ(parse_filter(Pairs{{"persona", ","}}, defaults).error().code, Code::kBadFilter);
}

TEST(ParseFilter, ReadsDatesInTheZone) {
  const Defaults defaults{
      .zone = *Zone::find("Asia/Shanghai"), .newest = {}, .now = at("2024-03-10T20:00:00Z")};
  const auto filter = parse_filter(Pairs{{"from", "2024-03-01"}, {"to", "2024-03-02T00:00:00Z"}}, defaults);
  ASSERT_TRUE(filter);
  EXPECT_EQ(format_utc(filter->range.from), "2024-02-29T16:00:00.000Z");
  EXPECT_EQ(format_utc(filter->range.to), "2024-03-02T00:00:00.000Z");
  const auto absent = parse_filter(Pairs{{"from", ""}}, defaults);
  ASSERT_TRUE(absent);
  EXPECT_EQ(format_utc(absent->range.to), "2024-03-11T16:00:00.000Z");
  EXPECT_EQ(format_utc(absent->range.from), "2024-02-10T16:00:00.000Z");
  EXPECT_EQ(absent->where, Expr{});
}

TEST(ParseFilter, ReadsConditions) {
  const Defaults defaults{.zone = Zone::utc(), .newest = Instant{0}, .now = {}};
  const auto filter =
      parse_filter(Pairs{{"units", "a,b,"}, {"name", "Paid, in full"}, {"score_max", "6"}, {"limit", "5"}},
                   defaults, std::vector<std::string_view>{"limit"});
  ASSERT_TRUE(filter);
  EXPECT_EQ(filter->where,
            all({is(Field::kUnit, {"a", "b"}), is(Field::kName, {"Paid, in full"}), at_most(6)}));
}

TEST(ParseFilter, RefusesTheUnusable) {
  const Defaults defaults{.zone = Zone::utc(), .newest = {}, .now = at("2024-03-10")};
  const auto code = [&](Pairs pairs) { return parse_filter(pairs, defaults).error().code; };
  EXPECT_EQ(code({{"colour", "red"}}), Code::kUnknownField);
  EXPECT_EQ(code({{"score_min", "many"}}), Code::kBadFilter);
  EXPECT_EQ(code({{"score_min", "nan"}}), Code::kBadFilter);
  EXPECT_EQ(code({{"units", ","}}), Code::kBadFilter);
  EXPECT_EQ(code({{"from", "yesterday"}}), Code::kBadTime);
  EXPECT_EQ(code({{"from", "2024-03-02"}, {"to", "2024-03-01"}}), Code::kBadFilter);
  const std::string huge(5000, 'x');
  EXPECT_EQ(code({{"name", huge}}), Code::kBadFilter);
}

TEST(Buckets, FollowTheZonesCalendar) {
  const Zone berlin = *Zone::find("Europe/Berlin");
  const Range march{at("2024-03-30T23:00:00Z"), at("2024-04-01T22:00:00Z")};  // 31 March has 23 hours there
  EXPECT_EQ(buckets(march, berlin, Grain::kDay).size(), 2U);
  EXPECT_EQ(buckets(march, berlin, Grain::kWeek),
            (std::vector<std::int32_t>{19807, 19814}));  // 25 March, 1 April
  EXPECT_EQ(buckets(march, berlin, Grain::kMonth), (std::vector<std::int32_t>{19783, 19814}));
  EXPECT_TRUE(buckets(march, berlin, Grain::kNone).empty());
}

TEST(Compared, KeepsLocalMidnightsOverSummerTime) {
  const Zone berlin = *Zone::find("Europe/Berlin");
  const Range week{at("2024-03-31T22:00:00Z"), at("2024-04-07T22:00:00Z")};
  const Range before = compared(week, berlin, Compare::kPrevious);
  EXPECT_EQ(format_utc(before.from), "2024-03-24T23:00:00.000Z");
  EXPECT_EQ(before.to, week.from);
  const Range leap{at("2024-02-29"), at("2024-03-01")};
  EXPECT_EQ(format_utc(compared(leap, Zone::utc(), Compare::kYear).from), "2023-03-01T00:00:00.000Z");
  EXPECT_EQ(format_utc(compared(week, berlin, Compare::kYear).from), "2023-03-31T22:00:00.000Z");
}

govern::UnitTree some_units() {
  return *govern::UnitTree::make({{.key = "europe", .zone = "Europe/Berlin"},
                                  {.key = "paris", .parent = "europe"},
                                  {.key = "ny", .zone = "America/New_York"},
                                  {.key = "beijing", .name_en = "Beijing"}},
                                 *Zone::find("Asia/Shanghai"));
}

class UnitZones : public testing::Test {
 protected:
  Filter parsed(Pairs pairs, Grant grant = Grant::owner()) {
    const Defaults defaults{.zone = *Zone::find("Asia/Shanghai"),
                            .newest = {},
                            .now = at("2026-03-10T20:00:00Z"),
                            .units = &tree_,
                            .grant = &grant};
    auto filter = parse_filter(pairs, defaults);
    EXPECT_TRUE(filter) << to_string(filter.error());
    return filter.value_or(Filter{});
  }
  static std::string shape(const Filter& filter) {
    std::string out = filter.zone.name();
    for (const UnitZone& own : filter.own_zones) {
      out += " " + own.zone.name() + ":";
      for (const std::string& unit : own.units) out += " " + unit;
    }
    return out;
  }
  govern::UnitTree tree_ = some_units();
};

TEST_F(UnitZones, ChooseTheZoneOfTheAnswer) {
  EXPECT_EQ(shape(parsed({})), "Asia/Shanghai America/New_York: ny Europe/Berlin: europe paris");
  EXPECT_EQ(shape(parsed({{"units", "paris"}})), "Europe/Berlin");
  EXPECT_EQ(shape(parsed({{"units", "europe"}})), "Europe/Berlin");
  EXPECT_EQ(shape(parsed({{"units", "beijing,unlisted"}})), "Asia/Shanghai");
  EXPECT_EQ(shape(parsed({{"units", "beijing,ny"}})), "Asia/Shanghai America/New_York: ny");
  const auto scoped = [](std::vector<std::string> units) {
    return Grant{.user = {}, .permissions = 1, .all_units = false, .units = std::move(units)};
  };
  EXPECT_EQ(shape(parsed({}, scoped({"ny"}))), "America/New_York");
  EXPECT_EQ(shape(parsed({{"units", "ny,paris"}}, scoped({"paris"}))), "Europe/Berlin");
  EXPECT_EQ(shape(parsed({{"units", "ny"}}, scoped({"paris"}))), "Asia/Shanghai") << "nothing is left";
  EXPECT_EQ(shape(parsed({}, scoped({}))), "Asia/Shanghai");
}

TEST_F(UnitZones, AUnitMeansThoseBelowIt) {
  EXPECT_EQ(parsed({{"units", "europe"}}).where, all({is(Field::kUnit, {"europe", "paris"})}));
  EXPECT_EQ(parsed({{"units", "ny,europe"}}).where, all({is(Field::kUnit, {"europe", "ny", "paris"})}));
}

TEST_F(UnitZones, DaysAreEachUnitsOwnButMomentsAreOne) {
  const Filter days = parsed({{"from", "2026-03-01"}, {"to", "2026-03-02"}});
  EXPECT_TRUE(days.by_wall_clock);
  EXPECT_EQ(format_utc(days.range.from), "2026-02-28T16:00:00.000Z");
  EXPECT_EQ(format_utc(range_in(days, *Zone::find("America/New_York")).from), "2026-03-01T05:00:00.000Z");
  EXPECT_EQ(buckets(days, Grain::kDay), (std::vector<std::int32_t>{20513}));
  const Filter moments = parsed({{"from", "2026-03-01T00:00:00Z"}, {"to", "2026-03-02T00:00:00+08:00"}});
  EXPECT_FALSE(moments.by_wall_clock);
  EXPECT_EQ(range_in(moments, *Zone::find("America/New_York")), moments.range);
  EXPECT_EQ(buckets(moments, Grain::kDay), (std::vector<std::int32_t>{20512, 20513}))
      << "in New York it is Feb";
  EXPECT_TRUE(parsed({{"from", "2026-03-01 10:00"}}).by_wall_clock);
  EXPECT_FALSE(parsed({{"from", "2026-03-01 10:00-05:00"}}).by_wall_clock);
}

TEST_F(UnitZones, RewriteTheSql) {
  Filter filter = parsed({{"from", "2026-03-01"}, {"to", "2026-03-02"}, {"units", "beijing,ny"}});
  const std::string sql =
      "SELECT toStartOfWeek(first_at, 1, {zone:String}) FROM (SELECT if({by:String} = 'unit' /*zones: OR "
      "1*/, "
      "unit, '') AS "
      "first_unit FROM events WHERE " +
      std::string(kScope) + " AND occurred_at >= {from:DateTime64(3, 'UTC')} /*filter*/)";
  const auto prepared = prepare(Grant::owner(), Permission::kViewMetrics, filter, sql);
  ASSERT_TRUE(prepared);
  EXPECT_THAT(prepared->sql,
              HasSubstr("multiIf(has({zone_units_0:Array(String)}, first_unit), toStartOfWeek(first_at, 1, "
                        "{zone_0:String}), toStartOfWeek(first_at, 1, {zone:String}))"));
  EXPECT_THAT(prepared->sql, HasSubstr("if({by:String} = 'unit'  OR 1, unit, '')"));
  EXPECT_THAT(
      prepared->sql,
      HasSubstr("occurred_at >= {from:DateTime64(3, 'UTC')} AND occurred_at >= multiIf(has({zone_units_0:"
                "Array(String)}, unit), {from_0:DateTime64(3, 'UTC')}, {from_other:DateTime64(3, 'UTC')})"));
  EXPECT_EQ(value_of(*prepared, "zone_0"), "America/New_York");
  EXPECT_EQ(value_of(*prepared, "from"), "2026-02-28 16:00:00.000");
  EXPECT_EQ(value_of(*prepared, "from_0"), "2026-03-01 05:00:00.000");
  EXPECT_EQ(value_of(*prepared, "to"), "2026-03-02 05:00:00.000");
  EXPECT_THAT(value_of(*prepared, "zone_units_0"), HasSubstr("ny"));
}

TEST(PrepareDeathTest, ADayWithoutAUnitIsABug) {
  const Filter filter{.range = kDay.range, .own_zones = {{.zone = Zone::utc(), .units = {"x"}}}};
  const std::string sql = "SELECT toDate(moment, {zone:String}) FROM events WHERE " + std::string(kScope);
  EXPECT_DEATH((void)prepare(Grant::owner(), Permission::kViewMetrics, filter, sql), "whose");
}

TEST(CursorText, RoundTripsAndRefuses) {
  const Cursor cursor{.at = {1'500'000'000'000}, .id = ~0ULL};
  EXPECT_EQ(*parse_cursor(format_cursor(cursor)), cursor);
  EXPECT_EQ(parse_cursor("")->id, ~0ULL);
  for (const char* bad : {"1", "-", "1-", "x-1", "1-2x", "-5-1", "99999999999999999-1"})
    EXPECT_EQ(parse_cursor(bad).error().code, Code::kBadCursor) << bad;
}

}  // namespace
}  // namespace zhike::query
