// Repetitions are one text with its spread.
#include "reputation/influence.h"

#include <gtest/gtest.h>

#include "reputation/test_posts.h"

namespace zhike::reputation {
namespace {

using test::filter;
using test::kDay;
using test::Made;

/// A text that is repeated 100 times by small accounts, one large post, one of yesterday.
Posts posts() {
  Made made;
  for (int i = 0; i < 100; ++i) {
    Post& post = made.add(100 * kDay + 1000 * i, 1, i == 0 ? 0 : 1);
    post.repeats = 77;
    post.reach = i == 60 ? 30 : 10;
  }
  Post& large = made.add(100 * kDay + 5, 2, 2);
  large.reach = 900;
  large.platform = 2;
  made.add(99 * kDay, 1).reach = 5000;
  return made.done();
}

TEST(SpreadsOf, RepetitionsAreOneRow) {
  const Posts all = posts();
  const Period day = Period::of(filter(100, 101), filter(100, 101).range);
  const Spreads found = spreads_of(all, day, {}, Order::kReach, 10);
  EXPECT_EQ(found.posts, 101U);
  EXPECT_EQ(found.texts, 2U);
  ASSERT_EQ(found.items.size(), 2U);
  const Spread& repeated = found.items[0];
  EXPECT_EQ(repeated.posts, 100U);
  EXPECT_DOUBLE_EQ(repeated.reach, 99 * 10 + 30) << "together they reach more than the large one";
  EXPECT_EQ(repeated.event, 1U) << "the first";
  EXPECT_EQ(repeated.strongest, 61U);
  EXPECT_EQ(repeated.first.ms, 100 * kDay);
  EXPECT_EQ(repeated.last.ms, 100 * kDay + 99'000);
  EXPECT_EQ(repeated.tones[0], 1U);
  EXPECT_EQ(repeated.tones[1], 99U);
  EXPECT_EQ(found.items[1].posts, 1U);
}

TEST(SpreadsOf, FilterAndOrder) {
  const Posts all = posts();
  const Period both = Period::of(filter(99, 101), filter(99, 101).range);
  EXPECT_EQ(spreads_of(all, both, {}, Order::kReach, 1).items.at(0).reach, 5000);
  EXPECT_EQ(spreads_of(all, both, {}, Order::kPosts, 1).items.at(0).posts, 100U);
  EXPECT_EQ(spreads_of(all, both, {}, Order::kNewest, 3).items.at(2).reach, 5000) << "the oldest last";
  EXPECT_EQ(spreads_of(all, both, {.brand = 1}, Order::kReach, 9).texts, 1U);
  EXPECT_EQ(spreads_of(all, both, {.tone = 2}, Order::kReach, 9).posts, 1U);
  EXPECT_EQ(spreads_of(all, both, {.platform = "x"}, Order::kReach, 9).posts, 1U);
  EXPECT_EQ(spreads_of(all, both, {.platform = ""}, Order::kReach, 9).posts, 0U);
  EXPECT_TRUE(spreads_of(Posts{}, both, {}, Order::kReach, 9).items.empty());
  EXPECT_EQ(parse_order("loudest").error().code, Code::kBadFilter);
}

TEST(SpreadsOf, PostsTooShortToTellStandAlone) {
  Made made;
  made.add(100 * kDay, 1);
  made.add(100 * kDay + 1, 1);
  const Posts all = made.done();
  EXPECT_EQ(spreads_of(all, Period::of(filter(100, 101), filter(100, 101).range), {}, Order::kReach, 9).texts,
            2U);
}

}  // namespace
}  // namespace zhike::reputation
