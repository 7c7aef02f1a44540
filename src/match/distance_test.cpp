#include "match/distance.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "match/test_naive.h"

namespace zhike::match {
namespace {

double jaro_winkler(std::u16string_view a, std::u16string_view b) {
  Pattern pattern;
  pattern.set(a);
  return pattern.jaro_winkler(b);
}
unsigned edits(std::u16string_view a, std::u16string_view b) {
  Pattern pattern;
  pattern.set(a);
  return pattern.damerau_levenshtein(b);
}

// W. E. Winkler, Overview of Record Linkage and Current Research Directions (2006), table 6, and the classic
// pairs.
TEST(JaroWinkler, PublishedValues) {
  EXPECT_NEAR(jaro_winkler(u"martha", u"marhta"), 0.9611, 5e-5);
  EXPECT_NEAR(jaro_winkler(u"dwayne", u"duane"), 0.84, 5e-5);
  EXPECT_NEAR(jaro_winkler(u"dixon", u"dicksonx"), 0.8133, 5e-5);
  EXPECT_NEAR(jaro_winkler(u"jones", u"johnson"), 0.8324, 5e-5);
  EXPECT_DOUBLE_EQ(jaro_winkler(u"abroms", u"abroms"), 1);
  EXPECT_DOUBLE_EQ(jaro_winkler(u"", u"abroms"), 0);
  EXPECT_DOUBLE_EQ(jaro_winkler(u"abc", u"xyz"), 0);
}

TEST(DamerauLevenshtein, WorkedByHand) {
  EXPECT_EQ(edits(u"kitten", u"sitting"), 3U);
  EXPECT_EQ(edits(u"19560409", u"19560490"), 1U);  // neighbours swapped
  EXPECT_EQ(edits(u"ca", u"abc"), 3U);             // no text is edited twice: not 2
  EXPECT_EQ(edits(u"", u"abc"), 3U);
  EXPECT_EQ(edits(u"abc", u""), 3U);
  EXPECT_EQ(edits(u"张伟", u"张玮"), 1U);
}

TEST(Distances, AgreeWithTheTextbookForms) {
  std::mt19937_64 random(7);
  const std::u16string letters = u"abcde张伟李娜";
  Pattern pattern;
  for (int round = 0; round < 20'000; ++round) {
    std::u16string a, b;
    for (auto* text : {&a, &b})
      for (std::size_t n = random() % (round % 100 == 0 ? 64 : 12); n > 0; --n)
        text->push_back(letters[random() % letters.size()]);
    pattern.set(a);
    ASSERT_DOUBLE_EQ(pattern.jaro_winkler(b), naive_jaro_winkler(a, b)) << round;
    ASSERT_EQ(pattern.damerau_levenshtein(b), naive_damerau_levenshtein(a, b)) << round;
  }
}

TEST(Distances, LongTextsAreComparedByTheirBeginning) {
  const std::u16string a(100, u'x'), b = std::u16string(64, u'x') + u"yyy";
  EXPECT_EQ(edits(a, b), 0U);
  EXPECT_DOUBLE_EQ(jaro_winkler(a, b), 1);
}

}  // namespace
}  // namespace zhike::match
