#include "server/rate_limit.h"

#include <gtest/gtest.h>

namespace zhike::server {
namespace {

using std::chrono::milliseconds;

TEST(RateLimit, GivesABurstAndThenAPace) {
  RateLimit limit(3, 2);
  const RateLimit::Clock::time_point start{};
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(limit.take("a", start));
  EXPECT_FALSE(limit.take("a", start));
  EXPECT_TRUE(limit.take("b", start)) << "each key has its own";
  EXPECT_FALSE(limit.take("a", start + milliseconds(400)));
  EXPECT_TRUE(limit.take("a", start + milliseconds(500)));
  EXPECT_FALSE(limit.take("a", start + milliseconds(500)));
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(limit.take("a", start + std::chrono::hours(1)));
  EXPECT_FALSE(limit.take("a", start + std::chrono::hours(1))) << "no more than the burst is saved up";
}

TEST(RateLimit, IsBounded) {
  RateLimit limit(1, 0.001, 100);
  const RateLimit::Clock::time_point start{};
  EXPECT_TRUE(limit.take("first", start));
  for (int i = 0; i < 99; ++i) EXPECT_TRUE(limit.take(std::to_string(i), start));
  EXPECT_TRUE(limit.take("one more", start));
  EXPECT_TRUE(limit.take("first", start)) << "forgotten with the others";
}

}  // namespace
}  // namespace zhike::server
