#include <gtest/gtest.h>

#include <atomic>
#include <chrono>

#include "job/worker.h"
#include "ledger/test_folder.h"

namespace zhike::job {
namespace {

class JobTest : public testing::Test {
 protected:
  void SetUp() override { reopen(); }
  void reopen() {
    db_.reset();
    auto db =
        ledger::Db::open({.file = folder_.path / "ledger.db", .migrations = ZHIKE_MIGRATIONS "/ledger"});
    ASSERT_TRUE(db) << to_string(db.error());
    db_ = std::move(*db);
    jobs_.emplace(*db_, clock_);
  }
  TestFolder folder_;
  ManualClock clock_{Instant{1'700'000'000'000}};
  std::unique_ptr<ledger::Db> db_;
  std::optional<Jobs> jobs_;
};

TEST_F(JobTest, RunsOnceWhenDueInOrderAndAfterARestart) {
  std::vector<std::string> ran;
  ASSERT_TRUE(jobs_->enqueue({.kind = "note", .payload = "later", .run_at = clock_.now() + minutes(2)}));
  ASSERT_TRUE(jobs_->enqueue({.kind = "note", .payload = "sooner", .run_at = clock_.now() + minutes(1)}));
  const auto cancelled = jobs_->enqueue({.kind = "note", .payload = "never", .run_at = clock_.now()});
  ASSERT_TRUE(jobs_->cancel(*cancelled));
  reopen();
  Worker worker(*jobs_);
  worker.on("note", [&](const Job& job) -> Result<void> {
    ran.push_back(job.payload);
    return {};
  });
  EXPECT_EQ(*worker.run_due(), 0U);
  EXPECT_EQ(jobs_->next_due().value(), clock_.now() + minutes(1));
  clock_.advance(minutes(5));
  EXPECT_EQ(*worker.run_due(), 2U);
  EXPECT_EQ(ran, (std::vector<std::string>{"sooner", "later"}));
  EXPECT_EQ(*worker.run_due(), 0U);
  EXPECT_FALSE(jobs_->next_due()->has_value());
}

TEST_F(JobTest, FailuresWaitLongerEachTimeAndThenStay) {
  int attempts = 0;
  Worker worker(*jobs_);
  worker.on("bad", [&](const Job&) -> Result<void> {
    ++attempts;
    if (attempts == 2) throw std::runtime_error("thrown");
    return fail(Code::kInternal, "try {}", attempts);
  });
  const auto id = jobs_->enqueue({.kind = "bad", .payload = "", .run_at = clock_.now(), .attempts_max = 3});
  EXPECT_EQ(*worker.run_due(), 1U);
  EXPECT_EQ(*worker.run_due(), 0U);
  clock_.advance(seconds(1));
  EXPECT_EQ(*worker.run_due(), 1U);
  clock_.advance(seconds(1));
  EXPECT_EQ(*worker.run_due(), 0U);  // now it is 2 s
  clock_.advance(seconds(1));
  EXPECT_EQ(*worker.run_due(), 1U);
  clock_.advance(days(1));
  EXPECT_EQ(*worker.run_due(), 0U);
  const auto failed = jobs_->failed(10);
  ASSERT_EQ(failed->size(), 1U);
  EXPECT_EQ((*failed)[0].attempts, 3U);
  EXPECT_NE((*failed)[0].error.find("try 3"), std::string::npos);
  EXPECT_TRUE(jobs_->retry(*id));
  EXPECT_EQ(*worker.run_due(), 1U);
  EXPECT_FALSE(jobs_->retry(12345));
}

TEST_F(JobTest, AnUnknownKindIsAFailureNotALoss) {
  ASSERT_TRUE(jobs_->enqueue({.kind = "unknown", .payload = "", .run_at = clock_.now()}));
  Worker worker(*jobs_);
  EXPECT_EQ(*worker.run_due(), 1U);
  EXPECT_TRUE(jobs_->next_due()->has_value());
}

TEST_F(JobTest, ALeasePassesOnWhenItsWorkerIsGone) {
  ASSERT_TRUE(jobs_->enqueue({.kind = "x", .payload = "", .run_at = clock_.now(), .attempts_max = 2}));
  const auto first = jobs_->claim(minutes(1));
  ASSERT_TRUE(first && *first);
  EXPECT_FALSE(jobs_->claim(minutes(1))->has_value());
  clock_.advance(minutes(2));
  const auto second = jobs_->claim(minutes(1));
  ASSERT_TRUE(second && *second);
  EXPECT_TRUE(jobs_->complete(**first));  // too late: without effect
  EXPECT_TRUE(jobs_->fail(**first, {Code::kInternal, "late"}));
  clock_.advance(minutes(2));
  EXPECT_FALSE(jobs_->claim(minutes(1))->has_value());  // twice its worker died: given up
  EXPECT_EQ(jobs_->failed(10)->size(), 1U);
}

TEST_F(JobTest, RecurringJobsKeepTheirGrid) {
  int ran = 0;
  Worker worker(*jobs_);
  worker.on("tick", [&](const Job&) -> Result<void> {
    ++ran;
    return {};
  });
  const Instant start = clock_.now();
  const NewJob tick{.kind = "tick", .payload = "", .run_at = start};
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(jobs_->repeat("every-minute", tick, minutes(1)));
  EXPECT_FALSE(jobs_->repeat("too-fast", tick, Millis{10}));
  EXPECT_EQ(*worker.run_due(), 1U);
  clock_.advance(Millis{minutes(3).value + 5});
  EXPECT_EQ(*worker.run_due(), 1U);  // missed times are left out
  EXPECT_EQ(jobs_->next_due()->value(), start + minutes(4));
  ASSERT_TRUE(jobs_->cancel_repeat("every-minute"));
  clock_.advance(hours(1));
  EXPECT_EQ(*worker.run_due(), 0U);
  EXPECT_EQ(ran, 2);
}

TEST_F(JobTest, AClockThatWasAheadLeavesNothingWaitingForItsTime) {
  int runs = 0;
  Worker worker(*jobs_);
  worker.on("tick", [&](const Job&) -> Result<void> {
    ++runs;
    return {};
  });
  const Instant began = clock_.now();
  ASSERT_TRUE(jobs_->repeat("hourly", {.kind = "tick", .payload = "", .run_at = began}, hours(1)));
  clock_.advance(days(400));
  EXPECT_EQ(*worker.run_due(), 1U);
  clock_.advance(days(-400));
  clock_.advance(minutes(1));
  EXPECT_EQ(*worker.run_due(), 1U) << "it would wait for 400 days";
  EXPECT_EQ(*worker.run_due(), 0U);
  EXPECT_EQ(jobs_->next_due().value(), began + hours(1)) << "on its old grid";
  clock_.advance(days(400));
  ASSERT_TRUE(*jobs_->claim(minutes(5)));  // a worker that dies with its lease
  clock_.advance(days(-400));
  EXPECT_EQ(*worker.run_due(), 0U) << "its hour has not come";
  clock_.advance(hours(1));
  EXPECT_EQ(*worker.run_due(), 1U) << "the lease would last for 400 days";
  EXPECT_EQ(runs, 3);
}

TEST_F(JobTest, TheThreadRunsWhatIsWoken) {
  std::atomic<int> ran = 0;
  Worker worker(*jobs_);
  worker.on("x", [&](const Job&) -> Result<void> {
    ++ran;
    return {};
  });
  worker.start();
  for (int i = 0; i < 20; ++i)
    ASSERT_TRUE(jobs_->enqueue({.kind = "x", .payload = "", .run_at = clock_.now()}));
  worker.wake();
  for (int i = 0; i < 500 && ran < 20; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(20));
  worker.stop();
  EXPECT_EQ(ran, 20);
}

}  // namespace
}  // namespace zhike::job
