#include "text/language.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "text/normalize.h"

namespace zhike::text {
namespace {

constexpr std::array kNames{std::string_view("zh"), std::string_view("en"), std::string_view("other")};

// Sorted. Words that both sides share ("a", "in", "me") are in neither list.
constexpr std::array<std::u32string_view, 40> kEnglishWords{
    U"about", U"and",  U"are",  U"be",   U"but",  U"can",  U"for",   U"from", U"good", U"great",
    U"have",  U"how",  U"i",    U"is",   U"it",   U"just", U"my",    U"not",  U"of",   U"on",
    U"our",   U"out",  U"so",   U"the",  U"they", U"this", U"time",  U"to",   U"very", U"was",
    U"we",    U"were", U"what", U"when", U"will", U"with", U"would", U"you",  U"your", U"yours"};
constexpr std::array<std::u32string_view, 40> kOtherWords{
    U"aber", U"avec", U"che",  U"como", U"con",  U"das",   U"della", U"der",   U"des", U"die",
    U"ein",  U"eine", U"el",   U"est",  U"et",   U"für",   U"ich",   U"ist",   U"la",  U"las",
    U"le",   U"les",  U"los",  U"mais", U"mit",  U"muito", U"muy",   U"nicht", U"não", U"para",
    U"pas",  U"per",  U"pour", U"que",  U"sehr", U"sono",  U"und",   U"une",   U"uma", U"très"};

/// One Chinese character says as much as about three letters of English.
constexpr std::size_t kLettersOfHan = 3;

bool among(const std::array<std::u32string_view, 40>& words, std::u32string_view word) noexcept {
  return std::ranges::find(words, word) != words.end();
}

bool is_english(std::u32string_view text) noexcept {
  constexpr std::size_t kWordMax = 6, kLook = 2000;  // longest of the lists; enough of a text
  text = text.substr(0, kLook);
  std::size_t english = 0, other = 0;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at;
    while (end < text.size() && is_word(text[end])) ++end;
    if (end > at && end - at <= kWordMax) {
      english += among(kEnglishWords, text.substr(at, end - at)) ? 1 : 0;
      other += among(kOtherWords, text.substr(at, end - at)) ? 1 : 0;
    }
    at = std::max(end, at + 1);
  }
  return english >= other;
}

}  // namespace

std::string_view to_string(Language language) noexcept { return kNames[static_cast<std::size_t>(language)]; }

std::optional<Language> parse_language(std::string_view name) noexcept {
  for (std::size_t i = 0; i < kNames.size(); ++i)
    if (kNames[i] == name) return static_cast<Language>(i);
  return std::nullopt;
}

Language language_of(std::u32string_view normalized) noexcept {
  std::size_t han = 0, latin = 0, other = 0;
  for (const char32_t c : normalized) {
    if (is_han(c))
      ++han;
    else if ((c >= U'a' && c <= U'z') || (c >= 0xC0 && c < 0x250))
      ++latin;
    else if ((c >= 0x3040 && c <= 0x30FF) || (c >= 0xAC00 && c <= 0xD7AF) || (c >= 0x370 && c < 0x2000))
      ++other;  // kana, Hangul; Greek, Cyrillic, Arabic, Indian scripts ...
  }
  if (han + latin + other == 0) return Language::kOther;
  // Japanese mixes kana into Chinese characters; a の in a Chinese brand name makes no Japanese.
  if (other * 4 > han + latin) return Language::kOther;
  if (han * kLettersOfHan >= latin) return Language::kChinese;
  return is_english(normalized) ? Language::kEnglish : Language::kOther;
}

}  // namespace zhike::text
