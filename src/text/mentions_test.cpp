// Names in texts, and texts that repeat one another.
#include "text/mentions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace zhike::text {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<KnownName> airlines() {
  return {{"United", 0},
          {"联合航空", 0},
          {"US Airways", 1},
          {"Virgin America", 2},
          {"中国东方航空", 3},
          {"东航", 3},
          {"国航", 4},
          {"Delta", 5},
          {"United States", 0, true},
          {"delta variant", 5, true},
          {"river", 5, true}};
}

/// The words found, each with its owner.
std::vector<std::string> found(const MentionFinder& finder, std::string_view text) {
  std::vector<std::string> out;
  for (const NameMention& at : finder.find(text))
    out.push_back(std::to_string(at.owner) + ":" + std::string(text.substr(at.begin, at.end - at.begin)));
  return out;
}

TEST(MentionFinder, WordsHaveEndsAndChineseHasNone) {
  const MentionFinder finder(airlines());
  EXPECT_THAT(found(finder, "@united you lost my bag. UNITED!"), ElementsAre("0:united", "0:UNITED"));
  EXPECT_THAT(found(finder, "united's desk; reunited at last, unitedly"), ElementsAre("0:united"));
  EXPECT_THAT(found(finder, "坐东航比联合航空好"), ElementsAre("3:东航", "0:联合航空"));
  EXPECT_THAT(found(finder, "用Ｕｎｉｔｅｄ飞"), ElementsAre("0:Ｕｎｉｔｅｄ")) << "full-width letters";
  EXPECT_THAT(found(finder, ""), IsEmpty());
  EXPECT_THAT(found(MentionFinder(), "united"), IsEmpty());
}

TEST(MentionFinder, BlanksAreRunsOrNone) {
  const MentionFinder finder(airlines());
  EXPECT_THAT(found(finder, "@USAirways #us-airways US  Airways us_airways"),
              ElementsAre("1:USAirways", "1:us-airways", "1:US  Airways", "1:us_airways"));
  EXPECT_THAT(found(finder, "@VirginAmerica and Virgin, America"), ElementsAre("2:VirginAmerica"));
}

TEST(MentionFinder, TheLongestNameWins) {
  const MentionFinder finder(airlines());
  EXPECT_THAT(found(finder, "中国东方航空"), ElementsAre("3:中国东方航空")) << "not what lies within";
  const std::vector<KnownName> overlapping{{"美国航空", 0}, {"国航", 1}, {"国航空姐", 2}};
  EXPECT_THAT(found(MentionFinder(overlapping), "美国航空"), ElementsAre("0:美国航空"));
  EXPECT_THAT(found(MentionFinder(overlapping), "国航空姐"), ElementsAre("2:国航空姐"));
  EXPECT_THAT(found(MentionFinder(overlapping), "美国航空姐"), ElementsAre("0:美国航空"))
      << "equal: the first";
}

TEST(MentionFinder, ExclusionsCoverOrRuleOut) {
  const MentionFinder finder(airlines());
  EXPECT_THAT(found(finder, "flew United across the United States"), ElementsAre("0:United"));
  EXPECT_THAT(found(finder, "the Delta variant spreads; Delta is late"), ElementsAre("5:Delta"));
  EXPECT_THAT(found(finder, "Delta of the river, seen from United"), ElementsAre("0:United"))
      << "a word beside the name rules it out of the whole text";
}

TEST(MentionFinder, PlacesAreBytesOfTheText) {
  const std::string_view text = "我坐东航。";
  const auto at = MentionFinder(airlines()).find(text);
  ASSERT_EQ(at.size(), 1U);
  EXPECT_EQ(text.substr(at[0].begin, at[0].end - at[0].begin), "东航");
}

TEST(MentionFinder, HostileTextsAreText) {
  const std::vector<KnownName> odd{{"a.b*c", 0}, {"---", 1}, {"", 2}, {"\xff\xfe", 3}};
  const MentionFinder finder(odd);
  EXPECT_THAT(found(finder, "a.b*c aXbbc"), ElementsAre("0:a.b*c"));
  EXPECT_THAT(found(finder, "\xff\xfe \xe4\xb8 --- \xf0\x9f"), IsEmpty());
  EXPECT_THAT(MentionFinder(airlines()).find(std::string(100'000, 'u')), IsEmpty());
}

TEST(MentionFinder, KeysAreHowNamesAreCompared) {
  EXPECT_EQ(MentionFinder::key_of("US Airways"), "usairways");
  EXPECT_EQ(MentionFinder::key_of("ＵＳ-airways "), "usairways");
  EXPECT_EQ(MentionFinder::key_of(" - "), "");
}

TEST(RepeatKey, TellsRepetitionsByTheirLetters) {
  const auto key = repeat_key("The gate agents at JFK were so kind today");
  EXPECT_NE(key, 0U);
  EXPECT_EQ(repeat_key("RT @someone: The gate agents at JFK were so kind today! https://t.co/x1"), key);
  EXPECT_EQ(repeat_key("the GATE agents at JFK were SO kind, today… @united"), key);
  EXPECT_NE(repeat_key("The gate agents at LAX were so kind today"), key);
  EXPECT_EQ(repeat_key("@united thanks"), 0U) << "too short to tell";
}

TEST(RepeatKey, OfWeibo) {
  const auto key = repeat_key("东航的航班又晚点了三个小时");
  EXPECT_NE(key, 0U);
  EXPECT_EQ(repeat_key("转发微博//@旅客甲:东航的航班又晚点了三个小时。"), key);
  EXPECT_NE(repeat_key("我也遇到过，客服电话根本打不通//@旅客甲:东航的航班又晚点了三个小时。"), key)
      << "who passes it on has something of his own to say";
}

}  // namespace
}  // namespace zhike::text
