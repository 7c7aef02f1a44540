// Aspects: clauses, negation, degree, who an opinion belongs to, and where it stands.
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "text/aspects.h"
#include "text/normalize.h"
#include "text/shipped.h"

namespace zhike::text {
namespace {

const ShippedModels& models() {
  static const ShippedModels* const shipped = *shipped_sentiment();
  return *shipped;
}

struct Told {
  std::string aspect, word, clause, why;  ///< why: "很好" or "很好;不贵"
  float opinions = 0, positive = 0;
  Polarity polarity = Polarity::kNeutral;
};

Told told(const Mention& at, std::string_view text, std::string aspect) {
  const auto part = [&](const Range& range) {
    EXPECT_LE(range.begin, range.end);
    EXPECT_LE(range.end, text.size());
    return std::string(text.substr(range.begin, range.end - range.begin));
  };
  Told out{.aspect = std::move(aspect),
           .word = part(at.word),
           .clause = part(at.clause),
           .why = {},
           .opinions = at.signs[0],
           .positive = at.positive,
           .polarity = at.polarity};
  for (const Opinion& opinion : at.opinions) out.why += (out.why.empty() ? "" : ";") + part(opinion.where);
  EXPECT_TRUE(at.positive > 0 && at.positive < 1) << text;
  return out;
}

std::vector<Told> read(std::string_view text, std::string_view domain = "hotel") {
  const auto catalogue = shipped_aspects(domain);
  EXPECT_TRUE(catalogue);
  const AspectWords words(*catalogue);
  AspectReader reader(words, models());
  std::vector<Told> out;
  for (const Mention& at : reader.read(normalized_with_places(text)))
    out.push_back(told(at, text, catalogue->aspects[at.aspect].key));
  return out;
}

/// What is said of a term.
Told term(std::string_view text, std::string_view name) {
  const AspectWords words({});
  AspectReader reader(words, models());
  const Mention* const found = reader.read_term(normalized_with_places(text), normalized(name));
  if (found != nullptr) return told(*found, text, std::string(name));
  Told none;
  none.aspect = "none";
  return none;
}

TEST(Aspects, EachHasItsOwnClause) {
  const auto found = read("酒店位置很好，但是房间有点小，隔音太差了！前台热情");
  ASSERT_EQ(found.size(), 4U);
  EXPECT_EQ(found[0].aspect, "location");
  EXPECT_EQ(found[0].why, "很好");
  EXPECT_EQ(found[0].polarity, Polarity::kPositive);
  EXPECT_EQ(found[1].aspect, "room");
  EXPECT_EQ(found[1].clause, "但是房间有点小");
  EXPECT_EQ(found[1].why, "有点小");
  EXPECT_LT(found[1].opinions, 0);
  EXPECT_EQ(found[2].word, "隔音");
  EXPECT_EQ(found[2].polarity, Polarity::kNegative);
  EXPECT_EQ(found[3].aspect, "front_desk");
  EXPECT_EQ(found[3].polarity, Polarity::kPositive);
}

TEST(Aspects, WordsOfContrastAndBlanksEndClauses) {
  const auto found = read("房间干净但前台冷漠 早餐难吃");
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].why, "干净");
  EXPECT_EQ(found[1].clause, "但前台冷漠");
  EXPECT_EQ(found[2].clause, "早餐难吃");
}

TEST(Aspects, NegationTurns) {
  EXPECT_GT(term("服务好", "服务").opinions, 0);
  for (const char* text : {"服务不好", "服务不太好", "服务不是很好", "服务没那么好", "服务谈不上好"}) {
    EXPECT_LT(term(text, "服务").opinions, 0) << text;
    EXPECT_EQ(term(text, "服务").polarity, Polarity::kNegative) << text;
  }
  EXPECT_GT(term("机器没有噪音", "机器").opinions, 0) << "no bad thing is good";
  EXPECT_LT(term("the staff were not friendly", "staff").opinions, 0);
  EXPECT_LT(term("the staff weren't very helpful", "staff").opinions, 0);
  EXPECT_EQ(term("服务不是很好", "服务").why, "不是很好") << "the range takes in what turns it";
}

TEST(Aspects, DegreeScales) {
  const float plain = term("服务好", "服务").opinions;
  EXPECT_GT(term("服务非常好", "服务").opinions, plain);
  EXPECT_LT(term("服务还算好", "服务").opinions, plain);
  // tanh(0.8 × 1.6) and tanh(0.8 × 0.6), worked by hand.
  EXPECT_NEAR(term("服务非常好", "服务").opinions, 0.8565, 0.0001);
  EXPECT_NEAR(term("服务还算好", "服务").opinions, 0.4462, 0.0001);
  EXPECT_NEAR(term("服务不好", "服务").opinions, -0.5649, 0.0001);  // tanh(-0.64)
}

TEST(Aspects, MoreIsGoodOrBadByWhatItIsSaidOf) {
  EXPECT_LT(term("价格高", "价格").opinions, 0);
  EXPECT_GT(term("价格低", "价格").opinions, 0);
  EXPECT_GT(term("性价比高", "性价比").opinions, 0);
  EXPECT_LT(term("燃油价格很高", "燃油价格").opinions, 0) << "by the end of the term";
  EXPECT_GT(term("价格不高", "价格").opinions, 0);
  EXPECT_EQ(term("价格很高", "价格").polarity, Polarity::kNegative) << "whatever the models say of 很高";
  EXPECT_EQ(term("性价比很高", "性价比").polarity, Polarity::kPositive);
}

TEST(Aspects, ThingsSideBySideShareAnOpinion) {
  const auto found = read("外观和质量都不错", "retail");
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].why, "不错");
  EXPECT_EQ(found[1].why, "不错");
}

TEST(Aspects, AClauseThatSaysNothingTakesTheNext) {
  EXPECT_EQ(term("说到服务，真的很差", "服务").why, "真的很差");
  EXPECT_EQ(term("说到服务，房间很差", "服务").why, "很差") << "a term alone knows of no other aspect";
  const auto found = read("说说早餐，房间很差");
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].aspect, "food");
  EXPECT_EQ(found[0].why, "") << "that is said of the room";
}

TEST(Aspects, RangesAreBytesOfTheTextAsItWas) {
  const std::string text = "  這\xE2\x80\x8B個ＲＯＯＭ 不是很好！！！！！！ 很貴";
  const Told found = term(text, "room");
  EXPECT_EQ(found.word, "ＲＯＯＭ");
  EXPECT_EQ(found.why, "不是很好");
  const auto html = read("<p>房间<b>很干净</b></p>");
  ASSERT_EQ(html.size(), 1U);
  EXPECT_EQ(html[0].word, "房间");
}

TEST(Aspects, EnglishPhrasesAndPlurals) {
  const auto found = read("The rooms were spacious, but check in was slow and customer service terrible.");
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].word, "rooms");
  EXPECT_EQ(found[0].polarity, Polarity::kPositive);
  EXPECT_EQ(found[1].word, "check in");
  EXPECT_EQ(found[1].why, "slow");
  EXPECT_EQ(found[2].word, "customer service");
  EXPECT_EQ(found[2].why, "terrible");
}

TEST(Aspects, AnyTextWillDo) {
  for (const std::string_view text : {"", "👍👍", "\xE2\x80\x8B", "\xFF\xFE", "12345", "смесь"}) {
    EXPECT_TRUE(read(text).empty()) << text;
    EXPECT_EQ(term(text, "服务").aspect, "none");
    EXPECT_EQ(term(text, "").aspect, "none");
  }
  std::string huge, without_signs;
  while (huge.size() < 100'000) huge += "房间很差，<b>早餐很好</b> service bad 👎。";
  while (without_signs.size() < 100'000) without_signs += "房间很好";
  EXPECT_GT(read(huge).size(), 1000U);
  EXPECT_EQ(read(without_signs).size(), 1U) << "an aspect once in a clause";
  EXPECT_EQ(term("房间", "房间").word, "房间") << "a term and nothing else";
}

TEST(Aspects, WordsOfOnesOwnAreNotCut) {
  const auto catalogue = parse_aspects(
      R"({"key": "own", "name_en": "Own", "name_zh": "自有", "aspects": [
          {"key": "slip", "name_en": "Slip", "name_zh": "回访单", "zh": ["回訪單"], "en": ["Call Slip"]}]})");
  ASSERT_TRUE(catalogue) << to_string(catalogue.error());
  const AspectWords words(*catalogue, std::vector<std::u32string>{U"很行"});
  AspectReader reader(words, models());
  ASSERT_EQ(reader.read(normalized_with_places("你们的回访单很差")).size(), 1U);
  ASSERT_EQ(reader.read(normalized_with_places("the call slip is bad")).size(), 1U);
}

TEST(AspectCatalogue, WhatIsWrongIsRefused) {
  const auto refused = [](std::string_view text) {
    const auto found = parse_aspects(text);
    return !found && found.error().code == Code::kBadCatalogue;
  };
  EXPECT_TRUE(refused(""));
  EXPECT_TRUE(refused("[]"));
  EXPECT_TRUE(refused(R"({"key": "a", "name_en": "A", "name_zh": "甲", "aspects": []})"));
  EXPECT_TRUE(
      refused(R"({"key": "a", "name_en": "A", "name_zh": "甲", "aspects": [{"key": "b", "name_en": "B"}]})"));
  EXPECT_TRUE(refused(
      R"({"key": "a", "name_en": "A", "name_zh": "甲", "aspects": [{"key": "b", "name_en": "B", "name_zh": "乙"}]})"));
  EXPECT_TRUE(refused(
      R"({"key": "a", "name_en": "A", "name_zh": "甲", "aspects": [{"key": "b", "name_en": "B", "name_zh": "乙", "zh": [1]}]})"));
  EXPECT_EQ(shipped_aspects("moon").error().code, Code::kBadCatalogue);
  EXPECT_EQ(aspect_domains(), (std::vector<std::string>{"bank", "hotel", "retail", "takeaway", "telecom"}));
  for (const std::string& domain : aspect_domains()) EXPECT_TRUE(shipped_aspects(domain)) << domain;
}

}  // namespace
}  // namespace zhike::text
