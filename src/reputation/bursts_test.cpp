// Bursts of a brand, and why.
#include "reputation/bursts.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "reputation/test_posts.h"

namespace zhike::reputation {
namespace {

using test::filter;
using test::kDay;
using test::kHour;
using test::Made;

/// Six of ours and four of theirs every hour for three weeks; on day 118, from 10 to 12 o'clock, 80 negative
/// ones of ours in each hour, most of them repeating one text.
struct Story {
  BrandBook book = test::book({"ours", "theirs"});
  Posts posts;
  PostWords words;

  Story() {
    Made made;
    for (std::int64_t hour = 100 * 24; hour < 121 * 24; ++hour) {
      for (int i = 0; i < 6; ++i) say(made.add(hour * kHour + i, 1, i % 3 == 0 ? 0 : 2), {"seat", "flight"});
      for (int i = 0; i < 4; ++i) say(made.add(hour * kHour + 10 + i, 2, 1), {"flight", "cheap"});
    }
    for (std::int64_t hour = 118 * 24 + 10; hour < 118 * 24 + 12; ++hour)
      for (int i = 0; i < 80; ++i) {
        Post& post = made.add(hour * kHour + 100 + i, 1, 0);
        if (i % 4 == 0) {
          say(post, {"cancelled", "storm", "flight"});
        } else {
          post.repeats = 9;
          post.reach = i == 7 ? 5000 : 3;
          say(post, {"cancelled", "refund", "flight"});
        }
      }
    posts = made.done();
  }
  void say(const Post& post, std::vector<std::string> said) { words.emplace(post.event, std::move(said)); }
};

TEST(BurstsOf, FindsWhenHowMuchAndHowNegative) {
  const Story story;
  const Period period = Period::of(filter(114, 121), filter(114, 121).range);
  const BurstList list = bursts_of(story.book, story.posts, period, Zone::utc());
  ASSERT_EQ(list.bursts.size(), 2U) << "of all posts and of negative ones";
  const auto all = std::ranges::find(list.bursts, false, &BrandBurst::of_negative);
  ASSERT_NE(all, list.bursts.end());
  EXPECT_EQ(all->brand, 0U);
  EXPECT_EQ(all->from.ms, (118 * 24 + 10) * kHour);
  EXPECT_EQ(all->to.ms, (118 * 24 + 12) * kHour);
  EXPECT_EQ(all->noticed.ms, (118 * 24 + 11) * kHour) << "at the end of its first hour";
  EXPECT_EQ(all->mentions, 172U);
  EXPECT_NEAR(all->expected, 12, 0.5);
  EXPECT_EQ(all->posts.size(), 172U);
  EXPECT_DOUBLE_EQ(*all->negative.value, 164.0 / 172);
  const auto negative = std::ranges::find(list.bursts, true, &BrandBurst::of_negative);
  EXPECT_EQ(negative->mentions, 164U);
  EXPECT_EQ(negative->posts.size(), 164U);
  ASSERT_EQ(list.hours.size(), 2U);
  EXPECT_EQ(list.begin.ms, 114 * kDay);
  EXPECT_EQ(list.hours[0].counts.size(), 7U * 24);
  EXPECT_EQ(list.hours[0].counts[4 * 24 + 10], 86U);
  EXPECT_EQ(list.hours[0].tested, 7U * 24);
  EXPECT_NEAR(list.hours[1].expected[0], 4, 0.5);
}

TEST(BurstsOf, OnlyThoseOfThePeriod) {
  const Story story;
  const query::Filter late = filter(119, 121), early = filter(110, 118);
  EXPECT_TRUE(bursts_of(story.book, story.posts, Period::of(late, late.range), Zone::utc()).bursts.empty());
  EXPECT_TRUE(bursts_of(story.book, story.posts, Period::of(early, early.range), Zone::utc()).bursts.empty());
  const BurstList none = bursts_of(story.book, {}, Period::of(late, late.range), Zone::utc());
  EXPECT_TRUE(none.bursts.empty());
  EXPECT_TRUE(none.hours.empty());
}

TEST(ReasonOf, WordsThatRoseAndPostsThatShowIt) {
  const Story story;
  const query::Filter asked = filter(114, 121);
  const BurstList list = bursts_of(story.book, story.posts, Period::of(asked, asked.range), Zone::utc());
  const auto all = std::ranges::find(list.bursts, false, &BrandBurst::of_negative);
  ASSERT_NE(all, list.bursts.end());
  const BurstReason reason = reason_of(list, *all, story.posts, story.words, story.words);
  EXPECT_EQ(reason.read, 172U);
  EXPECT_EQ(reason.before, 6U * 24 * 18 + 6 * 10) << "of ours, before the burst";
  ASSERT_EQ(reason.words.size(), 3U) << "what everybody says always has not risen";
  EXPECT_EQ(reason.words[0].word, "cancelled");
  EXPECT_EQ(reason.words[0].rise.n, 160U);
  EXPECT_EQ(reason.words[0].rise.before, 0U);
  EXPECT_EQ(reason.words[0].negative, 160U);
  EXPECT_EQ(reason.words[1].word, "refund");
  EXPECT_EQ(reason.words[2].word, "storm");
  ASSERT_EQ(reason.typical.size(), kReasonPosts);
  const auto repeats = std::ranges::count_if(reason.typical, [&](std::uint64_t event) {
    return std::ranges::find(story.posts.posts, event, &Post::event)->repeats == 9;
  });
  EXPECT_EQ(repeats, 1) << "no text twice";
  ASSERT_FALSE(reason.influential.empty());
  EXPECT_EQ(reason.influential[0].posts, 120U);
  EXPECT_DOUBLE_EQ(reason.influential[0].reach, 118 * 3 + 2 * 5000);
}

TEST(ReasonOf, AFewPostsHaveNone) {
  const Story story;
  const query::Filter asked = filter(114, 121);
  const BurstList list = bursts_of(story.book, story.posts, Period::of(asked, asked.range), Zone::utc());
  const BurstReason reason = reason_of(list, list.bursts.at(0), story.posts, {}, story.words);
  EXPECT_EQ(reason.read, 0U);
  EXPECT_TRUE(reason.words.empty());
  EXPECT_TRUE(reason.typical.empty());
  EXPECT_FALSE(reason.influential.empty()) << "reach needs no words";
}

}  // namespace
}  // namespace zhike::reputation
