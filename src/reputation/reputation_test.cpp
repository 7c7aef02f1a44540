// Questions about reputation on a store of its own: what is read, and read anew.
#include "reputation/reputation.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "govern/keys.h"
#include "ledger/test_folder.h"
#include "warehouse/migrate.h"
#include "warehouse/test_engine.h"

namespace zhike::reputation {
namespace {

class ReputationTest : public testing::Test {
 protected:
  void SetUp() override {
    auto engine = warehouse::TestEngine::start();
    ASSERT_TRUE(engine) << to_string(engine.error());
    engine_ = std::move(*engine);
    ASSERT_TRUE(warehouse::migrate(engine_->client(), ZHIKE_MIGRATIONS "/warehouse"));
    db_ = *ledger::Db::open({.file = folder_.path / "ledger.db", .migrations = ZHIKE_MIGRATIONS "/ledger"});
    keys_ = *govern::Keys::open(folder_.path / "keys");
    audit_ = std::make_unique<govern::Audit>(*keys_);
    brands_ = *Brands::open(*db_, *audit_, Clock::system());
    ASSERT_TRUE(db_->write([&](ledger::Tx& tx) -> Result<void> {
      CX_TRY(tx.sql("INSERT INTO text_readings VALUES (1, 'test', 0, 1, 1, 0)").run());
      return {};
    }));
    readings_ = *feedback::Readings::open({.ledger = *db_,
                                           .client = engine_->client(),
                                           .clock = Clock::system(),
                                           .setup = {.aspects = *feedback::aspects_of("retail", {})},
                                           .arrived = [](BlockId, Millis) { return BlockId{}; }},
                                          {});
    asked_ = std::make_unique<Reputation>(engine_->client(), *brands_, *readings_);
    // Two posts every hour of 30 days, and 60 of one text in an hour of the 29th; one comment of the web.
    run("INSERT INTO kinds VALUES (1, 'track', 'Post', 'social', 'post', '', 1), (2, 'track', 'Answer', "
        "'web', "
        "'survey', '', 1)");
    run("SYSTEM RELOAD DICTIONARY kind_of");
    run("INSERT INTO events (event_id, block_id, received_at, occurred_at, kind, subject_id, unit, text, "
        "properties) SELECT number + 1, 1, now(), toDateTime64('2026-03-01', 3, 'UTC') + intDiv(number, 2) * "
        "3600, "
        "1, number, 'main', if(number % 2 = 0, 'Ours is fine', 'Theirs ok'), map('followers', '10') "
        "FROM "
        "numbers(1440)");
    run("INSERT INTO events (event_id, block_id, received_at, occurred_at, kind, subject_id, unit, text, "
        "properties) SELECT number + 5001, 1, now(), toDateTime64('2026-03-29 12:00:00', 3, 'UTC') + number, "
        "1, "
        "number, 'north', 'Ours has a broken freezer again', map('shares', '2', 'platform', 'x') FROM "
        "numbers(60)");
    run("INSERT INTO events (event_id, block_id, received_at, occurred_at, kind, subject_id, unit, text) "
        "VALUES "
        "(9001, 1, now(), '2026-03-29 12:00:00', 2, 1, 'main', 'Ours by mail')");
    run("INSERT INTO readings (reading, event_id, occurred_at, kind, subject_id, unit, language, sentiment, "
        "words) "
        "SELECT 1, event_id, occurred_at, kind, subject_id, unit, 'en', if(event_id > 5000, 'negative', "
        "'positive'), splitByChar(' ', lower(text)) FROM events");
    ASSERT_TRUE(brands_->put(
        Grant::owner(),
        {{.key = "ours", .is_own = true, .name_en = "Ours"}, {.key = "theirs", .name_en = "Theirs"}}, {}, 0));
  }
  void run(std::string_view sql) {
    const auto done = engine_->client().execute({.sql = sql});
    ASSERT_TRUE(done) << to_string(done.error());
  }
  static Instant at(std::string_view text) { return *parse_time(text, Zone::utc()); }
  static Question march() {
    return {.filter = {.range = {at("2026-03-20"), at("2026-03-31")}}, .compare = query::Compare::kPrevious};
  }

  TestFolder folder_;
  std::unique_ptr<warehouse::TestEngine> engine_;
  std::unique_ptr<ledger::Db> db_;
  std::unique_ptr<govern::Keys> keys_;
  std::unique_ptr<govern::Audit> audit_;
  std::unique_ptr<Brands> brands_;
  std::unique_ptr<feedback::Readings> readings_;
  std::unique_ptr<Reputation> asked_;
};

TEST_F(ReputationTest, AnswersFromPostsOfTheStore) {
  const auto report = asked_->report(Grant::owner(), march());
  ASSERT_TRUE(report) << to_string(report.error());
  ASSERT_EQ(report->report.brands.size(), 2U);
  EXPECT_EQ(report->report.brands[0].mentions, 11U * 24 + 60) << "posts alone, not the comment of the web";
  EXPECT_EQ(report->report.brands[0].before, 11U * 24);
  EXPECT_EQ(report->report.brands[1].mentions, 11U * 24);
  EXPECT_DOUBLE_EQ(report->report.brands[0].reach, 11 * 24 * 10 + 60 * 2);
  EXPECT_EQ(report->report.brands[0].sentiments.negative.count, 60U);

  const auto bursts = asked_->bursts(Grant::owner(), march(), 5);
  ASSERT_TRUE(bursts) << to_string(bursts.error());
  ASSERT_EQ(bursts->list.bursts.size(), 2U);
  EXPECT_EQ(format_utc(bursts->list.bursts[0].from), "2026-03-29T12:00:00.000Z");
  ASSERT_EQ(bursts->reasons.size(), 2U);
  ASSERT_FALSE(bursts->reasons[0].words.empty());
  EXPECT_EQ(bursts->reasons[0].words[0].rise.n, 60U);
  EXPECT_TRUE(std::ranges::any_of(
      bursts->views, [](const PostView& view) { return view.text == "Ours has a broken freezer again"; }));

  const auto posts = asked_->posts(Grant::owner(), march(), {.order = Order::kPosts, .count = 1});
  ASSERT_TRUE(posts) << to_string(posts.error());
  ASSERT_EQ(posts->spreads.items.size(), 1U);
  EXPECT_EQ(posts->spreads.items[0].posts, 60U);
  ASSERT_EQ(posts->views.size(), 1U);
  ASSERT_EQ(posts->views[0].mentions.size(), 1U);
  EXPECT_EQ(posts->views[0].platform, "x");
  EXPECT_EQ(asked_->posts(Grant::owner(), march(), {.brand = "nobody"}).error().code, Code::kBadFilter);
}

TEST_F(ReputationTest, RightsAndUnitsBoundIt) {
  Grant north{
      .user = {}, .permissions = 1U << static_cast<unsigned>(Permission::kViewMetrics), .units = {"north"}};
  const auto report = asked_->report(north, march());
  ASSERT_TRUE(report) << to_string(report.error());
  EXPECT_EQ(report->report.posts, 60U);
  const auto bursts = asked_->bursts(north, march(), 5);
  ASSERT_TRUE(bursts) << to_string(bursts.error());
  EXPECT_TRUE(bursts->reasons.empty()) << "words and posts need the right to see customers";
  EXPECT_EQ(asked_->posts(north, march(), {}).error().code, Code::kPermissionMissing);
}

TEST_F(ReputationTest, AnotherNameCountsForWhatWasSaid) {
  ASSERT_TRUE(asked_->report(Grant::owner(), march()));
  ASSERT_TRUE(brands_->put(Grant::owner(), {{.key = "freezers", .name_en = "freezer"}}, {}, 1));
  const auto report = asked_->report(Grant::owner(), march());
  ASSERT_TRUE(report) << to_string(report.error());
  ASSERT_EQ(report->report.brands.size(), 1U);
  EXPECT_EQ(report->report.brands[0].mentions, 60U);
  EXPECT_EQ(report->report.nameless, 2U * 11 * 24);
}

}  // namespace
}  // namespace zhike::reputation
