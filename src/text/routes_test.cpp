// Rules that tell where comments go.
#include "text/routes.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "text/comment.h"

namespace zhike::text {
namespace {

/// Keys of the rules that a text meets: "refund delivery".
std::string routed(const Routes& routes, std::string_view text) {
  auto made = CommentModels::make({.aspects = *shipped_aspects("retail"), .routes = routes});
  CommentReader reader(**made);
  std::string out;
  for (const std::uint32_t at : reader.read(text).routes)
    out += (out.empty() ? "" : " ") + routes.rules[at].key;
  return out;
}

Routes one(std::string_view when) {
  auto parsed = parse_routes(R"({"routes": [{"key": "r", "name_en": "R", "name_zh": "R", "when": )" +
                             std::string(when) + "}]}");
  EXPECT_TRUE(parsed) << to_string(parsed.error());
  return parsed ? *std::move(parsed) : Routes{};
}

std::string wrong(std::string_view text) {
  const auto parsed = parse_routes(text);
  if (parsed) return "valid";
  EXPECT_EQ(parsed.error().code, Code::kBadCatalogue);
  return parsed.error().detail;
}

TEST(Routes, ThoseThatComeAlongAreValid) {
  const Routes& routes = shipped_routes();
  ASSERT_GE(routes.rules.size(), 10U);
  EXPECT_NE(routes.find("refund"), nullptr);
  EXPECT_EQ(routes.find("nothing"), nullptr);
  EXPECT_EQ(routed(routes, "物流太慢了，要退款"), "refund delivery");
  EXPECT_EQ(routed(routes, "质量很好，值得推荐"), "praise");
  EXPECT_EQ(routed(routes, "今天收到了"), "");
}

TEST(Routes, EveryListMustBeMetAndOneEntryOfEachIsEnough) {
  const Routes both = one(R"({"intents": ["refund", "cancel"], "flags": ["urgent"]})");
  EXPECT_EQ(routed(both, "要退款"), "");
  EXPECT_EQ(routed(both, "很紧急"), "");
  EXPECT_EQ(routed(both, "要退款，很紧急"), "r");
  EXPECT_EQ(routed(both, "取消，很紧急"), "r");
}

TEST(Routes, AspectsGoWithTheirOwnSentiment) {
  const Routes bad = one(R"({"aspects": ["delivery"], "aspect_sentiments": ["negative"]})");
  EXPECT_EQ(routed(bad, "物流太慢了，非常失望"), "r");
  EXPECT_EQ(routed(bad, "物流很快，质量太差了"), "") << "what is bad is another aspect";
  EXPECT_EQ(routed(one(R"({"aspect_sentiments": ["negative"]})"), "质量太差了"), "r") << "of any aspect";
  EXPECT_EQ(routed(one(R"({"aspects": ["atm"]})"), "atm 质量太差了"), "") << "of another trade";
}

TEST(Routes, SentimentIsThatOfTheComment) {
  const Routes angry = one(R"({"emotions": ["anger"], "sentiments": ["negative"]})");
  EXPECT_EQ(routed(angry, "气死我了，质量太差"), "r");
  EXPECT_EQ(routed(one(R"({"sentiments": ["positive"]})"), "Produto muito bom"), "")
      << "what has no sentiment is of none";
}

TEST(Routes, WhatIsWrongIsNamed) {
  EXPECT_EQ(wrong("[]"), "routes: a JSON object with a list of at most 32 is needed");
  EXPECT_EQ(wrong(R"({"routes": [{"key": "A b"}]})"),
            "route A b: a key is of a-z, 0-9 and _, at most 40 of them");
  EXPECT_EQ(wrong(R"({"routes": [{"key": "a", "name_en": "A", "name_zh": "A", "when": {}}]})"),
            "route a: a rule needs a condition");
  EXPECT_EQ(
      wrong(R"({"routes": [{"key": "a", "name_en": "A", "name_zh": "A", "when": {"flags": ["refund"]}}]})"),
      "route a: flags has no refund");
  EXPECT_EQ(
      wrong(R"({"routes": [{"key": "a", "name_en": "A", "name_zh": "A", "when": {"flag": ["urgent"]}}]})"),
      "a: there is no field flag");
  EXPECT_EQ(
      wrong(R"({"routes": [{"key": "a", "name_en": "A", "name_zh": "A", "when": {"sentiments": ["bad"]}}]})"),
      "route a: sentiments is negative, neutral or positive, not bad");
  const std::string entry = R"({"key": "a", "name_en": "A", "name_zh": "A", "when": {"flags": ["toxic"]}})";
  EXPECT_EQ(wrong(R"({"routes": [)" + entry + "," + entry + "]}"), "route a is there twice");
  EXPECT_TRUE(parse_routes(R"({"routes": []})"));
}

}  // namespace
}  // namespace zhike::text
