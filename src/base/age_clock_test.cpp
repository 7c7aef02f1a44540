#include "base/age_clock.h"

#include <gtest/gtest.h>

namespace zhike {
namespace {

class AgeClockTest : public testing::Test {
 protected:
  void pass(Millis by) {
    wall_.advance(by);
    up_ = Millis{up_.value + by.value};
  }
  ManualClock wall_{Instant{1'700'000'000'000}};
  Millis up_{5'000};
  AgeClock age_{wall_, [this] { return up_; }};
};

TEST_F(AgeClockTest, FollowsAClockThatRunsAndIsPutRightALittle) {
  for (int hour = 0; hour < 100; ++hour) {
    pass(hours(1));
    wall_.advance(seconds(hour % 2 == 0 ? 120 : -240));
    EXPECT_EQ(age_.now(), wall_.now());
  }
  EXPECT_FALSE(age_.disagreement());
}

TEST_F(AgeClockTest, DoesNotFollowAJumpThatIsTakenBack) {
  const Instant before = age_.now();
  wall_.advance(days(400));
  EXPECT_EQ(age_.now(), before);
  pass(hours(23));
  EXPECT_EQ(age_.now(), before + hours(23));
  EXPECT_EQ(age_.disagreement(), days(400));
  wall_.advance(days(-400));
  EXPECT_EQ(age_.now(), before + hours(23));
  EXPECT_FALSE(age_.disagreement());
  pass(hours(2));
  EXPECT_EQ(age_.now(), wall_.now());
}

TEST_F(AgeClockTest, BelievesAJumpThatHoldsForADay) {
  for (const Millis by : {days(20'000), days(-300)}) {  // a machine that woke in 1970; one that was ahead
    wall_.advance(by);
    const Instant before = age_.now();
    EXPECT_NE(before, wall_.now());
    pass(hours(12));
    EXPECT_EQ(age_.now(), before + hours(12));
    pass(hours(12));
    EXPECT_EQ(age_.now(), wall_.now());
    EXPECT_FALSE(age_.disagreement());
  }
}

TEST_F(AgeClockTest, ASecondJumpIsDoubtedAnew) {
  wall_.advance(days(30));
  (void)age_.now();
  pass(hours(20));
  wall_.advance(days(30));
  const Instant before = age_.now();
  pass(hours(20));
  EXPECT_EQ(age_.now(), before + hours(20));
  EXPECT_EQ(age_.disagreement(), days(60));
}

}  // namespace
}  // namespace zhike
