#include "ingest/segment.h"

#include <gtest/gtest.h>

#include "ingest/jsonl.h"

namespace zhike::ingest {
namespace {

constexpr Instant kNow{1'700'000'000'000};

Parsed parse(std::string_view body, std::string seed = "seed") {
  SegmentParser parser;
  auto parsed = parser.parse_body(body, {.now = kNow, .seed = std::move(seed)});
  EXPECT_TRUE(parsed) << (parsed ? "" : to_string(parsed.error()));
  return parsed ? *std::move(parsed) : Parsed{};
}

TEST(Segment, TrackBecomesAnEvent) {
  const Parsed p =
      parse(R"({"type":"track","event":"Order Completed","userId":7,"anonymousId":"a","messageId":"m1",
    "timestamp":"2023-11-14T22:00:00Z","properties":{"revenue":12.5,"currency":"cny","orderId":"o9","store":"north",
    "deep":{"a":{"b":1}},"list":[1,2],"session_id":"s"},"context":{"library":{"name":"analytics.js"},"device":{"id":"d"},
    "traits":{"email":"a@b.cn"}}})");
  ASSERT_EQ(p.events.size(), 1U);
  const RawEvent& e = p.events[0];
  EXPECT_EQ(e.name, "Order Completed");
  EXPECT_EQ(e.identifiers[0], (Identifier{IdentifierKind::kUserId, "7"}));
  EXPECT_EQ(e.identifiers.size(), 5U);  // user, anonymous, e-mail, device, order
  EXPECT_EQ(e.amount->minor, 1250);
  EXPECT_EQ(e.case_id, "o9");
  EXPECT_EQ(e.unit, "north");
  EXPECT_EQ(e.channel, "web");
  EXPECT_EQ(e.session_id, "s");
  EXPECT_EQ(zhike::to_string(*find(e.properties, "deep.a.b")), "1");
  EXPECT_EQ(zhike::to_string(*find(e.properties, "list")), "[1,2]");
  EXPECT_EQ(find(e.properties, "revenue"), nullptr);
}

TEST(Segment, AnswersAndAliases) {
  const Parsed p = parse(R"({"batch":[
    {"type":"track","event":"NPS Answered","userId":"u","properties":{"instrument":"nps","score":9,"comment":"很好"}},
    {"type":"alias","userId":"u","previousId":"old"},
    {"type":"group","userId":"u","groupId":"g"},
    {"type":"identify","userId":"u","traits":{"phone":"13912345678","unionid":"ou_1","card_no":"6222020200112233440"}}]})");
  ASSERT_EQ(p.events.size(), 4U);
  EXPECT_EQ(p.events[0].instrument, "nps");
  EXPECT_EQ(p.events[0].score, 9.0F);
  EXPECT_EQ(p.events[0].text, "很好");
  EXPECT_EQ(p.events[1].identifiers[1].value, "old");
  EXPECT_EQ(p.events[2].identifiers.size(), 1U);
  EXPECT_EQ(p.events[3].identifiers[1].kind, IdentifierKind::kPhone);
  EXPECT_EQ(p.events[0].message_id, "seed:0");
}

TEST(Segment, OneBadItemCostsOnlyItself) {
  const Parsed p = parse(R"({"batch":[{"type":"track","event":"A","userId":"u"},{"type":"dance","userId":"u"},
    {"type":"track","userId":"u"},{"type":"track","event":"A"},{"type":"track","event":"A","userId":"u","timestamp":"soon"},
    5,{"type":"track","event":"A","userId":"u","properties":{"n":123456789012345678901234567890}}]})");
  EXPECT_EQ(p.events.size(), 1U);
  std::vector<Reason> reasons;
  for (const Reject& r : p.rejects) reasons.push_back(r.reason);
  if (p.rejects.size() == 6)
    EXPECT_EQ(reasons, (std::vector{Reason::kUnknownType, Reason::kNoName, Reason::kNoIdentifier,
                                    Reason::kBadTime, Reason::kUnreadable, Reason::kUnreadable}));
  else
    ADD_FAILURE() << p.rejects.size();
}

TEST(Segment, HostileBodiesAreErrorsOrRejects) {
  SegmentParser parser;
  const auto code = [&](std::string_view body) {
    const auto p = parser.parse_body(body, {.now = kNow});
    return p ? Code::kInternal : p.error().code;
  };
  EXPECT_EQ(code(""), Code::kBadJson);
  EXPECT_EQ(code("[]"), Code::kBadJson);
  EXPECT_EQ(code("{\"batch\":5}"), Code::kBadJson);
  EXPECT_EQ(code("{\"event\":\"\xFF\xFE\"}"), Code::kBadJson);
  EXPECT_EQ(code(std::string(600'000, ' ')), Code::kBatchTooLarge);
  std::string deep = R"({"type":"track","event":"A","userId":"u","properties":)";
  for (int i = 0; i < 20'000; ++i) deep += "{\"a\":";
  EXPECT_EQ(code(deep), Code::kBadJson);
  std::string many = R"({"type":"track","event":"A","userId":"u","properties":{)";
  for (int i = 0; i < 400; ++i) many += "\"k" + std::to_string(i) + "\":1,";
  const Parsed p = parse(many + "\"z\":1}}");
  ASSERT_EQ(p.rejects.size(), 1U);
  EXPECT_EQ(p.rejects[0].reason, Reason::kTooLarge);
  const Parsed twice = parse(R"({"type":"track","event":"A","userId":"u","properties":{"a":1,"a":2}})");
  ASSERT_EQ(twice.events.size(), 1U);
  EXPECT_EQ(zhike::to_string(*find(twice.events[0].properties, "a")), "2");
}

TEST(Segment, WrongClocksAreCorrected) {
  const Parsed p =
      parse(R"({"batch":[{"type":"track","event":"A","userId":"u","timestamp":"2009-11-10T23:00:00Z"}],
    "sentAt":"2009-11-10T23:00:10Z"})");
  ASSERT_EQ(p.events.size(), 1U);
  EXPECT_EQ(p.events[0].occurred_at.ms, kNow.ms - 10'000);
  EXPECT_EQ(
      parse(R"({"type":"track","event":"A","userId":"u","timestamp":"2199-01-01T00:00:00Z"})").rejects.size(),
      1U);
}

std::string call_of(std::size_t bytes) {
  return R"({"type":"track","event":"A","userId":"u","messageId":"m","properties":{"long":")" +
         std::string(bytes, 'x') + R"("}})";
}

TEST(Segment, CallsAboveTheLimitAreRefusedOrSetAside) {
  SegmentParser parser;
  const auto code = [&](const std::string& body) {
    const auto p = parser.parse_body(body, {.now = kNow});
    return p ? Code::kInternal : p.error().code;
  };
  EXPECT_EQ(parse(call_of(EventLimits::kBytesMax - 100)).events.size(), 1U);
  EXPECT_EQ(code(call_of(EventLimits::kBytesMax)), Code::kEventTooLarge);
  EXPECT_EQ(code("{\"batch\":[" + call_of(40'000) + "," + call_of(50'000) + "]}"), Code::kEventTooLarge);
  const Parsed p = parse("{\"batch\":[" + call_of(10) + "," + call_of(40'000) + "," + call_of(20) + "]}");
  EXPECT_EQ(p.events.size(), 2U);
  ASSERT_EQ(p.rejects.size(), 1U);
  EXPECT_EQ(p.rejects[0].reason, Reason::kTooLarge);
  EXPECT_EQ(p.rejects[0].place, 1U);
  EXPECT_EQ(p.rejects[0].message_id, "m");
  // Six bytes of JSON for each byte of text: the limit is on what was sent.
  std::string escaped = R"({"type":"track","event":"A","userId":"u","properties":{"long":")";
  for (int i = 0; i < 6'000; ++i) escaped += "\\u0001";
  EXPECT_EQ(code(escaped + "\"}}"), Code::kEventTooLarge);
}

TEST(Segment, KeysAndMessageIdsAreFoundInBodies) {
  EXPECT_EQ(SegmentParser::write_key_of(R"({"writeKey":"k","event":"A"})"), "k");
  EXPECT_EQ(SegmentParser::write_key_of(R"({"batch":[{"writeKey":"k2"},{"writeKey":"k3"}]})"), "k2");
  EXPECT_EQ(SegmentParser::write_key_of(R"({"batch":[]})"), "");
  EXPECT_EQ(SegmentParser::write_key_of(R"({"batch":[1]})"), "");
  EXPECT_EQ(SegmentParser::message_id_of(R"({"messageId":7})"), "7");
  EXPECT_EQ(SegmentParser::message_id_of("{\"messageId\":"), "");
}

TEST(JsonLines, EveryLineIsACallOrAReject) {
  JsonLines lines(
      TextSource::of("{\"type\":\"track\",\"event\":\"A\",\"userId\":\"u\"}\n\nnot "
                     "json\r\n{\"type\":\"page\",\"userId\":\"u\"}"));
  Parsed p;
  int rows = 0;
  while (true) {
    const auto more = lines.next(kNow, p);
    ASSERT_TRUE(more);
    if (!*more) break;
    ++rows;
  }
  EXPECT_EQ(rows, 3);
  EXPECT_EQ(p.events.size(), 2U);
  EXPECT_EQ(p.rejects.size(), 1U);
  EXPECT_EQ(lines.line(), 4U);
  EXPECT_TRUE(p.events[0].message_id.starts_with("line:"));
}

}  // namespace
}  // namespace zhike::ingest
