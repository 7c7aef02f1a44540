#include "text/features.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "text/normalize.h"

namespace zhike::text {
namespace {

/// What kind of n-gram a hash is of: the first thing hashed.
enum class Kind : std::uint64_t {
  kGram = 1,
  kNegatedGram,
  kWord,
  kPair,
  kNegatedWord,
  kLetters,
  kPicture,
  kThree,
  kAcross
};

constexpr std::size_t kGramMax = 4;  // characters of Chinese: most words have one or two
constexpr std::size_t kLettersMin = 3, kLettersMax = 5;
constexpr std::size_t kWordMax = 40;    // letters beyond are not looked at
constexpr std::size_t kPictureMax = 7;  // characters of a name in brackets
constexpr std::size_t kNegatedCharacters = 4, kNegatedWords = 4;

constexpr std::uint64_t begin_hash(Kind kind) noexcept {
  return 0x9E3779B97F4A7C15ULL * static_cast<std::uint64_t>(kind);
}
constexpr std::uint64_t more_hash(std::uint64_t hash, std::uint64_t value) noexcept {
  return (hash ^ value) * 0xD6E8FEB86659FD93ULL + (hash >> 29U);
}
/// The last steps of SplitMix64 (Steele, Lea and Flood 2014): every bit of the input reaches every bit kept.
constexpr std::uint32_t end_hash(std::uint64_t hash) noexcept {
  hash = (hash ^ hash >> 30U) * 0xBF58476D1CE4E5B9ULL;
  hash = (hash ^ hash >> 27U) * 0x94D049BB133111EBULL;
  return static_cast<std::uint32_t>(hash >> 32U) & ~1U;
}
constexpr std::uint64_t word_hash(std::u32string_view word) noexcept {
  std::uint64_t hash = begin_hash(Kind::kWord);
  for (const char32_t c : word.substr(0, kWordMax)) hash = more_hash(hash, c);
  return hash;
}

bool is_negation(char32_t c) noexcept {
  constexpr std::u32string_view kNegations = U"不没無无未非别莫勿";
  return kNegations.contains(c);
}

bool ends_clause(char32_t c) noexcept {
  constexpr std::u32string_view kEnds = U".,;:!?()。、…~·";
  return kEnds.contains(c);
}

void pictures(std::u32string_view text, std::vector<std::uint32_t>& out) {
  for (std::size_t at = text.find(U'['); at != std::u32string_view::npos; at = text.find(U'[', at + 1)) {
    std::uint64_t hash = begin_hash(Kind::kPicture);
    std::size_t end = at + 1;
    while (end < text.size() && end - at <= kPictureMax && text[end] != U']' && text[end] != U'[' &&
           text[end] != U' ')
      hash = more_hash(hash, text[end++]);
    if (end < text.size() && text[end] == U']' && end > at + 1) out.push_back(end_hash(hash) | 1U);
  }
}

void characters(std::u32string_view text, std::vector<std::uint32_t>& out) {
  std::size_t negated = 0;  // characters that a negation still reaches
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == U' ') continue;
    std::uint64_t hash = begin_hash(Kind::kGram);
    const std::size_t end = std::min(text.size(), at + kGramMax);
    for (std::size_t i = at; i < end && text[i] != U' '; ++i) {
      hash = more_hash(hash, text[i]);
      out.push_back(end_hash(hash));
    }
    if (is_negation(text[at])) {
      negated = kNegatedCharacters;
      continue;
    }
    if (negated == 0) continue;
    negated = is_han(text[at]) ? negated - 1 : 0;
    if (negated == 0) continue;
    hash = more_hash(begin_hash(Kind::kNegatedGram), text[at]);
    out.push_back(end_hash(hash));
    if (at + 1 < text.size() && is_han(text[at + 1])) out.push_back(end_hash(more_hash(hash, text[at + 1])));
  }
}

bool negates(std::u32string_view word) noexcept {
  constexpr std::array<std::u32string_view, 12> kWords{U"not",    U"no",      U"never",   U"without",
                                                       U"cannot", U"nothing", U"nobody",  U"none",
                                                       U"hardly", U"nor",     U"neither", U"barely"};
  return word.ends_with(U"n't") || std::ranges::find(kWords, word) != kWords.end();
}

void letters(std::u32string_view word, std::vector<std::uint32_t>& out) {
  // With its ends as blanks: " go", "go ", so that beginnings and ends of words have n-grams of their own.
  const std::size_t size = word.size() + 2;
  const auto at = [&](std::size_t i) { return i == 0 || i + 1 == size ? U' ' : word[i - 1]; };
  for (std::size_t from = 0; from + kLettersMin <= size; ++from) {
    std::uint64_t hash = begin_hash(Kind::kLetters);
    for (std::size_t i = from; i < std::min(size, from + kLettersMax); ++i) {
      hash = more_hash(hash, at(i));
      if (i - from + 1 >= kLettersMin) out.push_back(end_hash(hash));
    }
  }
}

void words(std::u32string_view text, std::vector<std::uint32_t>& out) {
  std::uint64_t before = word_hash(U""), second = before;
  std::size_t negated = 0;
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] == U' ' || (text[at] >= kNameFirst && text[at] <= kNameLast)) {
      ++at;
      continue;
    }
    std::size_t end = at;
    while (end < text.size() && (is_word(text[end]) || (text[end] == U'\'' && end > at &&
                                                        end + 1 < text.size() && is_word(text[end + 1]))))
      ++end;
    const bool is_sign = end == at;
    if (is_sign) ++end;
    const std::u32string_view word = text.substr(at, end - at);
    const std::uint64_t hash = word_hash(word);
    out.push_back(end_hash(hash));
    out.push_back(end_hash(more_hash(more_hash(begin_hash(Kind::kPair), before), hash)));
    out.push_back(end_hash(more_hash(more_hash(more_hash(begin_hash(Kind::kThree), second), before), hash)));
    out.push_back(end_hash(more_hash(more_hash(begin_hash(Kind::kAcross), second), hash)));
    if (!is_sign) letters(word.substr(0, kWordMax), out);
    if (is_sign && ends_clause(word[0])) {
      negated = 0;
    } else if (!is_sign && negates(word)) {
      negated = kNegatedWords;
    } else if (!is_sign && negated > 0) {
      --negated;
      out.push_back(end_hash(more_hash(begin_hash(Kind::kNegatedWord), hash)));
    }
    second = before;
    before = hash;
    at = end;
  }
}

}  // namespace

void extract(std::u32string_view normalized, Grams grams, std::vector<std::uint32_t>& out) {
  out.clear();
  if (grams == Grams::kCharacters) {
    characters(normalized, out);
    pictures(normalized, out);
  } else {
    words(normalized, out);
  }
  std::ranges::sort(out);
  out.erase(std::ranges::unique(out).begin(), out.end());
}

}  // namespace zhike::text
