#include "ingest/plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "event/codec.h"
#include "ingest/fix.h"
#include "ingest/gate.h"
#include "ingest/notes.h"
#include "ingest/observe.h"
#include "ingest/observe_json.h"
#include "ingest/quality.h"
#include "ingest/record.h"
#include "ledger/test_folder.h"

namespace zhike::ingest {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

template <class T>
T must(Result<T> result) {
  if (!result) ADD_FAILURE() << to_string(result.error());
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

constexpr std::string_view kPlan = R"({"mode": "enforce", "unplanned": "refuse", "events": [
  {"name": "Order Completed", "description": "paid", "schema": {"type": "object", "required": ["order_id", "items"],
    "additionalProperties": false, "properties": {
      "order_id": {"type": "string", "pattern": "^A-[0-9]+$"},
      "items": {"type": "integer", "minimum": 1, "maximum": 99},
      "state": {"enum": ["paid", "sent"]},
      "note": {"type": ["string", "null"], "maxLength": 4},
      "total": {"type": "number"},
      "address": {"type": "object", "properties": {"city": {"type": "string"}}}}}},
  {"type": "page", "name": ""}]})";

RawEvent order(Properties properties) {
  RawEvent e;
  e.name = "Order Completed";
  e.message_id = "m";
  e.source = {1};
  e.identifiers = {{IdentifierKind::kUserId, "u1"}};
  e.occurred_at = e.received_at = {1'790'000'000'000};
  e.properties = std::move(properties);
  return e;
}

std::vector<Violation> check(const Plan& plan, const RawEvent& event, bool from_file = false) {
  std::vector<Violation> out;
  plan.check(event, from_file, 100, out);
  return out;
}

TEST(Plan, SaysWhatIsWrongWithAnEvent) {
  const Plan plan = must(Plan::parse(kPlan));
  const Property id{"order_id", std::string("A-1")}, items{"items", std::int64_t{2}};
  EXPECT_TRUE(check(plan, order({id, items})).empty());
  EXPECT_TRUE(
      check(plan, order({id, items, {"total", std::int64_t{3}}})).empty());  // a whole number is a number
  EXPECT_THAT(check(plan, order({id})), ElementsAre(Violation{Fault::kMissing, "items"}));
  EXPECT_THAT(check(plan, order({{"order_id", std::string("B-1")}, items})),
              ElementsAre(Violation{Fault::kPattern, "order_id"}));
  EXPECT_THAT(check(plan, order({id, {"items", std::string("2")}})),
              ElementsAre(Violation{Fault::kType, "items"}));
  EXPECT_TRUE(check(plan, order({id, {"items", std::string("2")}}), true).empty());  // of a file
  EXPECT_THAT(check(plan, order({id, {"items", std::int64_t{100}}})),
              ElementsAre(Violation{Fault::kRange, "items"}));
  EXPECT_THAT(check(plan, order({id, items, {"state", std::string("lost")}})),
              ElementsAre(Violation{Fault::kEnum, "state"}));
  EXPECT_TRUE(
      check(plan, order({id, items, {"note", std::string("很好很好")}})).empty());  // characters, not bytes
  EXPECT_THAT(check(plan, order({id, items, {"note", std::string("12345")}})),
              ElementsAre(Violation{Fault::kLength, "note"}));
  EXPECT_TRUE(check(plan, order({id, items, {"note", {}}})).empty());
  EXPECT_THAT(check(plan, order({id, items, {"address.city", true}, {"gift", true}})),
              ElementsAre(Violation{Fault::kType, "address.city"}, Violation{Fault::kAdditional, "gift"}));
  RawEvent kept = order({items});
  kept.case_id = "A-7";  // the parser took it out of the properties
  EXPECT_TRUE(check(plan, kept).empty());
  RawEvent other = order({});
  other.name = "Order Cancelled";
  EXPECT_THAT(check(plan, other), ElementsAre(Violation{Fault::kUnplanned, ""}));
  other.type = EventType::kPage;
  EXPECT_TRUE(check(plan, other).empty());  // the nameless page stands for all
}

TEST(Plan, RefusesWhatIsNone) {
  for (const char* bad :
       {"", "[]", "{", "{}", R"({"events": {}})", R"({"events": [1]})", R"({"events": [{"type": "track"}]})",
        R"({"mode": "maybe", "events": []})", R"({"events": [], "more": 1})",
        R"({"events": [{"name": "A"}, {"name": "A"}]})", R"({"events": [{"name": "A", "type": "dance"}]})",
        R"({"events": [{"name": "A", "schema": {"oneOf": []}}]})",
        R"({"events": [{"name": "A", "schema": {"required": ["x"]}}]})",
        R"({"events": [{"name": "A", "schema": {"properties": {"x": {"type": "date"}}}}]})",
        R"({"events": [{"name": "A", "schema": {"properties": {"x": {"pattern": "("}}}}]})",
        R"({"events": [{"name": "A", "schema": {"properties": {"x": {"pattern": "(a{1000}){1000}"}}}}]})",
        R"({"events": [{"name": "A", "schema": {"properties": {"x": {"enum": []}}}}]})",
        R"({"events": [{"name": "A", "schema": {"properties": {"x": {"minimum": 2, "maximum": 1}}}}]})",
        R"({"events": [{"name": "A", "schema": {"properties": {"x": {"$ref": "#/y"}}}}]})"}) {
    const auto plan = Plan::parse(bad);
    ASSERT_FALSE(plan) << bad;
    EXPECT_EQ(plan.error().code, Code::kBadPlan) << bad;
  }
  std::string deep = R"({"events": [{"name": "A", "schema": )", end;
  for (int i = 0; i < 12; ++i) deep += R"({"properties": {"x": )", end += "}}";
  EXPECT_FALSE(Plan::parse(deep + "{}" + end + "}]}"));
  EXPECT_FALSE(Plan::parse(std::string(Plan::kBytesMax + 1, ' ')));
}

/// A ledger with one source, and what plans need.
class PlanTest : public testing::Test {
 protected:
  void SetUp() override {
    ledger_ = must(
        ledger::Db::open({.file = folder_.path / "ledger.db", .migrations = ZHIKE_MIGRATIONS "/ledger"}));
    keys_ = must(govern::Keys::open(folder_.path / "keys"));
    audit_ = std::make_unique<govern::Audit>(*keys_);
    sources_ = must(Sources::open(*ledger_, *keys_, clock_));
    Source wanted;
    wanted.name = "shop";
    wanted.zone = "Asia/Shanghai";
    source_ = must(sources_->make(wanted));
    open();
  }
  void open() {
    plans_ = must(Plans::open(*ledger_, *audit_, clock_));
    days_ = std::make_unique<DayCounts>(*ledger_);
    observer_ = must(Observer::open(*ledger_, *plans_, *sources_, *days_));
  }
  void see(std::vector<RawEvent> events, std::uint32_t kind = 2) {
    std::vector<Observer::Stored> stored;
    for (RawEvent& e : events) {
      e.source = source_.id;
      stored.push_back({kind, &e});
    }
    observer_->see(stored);
  }
  std::uint64_t mark(Mark m) {
    const std::int64_t day = day_of(clock_.now(), *Zone::find(source_.zone));
    return must(days_->read(source_.id, day, day))[day][m];
  }

  TestFolder folder_;
  ManualClock clock_{{1'790'000'000'000}};
  std::unique_ptr<ledger::Db> ledger_;
  std::unique_ptr<govern::Keys> keys_;
  std::unique_ptr<govern::Audit> audit_;
  std::unique_ptr<Sources> sources_;
  std::unique_ptr<Plans> plans_;
  std::unique_ptr<DayCounts> days_;
  std::unique_ptr<Observer> observer_;
  Source source_;
};

TEST_F(PlanTest, KeepsVersionsAndRefusesTheSlower) {
  EXPECT_EQ(plans_->of(source_.id), nullptr);
  EXPECT_EQ(must(plans_->set({7}, source_.id, 0, kPlan))->version, 1U);
  const auto late = plans_->set({8}, source_.id, 0, R"({"events": []})");
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, Code::kPlanChanged);
  EXPECT_EQ(must(plans_->set({8}, source_.id, 1, R"({"events": []})"))->version, 2U);
  open();
  EXPECT_EQ(plans_->of(source_.id)->version, 2U);
  EXPECT_EQ(plans_->of(source_.id)->mode, PlanMode::kObserve);
  const auto history = must(plans_->history(source_.id, 10));
  ASSERT_EQ(history.size(), 2U);
  EXPECT_EQ(history[1].author.value, 7U);
}

TEST_F(PlanTest, TheGateSortsOutWhatIsAgainstThePlan) {
  const Gate gate(*plans_, *days_, clock_);
  must(plans_->set({}, source_.id, 0, kPlan));
  const Property id{"order_id", std::string("A-1")}, items{"items", std::int64_t{2}};
  Parsed parsed;
  for (int i = 0; i < 4; ++i) {
    parsed.events.push_back(order(i % 2 == 0 ? Properties{id, items} : Properties{id}));
    parsed.events.back().message_id = std::to_string(i);
  }
  Reject before;
  before.place = 1;  // the batch was: event 0, reject, events 1 to 3
  parsed.rejects.push_back(before);
  gate.pass(source_, parsed);
  ASSERT_EQ(parsed.events.size(), 2U);
  EXPECT_EQ(parsed.events[1].message_id, "2");
  ASSERT_EQ(parsed.rejects.size(), 3U);
  EXPECT_EQ(parsed.rejects[1].place, 2U);
  EXPECT_EQ(parsed.rejects[1].message_id, "1");
  EXPECT_EQ(parsed.rejects[1].reason, Reason::kPlanViolation);
  EXPECT_EQ(parsed.rejects[1].detail, "properties.items: required and missing");
  EXPECT_EQ(parsed.rejects[2].place, 4U);
  EXPECT_EQ(must(decode(parsed.rejects[2].raw)).front().message_id, "3");
}

TEST_F(PlanTest, TheGateMakesValuesComparableAndCounts) {
  const Gate gate(*plans_, *days_, clock_);
  (void)take_notes();
  Parsed parsed;
  RawEvent e = order({});
  e.type = EventType::kIdentify;
  e.identifiers = {{IdentifierKind::kPhone, "010-62345678"},
                   {IdentifierKind::kPhone, "13912345678"},
                   {IdentifierKind::kEmail, "Li.Hua@gmail.com"},
                   {IdentifierKind::kUserId, "u1"}};
  e.traits = {{"name", std::string("張偉")}, {"address", std::string("广东省深圳市南山区科技园南路5号")}};
  parsed.events.push_back(e);
  notes().add(clean::Rule::kEmailInvalid);  // as a parser leaves it
  gate.pass(source_, parsed);
  const RawEvent& made = parsed.events.front();
  EXPECT_EQ(made.identifiers[0].value, "+861062345678");  // by the zone of its source
  EXPECT_EQ(made.identifiers[1].value, "13912345678");
  EXPECT_EQ(made.identifiers[2].value, "Li.Hua@gmail.com");  // the shown form stays
  EXPECT_EQ(std::get<std::string>(*find(made.traits, "city")), "深圳市");
  EXPECT_EQ(std::get<std::string>(*find(made.traits, "name")), "張偉");
  using clean::Rule;
  EXPECT_EQ(mark(mark_of(Rule::kPhoneCountry)), 2U);
  EXPECT_EQ(mark(mark_of(Rule::kEmailAlias)), 1U);
  EXPECT_EQ(mark(mark_of(Rule::kEmailInvalid)), 1U);
  EXPECT_EQ(mark(mark_of(Rule::kChineseSimplified)), 1U);
  EXPECT_EQ(mark(mark_of(Rule::kAddressSplit)), 1U);
  EXPECT_EQ(mark(Mark::kValues), 4U);
  EXPECT_EQ(mark(Mark::kInvalid), 1U);
  must(days_->save());
  must(days_->save());
  EXPECT_EQ(mark(Mark::kValues), 4U);
}

TEST_F(PlanTest, TheGateLeavesOtherEventsAlone) {
  const Gate gate(*plans_, *days_, clock_);
  Parsed parsed;
  parsed.events.push_back(order({{"total", 9.5}}));
  const std::string before = encode(parsed.events);
  gate.pass(source_, parsed);
  EXPECT_EQ(encode(parsed.events), before);
}

TEST_F(PlanTest, InfersAPlanThatItsEventsFit) {
  std::vector<RawEvent> events;
  for (int i = 0; i < 300; ++i) {
    RawEvent e = order({{"n", std::int64_t{i}}, {"state", std::string(i % 2 == 0 ? "paid" : "sent")}});
    if (i % 3 == 0) e.properties.push_back({"gift", true});
    e.properties.push_back({"phone", std::string("13912345678")});
    events.push_back(e);
  }
  see(events);
  const std::string body = infer(observer_->of(source_.id));
  EXPECT_THAT(body, HasSubstr(R"("state":{"type":"string","enum":["paid","sent"]})"));
  EXPECT_EQ(body.find("139"), body.npos);  // values of persons are not listed
  const Plan plan = must(Plan::parse(body));
  for (const RawEvent& e : events) EXPECT_TRUE(check(plan, e).empty());
  EXPECT_FALSE(check(plan, order({{"n", std::string("x")}})).empty());
  must(observer_->save());
  open();
  EXPECT_EQ(infer(observer_->of(source_.id)), body);
}

TEST_F(PlanTest, ShowsDriftFromThePlan) {
  must(
      plans_->set({}, source_.id, 0, R"({"events": [{"name": "Never"}, {"name": "Order Completed", "schema": {
    "required": ["id"], "properties": {"id": {"type": "string"}, "n": {"type": "integer"}}}}]})"));
  std::vector<RawEvent> events(10, order({{"id", std::string("1")}, {"n", std::int64_t{1}}}));
  events[3].properties = {{"n", std::string("one")}, {"extra", true}};
  see(events);
  RawEvent other = order({});
  other.name = "Unheard";
  see({other}, 3);
  const auto plan = plans_->of(source_.id);
  const auto found = drift(observer_->of(source_.id), plan.get(), clock_.now());
  const auto has = [&](Drift::Kind kind, std::string_view event, std::string_view path) {
    return std::ranges::any_of(
        found, [&](const Drift& d) { return d.kind == kind && d.event == event && d.path == path; });
  };
  EXPECT_TRUE(has(Drift::Kind::kMissing, "Order Completed", "id"));
  EXPECT_TRUE(has(Drift::Kind::kTypeChanged, "Order Completed", "n"));
  EXPECT_TRUE(has(Drift::Kind::kNewProperty, "Order Completed", "extra"));
  EXPECT_TRUE(has(Drift::Kind::kNewEvent, "Unheard", ""));
  EXPECT_TRUE(has(Drift::Kind::kNotSeen, "Never", ""));
  EXPECT_EQ(found.size(), 5U);
  for (const Drift& d : found)
    if (d.kind == Drift::Kind::kMissing) EXPECT_DOUBLE_EQ(d.share, 0.1);
}

TEST_F(PlanTest, WithoutAPlanTheUsualIsTheMeasure) {
  std::vector<RawEvent> events(200, order({{"n", std::int64_t{1}}, {"id", std::string("1")}}));
  events[150].properties = {{"n", std::string("one")}};
  see(events);
  const auto found = drift(observer_->of(source_.id), nullptr, clock_.now());
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].kind, Drift::Kind::kMissing);
  EXPECT_EQ(found[0].path, "id");
  EXPECT_EQ(found[1].kind, Drift::Kind::kTypeChanged);
  EXPECT_EQ(found[1].from, "integer");
  EXPECT_EQ(found[1].to, "string");
}

TEST_F(PlanTest, AFloodOfNamesAndPropertiesIsBoundedAndReported) {
  std::vector<RawEvent> events;
  for (int i = 0; i < 3000; ++i) {
    RawEvent e = order({{fmt::format("key{}", i), true}});
    events.push_back(e);
  }
  see(events);
  SeenSource seen = observer_->of(source_.id);
  ASSERT_EQ(seen.events.size(), 1U);
  EXPECT_EQ(seen.events[0].properties.size(), Observer::kPropertiesMax);
  EXPECT_GT(seen.events[0].properties_beyond, 500U);
  for (std::uint32_t i = 0; i < 2000; ++i) {
    RawEvent e = order({});
    e.name = fmt::format("Name {}", i);
    see({e}, 10 + i);
  }
  seen = observer_->of(source_.id);
  EXPECT_EQ(seen.events.size(), Observer::kNamesMax);
  EXPECT_EQ(seen.names_beyond, 2001 - Observer::kNamesMax);
}

TEST_F(PlanTest, LooksAtFewOfManyAndCountsAll) {
  const std::vector<RawEvent> events(20'000, order({{"n", std::int64_t{1}}}));
  see(events);
  const SeenEvent seen = observer_->of(source_.id).events.front();
  EXPECT_EQ(seen.count, 20'000U);
  EXPECT_NEAR(static_cast<double>(seen.looked), 20'000, 100);
  EXPECT_EQ(seen.properties.at("n").count, seen.looked);
  EXPECT_EQ(mark(Mark::kLooked), seen.looked);
}

TEST(ObservedJson, SurvivesBrokenTexts) {
  for (const char* body : {"", "{", "[]", R"({"properties": 1, "violations": [1, {"fault": 99}]})",
                           R"({"properties": {"x": {"types": [1, "y"], "values": [1]}}})"}) {
    SeenEvent event;
    observed::read_event(body, event);
    EXPECT_LE(event.properties.size(), 1U);
    EXPECT_TRUE(event.violations.empty());
  }
}

TEST(Quality, IsWorkedOutFromCounters) {
  DayTotals totals{.received = 1000, .dropped = 100, .quarantined = 200, .marks = {}};
  totals.marks = {{Mark::kExpected, 400}, {Mark::kFilled, 300}, {Mark::kValues, 50}, {Mark::kInvalid, 5},
                  {Mark::kTimed, 700},    {Mark::kLate, 70},    {Mark::kTyped, 0}};
  const QualityDay day = score(1, totals);
  const auto value = [&](Dimension d) { return day.dimensions[static_cast<std::size_t>(d)].value; };
  EXPECT_DOUBLE_EQ(*value(Dimension::kCompleteness), 0.75);
  EXPECT_DOUBLE_EQ(*value(Dimension::kValidity), 0.8 * 0.9);
  EXPECT_DOUBLE_EQ(*value(Dimension::kUniqueness), 0.9);
  EXPECT_DOUBLE_EQ(*value(Dimension::kTimeliness), 0.9);
  EXPECT_FALSE(value(Dimension::kConsistency));  // nothing was typed
  EXPECT_DOUBLE_EQ(*day.score, (0.75 + 0.72 + 0.9 + 0.9) / 4);
  totals.received = 99;
  EXPECT_FALSE(score(1, totals).score);  // too little to say anything
}

TEST(Quality, AlertsWhenItDropsBelowWhatIsUsual) {
  const auto days = [](std::initializer_list<double> scores) {
    std::vector<QualityDay> out;
    for (const double s : scores)
      out.push_back(
          {.day = static_cast<std::int64_t>(out.size()), .received = 1000, .dimensions = {}, .score = s});
    return out;
  };
  EXPECT_TRUE(alerts(days({0.9, 0.9, 0.5})).empty());  // two days are no habit
  EXPECT_TRUE(alerts(days({0.95, 0.95, 0.95, 0.93})).empty());
  EXPECT_TRUE(alerts(days({0.5, 0.9, 0.5, 0.9, 0.5})).empty());  // it always varies so much
  const auto found = alerts(days({0.95, 0.94, 0.95, 0.96, 0.7}));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_FALSE(found[0].dimension);
  EXPECT_EQ(found[0].day, 4);
  EXPECT_NEAR(found[0].usual, 0.95, 1e-9);
}

TEST(Fix, RepairsCallsRowsAndEvents) {
  const Fix fix = must(Fix::parse(R"([
    {"rule": "rename", "path": "properties.Total", "to": "properties.total"},
    {"rule": "convert", "path": "properties.total", "to": "number"},
    {"rule": "default", "path": "event", "value": "Order Completed"},
    {"rule": "map", "path": "properties.state", "from": "PAID", "value": "paid"},
    {"rule": "time", "path": "timestamp", "format": "%d/%m/%Y %H:%M", "zone": "Asia/Shanghai"},
    {"rule": "drop", "path": "properties.note"}])"));
  Reject call;
  call.form = Form::kSegment;
  call.raw =
      R"({"userId":"u1","timestamp":"20/11/2026 18:00","properties":{"Total":"1,250.5","state":"PAID","note":"x"}})";
  EXPECT_EQ(
      must(fix.apply(call)).raw,
      R"({"userId":"u1","timestamp":"2026-11-20T10:00:00.000Z","properties":{"state":"paid","total":1.2505E3},)"
      R"("event":"Order Completed"})");
  Reject event = reject_of(order({{"Total", std::string("7")}, {"note", true}}), Reason::kPlanViolation, "");
  const RawEvent made = must(decode(must(fix.apply(event)).raw)).front();
  EXPECT_THAT(made.properties, ElementsAre(Property{"total", std::int64_t{7}}));
  const Fix columns = must(Fix::parse(R"([{"rule": "default", "path": "city", "value": "a \"b\""},
    {"rule": "rename", "path": "id", "to": "order_id"}])"));
  Reject row;
  row.form = Form::kCsv;
  row.raw = "id,city\n7,\n";
  EXPECT_EQ(must(columns.apply(row)).raw, "\"id\",\"city\",\"order_id\"\n\"\",\"a \"\"b\"\"\",\"7\"\n");
}

TEST(Fix, RefusesWhatIsNoRule) {
  for (const char* bad :
       {"", "{}", "[]", "[1]", R"([{"rule": "dance", "path": "x"}])", R"([{"rule": "drop"}])",
        R"([{"rule": "rename", "path": "x"}])", R"([{"rule": "convert", "path": "x", "to": "list"}])",
        R"([{"rule": "map", "path": "x", "from": {}, "value": 1}])"}) {
    const auto fix = Fix::parse(bad);
    ASSERT_FALSE(fix) << bad;
    EXPECT_EQ(fix.error().code, Code::kBadFix) << bad;
  }
  const Fix fix = must(Fix::parse(R"([{"rule": "drop", "path": "a.b.c"}])"));
  for (const Form form : {Form::kSegment, Form::kCsv, Form::kEvent, Form::kSensors}) {
    Reject broken;
    broken.form = form;
    broken.raw = "\xff{";
    EXPECT_FALSE(fix.apply(broken));
  }
}

}  // namespace
}  // namespace zhike::ingest
