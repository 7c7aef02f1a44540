// Calls that lie in the journal as they arrived become the same events as those that are parsed at the door.
#include "ingest/calls.h"

#include <future>

#include "ingest/read_record.h"
#include "ingest/test_world.h"

namespace zhike::ingest {
namespace {

constexpr std::string_view kBatch = R"({"batch":[
  {"type":"track","event":"Order Completed","messageId":"m1","userId":"u1","timestamp":"2026-11-20T10:00:00Z",
   "properties":{"revenue":12.5,"currency":"CNY","note":"call 13800138000"}},
  {"type":"track","messageId":"m2","userId":"u2"},
  {"type":"page","name":"Home","userId":"u3"}]})";

Calls calls_of(SourceId source, std::size_t count) {
  return {source, {1'796'000'000'000}, std::nullopt, count};
}

TEST(Calls, AreReadAsTheyWereWritten) {
  Calls calls{{7}, {1'796'000'000'123}, EventType::kAlias, 3};
  const std::string record = encode_calls(calls, kBatch);
  EXPECT_TRUE(holds_calls(record));
  EXPECT_LT(record.size(), kBatch.size());
  std::string body;
  const auto read = decode_calls(record, body);
  ASSERT_TRUE(read);
  EXPECT_EQ(body, kBatch);
  EXPECT_EQ(read->source, calls.source);
  EXPECT_EQ(read->received_at, calls.received_at);
  EXPECT_EQ(read->type, calls.type);
  EXPECT_EQ(read->count, 3U);
}

TEST(Calls, TrustNothingThatIsRead) {
  const std::string record = encode_calls(calls_of({1}, 3), kBatch);
  std::string body;
  for (std::size_t cut = 0; cut < record.size(); ++cut)
    EXPECT_FALSE(decode_calls(std::string_view(record).substr(0, cut), body)) << cut;
  for (std::size_t at = 0; at < record.size(); ++at) {
    std::string changed = record;
    changed[at] = static_cast<char>(changed[at] ^ 0x5a);
    if (const auto read = decode_calls(changed, body))
      EXPECT_LE(body.size(), EventLimits::kBatchBytesMax) << at;
  }
}

TEST(Calls, AreCountedOnlyWhereNothingCanBeWrongWithTheWhole) {
  SegmentParser parser;
  EXPECT_EQ(parser.calls_in(kBatch), 3U);
  EXPECT_EQ(parser.calls_in(R"({"type":"track","event":"A","userId":"u"})"), 1U);
  EXPECT_EQ(parser.calls_in(R"({"batch":[1,2]})"), 2U);
  for (const char* other :
       {"", "[]", "1", "{", R"({"batch":[]})", R"({"batch":{}})", R"({"batch":[{"a":1e999}]})"})
    EXPECT_FALSE(parser.calls_in(other)) << other;
  const std::string large(EventLimits::kBytesMax, 'x');
  EXPECT_FALSE(parser.calls_in(R"({"event":")" + large + R"("})"));
  EXPECT_FALSE(parser.calls_in(std::string(EventLimits::kBatchBytesMax, ' ') + "{}"));
}

class CallsOnTheirWay : public testing::Test {
 protected:
  journal::Record record(std::string payload) const { return {{3, 64}, {3, 200}, std::move(payload)}; }
  TestWorld world_;
};

TEST_F(CallsOnTheirWay, BecomeTheSameWheneverTheyAreRead) {
  const Source source = world_.source("shop");
  RecordReader reader(*world_.sources, world_.gate.get(), Clock::system());
  const auto at = record(encode_calls(calls_of(source.id, 3), kBatch));
  const Parsed once = reader.read(at), again = reader.read(at);
  ASSERT_EQ(once.events.size(), 2U);
  EXPECT_EQ(once.events[0].message_id, "m1");
  EXPECT_EQ(once.events[1].message_id, "none:1796000000000-3-64:2");
  EXPECT_EQ(once.events[1].message_id, again.events[1].message_id);
  EXPECT_EQ(once.events[1].occurred_at, Instant{1'796'000'000'000});
  EXPECT_EQ(once.events[1].received_at, Instant{1'796'000'000'000});
  EXPECT_EQ(once.events[0].source, source.id);
  ASSERT_EQ(once.rejects.size(), 1U);
  EXPECT_EQ(once.rejects[0].reason, Reason::kNoName);
  EXPECT_EQ(once.rejects[0].source, source.id);
}

TEST_F(CallsOnTheirWay, WhatCannotBeReadIsKeptWhole) {
  RecordReader reader(*world_.sources, world_.gate.get(), Clock::system());
  const std::string unknown = encode_calls(calls_of({999}, 3), kBatch);
  for (const std::string& payload :
       {unknown, std::string("\x03garbage"), std::string("\x7f"), std::string()}) {
    const Parsed parsed = reader.read(record(payload));
    EXPECT_TRUE(parsed.events.empty());
    ASSERT_EQ(parsed.rejects.size(), 1U);
    EXPECT_EQ(parsed.rejects[0].reason, Reason::kUnreadable);
    EXPECT_EQ(parsed.rejects[0].raw, payload);
  }
}

TEST_F(CallsOnTheirWay, ReachTheWarehouseOnceWithEveryValue) {
  const Source source = world_.source("shop");
  for (int i = 0; i < 2; ++i) {  // the second time as a retry
    std::promise<Result<Accepted>> answered;
    world_.intake->accept_calls(source, std::nullopt, kBatch, 3,
                                [&](Result<Accepted> accepted) { answered.set_value(std::move(accepted)); });
    const auto accepted = answered.get_future().get();
    ASSERT_TRUE(accepted);
    EXPECT_EQ(accepted->events, 3U);
    ASSERT_TRUE(world_.settle());
  }
  EXPECT_EQ(world_.number("SELECT count() FROM events WHERE properties['note'] LIKE 'call %'"), 1U);
  EXPECT_EQ(world_.number("SELECT toUInt64(amount_minor) FROM events WHERE amount_minor != 0"), 1250U);
  EXPECT_EQ(world_.text("SELECT currency FROM events WHERE amount_minor != 0"), "CNY");
  EXPECT_EQ(world_.number("SELECT count() FROM events WHERE score IS NULL AND instrument = ''"), 3U);
  EXPECT_EQ(world_.number("SELECT toUnixTimestamp(min(occurred_at)) FROM events"), 1'795'168'800U);
  const SourceStats stats = must(world_.sources->stats(source.id, {0}));
  EXPECT_EQ(stats.totals.at(Reason::kNone), 3U);       // the page without an id counts twice: nobody can tell
  EXPECT_EQ(stats.totals.at(Reason::kDuplicate), 1U);  // m1
  EXPECT_EQ(stats.totals.at(Reason::kNoName), 2U);
}

}  // namespace
}  // namespace zhike::ingest
