#include "connector/activity.h"

#include <gtest/gtest.h>

#include "ledger/test_folder.h"

namespace zhike::connector {
namespace {

class ActivityTest : public testing::Test {
 protected:
  ActivityTest() {
    db_ = std::move(
        *ledger::Db::open({.file = folder_.path / "ledger.db", .migrations = ZHIKE_MIGRATIONS "/ledger"}));
    open();
  }
  void open() { all_ = std::make_unique<Activities>(*db_, clock_); }
  TestFolder folder_;
  ManualClock clock_{Instant{1'700'000'000'000}};
  std::unique_ptr<ledger::Db> db_;
  std::unique_ptr<Activities> all_;
};

TEST_F(ActivityTest, IsThereAfterARestart) {
  const auto one = *all_->of({1});
  one->taken(3);
  one->sent(2);
  one->note(Level::kInfo, "started");
  one->failed("failed", {Code::kConnectorFailed, "HTTP 500"});
  ASSERT_TRUE(all_->write_down());
  open();
  const auto again = *all_->of({1});
  EXPECT_EQ(again->counts().taken, 3U);
  EXPECT_EQ(again->counts().sent, 2U);
  EXPECT_EQ(again->counts().failed, 1U);
  EXPECT_EQ(again->counts().last, clock_.now());
  const auto log = again->log();
  ASSERT_EQ(log.size(), 2U);
  EXPECT_EQ(log[0].error, "connector_failed");
  EXPECT_EQ(log[0].level, Level::kError);
  EXPECT_EQ(log[1].what, "started");
  EXPECT_FALSE((*all_->of({2}))->counts().last);
}

TEST_F(ActivityTest, CountsARepeatInsteadOfFillingTheLog) {
  const auto one = *all_->of({1});
  one->failed("refused", {Code::kBadSignature, ""});
  ASSERT_TRUE(all_->write_down());
  clock_.advance(seconds(9));
  for (int i = 0; i < 999; ++i) one->failed("refused", {Code::kBadSignature, ""});
  ASSERT_TRUE(all_->write_down());
  open();
  const auto log = (*all_->of({1}))->log();
  ASSERT_EQ(log.size(), 1U);
  EXPECT_EQ(log[0].times, 1000U);
  EXPECT_EQ(log[0].last - log[0].at, seconds(9));
}

TEST_F(ActivityTest, KeepsTheLastOnly) {
  const auto one = *all_->of({1});
  for (int i = 0; i < 500; ++i) {
    one->note(Level::kInfo, "taken", std::to_string(i));
    if (i == 250) {
      ASSERT_TRUE(all_->write_down());
    }
  }
  one->note(Level::kInfo, "long", std::string(5000, 'x'));
  ASSERT_TRUE(all_->write_down());
  open();
  const auto log = (*all_->of({1}))->log();
  ASSERT_EQ(log.size(), Activity::kKept);
  EXPECT_EQ(log[0].detail.size(), Activity::kDetailMax);
  EXPECT_EQ(log[1].detail, "499");
  EXPECT_EQ(log.back().detail, "301");
}

}  // namespace
}  // namespace zhike::connector
