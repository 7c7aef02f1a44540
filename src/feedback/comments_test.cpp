// Shares, changes and pages of comments, from rows that are given.
#include "feedback/comments.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "warehouse/test_client.h"

namespace zhike::feedback {
namespace {

using warehouse::Canned;
using warehouse::rows;

CommentQuestion two_days() { return {.filter = {.events = {.range = {{0}, {2 * 86'400'000}}}}}; }

TEST(Comments, SharesHaveWilsonsIntervalAndAreComparedWithTheTimeBefore) {
  Canned client;
  client.answers = {
      rows({{"1970-01-01", "", "30", "10", "60", "7"}}),
      rows({{"1970-01-01", "", "10", "0", "90", "0"}}),
      rows({{"1970-01-02", "", "5", "0", "3", "0"}}),
      rows({{"1970-01-01", "survey", "20", "0", "5", "0"}, {"1970-01-01", "", "9", "0", "9", "0"}}),
      rows({{"1970-01-01", "zh", "30", "10", "60", "0"}, {"1970-01-01", "other", "0", "0", "0", "7"}}),
      rows({{"intent.refund", "12", "11"}})};
  const auto out = summarise({client, 1}, Grant::owner(), two_days());
  ASSERT_TRUE(out) << to_string(out.error());
  EXPECT_EQ(out->whole.n, 100U);
  EXPECT_EQ(out->whole.unknown, 7U);
  EXPECT_DOUBLE_EQ(*out->whole.negative.value, 0.3);
  // By hand: (0.3 + z²/200 ± z √(0.3 · 0.7 / 100 + z² / 40000)) / (1 + z²/100), z = 1.959964.
  EXPECT_NEAR(*out->whole.negative.low, 0.218949, 1e-6);
  EXPECT_NEAR(*out->whole.negative.high, 0.395849, 1e-6);
  ASSERT_TRUE(out->negative);
  EXPECT_NEAR(out->negative->value, 0.2, 1e-12);
  EXPECT_TRUE(out->negative->significant);
  ASSERT_EQ(out->series.size(), 2U);
  EXPECT_FALSE(out->series[1].sentiments.negative.value) << "eight comments are too few";
  EXPECT_EQ(out->series[1].sentiments.negative.count, 5U);
  ASSERT_EQ(out->groups.size(), 1U) << "what belongs nowhere is no group";
  EXPECT_EQ(out->languages.back().sentiments.unknown, 7U);
  ASSERT_EQ(out->labels.size(), 1U);
  EXPECT_EQ(out->labels[0].key, "refund");
  EXPECT_FALSE(out->labels[0].name_zh.empty());
}

TEST(Comments, ChangesSideBySideAreCorrectedForTheirNumber) {
  // Each alone would be significant (p about 0.03 against 0.05); of three none is below 0.05 / 3.
  Canned client;
  client.answers = {
      rows({{"1970-01-01", "", "100", "0", "100", "0"}}),
      rows({{"delivery", "30", "0", "70"}, {"price", "30", "0", "70"}, {"service", "30", "0", "70"}}),
      rows({{"1970-01-01", "", "100", "0", "100", "0"}}),
      rows({{"delivery", "17", "0", "83"}, {"price", "17", "0", "83"}, {"service", "17", "0", "83"}})};
  const auto catalogue = *text::shipped_aspects("retail");
  const auto table = aspects({client, 1}, Grant::owner(), catalogue, two_days());
  ASSERT_TRUE(table) << to_string(table.error());
  EXPECT_EQ(table->comments, 200U);
  EXPECT_EQ(table->aspects.size(), catalogue.aspects.size());
  for (std::size_t i = 0; i < 3; ++i) {
    ASSERT_TRUE(table->aspects[i].negative);
    EXPECT_NEAR(table->aspects[i].negative->value, 0.13, 1e-12);
    EXPECT_FALSE(table->aspects[i].negative->significant) << table->aspects[i].key;
  }
  EXPECT_EQ(table->aspects.back().sentiments.n, 0U) << "those never spoken of come last";

  client.answers[1] = rows({{"delivery", "30", "0", "70"}});
  client.answers[3] = rows({{"delivery", "17", "0", "83"}});
  client.asked.clear();
  const auto alone = aspects({client, 1}, Grant::owner(), catalogue, two_days());
  ASSERT_TRUE(alone);
  EXPECT_TRUE(alone->aspects[0].negative->significant);
}

TEST(Comments, WordsNeedCommentsOnBothSides) {
  Canned client;
  client.answers = {rows({{"1970-01-01", "", "500", "0", "9", "0"}})};
  const auto few =
      typical_words({client, 1}, Grant::owner(), two_days().filter, text::Polarity::kNegative, 5);
  ASSERT_TRUE(few);
  EXPECT_FALSE(few->enough);
  EXPECT_EQ(client.asked.size(), 1U);
  client.answers = {rows({{"1970-01-01", "", "50", "10", "40", "3"}}),
                    rows({{"slow", "20", "1", 30.5}, {"odd", "4", "1", 3.0}})};
  client.asked.clear();
  const auto words =
      typical_words({client, 1}, Grant::owner(), two_days().filter, text::Polarity::kNegative, 5);
  ASSERT_TRUE(words);
  EXPECT_EQ(words->inside, 50U);
  EXPECT_EQ(words->outside, 50U) << "those without a sentiment are no side";
  ASSERT_EQ(words->words.size(), 1U) << "3.0 may be chance";
  EXPECT_EQ(words->words[0].word, "slow");
}

TEST(Comments, APageLeavesOutWhoseEventIsGone) {
  auto made = text::CommentModels::make({.aspects = *text::shipped_aspects("retail")});
  ASSERT_TRUE(made);
  const auto row = [](const char* id, const char* at) {
    return boost::json::array{id,
                              at,
                              "9",
                              "web",
                              "",
                              "main",
                              "",
                              nullptr,
                              "zh",
                              "negative",
                              0.9,
                              0.1,
                              boost::json::array{"delivery"},
                              boost::json::array{"negative"},
                              boost::json::array{0.2},
                              boost::json::array{"intent.refund"}};
  };
  Canned client;
  client.answers = {rows({row("3", "3000"), row("2", "2000"), row("1", "1000")}),
                    rows({{"3", "物流<b>太慢</b>"}})};
  const auto page = comments(
      {client, 1}, **made, [](CustomerId) -> Result<std::string> { return std::string("王**"); },
      Grant::owner(), two_days().filter, {}, 2);
  ASSERT_TRUE(page) << to_string(page.error());
  ASSERT_EQ(page->items.size(), 1U);
  EXPECT_EQ(page->items[0].said.name, "王**");
  EXPECT_EQ(page->items[0].aspects[0].key, "delivery");
  std::string whole;
  for (const auto& piece : page->items[0].pieces) whole += piece.text;
  EXPECT_EQ(whole, "物流<b>太慢</b>");
  ASSERT_TRUE(page->next);
  EXPECT_EQ(page->next->id, 2U);
}

TEST(Comments, WrongFiltersAndMissingRightsAskNothing) {
  Canned client;
  const Grant nobody{.user = {}, .permissions = 0, .all_units = true, .units = {}};
  EXPECT_EQ(summarise({client, 1}, nobody, two_days()).error().code, Code::kPermissionMissing);
  CommentQuestion question = two_days();
  question.filter.sentiment = "bad";
  EXPECT_EQ(summarise({client, 1}, Grant::owner(), question).error().code, Code::kBadFilter);
  question.filter.sentiment = "unknown";
  question.filter.aspect_sentiment = "negative";
  EXPECT_EQ(summarise({client, 1}, Grant::owner(), question).error().code, Code::kBadFilter);
  question.filter.aspect_sentiment.clear();
  question.filter.language = "de";
  EXPECT_EQ(summarise({client, 1}, Grant::owner(), question).error().code, Code::kBadFilter);
  EXPECT_EQ(client.asked.size(), 0U);
}

}  // namespace
}  // namespace zhike::feedback
