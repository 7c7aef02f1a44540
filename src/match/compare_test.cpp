#include "match/compare.h"

#include <gtest/gtest.h>

#include <random>

#include "match/test_naive.h"

namespace zhike::match {
namespace {

/// Texts that are near one another: a few stems with letters changed, left out, added and swapped.
Values values_of(Kind kind, std::span<const std::string_view> stems, std::string_view letters) {
  std::mt19937 random(7);
  Dictionary texts;
  for (int i = 0; i < 600; ++i) {
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
  const std::vector<std::uint32_t> counts(texts.size(), 1);
  return make_values(kind, texts, counts);
}

template <class Expected>
void each_pair(const Values& values, const Expected& expected) {
  Comparer plain(values, 0), remembering(values, 10);
  std::array<std::size_t, kLevelsMax> seen{};
  for (std::uint32_t a = 1; a < values.size(); ++a)
    for (std::uint32_t b = a + 1; b < values.size(); ++b) {
      const auto level = expected(a, b);
      if (!level) continue;
      ++seen[*level];
      ASSERT_EQ(plain.different(a, b), *level) << a << " " << b;
      ASSERT_EQ(remembering.level(b, a), *level) << a << " " << b;
    }
  std::size_t levels = 0;
  for (const std::size_t count : seen) levels += count > 20 ? 1 : 0;
  EXPECT_GE(levels, 3U) << "the pairs show what levels there are";
}

// What a pair cannot be is told from its letters alone; that must change nothing.
TEST(Comparer, ShortWaysComeToTheSameForNames) {
  constexpr std::string_view kStems[] = {"katherine", "catherine", "li",         "wang",
                                         "johnson",   "jonson",    "abdulrahman"};
  const Values values = values_of(Kind::kSurname, kStems, "aeihknrst");
  each_pair(values, [&](std::uint32_t a, std::uint32_t b) -> std::optional<Level> {
    const auto x = values.text(a), y = values.text(b);
    if (values.sorted[a] != 0 &&
        (values.sorted[a] == values.sorted[b] || values.straight[a] == values.straight[b] ||
         values.straight[a] == values.turned[b] || values.turned[a] == values.straight[b]))
      return std::nullopt;  // an alias
    const double jaro = naive_jaro_winkler(x, y);
    const auto edits = naive_damerau_levenshtein(x, y);
    const std::size_t shorter = std::min(x.size(), y.size());
    if (jaro < 0.5) return kElse;
    if (jaro >= 0.92 || (edits == 1 && shorter >= 4)) return Level{4};
    if (jaro >= 0.88 || (edits == 1 && shorter > 2)) return Level{3};
    return jaro >= 0.75 || (edits == 2 && shorter >= 4) ? Level{2} : Level{kElse};
  });
}

TEST(Comparer, ShortWaysComeToTheSameForMailboxesAndPhones) {
  constexpr std::string_view kUsers[] = {"j.smith@a.cn", "jane.smith@b.com", "wang88@a.cn",
                                         "smithj@mail.org"};
  const Values mail = values_of(Kind::kEmail, kUsers, "aehjmnst.8");
  each_pair(mail, [&](std::uint32_t a, std::uint32_t b) -> std::optional<Level> {
    const auto x = mail.text(a).substr(0, mail.area[a]), y = mail.text(b).substr(0, mail.area[b]);
    if (x == y && x.size() > 4) return Level{4};
    const double jaro = naive_jaro_winkler(x, y);
    if (x.empty() || y.empty() || jaro < 0.6) return kElse;
    if (x.size() > 4 && naive_damerau_levenshtein(x, y) <= 2) return Level{3};
    return jaro >= 0.88 ? Level{2} : Level{kElse};
  });
  constexpr std::string_view kNumbers[] = {"13912345678", "13812345687", "01062345678"};
  const Values phones = values_of(Kind::kPhone, kNumbers, "0123456789");
  const auto& endings = phones.views[static_cast<std::size_t>(View::kSound)];
  each_pair(phones, [&](std::uint32_t a, std::uint32_t b) -> std::optional<Level> {
    if (endings[a] == endings[b]) return Level{4};
    const auto x = phones.text(a), y = phones.text(b);
    const auto edits = naive_damerau_levenshtein(x, y);
    if (edits == 1) return Level{3};
    return edits == 2 && std::min(x.size(), y.size()) > 4 ? Level{2} : Level{kElse};
  });
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
