#include "server/idempotency.h"

#include <gtest/gtest.h>

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
  ManualClock clock_{Instant{1'000'000}};
  Idempotency kept_{clock_};
};

TEST_F(IdempotencyTest, ARepeatGetsTheFirstAnswer) {
  const auto request = with_key("k", "{}");
  ASSERT_FALSE(kept_.begin(request, "1")->has_value());
  EXPECT_EQ(kept_.begin(request, "1").error().code, Code::kServerBusy);
  kept_.finish(request, "1", made(201, "first"));
  const auto again = kept_.begin(request, "1");
  ASSERT_TRUE(again && again->has_value());
  EXPECT_EQ((*again)->body, "first");
  EXPECT_EQ(kept_.begin(with_key("k", "{\"other\":1}"), "1").error().code, Code::kKeyReused);
  EXPECT_FALSE(kept_.begin(request, "2")->has_value()) << "keys belong to one user";
}

TEST_F(IdempotencyTest, AFailureFreesTheKeyAndAgeForgetsIt) {
  const auto request = with_key("k", "{}");
  ASSERT_FALSE(kept_.begin(request, "1")->has_value());
  kept_.finish(request, "1", made(400, ""));
  ASSERT_FALSE(kept_.begin(request, "1")->has_value());
  kept_.finish(request, "1", made(201, "x"));
  clock_.advance(hours(25));
  EXPECT_FALSE(kept_.begin(request, "1")->has_value());
}

TEST_F(IdempotencyTest, LongKeysAreRefusedAndNoKeyIsFine) {
  EXPECT_EQ(kept_.begin(with_key(std::string(201, 'k'), ""), "1").error().code, Code::kBadField);
  EXPECT_FALSE(kept_.begin(with_key("", ""), "1")->has_value());
  EXPECT_FALSE(kept_.begin(with_key("", ""), "1")->has_value());
}

TEST_F(IdempotencyTest, TheNumberKeptIsBounded) {
  for (std::size_t i = 0; i < Idempotency::kKept + 10; ++i) {
    const auto request = with_key(std::to_string(i), "");
    ASSERT_FALSE(kept_.begin(request, "1")->has_value());
    kept_.finish(request, "1", made(201, ""));
  }
  EXPECT_FALSE(kept_.begin(with_key("0", ""), "1")->has_value());
  EXPECT_TRUE(kept_.begin(with_key(std::to_string(Idempotency::kKept + 9), ""), "1")->has_value());
}

}  // namespace
}  // namespace zhike::server
