// Normalisation, languages and features: what models see of a text.
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "text/features.h"
#include "text/language.h"
#include "text/normalize.h"

namespace zhike::text {
namespace {

std::set<std::uint32_t> features_of(std::string_view text, Grams grams) {
  std::vector<std::uint32_t> out;
  extract(normalized(text), grams, out);
  EXPECT_TRUE(std::ranges::is_sorted(out));
  EXPECT_EQ(std::ranges::adjacent_find(out), out.end()) << "each once";
  return {out.begin(), out.end()};
}

Language language(std::string_view text) { return language_of(normalized(text)); }

TEST(Normalized, WidthCaseAndBlanks) {
  EXPECT_EQ(normalized("  ＡＢＣ　Good\r\n\tDay  "), U"abc good day");
  EXPECT_EQ(normalized("ÀÉ Ж Σ"), U"àé ж σ");
  EXPECT_EQ(normalized("don’t “quote”"), U"don't \"quote\"");
}

TEST(Normalized, TraditionalBecomesSimplified) {
  EXPECT_EQ(normalized("這個服務態度很好"), normalized("这个服务态度很好"));
}

TEST(Normalized, InvisibleCharactersGo) {
  EXPECT_EQ(normalized("好\xE2\x80\x8B评\xEF\xBB\xBF\xE2\x80\x8F"), U"好评");
  EXPECT_EQ(normalized("👍\xF0\x9F\x8F\xBD\xEF\xB8\x8F"), U"👍") << "skin tone and variation selector";
  EXPECT_EQ(normalized("a\xCC\x81\xCC\x82\xCC\x83z"), U"az") << "heaped accents";
}

TEST(Normalized, AddressesAndNamesFold) {
  const std::u32string url(1, kUrl), mention(1, kMention);
  EXPECT_EQ(normalized("see HTTP://t.cn/abc?x=1 now"), U"see " + url + U" now");
  const std::u32string named = normalized("@张三: 好");
  ASSERT_EQ(named.size(), 5U);
  EXPECT_EQ(named.substr(0, 1) + named.substr(2), mention + U": 好");
  EXPECT_TRUE(named[1] >= kNameFirst && named[1] <= kNameLast);
  EXPECT_EQ(normalized("@张三: 好"), named);
  EXPECT_NE(normalized("@李四: 好"), named);
  EXPECT_EQ(normalized("\xF3\xB0\x80\x80"), U"") << "nobody writes our own marks";
  EXPECT_EQ(normalized("@ home"), U"@ home");
  EXPECT_EQ(normalized("\xEE\x80\x80"), U"") << "nobody writes our own marks";
}

TEST(Normalized, RunsAndNumbersAreCut) {
  EXPECT_EQ(normalized("soooooo!!!!!!"), U"sooo!!!");
  EXPECT_EQ(normalized("order 1234567 of 12"), U"order 0 of 12");
}

TEST(Normalized, HtmlIsText) {
  EXPECT_EQ(normalized("<b>Hi</b><script>x</script>"), U"<b>hi</b><script>x</script>");
}

TEST(Normalized, AnyBytesWillDo) {
  std::mt19937 random(7);
  for (int i = 0; i < 300; ++i) {
    std::string bytes;
    for (int n = 0; n < 200; ++n) bytes.push_back(static_cast<char>(random() & 0xFFU));
    for (const char32_t c : normalized(bytes)) EXPECT_LE(c, 0x10FFFFU);
  }
  EXPECT_EQ(normalized("\xE5\xA5"), U"") << "cut off";
  EXPECT_EQ(normalized("\xC0\xAF\xED"), U"") << "broken";
}

TEST(LanguageOf, ScriptDecidesFirst) {
  EXPECT_EQ(language("物流很快，好评"), Language::kChinese);
  EXPECT_EQ(language("The room was clean and the staff friendly"), Language::kEnglish);
  EXPECT_EQ(language("iPhone 15 Pro Max 很好用，值得买"), Language::kChinese);
  EXPECT_EQ(language("とても良かったです"), Language::kOther);
  EXPECT_EQ(language("정말 좋아요"), Language::kOther);
  EXPECT_EQ(language("очень хорошо"), Language::kOther);
  EXPECT_EQ(language("Das Zimmer war nicht sauber und der Service ist schlecht"), Language::kOther);
  EXPECT_EQ(language("Très bon produit, mais les piles ne sont pas fournies"), Language::kOther);
}

TEST(LanguageOf, WithoutLettersThereIsNone) {
  for (const char* text : {"", "   ", "👍👍👍", "12345 !!!", "\xE2\x80\x8B"})
    EXPECT_EQ(language(text), Language::kOther) << text;
}

TEST(Extract, NegationMakesOtherFeatures) {
  const auto plain = features_of("好用", Grams::kCharacters),
             negated = features_of("不好用", Grams::kCharacters);
  EXPECT_TRUE(std::ranges::includes(negated, plain));
  // 不, 不好, 不好用 and the negated 好, 好用, 用.
  EXPECT_EQ(negated.size(), plain.size() + 6);
  const auto bad = features_of("not good service", Grams::kWords);
  const auto apart = features_of("not. good service", Grams::kWords);
  std::vector<std::uint32_t> only_negated;
  std::ranges::set_difference(bad, apart, std::back_inserter(only_negated));
  EXPECT_EQ(only_negated.size(), 7U)
      << "negated good and service; the pair not good, two threes, two pairs across";
}

TEST(Extract, CountsByHand) {
  EXPECT_EQ(features_of("很好吃", Grams::kCharacters).size(), 6U);  // 3 + 2 + 1
  EXPECT_EQ(features_of("很 好", Grams::kCharacters).size(), 2U) << "none across a blank";
  // go: the word, its pair, three and pair across with the beginning, and " go", "go ", " go ".
  EXPECT_EQ(features_of("go", Grams::kWords).size(), 7U);
  EXPECT_EQ(features_of("@united go", Grams::kWords), features_of("@delta go", Grams::kWords))
      << "who does not matter";
  EXPECT_TRUE(features_of("", Grams::kWords).empty());
}

TEST(Extract, NamesInBracketsAreStrong) {
  const auto strong = [](std::string_view text) {
    const auto features = features_of(text, Grams::kCharacters);
    return std::ranges::count_if(features, is_strong);
  };
  EXPECT_EQ(strong("好[怒][哈哈]"), 2);
  EXPECT_EQ(strong("[怒][怒]"), 1) << "each once";
  EXPECT_EQ(strong("[] [ 怒 ] [这么长的不是表情] [怒"), 0);
  EXPECT_EQ(strong("[[怒]]"), 1);
}

TEST(Extract, LongTextsAreLinear) {
  std::string text;
  while (text.size() < 100'000) text += "服务很差 not good 👎 <script>alert(1)</script> ";
  EXPECT_LT(features_of(text, Grams::kCharacters).size(), 400U);
  EXPECT_LT(features_of(text, Grams::kWords).size(), 400U);
}

}  // namespace
}  // namespace zhike::text
