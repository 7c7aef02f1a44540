// Comments are read once each, after a restart and a change of aspects too.
#include "feedback/readings.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "ledger/test_folder.h"
#include "warehouse/migrate.h"
#include "warehouse/test_engine.h"

namespace zhike::feedback {
namespace {

class ReadingsTest : public testing::Test {
 protected:
  void SetUp() override {
    auto engine = warehouse::TestEngine::start();
    ASSERT_TRUE(engine) << to_string(engine.error());
    engine_ = std::move(*engine);
    ASSERT_TRUE(warehouse::migrate(engine_->client(), ZHIKE_MIGRATIONS "/warehouse"));
    db_ = *ledger::Db::open({.file = folder_.path / "ledger.db", .migrations = ZHIKE_MIGRATIONS "/ledger"});
  }

  /// `count` events of a block; every third has no text.
  void store(std::uint64_t block, int count) {
    warehouse::Query query{
        .sql =
            "INSERT INTO events (event_id, block_id, received_at, occurred_at, subject_id, unit, text) "
            "SELECT {block:UInt64} * 1048576 + number, {block:UInt64}, now(), now(), number, 'main', "
            "multiIf(number % 3 = 0, '物流太慢了，要退款', number % 3 = 1, 'the delivery was great', '') "
            "FROM numbers({count:UInt64})"};
    query.params.set("block", block).set("count", std::uint64_t(count));
    const auto done = engine_->client().execute(query);
    ASSERT_TRUE(done) << to_string(done.error());
  }

  void start(text::AspectCatalogue aspects, Readings::Options options = {}) {
    readings_.reset();
    options.wait = options.rest = Millis{10};
    auto made = Readings::open({.ledger = *db_,
                                .client = engine_->client(),
                                .clock = Clock::system(),
                                .setup = {.aspects = std::move(aspects)},
                                .arrived = [this](BlockId, Millis) { return BlockId{arrived_.load()}; }},
                               options);
    ASSERT_TRUE(made) << to_string(made.error());
    readings_ = std::move(*made);
    readings_->start();
  }
  void start(Readings::Options options = {}) { start(*text::shipped_aspects("retail"), options); }

  std::string row(std::string_view sql) {
    const auto table = engine_->client().select({.sql = sql});
    if (!table) return to_string(table.error());
    std::string out;
    for (const auto& cell : table->rows.at(0)) out += (out.empty() ? "" : " ") + warehouse::as_text(cell);
    return out;
  }
  std::string counts() { return row("SELECT count(), uniqExact(event_id), max(reading) FROM readings"); }

  TestFolder folder_;
  std::unique_ptr<warehouse::TestEngine> engine_;
  std::unique_ptr<ledger::Db> db_;
  std::atomic<std::uint64_t> arrived_{0};
  std::unique_ptr<Readings> readings_;
};

TEST_F(ReadingsTest, ReadsWhatHasArrivedAndGoesOn) {
  store(1, 9);
  store(2, 3);
  arrived_ = 1;
  start();
  ASSERT_TRUE(readings_->wait_read(seconds(60)));
  EXPECT_EQ(counts(), "6 6 1") << "of the block that has not arrived nothing";
  EXPECT_EQ(row("SELECT countIf(sentiment = 'negative' AND language = 'zh' AND has(aspects, 'delivery') AND "
                "has(labels, 'intent.refund')), countIf(language = 'en' AND has(words, 'delivery')) "
                "FROM readings"),
            "3 3");
  arrived_ = 2;
  ASSERT_TRUE(readings_->wait_read(seconds(60)));
  EXPECT_EQ(counts(), "8 8 1");
  const ReadingStatus status = readings_->status();
  EXPECT_EQ(status.comments, 8U);
  EXPECT_EQ(status.waiting, 0U);
  EXPECT_FALSE(status.renewing);
}

TEST_F(ReadingsTest, SmallPagesMissNothing) {
  store(1, 300);
  arrived_ = 1;
  start({.page_rows = 7, .page_bytes = 400, .helpers = 3});
  ASSERT_TRUE(readings_->wait_read(seconds(60)));
  EXPECT_EQ(counts(), "200 200 1");
}

TEST_F(ReadingsTest, WhatACrashLeftIsNotThereTwice) {
  store(1, 90);
  arrived_ = 1;
  start();
  ASSERT_TRUE(readings_->wait_read(seconds(60)));
  readings_->stop();
  // As if it had died between the rows and the mark.
  ASSERT_TRUE(db_->write([](ledger::Tx& tx) -> Result<void> {
    CX_TRY(tx.sql("UPDATE text_readings SET mark = 1048576 + 30, comments = 21").run());
    return {};
  }));
  start();
  ASSERT_TRUE(readings_->wait_read(seconds(60)));
  EXPECT_EQ(counts(), "60 60 1");
  EXPECT_EQ(readings_->status().comments, 60U);
}

TEST_F(ReadingsTest, OtherAspectsReadAllAnewAndTakeThePlace) {
  store(1, 30);
  arrived_ = 1;
  start();
  ASSERT_TRUE(readings_->wait_read(seconds(60)));
  const std::string before = row("SELECT countIf(has(aspects, 'delivery')) FROM readings");
  EXPECT_EQ(before, "20");
  start(*text::shipped_aspects("bank"));
  EXPECT_EQ(readings_->status().reading, 1U) << "until the new one is complete";
  ASSERT_TRUE(readings_->wait_read(seconds(60)));
  EXPECT_EQ(readings_->status().reading, 2U);
  EXPECT_EQ(readings_->status().comments, 20U);
  // The rows of the one before go right behind.
  for (int i = 0; i < 200 && counts() != "20 20 2"; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_EQ(counts(), "20 20 2");
  EXPECT_EQ(row("SELECT countIf(has(aspects, 'delivery')) FROM readings"), "0");
  start(*text::shipped_aspects("bank"));
  ASSERT_TRUE(readings_->wait_read(seconds(60)));
  EXPECT_EQ(counts(), "20 20 2") << "the same version reads nothing anew";
}

TEST_F(ReadingsTest, AReadingThatWasBegunAndIsOutOfDateMakesWay) {
  store(1, 30);
  arrived_ = 1;
  start();
  ASSERT_TRUE(readings_->wait_read(seconds(60)));
  readings_.reset();
  ASSERT_TRUE(db_->write([](ledger::Tx& tx) -> Result<void> {
    CX_TRY(tx.sql("INSERT INTO text_readings (id, version, mark, comments, state, begun) VALUES (2, 'old', "
                  "1048580, 3, 0, 0)")
               .run());
    return {};
  }));
  start();
  ASSERT_TRUE(readings_->wait_read(seconds(60)));
  EXPECT_EQ(readings_->status().reading, 3U);
  for (int i = 0; i < 200 && counts() != "20 20 3"; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_EQ(counts(), "20 20 3");
}

TEST_F(ReadingsTest, WhatIsChosenWhileItRunsReadsAllAnew) {
  store(1, 300);
  arrived_ = 1;
  start({.page_rows = 20});
  // Chosen over while the first is still being read, and again.
  readings_->use({.aspects = *text::shipped_aspects("bank")});
  readings_->use({.aspects = *text::shipped_aspects("retail"), .routes = text::shipped_routes()});
  ASSERT_TRUE(readings_->wait_read(seconds(60)));
  EXPECT_EQ(row("SELECT count(), countIf(has(labels, 'route.refund') AND has(labels, 'intent.refund')), "
                "countIf(has(aspects, 'delivery')) FROM readings WHERE reading = (SELECT max(reading) FROM "
                "readings)"),
            "200 100 200");
  // A bias that makes everything good.
  readings_->use({.aspects = *text::shipped_aspects("retail"), .own = text::Adaptation{.bias = {0, 0, 20}}});
  ASSERT_TRUE(readings_->wait_read(seconds(60)));
  EXPECT_EQ(readings_->status().comments, 200U);
  EXPECT_FALSE(readings_->status().renewing);
  const std::uint32_t reading = readings_->status().reading;
  for (int i = 0; i < 200 && counts() != "200 200 " + std::to_string(reading); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_EQ(counts(), "200 200 " + std::to_string(reading)) << "of those before nothing is left";
  EXPECT_EQ(row("SELECT countIf(sentiment = 'positive') FROM readings"), "200");
  EXPECT_TRUE(readings_->setup()->own);
}

TEST_F(ReadingsTest, StopsWhileItWaits) {
  start();
  readings_->stop();
  EXPECT_FALSE(readings_->wait_read(Millis{0}));
}

TEST(Aspects, ComeFromTheProgramOrAFile) {
  const TestFolder folder;
  EXPECT_EQ(aspects_of("hotel", folder.path)->key, "hotel");
  EXPECT_EQ(aspects_of("zoo", folder.path).error().code, Code::kBadCatalogue);
  EXPECT_EQ(aspects_of("none.json", folder.path).error().code, Code::kFileFailed);
}

}  // namespace
}  // namespace zhike::feedback
