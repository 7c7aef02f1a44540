// Topics and risen words of comments, from rows that are given.
#include "feedback/topics.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

#include "warehouse/test_client.h"

namespace zhike::feedback {
namespace {

using warehouse::Canned;
using warehouse::rows;

CommentQuestion two_days() { return {.filter = {.events = {.range = {{0}, {2 * 86'400'000}}}}}; }

/// `first` comments on delivery, then `second` on taste, each with words of its own.
warehouse::Table said(std::uint64_t from, int first, int second) {
  warehouse::Table out = rows({});
  const char* const of_first[] = {"parcel", "courier", "late", "tracking", "box"};
  const char* const of_second[] = {"soup", "noodles", "salty", "taste", "spicy"};
  for (int i = 0; i < first + second; ++i) {
    const auto& words = i < first ? of_first : of_second;
    boost::json::array own;
    for (int w = 0; w < 3; ++w) own.push_back(words[(i * 7 + w) % 5]);
    out.rows.push_back({std::to_string(from + static_cast<std::uint64_t>(i)), "1970-01-01",
                        i < first ? "negative" : "positive", own});
  }
  return out;
}

TEST(TopicsOfComments, CountsSentimentTimeAndWhatHasRisen) {
  Canned client;
  client.answers = {rows({{"1970-01-01", "", "60", "0", "40", "0"}}), said(1, 60, 40), said(1001, 10, 90)};
  const auto table = topics_of_comments({client, 1}, Grant::owner(), two_days(), 2);
  ASSERT_TRUE(table) << to_string(table.error());
  ASSERT_TRUE(table->enough);
  EXPECT_EQ(table->comments, 100U);
  EXPECT_EQ(table->read, 100U);
  EXPECT_EQ(table->before, 100U);
  ASSERT_EQ(table->topics.size(), 2U);
  const TopicOfComments& parcels = table->topics[0];
  EXPECT_EQ(parcels.comments.count, 60U);
  EXPECT_DOUBLE_EQ(*parcels.comments.value, 0.6);
  EXPECT_EQ(parcels.sentiments.negative.count, 60U);
  EXPECT_EQ(parcels.words.size(), 5U);
  ASSERT_EQ(parcels.series.size(), 2U);
  EXPECT_EQ(parcels.series[0], 60U);
  EXPECT_EQ(table->all[0], 100U);
  ASSERT_TRUE(parcels.rise);
  EXPECT_EQ(parcels.rise->before, 10U);
  EXPECT_DOUBLE_EQ(parcels.rise->share_before, 0.1);
  EXPECT_LT(parcels.rise->q_value, 0.001);
  EXPECT_FALSE(table->topics[1].rise) << "its share has fallen";
  ASSERT_FALSE(parcels.examples.empty());
  for (const std::uint64_t event : parcels.examples) EXPECT_LE(event, 60U) << "of the period alone";
}

TEST(TopicsOfComments, WordsAreForThoseWhoMaySeeCustomers) {
  Canned client;
  client.answers = {rows({{"1970-01-01", "", "60", "0", "40", "0"}}), said(1, 60, 40)};
  CommentQuestion question = two_days();
  question.compare = query::Compare::kNone;
  Grant viewer = Grant::owner();
  viewer.permissions = 1U << static_cast<unsigned>(Permission::kViewMetrics);
  const auto table = topics_of_comments({client, 1}, viewer, question, 2);
  ASSERT_TRUE(table) << to_string(table.error());
  ASSERT_EQ(table->topics.size(), 2U);
  EXPECT_TRUE(table->topics[0].words.empty());
  EXPECT_TRUE(table->topics[0].examples.empty());
  EXPECT_FALSE(table->topics[0].rise) << "nothing to compare with";
  EXPECT_EQ(risen_words({client, 1}, viewer, two_days(), 5).error().code, Code::kPermissionMissing);
}

TEST(TopicsOfComments, FewCommentsHaveNone) {
  Canned client;
  client.answers = {rows({{"1970-01-01", "", "20", "0", "10", "0"}}), said(1, 20, 10), rows({})};
  const auto table = topics_of_comments({client, 1}, Grant::owner(), two_days(), 0);
  ASSERT_TRUE(table) << to_string(table.error());
  EXPECT_FALSE(table->enough);
  EXPECT_EQ(table->needed, 50U);
  EXPECT_EQ(table->read, 30U);
  EXPECT_TRUE(table->topics.empty());
}

TEST(RisenWords, AreThoseThatChanceDoesNotExplain) {
  Canned client;
  client.answers = {rows({{"1970-01-01", "", "500", "0", "500", "0"}}),
                    rows({{"1970-01-01", "", "500", "0", "500", "0"}}),
                    rows({{"service", "300", "100"}, {"leak", "40", "38"}, {"blue", "6", "1"}}),
                    rows({{"service", "310", "100"}, {"leak", "5", "5"}, {"blue", "3", "1"}})};
  const auto found = risen_words({client, 1}, Grant::owner(), two_days(), 9);
  ASSERT_TRUE(found) << to_string(found.error());
  EXPECT_EQ(found->tested, 3U);
  ASSERT_EQ(found->words.size(), 1U);
  EXPECT_EQ(found->words[0].word, "leak");
  EXPECT_EQ(found->words[0].rise.before, 5U);
  EXPECT_EQ(found->words[0].negative, 38U);
  // By hand: 2 (5 ln(5/22.5) + 40 ln(40/22.5) + 995 ln(995/977.5) + 960 ln(960/977.5)) = 31.614990.
  EXPECT_NEAR(found->words[0].rise.score, 31.614990, 1e-6);
  CommentQuestion alone = two_days();
  alone.compare = query::Compare::kNone;
  EXPECT_EQ(risen_words({client, 1}, Grant::owner(), alone, 9).error().code, Code::kBadFilter);
}

TEST(RisenWords, NeedCommentsInBothPeriods) {
  Canned client;
  client.answers = {rows({{"1970-01-01", "", "500", "0", "500", "0"}}),
                    rows({{"1970-01-01", "", "3", "0", "3", "0"}})};
  const auto found = risen_words({client, 1}, Grant::owner(), two_days(), 9);
  ASSERT_TRUE(found);
  EXPECT_FALSE(found->enough);
  EXPECT_TRUE(found->words.empty());
}

}  // namespace
}  // namespace zhike::feedback
