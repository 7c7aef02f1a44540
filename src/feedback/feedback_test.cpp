#include "feedback/feedback.h"

#include <gtest/gtest.h>

#include "warehouse/test_client.h"

namespace zhike::feedback {
namespace {

using warehouse::Canned;
using warehouse::rows;

const query::Filter kTwoDays{.range = {{0}, {2 * 86'400'000}}};

TEST(Scores, SumsUpTheInstrumentThatWasNotNamed) {
  Canned client;
  client.answers = {rows({{"nps", "1970-01-01", "", 3.0, "5"},
                          {"nps", "1970-01-01", "", 8.0, "5"},
                          {"nps", "1970-01-01", "", 10.0, "10"},
                          {"review", "1970-01-01", "", 4.0, "90"}}),
                    rows({{"nps", "1970-01-02", "", 10.0, "10"}}),
                    rows({{"nps", "1970-01-01", "survey", 10.0, "9"}})};
  const auto scores = feedback::scores(client, Grant::owner(), {.filter = kTwoDays, .instrument = {}});
  ASSERT_TRUE(scores);
  EXPECT_EQ(scores->instrument, "nps");
  EXPECT_DOUBLE_EQ(*scores->score.value, 25);
  EXPECT_DOUBLE_EQ(*scores->mean, 7.75);
  EXPECT_EQ(scores->detractors, 5U);
  EXPECT_EQ(scores->distribution.size(), 3U);
  ASSERT_EQ(scores->series.size(), 2U);
  EXPECT_FALSE(scores->series[0].score.value);
  EXPECT_DOUBLE_EQ(*scores->series[1].score.value, 100);
  ASSERT_EQ(scores->groups.size(), 1U);
  EXPECT_FALSE(scores->groups[0].score.value) << "nine answers are too few";
  EXPECT_EQ(scores->instruments.front().instrument, "review");
}

TEST(Scores, CsatIsTheShareOfTheTwoBest) {
  Canned client;
  client.answers = {rows({{"csat", "1970-01-01", "", 3.0, "5"},
                          {"csat", "1970-01-01", "", 4.0, "10"},
                          {"csat", "1970-01-01", "", 5.0, "5"}})};
  const auto scores = feedback::scores(
      client, Grant::owner(),
      {.filter = kTwoDays, .instrument = "csat", .grain = query::Grain::kNone, .by = query::By::kNone});
  ASSERT_TRUE(scores);
  EXPECT_DOUBLE_EQ(*scores->score.value, 0.75);
  EXPECT_EQ(scores->promoters, 0U);
}

TEST(Scores, AnswerAnEmptyStore) {
  Canned client;
  client.answers = {rows({}), rows({}), rows({})};
  const auto scores = feedback::scores(client, Grant::owner(), {.filter = kTwoDays, .instrument = {}});
  ASSERT_TRUE(scores);
  EXPECT_FALSE(scores->score.value || scores->mean);
  EXPECT_TRUE(scores->distribution.empty());
}

TEST(Scores, DemandThePermission) {
  Canned client;
  const Grant nobody{.user = {}, .permissions = 0, .all_units = true, .units = {}};
  EXPECT_EQ(feedback::scores(client, nobody, {.filter = kTwoDays, .instrument = {}}).error().code,
            Code::kPermissionMissing);
  EXPECT_EQ(client.asked.size(), 0U);
}

}  // namespace
}  // namespace zhike::feedback
