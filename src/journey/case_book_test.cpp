// Cases that are kept, held against cases that are cut out of all events anew, whatever came in between.
#include "journey/case_book.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "govern/audit.h"
#include "govern/keys.h"
#include "journey/case_list.h"
#include "ledger/test_folder.h"
#include "warehouse/migrate.h"
#include "warehouse/row_reader.h"
#include "warehouse/test_engine.h"

namespace zhike::journey {
namespace {

constexpr std::int64_t kHour = 3'600'000, kDay = 24 * kHour, kNow = 40 * kDay;

template <class T>
T must(Result<T> result) {
  if (!result) {
    ADD_FAILURE() << to_string(result.error());
    std::abort();
  }
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

class CaseBookTest : public testing::Test {
 protected:
  void SetUp() override {
    engine_ = must(warehouse::TestEngine::start());
    must(warehouse::migrate(client(), ZHIKE_MIGRATIONS "/warehouse"));
    keys_ = must(govern::Keys::open(folder_.path / "keys"));
    ledger_ = must(
        ledger::Db::open({.file = folder_.path / "ledger.db", .migrations = ZHIKE_MIGRATIONS "/ledger"}));
    execute(
        "INSERT INTO kinds VALUES (1, 'track', 'Viewed', 'web', 'product', 'consider', 1), "
        "(2, 'track', 'Cart', 'app', 'cart', 'consider', 1), "
        "(3, 'track', 'Payment Failed', 'app', 'checkout', 'consider', 1), "
        "(4, 'track', 'Ordered', 'app', 'order', 'purchase', 1), "
        "(5, 'track', 'Called', 'phone', 'contact', 'support', 1), "
        "(6, 'track', 'NPS', 'email', 'survey', 'use', 1), (7, 'identify', '', '', '', '', 1)");
    define({{.key = "purchase", .name_en = "Purchase", .starts = {"product"}, .ends = {"order"}},
            {.key = "any", .name_en = "Any", .gap_days = 2}});
    reopen();
  }
  warehouse::Client& client() { return engine_->client(); }
  void execute(const std::string& sql) { must(client().execute({.sql = sql})); }
  Definitions definitions() { return {*ledger_, govern::Audit(*keys_), clock_}; }
  void define(std::vector<Definition> all) {
    const auto book = must(definitions().current());
    must(definitions().put(Grant::owner(), std::move(all), book.version));
  }
  /// As a new start of the service would.
  void reopen() {
    book_ = std::make_unique<CaseBook>(CaseBook::Parts{
        .ledger = *ledger_,
        .client = client(),
        .definitions = definitions(),
        .clock = clock_,
        .arrived = [this] { return BlockId{block_}; },
        .former = [this](std::span<const std::uint64_t> subjects) -> Result<std::vector<std::uint64_t>> {
          std::vector<std::uint64_t> out;
          for (const std::uint64_t subject : subjects)
            out.insert(out.end(), former_[subject].begin(), former_[subject].end());
          return out;
        }});
  }
  struct Event {
    std::uint64_t subject = 0;
    std::int64_t ms = 0;
    std::uint32_t kind = 1;
    std::string matter{};
  };
  void arrive(const std::vector<Event>& events) {
    ++block_;
    warehouse::RowWriter rows;
    std::uint64_t id = block_ << 20U;
    for (const Event& one : events) {
      rows.u64(id++);
      rows.u64(block_);
      rows.i64(one.ms);
      rows.u32(one.kind);
      rows.u64(one.subject);
      rows.text("main");
      rows.text(one.matter);
      rows.text(one.kind == 6 ? "nps" : "");
    }
    must(client().insert(
        {.table = "events",
         .columns = "event_id, block_id, occurred_at, kind, subject_id, unit, case_id, instrument"},
        rows.bytes()));
  }
  void belong(const std::map<std::uint64_t, std::uint64_t>& customers, bool loads = true) {
    ++version_;
    for (const auto& [subject, customer] : customers) {
      former_[subject].insert(customer);
      execute("INSERT INTO subject_map VALUES (" + std::to_string(subject) + ", " + std::to_string(customer) +
              ", " + std::to_string(version_) + ")");
    }
    if (loads) execute("SYSTEM RELOAD DICTIONARY subject_customer");
  }
  CaseReport report(std::string_view key, CaseBook* book) {
    const auto defined = must(definitions().current());
    CaseQuestion question{
        .definition = key.empty() ? Definition{} : *defined.find(key), .now = {kNow}, .limit = 9'000};
    return must(cases(client(), book, Grant::owner(), {.range = kEver}, question));
  }
  static std::vector<CaseRow> rows(const CaseReport& report) {
    std::vector<CaseRow> out;
    for (const CaseItem& one : report.items) out.push_back(one.row);
    return out;
  }
  /// Answers how many cases there are.
  std::size_t expect_alike(std::string_view key, const std::string& what) {
    const CaseReport kept = report(key, book_.get()), cut = report(key, nullptr);
    EXPECT_TRUE(kept.kept_upto) << what << ": nothing is kept of " << key;
    EXPECT_FALSE(cut.kept_upto);
    EXPECT_EQ(rows(kept), rows(cut)) << what << " of " << key;
    EXPECT_EQ(kept.running, cut.running) << what;
    EXPECT_EQ(kept.complete, cut.complete) << what;
    EXPECT_EQ(kept.left, cut.left) << what;
    EXPECT_EQ(kept.customers, cut.customers) << what;
    return kept.items.size();
  }

  TestFolder folder_;
  ManualClock clock_{{kNow}};
  std::unique_ptr<warehouse::TestEngine> engine_;
  std::unique_ptr<govern::Keys> keys_;
  std::unique_ptr<ledger::Db> ledger_;
  std::unique_ptr<CaseBook> book_;
  std::uint64_t block_ = 0, version_ = 0;
  std::map<std::uint64_t, std::set<std::uint64_t>> former_;
};

TEST_F(CaseBookTest, CutsOnlyWhoseEventsCame) {
  arrive({{1, kDay, 1}, {1, kDay + kHour, 4}, {2, kDay, 1}, {3, kDay, 5}});
  EXPECT_EQ(must(book_->follow()), 8U) << "two of purchase, three of any and of all";
  EXPECT_EQ(expect_alike("purchase", "first"), 2U);
  EXPECT_EQ(must(book_->follow()), 0U) << "nothing came";
  arrive({{2, 2 * kDay, 4}});
  EXPECT_EQ(must(book_->follow()), 3U) << "customer 2 of each";
  EXPECT_EQ(expect_alike("purchase", "an order"), 2U);
  EXPECT_EQ(report("purchase", book_.get()).complete, 2U);
  arrive({{4, 2 * kDay, 1}});
  EXPECT_FALSE(report("purchase", book_.get()).kept_upto) << "one block of three is not in it yet";
  EXPECT_EQ(report("purchase", book_.get()).items.size(), 3U) << "so all are cut";
  // An event before all others, and one that joins two cases of an order.
  arrive({{1, 0, 1}, {3, 20 * kDay, 5}});
  must(book_->follow());
  EXPECT_EQ(expect_alike("any", "a late event"), 5U);
}

TEST_F(CaseBookTest, FollowsWhoIsWhoThereAndBack) {
  arrive({{1, kDay, 1}, {1, kDay + kHour, 2}, {2, kDay + 2 * kHour, 4}, {3, kDay, 1}});
  must(book_->follow());
  EXPECT_EQ(report("purchase", book_.get()).complete, 0U);
  belong({{2, 1}});
  EXPECT_EQ(must(book_->follow()), 6U) << "1 has both now, 2 none";
  expect_alike("purchase", "merged");
  EXPECT_EQ(report("purchase", book_.get()).complete, 1U);
  EXPECT_EQ(must(book_->follow()), 0U);
  belong({{2, 2}});
  must(book_->follow());
  expect_alike("purchase", "split");
  expect_alike("any", "split");
  EXPECT_EQ(report("purchase", book_.get()).complete, 0U);
}

TEST_F(CaseBookTest, WaitsUntilTheStoreKnowsWhoIsWho) {
  arrive({{1, kDay, 1}, {2, kDay + 2 * kHour, 4}});
  must(book_->follow());
  belong({{2, 1}}, false);
  arrive({{5, kDay, 1}});
  EXPECT_EQ(must(book_->follow()), 0U) << "the dictionary is behind";
  execute("SYSTEM RELOAD DICTIONARY subject_customer");
  EXPECT_GT(must(book_->follow()), 0U);
  expect_alike("purchase", "known");
  EXPECT_EQ(report("purchase", book_.get()).complete, 1U);
}

TEST_F(CaseBookTest, CutsAnewWhenRulesOrMeaningsChange) {
  arrive({{1, kDay, 1}, {1, kDay + 5 * kDay, 2}, {1, kDay + 6 * kDay, 4}});
  must(book_->follow());
  EXPECT_EQ(expect_alike("any", "first"), 2U);
  EXPECT_EQ(must(book_->follow()), 0U);
  // A new kind of event changes nothing of what there is; another meaning of a known one does.
  execute("INSERT INTO kinds VALUES (8, 'track', 'New', 'web', 'page', 'discover', 1)");
  arrive({{2, kDay, 8}});
  must(book_->follow());
  EXPECT_EQ(expect_alike("any", "a new kind"), 3U);
  execute("INSERT INTO kinds VALUES (2, 'track', 'Cart', 'app', 'order', 'purchase', 2)");
  EXPECT_GT(must(book_->follow()), 0U);
  expect_alike("purchase", "another meaning");
  EXPECT_EQ(report("purchase", book_.get()).complete, 1U);
  execute("INSERT INTO kinds VALUES (8, 'track', 'New', 'web', '', '', 2)");
  must(book_->follow());
  EXPECT_EQ(expect_alike("any", "no touchpoint any more"), 2U);
  // Another pause: not kept until it is cut. A definition that goes takes its cases with it.
  define({{.key = "any", .name_en = "Any", .gap_days = 30}});
  EXPECT_FALSE(report("any", book_.get()).kept_upto);
  must(book_->follow());
  EXPECT_EQ(expect_alike("any", "another pause"), 1U);
  const auto left = must(client().select({.sql = "SELECT uniqExact(cut) FROM journey_cases"}));
  EXPECT_EQ(warehouse::as_u64(left.rows[0][0]), 2U) << "of it and of all journeys";
}

TEST_F(CaseBookTest, ARoundThatWasCutShortIsDoneAgain) {
  arrive({{1, kDay, 1}, {2, kDay, 1}});
  must(book_->follow());
  arrive({{1, 2 * kDay, 4}});
  // As if the service had ended between the rows and the mark, and before the first cut of a definition was
  // whole.
  must(ledger_->write([](ledger::Tx& tx) -> Result<void> {
    CX_TRY(tx.sql("INSERT INTO journey_cuts (id, definition, shape, kinds_upto, kinds_hash, mark, "
                  "map_version, round, "
                  "state, begun) VALUES (77, 'any', 'x', 0, '', 0, 0, 1, 0, 0)")
               .run());
    return {};
  }));
  execute("INSERT INTO journey_cases (cut, customer, round, began) VALUES (77, 1, 1, [1])");
  reopen();
  must(book_->follow());
  must(ledger_->write([](ledger::Tx& tx) -> Result<void> {
    CX_TRY(tx.sql("UPDATE journey_cuts SET mark = mark - 1048576, round = round - 1").run());
    return {};
  }));
  reopen();
  EXPECT_EQ(must(book_->follow()), 3U);
  expect_alike("purchase", "again");
  EXPECT_EQ(report("purchase", book_.get()).complete, 1U);
  const auto left = must(client().select({.sql = "SELECT count() FROM journey_cases WHERE cut = 77"}));
  EXPECT_EQ(warehouse::as_u64(left.rows[0][0]), 0U);
}

// Property: whatever arrives in whatever order, and whoever becomes whoever, what is kept is what all events
// say.
TEST_F(CaseBookTest, IsAlwaysWhatAllEventsSay) {
  std::mt19937_64 dice(20261201);
  const auto roll = [&](std::uint64_t sides) { return dice() % sides; };
  std::map<std::uint64_t, std::uint64_t> owner;
  for (std::uint64_t subject = 1; subject <= 12; ++subject) owner[subject] = subject;
  for (int round = 0; round < 8; ++round) {
    std::vector<Event> events;
    for (std::uint64_t n = roll(25); n > 0; --n)
      events.push_back({.subject = 1 + roll(12),
                        .ms = static_cast<std::int64_t>(roll(40 * 24)) * kHour,
                        .kind = static_cast<std::uint32_t>(1 + roll(7)),
                        .matter = roll(4) == 0 ? "order-" + std::to_string(roll(6)) : ""});
    arrive(events);
    if (roll(2) == 0) {
      // All subjects of one customer become another's, or each its own again.
      const std::uint64_t from = owner[1 + roll(12)], to = owner[1 + roll(12)];
      std::map<std::uint64_t, std::uint64_t> changes;
      for (auto& [subject, customer] : owner)
        if (customer == from) changes[subject] = customer = from == to ? subject : to;
      belong(changes);
    }
    if (roll(3) == 0) reopen();
    must(book_->follow());
    expect_alike("purchase", "round " + std::to_string(round));
    expect_alike("any", "round " + std::to_string(round));
    expect_alike("", "round " + std::to_string(round));
  }
  EXPECT_GT(report("any", book_.get()).items.size(), 8U);
}

}  // namespace
}  // namespace zhike::journey
