#include "ingest/sources.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <latch>
#include <string>
#include <thread>
#include <vector>

#include "ledger/test_folder.h"

namespace zhike::ingest {
namespace {

class KeyUseTest : public testing::Test {
 protected:
  KeyUseTest() {
    keys_ = std::move(*govern::Keys::open(folder_.path / "keys"));
    db_ = std::move(
        *ledger::Db::open({.file = folder_.path / "ledger.db", .migrations = ZHIKE_MIGRATIONS "/ledger"}));
    open();
    source_ = sources_->make({.id = {}, .name = "shop"})->id;
    const auto made = *sources_->make_key(source_);
    secret_ = made.second;
  }
  void open() { sources_ = std::move(*Sources::open(*db_, *keys_, clock_)); }
  std::optional<Instant> last_used() { return sources_->keys(source_).at(0).last_used; }
  std::int64_t written() {
    std::int64_t at = -1;
    EXPECT_TRUE(db_->read([&](ledger::Tx& tx) -> Result<void> {
      ledger::Statement& row = tx.sql("SELECT last_used FROM write_keys");
      CX_TRY(row.step());
      at = row.is_null(0) ? 0 : row.i64(0);
      return {};
    }));
    return at;
  }
  TestFolder folder_;
  ManualClock clock_{Instant{1'700'000'000'000}};
  std::unique_ptr<govern::Keys> keys_;
  std::unique_ptr<ledger::Db> db_;
  std::unique_ptr<Sources> sources_;
  SourceId source_;
  std::string secret_;
};

TEST_F(KeyUseTest, ASourceThatManyAskForIsMadeOnce) {
  constexpr int kCallers = 8;
  for (int round = 0; round < 20; ++round) {
    std::latch begin{kCallers};
    std::vector<std::uint64_t> ids(kCallers);
    std::vector<std::jthread> callers;
    for (int n = 0; n < kCallers; ++n)
      callers.emplace_back([&, n] {
        begin.arrive_and_wait();
        const auto made = sources_->find_or_make({.id = {}, .name = "survey/" + std::to_string(round)});
        if (made) ids[static_cast<std::size_t>(n)] = made->id.value;
      });
    callers.clear();
    EXPECT_NE(ids[0], 0U);
    EXPECT_EQ(std::ranges::count(ids, ids[0]), kCallers) << round;
  }
  EXPECT_EQ(sources_->list().size(), 21U);
}

TEST_F(KeyUseTest, IsShownAtOnceAndWrittenOnceAMinute) {
  EXPECT_FALSE(last_used());
  ASSERT_TRUE(sources_->note_uses());
  EXPECT_EQ(written(), 0);
  const Instant first = clock_.now();
  ASSERT_TRUE(sources_->authenticate(secret_));
  EXPECT_EQ(last_used(), first);
  ASSERT_TRUE(sources_->note_uses());
  EXPECT_EQ(written(), first.ms);
  for (int i = 0; i < 5; ++i) {
    clock_.advance(seconds(10));
    ASSERT_TRUE(sources_->authenticate(secret_));
    ASSERT_TRUE(sources_->note_uses());
    EXPECT_EQ(written(), first.ms) << "a busy key costs no write before the minute is over";
  }
  EXPECT_EQ(last_used(), clock_.now());
  clock_.advance(seconds(10));
  ASSERT_TRUE(sources_->authenticate(secret_));
  ASSERT_TRUE(sources_->note_uses());
  EXPECT_EQ(written(), clock_.now().ms);
}

TEST_F(KeyUseTest, TheLastUseSurvivesTheEnd) {
  ASSERT_TRUE(sources_->authenticate(secret_));
  ASSERT_TRUE(sources_->note_uses());
  clock_.advance(seconds(5));
  ASSERT_TRUE(sources_->authenticate(secret_));
  ASSERT_TRUE(sources_->note_uses(true));
  open();
  EXPECT_EQ(last_used(), clock_.now());
}

TEST_F(KeyUseTest, AWrongKeyUsesNothing) {
  EXPECT_FALSE(sources_->authenticate("zk_wrong"));
  EXPECT_FALSE(last_used());
}

}  // namespace
}  // namespace zhike::ingest
