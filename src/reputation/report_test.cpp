// Volume, sentiment and share of voice from posts that are given.
#include "reputation/report.h"

#include <gtest/gtest.h>

#include "reputation/test_posts.h"
#include "stats/interval.h"

namespace zhike::reputation {
namespace {

using test::filter;
using test::kDay;
using test::Made;

Report report(const BrandBook& book, const Posts& posts, const query::Filter& asked,
              std::optional<query::Range> before = {}, query::Grain grain = query::Grain::kDay) {
  ReportQuestion question{
      .filter = asked, .grain = grain, .now = Period::of(asked, asked.range), .posts = &posts};
  if (before) {
    question.before = Period::of(asked, *before);
    question.posts_before = &posts;
  }
  return report_of(book, question);
}

TEST(ReportOf, CountsByHand) {
  const BrandBook book = test::book({"ours", "theirs"});
  Made made;
  // Day 100: 12 of ours, 8 negative and 3 positive and one in another language; 6 of theirs; two name both.
  for (int i = 0; i < 10; ++i) made.add(100 * kDay + i, 1, i < 8 ? 0 : 2);
  made.add(100 * kDay + 20, 3, 2);
  made.add(100 * kDay + 21, 3, 3);
  for (int i = 0; i < 4; ++i) made.add(101 * kDay + i, 2, 1).platform = 2;
  made.nameless(101 * kDay);
  made.add(102 * kDay, 1);  // not of the period
  made.add(99 * kDay, 1);
  const Posts posts = made.done();
  const Report found = report(book, posts, filter(100, 102));
  EXPECT_EQ(found.posts, 17U);
  EXPECT_EQ(found.nameless, 1U);
  EXPECT_EQ(found.mentions, 18U) << "two posts name both";
  ASSERT_EQ(found.brands.size(), 2U);
  const BrandFigures &ours = found.brands[0], &theirs = found.brands[1];
  EXPECT_EQ(ours.mentions, 12U);
  EXPECT_EQ(theirs.mentions, 6U);
  EXPECT_DOUBLE_EQ(*ours.share.value, 12.0 / 18);
  EXPECT_DOUBLE_EQ(*ours.share.low, stats::wilson({12, 18}, 0.975)->low) << "two brands: each at 97.5 %";
  EXPECT_EQ(ours.sentiments.n, 11U);
  EXPECT_EQ(ours.sentiments.unknown, 1U);
  EXPECT_EQ(ours.sentiments.negative.count, 8U);
  EXPECT_DOUBLE_EQ(*ours.net.value, 100.0 * (3 - 8) / 11);
  EXPECT_LT(*ours.net.low, *ours.net.value);
  EXPECT_FALSE(theirs.net.value) << "five with a sentiment are too few";
  EXPECT_EQ(ours.series, (std::vector<std::uint64_t>{12, 0}));
  EXPECT_EQ(ours.negatives, (std::vector<std::uint64_t>{8, 0}));
  EXPECT_EQ(theirs.series, (std::vector<std::uint64_t>{2, 4}));
  ASSERT_EQ(theirs.platforms.size(), 2U);
  EXPECT_EQ(theirs.platforms[0].platform, "x");
  EXPECT_EQ(theirs.platforms[0].mentions, 4U);
  EXPECT_EQ(ours.reach, 12);
  EXPECT_FALSE(ours.change || ours.share_change || ours.net_change) << "nothing to compare with";
}

TEST(ReportOf, ComparesWithThePeriodBefore) {
  const BrandBook book = test::book({"ours", "theirs"});
  Made made;
  for (std::int64_t day = 100; day < 128; ++day) {
    const bool is_later = day >= 114;
    for (int i = 0; i < (is_later ? 30 : 10) + day % 3; ++i)
      made.add(day * kDay + i, 1, is_later ? (i % 2 == 0 ? 0 : 1) : (i % 5 == 0 ? 0 : 2));
    for (int i = 0; i < 20; ++i) made.add(day * kDay + 100 + i, 2, i % 2 == 0 ? 1 : 2);
  }
  const Posts posts = made.done();
  const Report found = report(book, posts, filter(114, 128), query::Range{{100 * kDay}, {114 * kDay}});
  const BrandFigures &ours = found.brands[0], &theirs = found.brands[1];
  EXPECT_EQ(ours.before, 10U * 14 + 15);
  EXPECT_EQ(found.mentions_before, ours.before + 20 * 14);
  ASSERT_TRUE(ours.change);
  EXPECT_NEAR(ours.change->ratio, double(ours.mentions) / double(ours.before), 1e-9);
  EXPECT_TRUE(ours.change_holds);
  ASSERT_TRUE(theirs.change);
  EXPECT_DOUBLE_EQ(theirs.change->ratio, 1);
  EXPECT_FALSE(theirs.change_holds);
  ASSERT_TRUE(ours.share_change && ours.net_change);
  EXPECT_GT(ours.share_change->value, 0.2);
  EXPECT_TRUE(ours.share_change->significant);
  EXPECT_LT(ours.net_change->value, -50);
  EXPECT_TRUE(ours.net_change->significant);
  EXPECT_FALSE(theirs.net_change->significant);
}

TEST(ReportOf, DaysBeforeAnybodyListenedDoNotCount) {
  const BrandBook book = test::book({"ours"});
  Made made;
  for (std::int64_t day = 110; day < 128; ++day)
    for (int i = 0; i < 20; ++i) made.add(day * kDay + i, 1);
  const Posts posts = made.done();
  const Report found = report(book, posts, filter(114, 128), query::Range{{100 * kDay}, {114 * kDay}});
  ASSERT_TRUE(found.brands[0].change);
  EXPECT_DOUBLE_EQ(found.brands[0].change->ratio, 1) << "four days of twenty, not fourteen of six";
}

TEST(ReportOf, NothingIsNothing) {
  const BrandBook book = test::book({"ours"});
  const Posts none;
  const Report found = report(book, none, filter(100, 102), query::Range{{98 * kDay}, {100 * kDay}});
  EXPECT_EQ(found.posts, 0U);
  EXPECT_FALSE(found.brands[0].share.value);
  EXPECT_FALSE(found.brands[0].change);
  EXPECT_EQ(found.brands[0].series.size(), 2U);
  EXPECT_TRUE(report(test::book({}), none, filter(100, 102)).brands.empty());
}

TEST(BucketOf, WeeksBeginOnMondayAndMonthsOnTheFirst) {
  EXPECT_EQ(bucket_of(4, query::Grain::kWeek), 4) << "5 January 1970 was a Monday";
  EXPECT_EQ(bucket_of(10, query::Grain::kWeek), 4);
  EXPECT_EQ(bucket_of(11, query::Grain::kWeek), 11);
  EXPECT_EQ(bucket_of(45, query::Grain::kMonth), 31) << "15 February to the 1st";
  EXPECT_EQ(bucket_of(45, query::Grain::kDay), 45);
}

}  // namespace
}  // namespace zhike::reputation
