// The mover's protocol: killed after each step, and everything is there exactly once.
#include <set>

#include "base/file.h"
#include "ingest/segment.h"
#include "ingest/test_world.h"

namespace zhike::ingest {
namespace {

RawEvent event(int n, int customer) {
  RawEvent e;
  e.name = "Order Completed";
  e.message_id = "m" + std::to_string(n);
  e.occurred_at = {1'700'000'000'000 + n * 1000};
  e.identifiers = {{IdentifierKind::kUserId, "u" + std::to_string(customer)},
                   {IdentifierKind::kEmail, "person" + std::to_string(customer) + "@example.com"}};
  e.channel = "web";
  e.unit = "north";
  e.amount = Money{100, *parse_currency("CNY")};
  e.properties = {{"phone", std::string("13800138000")}, {"note", std::string("call 13800138000")}};
  return e;
}

Parsed events(int from, int count) {
  Parsed parsed;
  for (int n = from; n < from + count; ++n) parsed.events.push_back(event(n, n % 7));
  return parsed;
}

Reject reject() {
  Reject r;
  r.reason = Reason::kBadTime;
  r.detail = "timestamp is not a time";
  r.raw = R"({"type":"track","event":"A","userId":"u1","timestamp":"x"})";
  return r;
}

void expect_exactly_once(TestWorld& world, std::uint64_t count) {
  EXPECT_EQ(world.number("SELECT count() FROM events"), count);
  EXPECT_EQ(world.number("SELECT uniqExact(event_id) FROM events"), count);
  const Source source = *world.sources->find("shop");
  const SourceStats stats = must(world.sources->stats(source.id, {0}));
  EXPECT_EQ(stats.totals.at(Reason::kNone), count);
  std::uint64_t received = 0, in_all = 0;
  for (const Minute& m : stats.series) {
    EXPECT_EQ(m.received, m.stored + m.dropped + m.quarantined);
    received += m.received;
  }
  for (const auto& [reason, n] : stats.totals) in_all += n;
  EXPECT_EQ(received, in_all);
  EXPECT_EQ(must(world.quarantine->count({})), 1U);
  const auto customer = must(world.graph->find({IdentifierKind::kUserId, "u1"}));
  ASSERT_TRUE(customer);
  const ledger::HotProfile profile = must(world.hot->find(*customer));
  EXPECT_EQ(profile.events, count / 7);
  EXPECT_EQ(profile.spent().minor, static_cast<std::int64_t>(count / 7 * 100));
}

class KilledAfter : public ::testing::TestWithParam<Step> {};

TEST_P(KilledAfter, EverythingIsThereOnce) {
  TestWorld world;
  std::atomic<bool> armed = true, struck = false;
  world.after = [&](Step step) {
    if (!armed || step != GetParam()) return true;
    struck = true;
    return false;
  };
  world.reopen();
  Parsed first = events(0, 70);
  first.rejects.push_back(reject());
  must(world.intake->accept(world.source("shop"), std::move(first)));
  EXPECT_FALSE(world.settle(seconds(20)) && GetParam() < Step::kHotFlushed);
  for (int i = 0; i < 2000 && !struck; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  EXPECT_TRUE(struck);
  armed = false;
  world.reopen();
  must(world.intake->accept(world.source("shop"), events(70, 70)));
  must(world.intake->accept(world.source("shop"), events(70, 70)));  // a client's retry
  ASSERT_TRUE(world.settle());
  expect_exactly_once(world, 140);
  world.mover->stop();
  EXPECT_TRUE(std::filesystem::is_empty(world.folder.path / "blocks"));
}

INSTANTIATE_TEST_SUITE_P(Steps, KilledAfter,
                         ::testing::Values(Step::kFileWritten, Step::kCommitted, Step::kInserted,
                                           Step::kHotApplied, Step::kCounted, Step::kHotFlushed,
                                           Step::kMarkedDone));

// The engine was killed between noting the token of a block and putting its rows, or one month of them, in
// place.
class RowsLostBesideTheirToken : public ::testing::TestWithParam<const char*> {};

TEST_P(RowsLostBesideTheirToken, AreSentAgain) {
  TestWorld world;
  std::atomic<bool> struck = false;
  world.after = [&](Step step) {
    if (step == Step::kInserted) struck = true;
    return step != Step::kInserted;
  };
  world.reopen();
  Parsed first = events(0, 70);
  first.rejects.push_back(reject());
  must(world.intake->accept(world.source("shop"), std::move(first)));
  for (int i = 0; i < 2000 && !struck; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  ASSERT_TRUE(struck);
  world.close();
  must(engine().client().execute({.sql = GetParam()}));
  ASSERT_LT(world.number("SELECT count() FROM events"), 70U);
  world.after = {};
  world.open();
  ASSERT_TRUE(world.settle());
  expect_exactly_once(world, 70);
}

INSTANTIATE_TEST_SUITE_P(All, RowsLostBesideTheirToken,
                         ::testing::Values("DELETE FROM events WHERE 1",
                                           "DELETE FROM events WHERE event_id % 2 = 0"));

// What is delivered is seen at once, and its files stay until the hot state is on disk.
TEST(Mover, LostMemoryOfHotStateIsMadeAgain) {
  TestWorld world;
  std::atomic<int> delivered = 0;
  world.hot_wait = hours(1);
  world.after = [&](Step step) { return step != Step::kCounted || ++delivered < 3; };
  world.reopen();
  Parsed first = events(0, 70);
  first.rejects.push_back(reject());
  must(world.intake->accept(world.source("shop"), std::move(first)));
  ASSERT_TRUE(world.settle());
  must(world.intake->accept(world.source("shop"), events(70, 70)));
  ASSERT_TRUE(world.settle());
  expect_exactly_once(world, 140);
  EXPECT_EQ(must(world.hot->stamp()).value, 0U);
  must(world.intake->accept(world.source("shop"), events(140, 70)));
  EXPECT_FALSE(world.settle(seconds(1)));  // died, with three blocks in memory
  world.after = {};
  world.reopen();
  ASSERT_TRUE(world.settle());
  expect_exactly_once(world, 210);
  world.mover->stop();
  EXPECT_EQ(must(world.hot->stamp()).value, 3U);
  EXPECT_TRUE(std::filesystem::is_empty(world.folder.path / "blocks"));
}

TEST(Mover, NothingSensitiveReachesWarehouseOrHotState) {
  TestWorld world;
  must(world.intake->accept(world.source("shop"), events(0, 1)));
  ASSERT_TRUE(world.settle());
  EXPECT_EQ(world.text("SELECT properties['phone'] FROM events"), "138****8000");
  EXPECT_EQ(world.text("SELECT properties['note'] FROM events"), "call [phone]");
  EXPECT_EQ(world.number("SELECT count() FROM events WHERE toString(properties) LIKE '%13800138000%'"), 0U);
  const auto customer = must(world.graph->find({IdentifierKind::kEmail, "person0@example.com"}));
  ASSERT_TRUE(customer);
  must(world.hot->flush());
  const std::string stored =
      must(read_file(world.folder.path / "hot.db")) + must(read_file(world.folder.path / "hot.db-wal"));
  EXPECT_EQ(stored.find("person0"), std::string::npos);
  EXPECT_EQ(stored.find("13800138000"), std::string::npos);
}

TEST(Mover, ChangedCatalogueMovesHistory) {
  TestWorld world;
  must(world.intake->accept(world.source("shop"), events(0, 3)));
  ASSERT_TRUE(world.settle());
  constexpr std::string_view kStage =
      "SELECT any(dictGetString('kind_of', 'stage', toUInt64(kind))) FROM events";
  EXPECT_EQ(world.text(kStage), "purchase");
  Catalogue next = *world.touchpoints->current();
  next.rules.insert(next.rules.begin(), {.type = "",
                                         .name = "Order Comp*",
                                         .source = "",
                                         .channel = "",
                                         .set_channel = "store",
                                         .touchpoint = "store_visit",
                                         .stage = "use"});
  const Catalogue stale = next;
  must(world.touchpoints->replace(next));
  EXPECT_EQ(must(world.kinds->remap(engine().client())), 1U);
  EXPECT_EQ(world.text(kStage), "use");
  EXPECT_FALSE(world.touchpoints->replace(stale));
  world.reopen();
  EXPECT_EQ(world.touchpoints->current()->version, 2U);
}

TEST(Mover, RejectsAreSearchedAndReplayed) {
  TestWorld world;
  Parsed parsed;
  parsed.rejects = {reject(), reject()};
  parsed.rejects[1].raw =
      R"({"type":"track","event":"A","userId":"u1","messageId":"q","properties":{"note":"13800138000"}})";
  must(world.intake->accept(world.source("shop"), std::move(parsed)));
  ASSERT_TRUE(world.settle());
  const auto entries = must(world.quarantine->list({}, 0, 10));
  ASSERT_EQ(entries.size(), 2U);
  EXPECT_EQ(entries[0].preview.find("13800138000"), std::string::npos);
  QuarantineFilter other;
  other.reason = Reason::kTooLarge;
  EXPECT_EQ(must(world.quarantine->count(other)), 0U);
  const ReplayOutcome outcome =
      must(world.quarantine->replay({}, *world.intake, *world.sources, reparse_by_form(*world.ledger)));
  EXPECT_EQ(outcome.replayed, 1U);
  EXPECT_EQ(outcome.still_quarantined, 1U);
  ASSERT_TRUE(world.settle());
  EXPECT_EQ(world.number("SELECT count() FROM events"), 1U);
  EXPECT_EQ(must(world.quarantine->discard({})), 1U);
  EXPECT_EQ(must(world.quarantine->count({})), 0U);
}

TEST(Mover, WhatAClockBehindHasRefusedPassesWhenItIsPutRight) {
  ManualClock clock{Instant{1'700'000'000'000}};
  TestWorld world({}, clock);
  SegmentParser parser;
  const std::string body =
      R"({"type":"track","event":"A","userId":"u1","messageId":"m","timestamp":"2023-11-14T22:13:20Z"})";
  clock.advance(days(-30));
  Parsed parsed = must(parser.parse_body(body, {.now = clock.now(), .seed = {}, .type = {}}));
  ASSERT_EQ(parsed.rejects.size(), 1U);
  must(world.intake->accept(world.source("shop"), std::move(parsed)));
  ASSERT_TRUE(world.settle());
  const auto replay = [&] {
    return must(world.quarantine->replay({}, *world.intake, *world.sources,
                                         reparse_by_form(*world.ledger, {}, clock)));
  };
  EXPECT_EQ(replay().still_quarantined, 1U);
  clock.advance(days(30));
  EXPECT_EQ(replay().replayed, 1U);
  ASSERT_TRUE(world.settle());
  EXPECT_EQ(
      world.number("SELECT count() FROM events WHERE toUnixTimestamp64Milli(occurred_at) = 1700000000000"),
      1U);
}

TEST(Mover, AClockThatJumpsNeitherLosesNorDoubles) {
  ManualClock clock{Instant{1'700'000'000'000}};
  TestWorld world({}, clock);
  const Source shop = world.source("shop");
  int n = 0;
  for (const int jump : {0, 400, -400, -9000, 9000, 1}) {
    clock.advance(days(jump));
    if (jump == -9000) world.reopen();
    Parsed more = events(n, 10);
    for (RawEvent& e : events(std::max(0, n - 10), 10).events)
      more.events.push_back(e);  // and the last again
    must(world.intake->accept(shop, std::move(more)));
    n += 10;
    ASSERT_TRUE(world.settle());
    EXPECT_GE(world.mover->status().lag.value, 0);
  }
  EXPECT_EQ(world.number("SELECT count() FROM events"), static_cast<std::uint64_t>(n));
  const SourceStats stats = must(world.sources->stats(shop.id, {0}));
  EXPECT_EQ(stats.totals.at(Reason::kNone), static_cast<std::uint64_t>(n));
  EXPECT_EQ(stats.totals.at(Reason::kDuplicate), static_cast<std::uint64_t>(n));
}

TEST(Sources, KeysOpenTheirSourceUntilTheyEnd) {
  TestWorld world;
  const Source shop = world.source("shop");
  const auto [key, secret] = must(world.sources->make_key(shop.id));
  EXPECT_EQ(must(world.sources->authenticate(secret)).name, "shop");
  EXPECT_EQ(must(world.sources->reveal_key(key.id)), secret);
  world.reopen();
  EXPECT_EQ(must(world.sources->authenticate(secret)).id, shop.id);
  EXPECT_FALSE(world.sources->authenticate(secret + "x"));
  must(world.sources->end_key(shop.id, key.id));
  EXPECT_FALSE(world.sources->authenticate(secret));
  EXPECT_FALSE(world.sources->reveal_key(key.id));
  EXPECT_FALSE(world.sources->make(shop));
}

TEST(Kinds, AboveTheLimitTheyAreOther) {
  TestWorld world;
  const auto few =
      must(Kinds::open(*world.ledger, *world.touchpoints, *world.sources, {.all = 5, .source = 2}));
  EXPECT_EQ(few->number({1}, EventType::kTrack, "a", ""), 2U);
  EXPECT_EQ(few->number({1}, EventType::kTrack, "b", ""), 3U);
  EXPECT_EQ(few->number({1}, EventType::kTrack, "c", ""), Kinds::kOther);
  EXPECT_EQ(few->number({1}, EventType::kTrack, "a", ""), 2U);
  EXPECT_EQ(few->beyond_limit(), 1U);
  EXPECT_TRUE(few->room_of({1}).is_full);
  EXPECT_EQ(few->number({2}, EventType::kTrack, "c", ""), 4U) << "another source has room";
  EXPECT_FALSE(few->room_of({2}).is_full);
  EXPECT_EQ(few->number({2}, EventType::kTrack, "d", ""), 5U);
  EXPECT_EQ(few->number({3}, EventType::kTrack, "e", ""), Kinds::kOther) << "five are all";
  EXPECT_TRUE(few->room_of({3}).is_full);
  must(few->save());
  const auto again =
      must(Kinds::open(*world.ledger, *world.touchpoints, *world.sources, {.all = 9, .source = 2}));
  EXPECT_EQ(again->room_of({1}).used, 2U);
  EXPECT_EQ(again->number({1}, EventType::kTrack, "f", ""), Kinds::kOther);
}

TEST(Kinds, AnEventAboveTheLimitKeepsItsName) {
  TestWorld world({.all = 9, .source = 1});
  Parsed parsed = events(0, 2);
  parsed.events[1].name = "second";
  must(world.intake->accept(world.source("shop"), std::move(parsed)));
  ASSERT_TRUE(world.settle());
  EXPECT_EQ(world.number("SELECT count() FROM events WHERE properties['event_name'] = 'second' AND kind = 1"),
            1U);
  EXPECT_EQ(world.number("SELECT count() FROM events WHERE properties['event_name'] = '' AND kind > 1"), 1U);
}

}  // namespace
}  // namespace zhike::ingest
