// Keywords: cases worked by hand.
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "text/keywords.h"
#include "text/normalize.h"

namespace zhike::text {
namespace {

constexpr std::uint32_t kNone = Terms::kNone;

std::vector<std::u32string> candidates(std::string_view text) {
  Segmenter segmenter;
  const std::u32string plain = normalized(text);
  std::vector<Token> tokens;
  segmenter.cut(plain, tokens);
  Terms terms;
  std::vector<std::uint32_t> out;
  terms.add(plain, tokens, out);
  EXPECT_EQ(out.size(), tokens.size());
  std::vector<std::u32string> words;
  for (std::uint32_t i = 0; i < terms.size(); ++i) words.push_back(terms.word(i));
  return words;
}

using Words = std::vector<std::u32string>;

TEST(Keywords, CandidatesCarryContent) {
  EXPECT_EQ(candidates("酒店的房间非常干净，我们很满意"), (Words{U"酒店", U"房间", U"干净", U"满意"}));
  EXPECT_EQ(candidates("The room was at 12345 a great hotel"), (Words{U"room", U"great", U"hotel"}));
  EXPECT_EQ(candidates("但是没有非常干净"), Words{U"干净"}) << "no words that only turn or strengthen";
  EXPECT_EQ(candidates("👍 的 12 😀 !"), Words{});
  EXPECT_EQ(candidates(""), Words{});
}

TEST(Keywords, TermsCountTextsAndTimes) {
  Segmenter segmenter;
  Terms terms;
  std::vector<Token> tokens;
  std::vector<std::uint32_t> ids;
  for (const std::u32string_view text : {U"房间 房间 干净", U"早餐", U"房间"}) {
    segmenter.cut(text, tokens);
    terms.add(text, tokens, ids);
  }
  ASSERT_EQ(terms.size(), 3U);
  EXPECT_EQ(terms.texts(), 3U);
  EXPECT_EQ(terms.word(0), U"房间");
  EXPECT_EQ(terms.count(0), 3U);
  EXPECT_EQ(terms.texts_with(0), 2U);
  EXPECT_DOUBLE_EQ(terms.idf(0), std::log(4.0 / 3) + 1);
  EXPECT_DOUBLE_EQ(terms.idf(2), std::log(4.0 / 2) + 1);
}

TEST(Keywords, IdfAtLargeIsJiebas) {
  Segmenter segmenter;
  Terms terms;
  std::vector<Token> tokens;
  std::vector<std::uint32_t> ids;
  const std::u32string text = U"房间 zhike";
  segmenter.cut(text, tokens);
  terms.add(text, tokens, ids);
  EXPECT_NEAR(terms.idf_at_large(0), 6.78104201396, 0.0002) << "房间, as idf.utf8 has it";
  EXPECT_FLOAT_EQ(static_cast<float>(terms.idf_at_large(1)), dictionary().mean_idf);
}

TEST(TfIdf, WorkedByHand) {
  // a b a, and one word that is no candidate: shares 2/3 and 1/3.
  const std::vector<std::uint32_t> text{0, kNone, 1, 0};
  const auto found = tf_idf(text, std::vector<double>{1.5, 6, 100});
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].term, 1U);
  EXPECT_DOUBLE_EQ(found[0].score, 2);  // 1/3 × 6
  EXPECT_EQ(found[1].term, 0U);
  EXPECT_DOUBLE_EQ(found[1].score, 1);  // 2/3 × 1.5
  EXPECT_TRUE(tf_idf(std::vector<std::uint32_t>{kNone}, {}).empty());
}

TEST(TextRank, AChainOfThreeByHand) {
  // b between a and c, ends too far apart to be joined: a = c = 0.15 + 0.85 b / 2 and b = 0.15 + 0.85 (a +
  // c), so b = 0.405 / 0.2775 and a = 0.15 + 0.425 b.
  TextRank rank;
  rank.add(std::vector<std::uint32_t>{0, kNone, kNone, 1, kNone, kNone, 2});
  const auto found = rank.rank(4);
  ASSERT_EQ(found.size(), 3U) << "a word without neighbours has no score";
  EXPECT_EQ(found[0].term, 1U);
  EXPECT_NEAR(found[0].score, 0.405 / 0.2775, 0.001);
  EXPECT_EQ(found[1].term, 0U);
  EXPECT_NEAR(found[1].score, 0.15 + 0.425 * 0.405 / 0.2775, 0.001);
  EXPECT_NEAR(found[2].score, found[1].score, 1e-9);
}

TEST(TextRank, TimesAreWeights) {
  // a-b three times, b-c once: b passes 3/4 of itself to a.
  TextRank rank;
  for (int i = 0; i < 3; ++i) rank.add(std::vector<std::uint32_t>{0, 1});
  rank.add(std::vector<std::uint32_t>{1, 2});
  const auto found = rank.rank(3);
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].term, 1U);
  const double b = found[0].score, a = found[1].score, c = found[2].score;
  EXPECT_NEAR(a, 0.15 + 0.85 * 0.75 * b, 0.001);
  EXPECT_NEAR(c, 0.15 + 0.85 * 0.25 * b, 0.001);
  EXPECT_NEAR(b, 0.15 + 0.85 * (a + c), 0.001);
}

TEST(TextRank, TextsAreNotJoined) {
  TextRank rank;
  rank.add(std::vector<std::uint32_t>{0});
  rank.add(std::vector<std::uint32_t>{1});
  EXPECT_TRUE(rank.rank(2).empty());
  rank.add(std::vector<std::uint32_t>{2, 2, kNone, kNone, kNone, kNone, 1});
  EXPECT_EQ(rank.rank(3).size(), 0U) << "not to itself, and not further than the window";
}

}  // namespace
}  // namespace zhike::text
