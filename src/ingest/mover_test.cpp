// The mover's protocol: killed after each step, and everything is there exactly once.
#include <set>

#include "base/file.h"
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
  EXPECT_EQ(profile.spend_minor, static_cast<std::int64_t>(count / 7 * 100));
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
  const auto few = must(Kinds::open(*world.ledger, *world.touchpoints, *world.sources, 3));
  EXPECT_EQ(few->number({1}, EventType::kTrack, "a", ""), 2U);
  EXPECT_EQ(few->number({1}, EventType::kTrack, "b", ""), 3U);
  EXPECT_EQ(few->number({1}, EventType::kTrack, "c", ""), Kinds::kOther);
  EXPECT_EQ(few->number({1}, EventType::kTrack, "a", ""), 2U);
  EXPECT_EQ(few->beyond_limit(), 1U);
}

}  // namespace
}  // namespace zhike::ingest
