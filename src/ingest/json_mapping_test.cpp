#include "ingest/json_mapping.h"
#include "ingest/presets.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace zhike::ingest {
namespace {

constexpr Instant kNow{1'795'255'200'000};  // 2026-11-21T10:00:00Z

std::string bad(std::string_view mapping) {
  const auto parsed = JsonMapping::parse(mapping);
  if (parsed) return "accepted";
  return parsed.error().code == Code::kBadMapping ? parsed.error().detail
                                                  : std::string(info(parsed.error().code).id);
}

JsonMapping::Outcome map_body(std::string_view mapping, std::string_view body, Transport transport = {}) {
  const auto parsed = JsonMapping::parse(mapping);
  EXPECT_TRUE(parsed) << (parsed ? "" : parsed.error().detail);
  if (!parsed) return {};
  auto outcome = (*parsed)->apply(body, transport, kNow, "connector/1");
  EXPECT_TRUE(outcome) << (outcome ? "" : to_string(outcome.error()));
  return outcome ? std::move(*outcome) : JsonMapping::Outcome{};
}

constexpr std::string_view kShop = R"({
  "each": "/orders", "currency": "CNY", "zone": "Asia/Shanghai",
  "rules": [
    {"when": [{"at": "/status", "one_of": ["paid", "refunded"]}],
     "name": "Order {/status}", "id": "order:{/no}:{/status}", "time": ["/paid_at", "^/sent"],
     "identifiers": [{"kind": "user_id", "value": ["/buyer/id", "/buyer/login"]}, {"kind": "phone", "value": "/buyer/phone"}],
     "channel": "web", "unit": "^/store", "case": "/no", "amount": {"value": "/total", "currency": "/currency"},
     "properties": {"*": "/extra", "first": "/lines/0/sku", "all": "/lines", "via": "$header/x-event", "buyer": "/buyer"}},
    {"when": [{"at": "/rating", "present": true}],
     "name": "Review", "identifiers": [{"kind": "user_id", "value": "/buyer/id"}],
     "instrument": "review", "score": {"value": "/rating", "min": 1, "max": 5}, "text": "{/title} {/comment}"},
    {"when": [{"at": "/status", "one_of": ["test"]}], "ignore": true}
  ]})";

TEST(JsonMapping, MakesEventsOfEachItem) {
  const std::vector<std::pair<std::string, std::string>> told{{"header/x-event", "orders"}};
  const auto out = map_body(kShop, R"({"store": "s1", "sent": 1795255100, "orders": [
    {"no": 17, "status": "paid", "paid_at": "2026-11-21 17:59:00", "total": "1,234.50", "currency": "usd",
     "buyer": {"id": 5, "phone": "13912345678"}, "lines": [{"sku": "P1"}], "extra": {"gift": true, "a": {"b": 1.5}}},
    {"no": 18, "status": "paid", "total": 10, "buyer": {"login": "li"}, "rating": 4, "comment": "好", "title": ""},
    {"no": 19, "status": "test"}, {"no": 20, "status": "new", "buyer": {"id": 1}}, 7]})",
                            told);
  ASSERT_EQ(out.parsed.events.size(), 1U)
      << "the second item has a rating but no id: nothing of it is stored";
  EXPECT_EQ(out.ignored, 1U);
  const RawEvent& e = out.parsed.events[0];
  EXPECT_EQ(e.name, "Order paid");
  EXPECT_EQ(e.message_id, "order:17:paid");
  EXPECT_EQ(format_utc(e.occurred_at), "2026-11-21T09:59:00.000Z");
  EXPECT_EQ(e.identifiers, (std::vector<Identifier>{{IdentifierKind::kUserId, "5"},
                                                    {IdentifierKind::kPhone, "13912345678"}}));
  EXPECT_EQ(e.channel, "web");
  EXPECT_EQ(e.unit, "s1");
  EXPECT_EQ(e.case_id, "17");
  EXPECT_EQ(e.amount->minor, 123450);
  EXPECT_EQ(e.amount->currency.str(), "USD");
  EXPECT_EQ(*find(e.properties, "gift"), Value(true));
  EXPECT_EQ(*find(e.properties, "a.b"), Value(1.5));
  EXPECT_EQ(*find(e.properties, "first"), Value(std::string("P1")));
  EXPECT_EQ(*find(e.properties, "all"), Value(std::string(R"([{"sku":"P1"}])")));
  EXPECT_EQ(*find(e.properties, "via"), Value(std::string("orders")));
  EXPECT_EQ(*find(e.properties, "buyer.id"), Value(std::int64_t{5}));
  ASSERT_EQ(out.parsed.rejects.size(), 3U);
  EXPECT_EQ(out.parsed.rejects[0].reason, Reason::kNoIdentifier);
  EXPECT_EQ(out.parsed.rejects[1].reason, Reason::kUnknownType);
  EXPECT_EQ(out.parsed.rejects[2].reason, Reason::kUnreadable);
  EXPECT_EQ(out.parsed.rejects[1].mapping, "connector/1");
  EXPECT_EQ(out.parsed.rejects[1].origin, "item 4");
}

TEST(JsonMapping, SeveralEventsOfOneItemHaveIdsOfTheirOwn) {
  const auto out = map_body(
      kShop,
      R"({"orders": {"no": 1, "status": "paid", "buyer": {"id": "a"}, "rating": 5, "title": "Good"}})");
  ASSERT_EQ(out.parsed.events.size(), 2U);
  EXPECT_EQ(out.parsed.events[1].score, 5.0F);
  EXPECT_EQ(out.parsed.events[1].text, "Good ");
  EXPECT_TRUE(out.parsed.events[1].message_id.starts_with("json:"));
  EXPECT_TRUE(out.parsed.events[1].message_id.ends_with(":1"));
  EXPECT_EQ(out.parsed.events[0].occurred_at, kNow) << "no time: now";
}

TEST(JsonMapping, TheSameItemHasTheSameMessageId) {
  constexpr std::string_view kAny =
      R"({"rules": [{"name": "x", "identifiers": [{"kind": "user_id", "value": "/u"}]}]})";
  const auto once = map_body(kAny, R"([{"u": "a", "n": 1}, {"u": "a", "n": 2}])");
  const auto again = map_body(kAny, R"( {"u":"a","n":1} )");
  ASSERT_EQ(once.parsed.events.size(), 2U);
  EXPECT_EQ(once.parsed.events[0].message_id, again.parsed.events[0].message_id);
  EXPECT_NE(once.parsed.events[1].message_id, again.parsed.events[0].message_id);
}

TEST(JsonMapping, RejectsCanBeReadAgainByTheMappingOfToday) {
  const std::vector<std::pair<std::string, std::string>> told{{"topic", "a\"b\n"}};
  constexpr std::string_view kBefore =
      R"({"each": "/all", "rules": [{"when": [{"at": "/k", "one_of": ["a"]}], "name": "x", "unit": "^/unit",
          "identifiers": [{"kind": "user_id", "value": "/u"}], "properties": {"t": "$topic"}}]})";
  const auto out = map_body(kBefore, R"({"unit": "s9", "all": [{"k": "b", "u": "li"}]})", told);
  ASSERT_EQ(out.parsed.rejects.size(), 1U);
  const auto fixed = *JsonMapping::parse(
      R"({"rules": [{"name": "{/k}", "unit": "^/unit", "identifiers": [{"kind": "user_id", "value": "/u"}], "properties": {"t": "$topic"}}]})");
  Reject reject = out.parsed.rejects[0];
  reject.received_at = kNow;
  const auto again = fixed->again(reject);
  ASSERT_TRUE(again) << to_string(again.error());
  ASSERT_EQ(again->events.size(), 1U);
  EXPECT_EQ(again->events[0].name, "b");
  EXPECT_EQ(again->events[0].unit, "s9");
  EXPECT_EQ(*find(again->events[0].properties, "t"), Value(std::string("a\"b\n")));
  EXPECT_EQ((*JsonMapping::parse(kBefore))->again(reject).error().code, Code::kNotReplayable);
  reject.raw = "{{{";
  EXPECT_EQ(fixed->again(reject).error().code, Code::kNotReplayable);
}

TEST(JsonMapping, BadValuesAreRejectedWithTheirReason) {
  constexpr std::string_view kOne =
      R"({"rules": [{"name": "x", "identifiers": [{"kind": "user_id", "value": "/u"}], "time": "/t",
          "amount": {"value": "/a", "minor": true}, "score": {"value": "/s", "min": 0, "max": 10}}]})";
  const std::pair<const char*, Reason> kCases[] = {{R"({"u": "a", "t": "yesterday"})", Reason::kBadTime},
                                                   {R"({"u": "a", "t": 99999999999999})", Reason::kBadTime},
                                                   {R"({"u": "a", "t": "2030-01-01"})", Reason::kBadTime},
                                                   {R"({"u": "a", "a": 5})", Reason::kBadValue},
                                                   {R"({"u": "a", "s": 11})", Reason::kBadValue},
                                                   {R"({"u": "a", "s": "ten"})", Reason::kBadValue},
                                                   {R"({"u": ""})", Reason::kNoIdentifier},
                                                   {R"({"u": null})", Reason::kNoIdentifier},
                                                   {"[[]]", Reason::kUnreadable}};
  for (const auto& [body, reason] : kCases) {
    const auto out = map_body(kOne, body);
    ASSERT_EQ(out.parsed.rejects.size(), 1U) << body;
    EXPECT_EQ(out.parsed.rejects[0].reason, reason) << body;
  }
  EXPECT_EQ(map_body(kOne, R"({"u": "a", "t": 1795255200.5})").parsed.events[0].occurred_at.ms,
            kNow.ms + 500);
  const auto mapping = *JsonMapping::parse(kOne);
  EXPECT_EQ(mapping->apply("{", {}, kNow, "").error().code, Code::kBadJson);
  EXPECT_EQ(mapping->apply("7", {}, kNow, "").error().code, Code::kBadJson);
  std::string many = "[";
  for (std::size_t i = 0; i <= JsonMapping::kItemsMax; ++i) many += i == 0 ? "{}" : ",{}";
  EXPECT_EQ(mapping->apply(many + "]", {}, kNow, "").error().code, Code::kBatchTooLarge);
}

TEST(JsonMapping, SaysWhatIsWrongWithAMapping) {
  EXPECT_NE(bad("{").find("not JSON"), std::string::npos);
  EXPECT_NE(bad("[]"), "accepted");
  EXPECT_NE(bad("{}").find("rules"), std::string::npos);
  EXPECT_NE(bad(R"({"rules": [{"name": "x"}]})").find("rules[0].identifiers"), std::string::npos);
  const auto rule = [](std::string_view inner) {
    return bad(fmt::format(R"({{"rules": [{{"identifiers": [{{"kind": "user_id", "value": "/u"}}], {}}}]}})",
                           inner));
  };
  EXPECT_NE(rule(R"("type": "track")").find("name"), std::string::npos);
  EXPECT_NE(rule(R"("name": "{/a")").find("not closed"), std::string::npos);
  EXPECT_NE(rule(R"("name": "{a}")").find("pointer"), std::string::npos);
  EXPECT_NE(rule(R"("name": "/a~2")").find("~"), std::string::npos);
  EXPECT_NE(rule(R"("name": 5)").find("text"), std::string::npos);
  EXPECT_NE(rule(R"("name": "x", "nmae": "y")").find("unknown"), std::string::npos);
  EXPECT_NE(rule(R"("name": "x", "type": "dance")").find("type"), std::string::npos);
  EXPECT_NE(rule(R"("name": "x", "properties": {"*": "a {/b}"})").find("single pointer"), std::string::npos);
  EXPECT_NE(rule(R"("name": "x", "when": [{"at": "status"}])").find("pointer"), std::string::npos);
  EXPECT_EQ(rule(R"("name": "a {{b} {/c}")"), "accepted");
  EXPECT_NE(bad(R"({"rules": [{"name": "x", "identifiers": [{"kind": "shoe_size", "value": "/u"}]}]})")
                .find("kind"),
            std::string::npos);
  EXPECT_EQ(bad(R"({"zone": "Mars/Olympus", "rules": []})"), "unknown_zone");
  EXPECT_EQ(bad(R"({"currency": "FUNNY", "rules": []})"), "bad_currency");
}

TEST(JsonMapping, EveryPresetReadsItsOwnMessage) {
  ASSERT_EQ(message_presets().size(), 5U);
  for (const MessagePreset& preset : message_presets()) {
    const auto out = map_body(preset.mapping, preset.payload);
    EXPECT_FALSE(out.parsed.events.empty()) << preset.key;
    EXPECT_TRUE(out.parsed.rejects.empty()) << preset.key << ": " << out.parsed.rejects[0].detail;
    for (const RawEvent& e : out.parsed.events) EXPECT_GE(e.identifiers.size(), 2U) << preset.key;
  }
}

TEST(JsonMapping, OfATranscriptOnlyTheCustomersWordsAreTheirText) {
  const auto all = message_presets();
  const auto preset = std::ranges::find(all, "call_transcript", &MessagePreset::key);
  ASSERT_NE(preset, all.end());
  const auto out = map_body(preset->mapping, preset->payload);
  ASSERT_EQ(out.parsed.events.size(), 2U);
  EXPECT_EQ(out.parsed.events[0].text, "");
  EXPECT_EQ(zhike::to_string(*find(out.parsed.events[0].properties, "said")), "您好，请问有什么可以帮您？");
  EXPECT_EQ(out.parsed.events[1].text, "我的快递三天没有动了。");
  EXPECT_EQ(out.parsed.events[1].case_id, "K-1001");
}

}  // namespace
}  // namespace zhike::ingest
