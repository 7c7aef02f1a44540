// One comment read whole, and the pieces that say why.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <string_view>

#include "text/comment.h"
#include "text/normalize.h"

namespace zhike::text {
namespace {

const CommentModels& models() {
  static const std::unique_ptr<const CommentModels> made = [] {
    auto catalogue = shipped_aspects("retail");
    auto out = CommentModels::make({.aspects = std::move(*catalogue)});
    return std::move(*out);
  }();
  return *made;
}

std::string aspects_of(const CommentReading& reading) {
  std::string out;
  for (const CommentAspect& at : reading.aspects) {
    out += out.empty() ? "" : " ";
    out += models().catalogue().aspects[at.aspect].key;
    out += ":";
    out += to_string(at.polarity);
  }
  return out;
}

std::string labels_of(const CommentReading& reading) {
  std::string out;
  for (const std::uint32_t label : reading.labels)
    out += (out.empty() ? "" : " ") + Intents::shipped().labels()[label].key;
  return out;
}

TEST(Comment, IsReadWhole) {
  CommentReader reader(models());
  const CommentReading& reading = reader.read("物流太慢了，客服也不理人，我要退款！");
  EXPECT_EQ(reading.language, Language::kChinese);
  ASSERT_TRUE(reading.sentiment);
  EXPECT_EQ(*reading.sentiment, Polarity::kNegative);
  EXPECT_NEAR(reading.chances[0] + reading.chances[1] + reading.chances[2], 1, 1e-5);
  EXPECT_EQ(aspects_of(reading), "delivery:negative service:negative returns:negative");
  EXPECT_NE(labels_of(reading).find("refund"), std::string::npos);
  EXPECT_NE(std::ranges::find(reading.words, "物流"), reading.words.end());
}

TEST(Comment, SentimentIsThatOfTheSentimentReader) {
  CommentReader reader(models());
  SentimentReader plain(models().sentiment());
  for (const std::string_view text : {"质量很好，值得推荐", "the flight was late again", "房间很差"}) {
    const auto expected = plain.read(normalized(text));
    const CommentReading& reading = reader.read(text);
    for (std::size_t c = 0; c < expected.size(); ++c) EXPECT_EQ(reading.chances[c], expected[c]) << text;
  }
}

TEST(Comment, AnAspectOfTwoMentionsCountsOnceByTheMean) {
  CommentReader reader(models());
  AspectReader aspects(models().words(), models().sentiment());
  constexpr std::string_view kText = "物流很快。这次物流太慢了，非常失望。";
  float sum = 0;
  std::size_t count = 0;
  for (const Mention& at : aspects.read(normalized_with_places(kText)))
    if (models().catalogue().aspects[at.aspect].key == "delivery") sum += at.positive, ++count;
  ASSERT_EQ(count, 2U);
  const CommentReading& reading = reader.read(kText);
  ASSERT_EQ(reading.aspects.size(), 1U);
  EXPECT_NEAR(reading.aspects[0].positive, sum / 2, 1e-6);
}

TEST(Comment, ChancesOfATonePutNeutralWhereTheBandIs) {
  // By hand: p = 0.8: 0.04, 0.24 and 0.64 of 0.92.
  const auto chances = tone_chances(0.8F);
  EXPECT_NEAR(chances[0], 0.04 / 0.92, 1e-6);
  EXPECT_NEAR(chances[1], 0.24 / 0.92, 1e-6);
  EXPECT_NEAR(chances[2], 0.64 / 0.92, 1e-6);
  for (int i = 0; i <= 1000; ++i) {
    const float p = static_cast<float>(i) / 1000;
    const auto at = tone_chances(p);
    EXPECT_NEAR(at[0] + at[1] + at[2], 1, 1e-6);
    if (std::abs(std::abs(p - 0.5F) - kUnsure) < 1e-3F) continue;
    const auto likeliest = std::ranges::max_element(at) - at.begin();
    EXPECT_EQ(likeliest, std::abs(p - 0.5F) < kUnsure ? 1 : p > 0.5F ? 2 : 0) << p;
  }
}

TEST(Comment, CorrectionsStandInPlaceOfWhatWasRead) {
  CommentReader reader(models());
  constexpr std::string_view kText = "物流太慢了，客服也不理人，我要退款！";
  const AspectCorrection said[]{{.aspect = "delivery", .polarity = Polarity::kPositive},
                                {.aspect = "service", .polarity = std::nullopt},
                                {.aspect = "price", .polarity = Polarity::kNeutral},
                                {.aspect = "no such aspect", .polarity = Polarity::kNegative}};
  const CommentReading& reading = reader.read(kText, said);
  EXPECT_EQ(std::ranges::count(aspects_of(reading), ' '), 2) << aspects_of(reading);
  EXPECT_NE(aspects_of(reading).find("delivery:positive"), std::string::npos);
  EXPECT_EQ(aspects_of(reading).find("service"), std::string::npos);
  EXPECT_NE(aspects_of(reading).find("price:neutral"), std::string::npos);
  EXPECT_TRUE(std::ranges::is_sorted(reading.aspects, {}, &CommentAspect::aspect));
  std::string all;
  for (const CommentPiece& piece : reader.explain(kText, said)) {
    all += piece.text;
    if (piece.is != CommentPiece::Is::kAspect) continue;
    const std::string& key = models().catalogue().aspects[piece.number].key;
    EXPECT_NE(key, "service");
    if (key == "delivery") EXPECT_EQ(piece.polarity, Polarity::kPositive);
  }
  EXPECT_EQ(all, kText);
  EXPECT_EQ(aspects_of(reader.read(kText)), "delivery:negative service:negative returns:negative");
}

TEST(Comment, AnOwnModelReadsTheClausesOfAspects) {
  CommentReader shipped(models());
  const auto examples = shipped.examples("物流很快，但是客服很差");
  ASSERT_EQ(examples.size(), 2U);
  EXPECT_EQ(models().catalogue().aspects[examples[0].aspect].key, "delivery");
  EXPECT_NE(examples[0].text.find(U"很快"), std::u32string::npos);
  EXPECT_EQ(examples[0].text.find(U"很差"), std::u32string::npos);
  // A model that calls all negative: of aspects alone.
  CommentSetup setup{.aspects = *shipped_aspects("retail")};
  setup.own_aspects = Adaptation{.trust = 1, .bias = {20, 0, 0}, .buckets = {}, .weights = {}};
  EXPECT_NE(comment_version(setup), comment_version({.aspects = *shipped_aspects("retail")}));
  const auto own = CommentModels::make(std::move(setup));
  ASSERT_TRUE(own);
  CommentReader reader(**own);
  const auto sentiment = shipped.read("物流很快，质量很好").sentiment;
  const CommentReading& reading = reader.read("物流很快，质量很好");
  ASSERT_FALSE(reading.aspects.empty());
  for (const CommentAspect& at : reading.aspects) EXPECT_EQ(at.polarity, Polarity::kNegative);
  EXPECT_EQ(reading.sentiment, sentiment);
}

TEST(Comment, WhatHasNoModelHasNoSentiment) {
  CommentReader reader(models());
  for (const std::string_view text : {"", "👍👍", "12345", "Produto muito bom, entrega antes do prazo"}) {
    const CommentReading& reading = reader.read(text);
    EXPECT_FALSE(reading.sentiment) << text;
    EXPECT_TRUE(reading.aspects.empty()) << text;
  }
  EXPECT_TRUE(reader.read("质量很好").sentiment) << "the one before leaves nothing behind";
}

TEST(Comment, WhatStandsForSomethingScrubbedIsNoWord) {
  CommentReader reader(models());
  const CommentReading& reading = reader.read("call me on [phone] about the delivery, phones are slow");
  EXPECT_EQ(std::ranges::find(reading.words, "phone"), reading.words.end());
  EXPECT_NE(std::ranges::find(reading.words, "phones"), reading.words.end());
}

TEST(Comment, WordsAreEachOnceAndBounded) {
  CommentReader reader(models());
  std::string many;
  for (int i = 0; i < 1000; ++i)
    many += " word" + std::string(1, static_cast<char>('a' + i % 26)) +
            std::string(1, static_cast<char>('a' + i / 26 % 26)) + " delivery";
  const CommentReading& reading = reader.read(many);
  EXPECT_EQ(reading.words.size(), CommentReading::kWordsMax);
  EXPECT_EQ(std::ranges::count(reading.words, "delivery"), 1);
}

TEST(Comment, PiecesTogetherAreTheText) {
  CommentReader reader(models());
  for (const std::string_view text :
       {std::string_view("物流太慢了<script>alert(1)</script>，客服不好，要退款"), std::string_view(""),
        std::string_view("no aspects at all"), std::string_view("\xff broken 质量\xe8 很好"),
        std::string_view("價格　很高！！！！！！ 👍🏽 質量很好")}) {
    std::string whole;
    for (const CommentPiece& piece : reader.explain(text)) {
      EXPECT_FALSE(piece.text.empty());
      whole += piece.text;
    }
    EXPECT_EQ(whole, text);
  }
}

TEST(Comment, PiecesSayWhy) {
  CommentReader reader(models());
  std::string shown;
  for (const CommentPiece& piece : reader.explain("物流太慢了，请问多久到")) {
    switch (piece.is) {
      case CommentPiece::Is::kPlain:
        shown += piece.text;
        break;
      case CommentPiece::Is::kAspect:
        shown += "[" + models().catalogue().aspects[piece.number].key + " " + piece.text + "]";
        break;
      case CommentPiece::Is::kOpinion:
        shown += piece.value < 0 ? "[- " + piece.text + "]" : "[+ " + piece.text + "]";
        break;
      case CommentPiece::Is::kLabel:
        shown += "[" + Intents::shipped().labels()[piece.number].key + " " + piece.text + "]";
    }
  }
  EXPECT_EQ(shown, "[delivery 物流][- 太慢]了，[ask 请问][ask 多久]到");
}

TEST(Comment, TheVersionFollowsTheCatalogue) {
  CommentSetup setup = models().setup();
  const std::string version = comment_version(setup);
  EXPECT_EQ(version.size(), 32U);
  EXPECT_EQ(version, comment_version(models().setup()));
  setup.aspects.aspects[0].words.emplace_back(U"新词");
  EXPECT_NE(version, comment_version(setup));
  setup = models().setup();
  setup.words.emplace_back(U"新词");
  EXPECT_NE(version, comment_version(setup));
  setup = models().setup();
  setup.own = Adaptation{.trust = 0.9F};
  EXPECT_NE(version, comment_version(setup));
  setup = models().setup();
  setup.routes = shipped_routes();
  const std::string routed = comment_version(setup);
  EXPECT_NE(version, routed);
  setup.routes.rules[0].name_en = "Another name";
  EXPECT_EQ(routed, comment_version(setup)) << "names change nothing that is read";
  setup.routes.rules[0].flags = {"toxic"};
  EXPECT_NE(routed, comment_version(setup));
}

TEST(Comment, PolaritiesHaveNames) {
  EXPECT_EQ(parse_polarity("neutral"), Polarity::kNeutral);
  EXPECT_EQ(to_string(Polarity::kNegative), "negative");
  EXPECT_FALSE(parse_polarity("Negative"));
}

}  // namespace
}  // namespace zhike::text
