// Merges and splits on the whole road: hot state and numbers after them are those of a world in which nobody
// was ever merged, whatever arrived in between, and whenever the process dies.
#include <gmock/gmock.h>

#include <map>
#include <random>

#include "ingest/sensors.h"
#include "ingest/test_world.h"
#include "ledger/hot_codec.h"

namespace zhike::ingest {
namespace {

constexpr int kPeople = 6;
// More than a record keeps (ledger::kCurrenciesKept).
const std::vector<Currency> kCurrencies = [] {
  std::vector<Currency> out;
  for (const char* code : {"CNY", "EUR", "USD", "JPY", "GBP", "HKD", "KRW", "SGD", "THB", "AUD", "CAD"})
    out.push_back(*parse_currency(code));
  return out;
}();

void tell(RawEvent& e, int n, std::uint64_t how) {
  const auto number = std::to_string(n);
  const auto state = [&](TraitOp op, Properties traits) {
    e.trait_op = op;
    e.traits = std::move(traits);
  };
  switch (how) {
    case 0:
    case 1:
      return state(TraitOp::kAdd, {{"visits", std::int64_t{n % 7}}});
    case 2:
      return state(TraitOp::kAppend, {{"tags", "[\"" + number + "\"]"}});
    case 3:
      return state(TraitOp::kSetOnce, {{"first", number}});
    case 4:
      return state(TraitOp::kUnset, {{"city", ""}});
    case 5:
      return state(TraitOp::kSet, {{"visits", std::int64_t{n}}});
    case 6:
      if (n % 5 == 0) return state(TraitOp::kDelete, {});
      [[fallthrough]];
    case 7:
      return state(TraitOp::kSet, {{"trait " + std::to_string(n % 40), std::string(100, 'x') + number}});
    default:
      return state(TraitOp::kSet, {{"name", "Name " + number}, {"city", "City " + number}});
  }
}

RawEvent event(int n, std::mt19937& random) {
  const std::string who = std::to_string(random() % kPeople);
  RawEvent e;
  e.message_id = "m" + std::to_string(n);
  // Out of order, and often at the same time.
  e.occurred_at = {1'700'000'000'000 + static_cast<std::int64_t>(random() % 20) * 1000};
  e.received_at = e.occurred_at;
  e.identifiers = {{IdentifierKind::kUserId, "u" + who}};
  // Now and then on somebody else's device: the rules keep the two apart, whatever people hold together.
  const std::string device = random() % 10 == 0 ? std::to_string(random() % kPeople) : who;
  if (random() % 2 == 0) e.identifiers.push_back({IdentifierKind::kAnonymousId, "b" + device});
  if (random() % 5 == 0) std::swap(e.identifiers.front(), e.identifiers.back());
  e.channel = random() % 2 == 0 ? "web" : "app";
  e.unit = random() % 3 == 0 ? "" : random() % 2 == 0 ? "north" : "south";
  switch (random() % 4) {
    case 0:
      e.type = EventType::kIdentify;
      tell(e, n, random() % 12);
      break;
    case 1:
      e.name = "Survey Answered";
      e.instrument = random() % 2 == 0 ? "nps" : "csat";
      e.score = static_cast<float>(random() % 5);
      break;
    default:
      e.name = random() % 2 == 0 ? "Order Completed" : "Product Viewed";
      if (e.name == "Order Completed")
        e.amount = Money{static_cast<std::int64_t>(random() % 1000),
                         kCurrencies[std::min(random() % kCurrencies.size(), random() % kCurrencies.size())]};
  }
  return e;
}

Parsed events(int from, int count, std::mt19937& random) {
  Parsed parsed;
  for (int n = from; n < from + count; ++n) parsed.events.push_back(event(n, random));
  return parsed;
}

/// Decisions are blocks too: events are compared by their place among the blocks that have events.
std::map<std::uint64_t, std::uint64_t> block_ranks() {
  std::map<std::uint64_t, std::uint64_t> out;
  const auto table =
      must(engine().client().select({.sql = "SELECT DISTINCT block_id FROM events ORDER BY block_id"}));
  for (const auto& row : table.rows) out.emplace(warehouse::as_u64(row[0]), out.size());
  return out;
}

/// Everything that is told of everybody: the stored form of each profile, its traits, and numbers by
/// customer.
std::string state_of(TestWorld& world) {
  std::string out;
  const auto ranks = block_ranks();
  for (int i = 0; i < kPeople; ++i)
    for (const Identifier& id : {Identifier{IdentifierKind::kUserId, "u" + std::to_string(i)},
                                 Identifier{IdentifierKind::kAnonymousId, "b" + std::to_string(i)}}) {
      const auto customer = must(world.graph->find(id));
      if (!customer) continue;
      auto record = world.hot->find(*customer);
      if (!record && record.error().code == Code::kNotFound) {  // its events belong to others
        out += fmt::format("{} {} has no events\n", id.value, customer->value);
        continue;
      }
      ledger::HotProfile profile = must(std::move(record));
      profile.block = 0;
      const auto ranked = [&](std::uint64_t id) { return (ranks.at(id >> 20) << 20) + (id & 0xfffff); };
      for (ledger::Interaction& one : profile.recent) one.event_id = ranked(one.event_id);
      for (ledger::Spend& one : profile.spend) one.first_event = ranked(one.first_event);
      out += fmt::format("{} {} {} {}{}\n", id.value, customer->value, profile.last_seen.ms,
                         ledger::encode_profile(profile), ledger::encode_recent(profile.recent));
      for (const identity::Trait& trait : world.traits(*customer))
        out += fmt::format("{} = {} of {} at {}\n", trait.key, trait.value, trait.source.value, trait.at.ms);
    }
  must(world.mover->reload_map());
  const auto table = must(engine().client().select(
      {.sql =
           "SELECT dictGetOrDefault('subject_customer', 'customer', subject_id, subject_id) AS c, count(), "
           "sum(amount_minor), uniqExact(unit) FROM events GROUP BY c ORDER BY c"}));
  for (const auto& row : table.rows)
    for (const auto& cell : row) out += warehouse::as_text(cell) + " ";
  return out + fmt::format("\ncustomers {}\n", must(world.hot->count()));
}

std::string told(unsigned seed, bool merging) {
  std::mt19937 random(seed), chance(seed + 1);
  TestWorld world;
  std::vector<std::uint64_t> merges;
  for (int round = 0; round < 6; ++round) {
    must(world.intake->accept(world.source(round % 2 == 0 ? "shop" : "crm"), events(round * 30, 30, random)));
    if (!world.settle()) ADD_FAILURE() << "not moved";
    if (!merging) continue;
    for (int i = 0; i < 2; ++i) {
      const auto any = [&] {
        return must(world.graph->find({IdentifierKind::kUserId, "u" + std::to_string(chance() % kPeople)}));
      };
      const auto left = any(), right = any();
      if (!left || !right) continue;
      const auto done = must(world.mover->decide(
          {.left = {left->value}, .right = {right->value}, .force = true, .reason = "test"}));
      if (done.version != 0) merges.push_back(done.version);
    }
    if (round == 3) world.reopen();
  }
  std::ranges::shuffle(merges, chance);
  for (const std::uint64_t merge : merges)
    must(world.mover->decide({.act = identity::Decision::Act::kSplit, .joins = {merge}, .reason = "test"}));
  EXPECT_TRUE(!merging || merges.size() > 2);
  return state_of(world);
}

TEST(Split, ProfilesAndNumbersAreAsIfNothingHadBeenMerged) {
  for (unsigned seed = 1; seed <= 3; ++seed)
    EXPECT_EQ(told(seed, true), told(seed, false)) << "seed " << seed;
}

class SplitKilledAfter : public ::testing::TestWithParam<Step> {};

TEST_P(SplitKilledAfter, IsFinishedAfterTheRestart) {
  std::atomic<bool> armed = true;  // outlives the threads that ask it
  TestWorld world;
  std::mt19937 random(5);
  must(world.intake->accept(world.source("shop"), events(0, 60, random)));
  ASSERT_TRUE(world.settle());
  const std::string before = state_of(world);
  const auto customer = [&](const char* user) {
    return SubjectId{must(world.graph->find({IdentifierKind::kUserId, user}))->value};
  };
  const auto merged = must(world.mover->decide(
      {.left = customer("u1"), .right = customer("u2"), .force = true, .reason = "test"}));
  EXPECT_NE(state_of(world), before);
  world.after = [&](Step step) { return !armed || step != GetParam(); };
  world.reopen();
  const identity::Decision split{
      .act = identity::Decision::Act::kSplit, .joins = {merged.version}, .reason = "test"};
  (void)world.mover->decide(split, seconds(3));
  armed = false;
  world.reopen();
  (void)must(world.mover->decide(split));  // done already, or not yet
  EXPECT_EQ(state_of(world), before);
}

INSTANTIATE_TEST_SUITE_P(Steps, SplitKilledAfter,
                         ::testing::Values(Step::kFileWritten, Step::kCommitted, Step::kInserted,
                                           Step::kHotApplied, Step::kCounted, Step::kHotFlushed));

TEST(Unbind, TakesALinkBackThatTheProtocolMade) {
  TestWorld world;
  const auto send = [&](std::string_view record) {
    must(world.intake->accept(world.source("app"),
                              must(SensorsParser().parse(record, {.now = Clock::system().now()}))));
    ASSERT_TRUE(world.settle());
  };
  const auto customer = [&](IdentifierKind kind, std::string value) {
    return must(world.graph->find({kind, std::move(value)}));
  };
  send(R"({"type":"track_id_bind","event":"$BindID","distinct_id":"u1","login_id":"u1","anonymous_id":"c1",
    "identities":{"$identity_login_id":"u1","$identity_mobile":"13912345678"},"properties":{},"_track_id":1})");
  send(R"({"type":"track","event":"Paid","distinct_id":"x","identities":{"$identity_mobile":"13912345678"},
    "properties":{},"_track_id":2})");
  EXPECT_EQ(customer(IdentifierKind::kPhone, "13912345678"), customer(IdentifierKind::kUserId, "u1"));
  EXPECT_EQ(must(world.hot->find(*customer(IdentifierKind::kUserId, "u1"))).events, 1U);
  send(R"({"type":"track_id_unbind","event":"$UnbindID","distinct_id":"u1","login_id":"u1",
    "identities":{"$identity_mobile":"13912345678"},"properties":{},"_track_id":3})");
  const auto phone = customer(IdentifierKind::kPhone, "13912345678");
  ASSERT_NE(phone, customer(IdentifierKind::kUserId, "u1"));
  EXPECT_EQ(customer(IdentifierKind::kAnonymousId, "c1"), customer(IdentifierKind::kUserId, "u1"));
  // What came under the number goes with it.
  EXPECT_EQ(must(world.hot->find(*phone)).events, 1U);
  EXPECT_EQ(must(world.hot->find(*customer(IdentifierKind::kUserId, "u1"))).events, 0U);
}

}  // namespace
}  // namespace zhike::ingest
