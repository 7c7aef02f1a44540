#include "server/idempotency.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "base/file.h"
#include "ledger/test_folder.h"

namespace zhike::server {
namespace {

Request with_key(std::string key, std::string body) {
  Request request;
  request.method = "POST";
  request.path = "/api/sources";
  request.headers = {{"idempotency-key", std::move(key)}};
  request.body = std::move(body);
  return request;
}

Response made(int status, std::string body) {
  Response response;
  response.status = status;
  response.body = std::move(body);
  return response;
}

class IdempotencyTest : public testing::Test {
 protected:
  IdempotencyTest() { restart(); }
  void restart() {
    kept_.reset();
    db_.reset();
    db_ = std::move(
        *ledger::Db::open({.file = folder_.path / "ledger.db", .migrations = ZHIKE_MIGRATIONS "/ledger"}));
    kept_.emplace(*db_, key_, clock_);
  }
  std::int64_t rows() {
    std::int64_t count = 0;
    EXPECT_TRUE(db_->read([&](ledger::Tx& tx) -> Result<void> {
      ledger::Statement& row = tx.sql("SELECT count(*) FROM idempotency");
      CX_TRY(row.step());
      count = row.i64(0);
      return {};
    }));
    return count;
  }
  TestFolder folder_;
  ManualClock clock_{Instant{1'000'000'000}};
  crypto::Key key_ = crypto::random_key();
  std::unique_ptr<ledger::Db> db_;
  std::optional<Idempotency> kept_;
};

TEST_F(IdempotencyTest, ARepeatGetsTheFirstAnswer) {
  const auto request = with_key("k", "{}");
  ASSERT_FALSE(kept_->begin(request, "1")->has_value());
  EXPECT_EQ(kept_->begin(request, "1").error().code, Code::kServerBusy);
  kept_->finish(request, "1", made(201, "first"));
  const auto again = kept_->begin(request, "1");
  ASSERT_TRUE(again && again->has_value());
  EXPECT_EQ((*again)->body, "first");
  EXPECT_EQ(kept_->begin(with_key("k", "{\"other\":1}"), "1").error().code, Code::kKeyReused);
  EXPECT_FALSE(kept_->begin(request, "2")->has_value()) << "keys belong to one user";
}

TEST_F(IdempotencyTest, AFailureFreesTheKeyAndAgeForgetsIt) {
  const auto request = with_key("k", "{}");
  ASSERT_FALSE(kept_->begin(request, "1")->has_value());
  kept_->finish(request, "1", made(400, ""));
  ASSERT_FALSE(kept_->begin(request, "1")->has_value());
  kept_->finish(request, "1", made(201, "x"));
  clock_.advance(hours(25));
  EXPECT_FALSE(kept_->begin(request, "1")->has_value());
}

TEST_F(IdempotencyTest, LongKeysAreRefusedAndNoKeyIsFine) {
  EXPECT_EQ(kept_->begin(with_key(std::string(201, 'k'), ""), "1").error().code, Code::kBadField);
  EXPECT_FALSE(kept_->begin(with_key("", ""), "1")->has_value());
  EXPECT_FALSE(kept_->begin(with_key("", ""), "1")->has_value());
}

TEST_F(IdempotencyTest, ARestartForgetsNothing) {
  const auto request = with_key("k", R"({"name":"shop"})");
  Response first = made(201, R"({"write_key":"zk_secret"})");
  first.headers = {{"Location", "/api/sources/7"}};
  ASSERT_FALSE(kept_->begin(request, "1")->has_value());
  kept_->finish(request, "1", first);
  restart();
  const auto again = kept_->begin(request, "1");
  ASSERT_TRUE(again && again->has_value());
  EXPECT_EQ((*again)->status, 201);
  EXPECT_EQ((*again)->body, first.body);
  EXPECT_EQ((*again)->headers, first.headers);
  EXPECT_EQ(kept_->begin(with_key("k", "{}"), "1").error().code, Code::kKeyReused);
  EXPECT_EQ(info(Code::kKeyReused).retryable, false);
}

TEST_F(IdempotencyTest, WhatWasCutOffDoesNotHappenTwice) {
  const auto request = with_key("k", "{}");
  ASSERT_FALSE(kept_->begin(request, "1")->has_value());
  restart();
  EXPECT_EQ(kept_->begin(request, "1").error().code, Code::kOutcomeUnknown);
  clock_.advance(hours(25));
  EXPECT_FALSE(kept_->begin(request, "1")->has_value());
}

TEST_F(IdempotencyTest, NothingLiesOpenInTheLedger) {
  const auto request = with_key("a-key-of-the-client", R"({"password":"a long password"})");
  ASSERT_FALSE(kept_->begin(request, "1")->has_value());
  kept_->finish(request, "1", made(201, R"({"write_key":"zk_secret"})"));
  kept_.reset();
  db_.reset();
  std::string bytes;
  for (const auto& file : std::filesystem::directory_iterator(folder_.path)) bytes += *read_file(file.path());
  for (const char* secret : {"a-key-of-the-client", "a long password", "zk_secret"})
    EXPECT_EQ(bytes.find(secret), std::string::npos) << secret;
}

TEST_F(IdempotencyTest, OfManyAtOnceOneGoesOn) {
  const auto request = with_key("k", "{}");
  std::atomic<int> went_on{0}, busy{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&] {
      const auto before = kept_->begin(request, "1");
      if (before && !before->has_value()) ++went_on;
      if (!before && before.error().code == Code::kServerBusy) ++busy;
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(went_on, 1);
  EXPECT_EQ(busy, 7);
}

TEST_F(IdempotencyTest, TheNumberKeptIsBounded) {
  ASSERT_TRUE(db_->write([&](ledger::Tx& tx) -> Result<void> {
    for (std::size_t i = 0; i < Idempotency::kKept + 10; ++i) {
      const std::string key = std::to_string(i);
      CX_TRY(tx.sql("INSERT INTO idempotency (key, request, at) VALUES ($1, $1, $2)")
                 .bind(1, ledger::Blob{key})
                 .bind(2, clock_.now())
                 .run());
    }
    return {};
  }));
  clock_.advance(seconds(1));
  ASSERT_FALSE(kept_->begin(with_key("new", ""), "1")->has_value());
  EXPECT_EQ(rows(), static_cast<std::int64_t>(Idempotency::kKept) + 1);
  EXPECT_EQ(kept_->begin(with_key("new", ""), "1").error().code, Code::kServerBusy) << "the newest stay";
}

}  // namespace
}  // namespace zhike::server
