#include "match/words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "match/dates.h"
#include "match/table.h"
#include "match/values.h"

namespace zhike::match {
namespace {

using testing::ElementsAre;

TEST(Plain, OneCaseOneWidthOneScript) {
  EXPECT_EQ(plain("  O'Brien-SMITH, Jr. "), "obrien smith jr");
  EXPECT_EQ(plain("Müller"), "muller");
  EXPECT_EQ(plain("ＡＢＣ　１２"), "abc 12");
  EXPECT_EQ(plain("張偉"), "张伟");
  EXPECT_EQ(plain("office 2.0 pro."), "office 2.0 pro");
  EXPECT_EQ(plain(std::string(1000, 'a')).size(), 512U);
  EXPECT_EQ(plain("\xff\xfe broken"), plain("\xff\xfe broken"));  // answers, whatever it is
}

TEST(Tokens, WordsAndPairsOfCharacters) {
  EXPECT_THAT(tokens_of("red shoes 42"), ElementsAre("red", "shoes", "42"));
  EXPECT_THAT(tokens_of("深圳市南山区12号"), ElementsAre("深圳", "圳市", "市南", "南山", "山区", "12", "号"));
  EXPECT_THAT(tokens_of("王"), ElementsAre("王"));
}

TEST(Names, PinyinWithFamilyReadings) {
  EXPECT_EQ(latin_name("张伟"), "zhang wei");
  EXPECT_EQ(latin_name("单小明"), "shan xiaoming");
  EXPECT_EQ(latin_name("欧阳娜娜"), "ouyang nana");
  EXPECT_EQ(latin_name("曾国强"), "zeng guoqiang");
  EXPECT_EQ(latin_name("lv yang"), "lu yang");
  EXPECT_EQ(pinyin(U'a'), "");
}

TEST(Names, ShortForms) {
  EXPECT_EQ(full_form("bob"), full_form("robert"));
  EXPECT_EQ(full_form("tom"), "thomas");
  EXPECT_EQ(full_form("xiaoming"), "xiaoming");
}

TEST(Sound, LikeConsonantsAreOne) {
  EXPECT_EQ(sound_of("smith"), sound_of("smyth"));
  EXPECT_EQ(sound_of("phillips"), sound_of("filips"));
  EXPECT_NE(sound_of("smith"), sound_of("jones"));
  EXPECT_EQ(sound_of("张"), sound_of("章"));
}

std::string digits(std::string_view text, DayOrder order = DayOrder::kDayFirst) {
  const auto date = parse_date(text, order);
  return date ? date->digits() : "-";
}

TEST(Dates, WaysOfWriting) {
  for (const std::string_view text :
       {"1980-03-12", "1980/3/12", "19800312", "12.03.1980", "12/3/80", "12 Mar 1980", "March 12, 1980",
        "1980年3月12日", "1980-03-12T08:30:00Z", "12th March 1980"})
    EXPECT_EQ(digits(text), "19800312") << text;
  EXPECT_EQ(digits("03/12/1980", DayOrder::kMonthFirst), "19800312");
  EXPECT_EQ(digits("03/25/1980"), "19800325");  // only one order is possible
  EXPECT_EQ(digits("1856-86-18"), "18568618");  // mistyped, still comparable digit by digit
  for (const std::string_view text : {"", "1980", "hello", "12-13", "99999999999999999999"})
    EXPECT_EQ(digits(text), "-") << text;
  EXPECT_FALSE(parse_date("1981-02-30", DayOrder::kDayFirst)->day_number());
  EXPECT_EQ(parse_date("1970-01-02", DayOrder::kDayFirst)->day_number(), 1);
}

TEST(Comparable, ByKind) {
  const auto form = [](Kind kind, std::string_view raw) {
    return comparable(kind, raw, DayOrder::kDayFirst);
  };
  EXPECT_EQ(form(Kind::kPhone, "+86 138 1234 5678"), form(Kind::kPhone, "13812345678"));
  EXPECT_EQ(form(Kind::kPostcode, "TQ13 8DF"), "tq138df");
  EXPECT_EQ(form(Kind::kNumber, "$1,299.50"), "1299.5");
  EXPECT_EQ(form(Kind::kEmail, " Li.Na@QQ.com"), "li.na@qq.com");
  for (const std::string_view missing : {"", "NA", "n/a", "NULL", "未知", "-"})
    EXPECT_EQ(form(Kind::kSurname, missing), "") << missing;
}

TEST(Dictionary, NumbersTextsByFirstAppearance) {
  Dictionary all;
  for (int i = 0; i < 10'000; ++i) ASSERT_EQ(all.add(std::to_string(i)), static_cast<std::uint32_t>(i + 1));
  EXPECT_EQ(all.add("77"), 78U);
  EXPECT_EQ(all.add(""), 0U);
  EXPECT_EQ(all.text(78), "77");
  EXPECT_EQ(all.size(), 10'001U);
}

}  // namespace
}  // namespace zhike::match
