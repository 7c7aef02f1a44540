#include "stats/pyramid.h"

#include <gtest/gtest.h>

#include <vector>

namespace zhike::stats {
namespace {

// By hand: of ten, eight have their needs met, five of these find it easy, one of these is delighted; one is
// delighted although nothing was easy. Wilson of 8 in 10: 0.4902 to 0.9433.
TEST(Pyramid, CountsNestedLevels) {
  std::vector<PyramidAnswer> answers(10);
  for (int i = 0; i < 8; ++i) answers[i].needs_met = true;
  for (int i = 0; i < 5; ++i) answers[i].easy = true;
  answers[0].delight = answers[9].delight = true;
  const Pyramid found = pyramid(answers);
  EXPECT_EQ(found.needs_met.share.hits, 8);
  EXPECT_EQ(found.easy.share.hits, 5);
  EXPECT_EQ(found.delight.share.hits, 1);
  EXPECT_EQ(found.delight.share.n, 10);
  EXPECT_EQ(found.out_of_order, 1);
  EXPECT_NEAR(found.needs_met.interval->low, 0.4902, 5e-5);
  EXPECT_NEAR(found.needs_met.interval->high, 0.9433, 5e-5);
}

TEST(Pyramid, HasNoIntervalWithoutAnswers) {
  EXPECT_FALSE(pyramid({}).needs_met.interval);
  const std::vector<PyramidAnswer> one{{.needs_met = false, .easy = true, .delight = false}};
  EXPECT_EQ(pyramid(one).easy.share.hits, 0);
  EXPECT_EQ(pyramid(one).out_of_order, 1);
}

}  // namespace
}  // namespace zhike::stats
