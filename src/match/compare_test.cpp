#include "match/compare.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "match/test_naive_level.h"

namespace zhike::match {
namespace {

constexpr int kTexts = 150;

/// Texts that are near one another: a few stems with letters changed, left out, added and swapped.
Dictionary near(std::span<const std::string_view> stems, std::string_view letters) {
  std::mt19937 random(7);
  Dictionary texts;
  for (int i = 0; i < kTexts; ++i) {
    std::string text(stems[random() % stems.size()]);
    for (std::size_t edits = random() % 5; edits > 0 && text.size() > 2; --edits) {
      const std::size_t at = random() % (text.size() - 1);
      const char letter = letters[random() % letters.size()];
      switch (random() % 4) {
        case 0:
          text[at] = letter;
          break;
        case 1:
          text.erase(at, 1);
          break;
        case 2:
          text.insert(at, 1, letter);
          break;
        default:
          std::swap(text[at], text[at + 1]);
      }
    }
    texts.add(text);
  }
  return texts;
}

/// Words in several orders, some left out.
Dictionary phrases(std::span<const std::string_view> words, std::size_t longest) {
  std::mt19937 random(7);
  Dictionary texts;
  for (int i = 0; i < kTexts; ++i) {
    std::string text;
    for (std::size_t n = 1 + random() % longest; n > 0; --n)
      (text += text.empty() ? "" : " ") += words[random() % words.size()];
    if (random() % 3 == 0) text.back() = 'x';
    texts.add(text);
  }
  return texts;
}

Dictionary numbers(int count, int (*number)(int)) {
  Dictionary texts;
  for (int i = 0; i < count; ++i) texts.add(std::to_string(number(i)));
  return texts;
}

/// Weights are kept as floats: a cosine that is on a step to the last digit may come out on either side.
bool is_on_a_step(double cosine) {
  return std::ranges::any_of(std::array{0.2, 0.25, 0.35, 0.5, 0.6, 0.65, 0.8, 0.95},
                             [&](double step) { return std::abs(cosine - step) < 1e-6; });
}

/// What a pair cannot be is told from its letters alone, what is long is cut short: that must change nothing.
void expect_as_in_the_book(Kind kind, const Dictionary& texts, std::size_t levels_least = 3) {
  const std::vector<std::uint32_t> counts(texts.size(), 1);
  const Values values = make_values(kind, texts, counts);
  const NaiveComparer book(values, texts);
  Comparer plain(values, 0), remembering(values, 10);
  std::array<std::size_t, kLevelsMax> seen{};
  for (std::uint32_t a = 1; a < values.size(); ++a)
    for (std::uint32_t b = a + 1; b < values.size(); ++b) {
      if (has_words(kind) && is_on_a_step(book.cosine(a, b))) continue;
      const Level level = book.level(a, b);
      ++seen[level];
      ASSERT_EQ(plain.different(a, b), level)
          << to_string(kind) << ": " << texts.text(a) << ", " << texts.text(b);
      ASSERT_EQ(remembering.level(b, a), level) << texts.text(a) << ", " << texts.text(b);
    }
  std::size_t levels = 0;
  for (const std::size_t count : seen) levels += count > 5 ? 1 : 0;
  EXPECT_GE(levels, levels_least) << to_string(kind) << ": the pairs show what levels there are";
}

TEST(Comparer, NamesAreAsInTheBook) {
  constexpr std::string_view kStems[] = {"katherine", "catherine", "li",         "wang",
                                         "johnson",   "jonson",    "abdulrahman"};
  constexpr std::string_view kWords[] = {"katherine", "catherine", "johnson", "wang", "li",
                                         "zhang",     "san",       "ann",     "al"};
  expect_as_in_the_book(Kind::kSurname, near(kStems, "aeihknrst"), 4);
  expect_as_in_the_book(Kind::kGivenName, near(kStems, "aeihknrst"), 4);
  expect_as_in_the_book(Kind::kFullName, phrases(kWords, 3), 5);
}

TEST(Comparer, CodesAreAsInTheBook) {
  constexpr std::string_view kUsers[] = {"j.smith@a.cn", "jane.smith@b.com", "wang88@a.cn",
                                         "smithj@mail.org"};
  constexpr std::string_view kPhones[] = {"13912345678", "13812345687", "01062345678"};
  constexpr std::string_view kPostcodes[] = {"250014", "100081", "sw1a1aa", "90210"};
  expect_as_in_the_book(Kind::kEmail, near(kUsers, "aehjmnst.8"));
  expect_as_in_the_book(Kind::kPhone, near(kPhones, "0123456789"), 4);
  expect_as_in_the_book(Kind::kPostcode, near(kPostcodes, "0123456789"));
  expect_as_in_the_book(Kind::kIdNumber, near(kPhones, "0123456789"));
  expect_as_in_the_book(Kind::kCategory, near(kPostcodes, "0123456789"), 1);
}

TEST(Comparer, NumbersAreAsInTheBook) {
  expect_as_in_the_book(
      Kind::kDate,
      numbers(kTexts,
              [](int i) { return (1950 + i * 7 % 50) * 10'000 + (i % 12 + 1) * 100 + i * 5 % 28 + 1; }),
      4);
  expect_as_in_the_book(Kind::kYear, numbers(80, [](int i) { return 1930 + i; }));
  expect_as_in_the_book(Kind::kSmallNumber, numbers(120, [](int i) { return i + 1; }), 2);
  expect_as_in_the_book(Kind::kNumber, numbers(kTexts, [](int i) { return i * i - 5'000; }), 4);
}

TEST(Comparer, TextsAreAsInTheBook) {
  constexpr std::string_view kWords[] = {"north", "south", "road", "street", "garden",
                                         "new",   "old",   "mill", "hill",   "12"};
  expect_as_in_the_book(Kind::kPhrase, phrases(kWords, 4), 4);
  expect_as_in_the_book(Kind::kText, phrases(kWords, 8), 5);
}

TEST(Comparer, RemembersOnlyWhereValuesComeBack) {
  std::vector<std::uint32_t> few{0, 900, 50, 50}, many(100'000, 1);
  Dictionary texts, numbers;
  for (const char* city : {"Jinan", "Beijing", "Wuhan"}) texts.add(city);
  for (std::size_t i = 1; i < many.size(); ++i) numbers.add(std::to_string(13'900'000'000 + i));
  EXPECT_GT(cache_bits_for(make_values(Kind::kPhrase, texts, few)), 0U);
  EXPECT_EQ(cache_bits_for(make_values(Kind::kPhone, numbers, many)), 0U);
}

}  // namespace
}  // namespace zhike::match
