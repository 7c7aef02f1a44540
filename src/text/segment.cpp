#include "text/segment.h"

#include <algorithm>
#include <array>
#include <limits>

#include "text/normalize.h"

namespace zhike::text {
namespace {

constexpr float kNever = std::numeric_limits<float>::lowest();
constexpr std::size_t kStates = 4;
constexpr std::uint8_t kEnd = 1, kSingle = 3;  // of Begin, End, Middle, Single

bool in_word(char32_t c) noexcept { return is_han(c) || is_word(c); }

/// Where the letters that begin at `at` end.
std::size_t letters_end(std::u32string_view text, std::size_t at) noexcept {
  while (at < text.size() && (is_word(text[at]) || (text[at] == U'\'' && at > 0 && at + 1 < text.size() &&
                                                    is_word(text[at - 1]) && is_word(text[at + 1]))))
    ++at;
  return at;
}

/// Where the characters that words are made of end.
std::size_t run_end(std::u32string_view text, std::size_t at) noexcept {
  while (at < text.size() && in_word(text[at])) at = is_word(text[at]) ? letters_end(text, at) : at + 1;
  return at;
}

/// Sums that hold kNever stay finite.
float plus(float a, float b) noexcept { return std::max(a + b, kNever); }

}  // namespace

void Segmenter::split(std::u32string_view run) {
  const std::size_t size = run.size();
  best_.assign(size + 1, kNever);
  end_.assign(size, 0);
  best_[size] = 0;
  for (std::size_t at = size; at-- > 0;) {
    const bool is_letters = !is_han(run[at]);
    if (is_letters && at > 0 && !is_han(run[at - 1])) continue;  // within letters: no word begins here
    const std::size_t whole = is_letters ? letters_end(run, at) : at + 1;  // when it is in no dictionary
    best_[at] = plus(dictionary_.least, best_[whole]);
    end_[at] = static_cast<std::uint32_t>(whole);
    std::uint64_t key = kNoCharacters;
    bool is_begun = true, is_begun_own = true;
    for (std::size_t to = at; to < size && (is_begun || is_begun_own); ++to) {
      key = key_step(key, run[to]);
      const WordEntry* const known = is_begun ? dictionary_.words.find(key) : nullptr;
      const WordEntry* const own = is_begun_own ? own_.find(key) : nullptr;
      is_begun = known != nullptr;
      is_begun_own = own != nullptr;
      const WordEntry* const word = own != nullptr && own->is(WordEntry::kWord) ? own : known;
      if (word == nullptr || !word->is(WordEntry::kWord)) continue;
      if (to + 1 < size && best_[to + 1] == kNever) continue;  // it would end within letters
      const float chance = plus(word->weight, best_[to + 1]);
      if (chance <= best_[at]) continue;
      best_[at] = chance;
      end_[at] = static_cast<std::uint32_t>(to + 1);
    }
  }
}

bool Segmenter::is_free_single(std::u32string_view run, std::size_t from) const {
  if (end_[from] != from + 1 || !is_han(run[from])) return false;
  const WordEntry* const own = own_.find(key_step(kNoCharacters, run[from]));
  return own == nullptr || !own->is(WordEntry::kWord);
}

/// Viterbi (Rabiner 1989, "A tutorial on hidden Markov models", section III.B): the likeliest states of the
/// characters, and from them where words end.
void Segmenter::join_singles(std::u32string_view text, std::size_t first, std::size_t last,
                             std::vector<Token>& out) {
  const auto chance_of = [&](char32_t c, std::size_t state) {
    return c >= Dictionary::kHanFirst && c <= Dictionary::kHanLast
               ? dictionary_.emissions[(c - Dictionary::kHanFirst) * kStates + state]
               : kNever;
  };
  const std::size_t size = last - first;
  states_.assign(size * kStates, kEnd);
  std::array<float, kStates> now{}, next{};
  for (std::size_t s = 0; s < kStates; ++s) now[s] = plus(dictionary_.start[s], chance_of(text[first], s));
  for (std::size_t i = 1; i < size; ++i) {
    for (std::size_t s = 0; s < kStates; ++s) {
      next[s] = kNever;
      const float here = chance_of(text[first + i], s);
      for (std::size_t before = 0; before < kStates; ++before) {
        const float chance = plus(plus(now[before], dictionary_.transitions[before * kStates + s]), here);
        if (chance <= next[s]) continue;
        next[s] = chance;
        states_[i * kStates + s] = static_cast<std::uint8_t>(before);
      }
    }
    now = next;
  }
  std::vector<bool> ends(size, false);
  std::uint8_t state = now[kEnd] >= now[kSingle] ? kEnd : kSingle;
  for (std::size_t i = size; i-- > 0;) {
    ends[i] = state == kEnd || state == kSingle;
    state = states_[i * kStates + state];
  }
  std::uint32_t begin = 0;
  for (std::uint32_t i = 0; i < size; ++i) {
    if (!ends[i]) continue;
    out.push_back({.begin = static_cast<std::uint32_t>(first) + begin,
                   .end = static_cast<std::uint32_t>(first) + i + 1,
                   .key = key_of(text.substr(first + begin, i + 1 - begin)),
                   .kind = Token::Kind::kHan});
    begin = i + 1;
  }
}

void Segmenter::cut(std::u32string_view text, std::vector<Token>& out) {
  out.clear();
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t run = run_end(text, at);
    if (run == at) {
      if (text[at] != U' ')
        out.push_back({.begin = static_cast<std::uint32_t>(at),
                       .end = static_cast<std::uint32_t>(at + 1),
                       .key = key_step(kNoCharacters, text[at])});
      ++at;
      continue;
    }
    const std::u32string_view part = text.substr(0, run).substr(at);
    split(part);
    for (std::size_t from = 0; from < part.size();) {
      std::size_t to = from;
      while (to < part.size() && is_free_single(part, to)) ++to;
      if (to > from + 1) {
        join_singles(text, at + from, at + to, out);
      } else {
        to = end_[from];
        const std::u32string_view word = part.substr(from, to - from);
        out.push_back(
            {.begin = static_cast<std::uint32_t>(at + from),
             .end = static_cast<std::uint32_t>(at + to),
             .key = key_of(word),
             .kind = is_han(word[0]) || is_han(word.back()) ? Token::Kind::kHan : Token::Kind::kLetters});
      }
      from = to;
    }
    at = run;
  }
}

float Segmenter::weight(std::u32string_view text) {
  float sum = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t run = run_end(text, at);
    if (run > at) {
      split(text.substr(at, run - at));
      sum += best_[0];
    }
    at = std::max(run, at + 1);
  }
  return sum;
}

}  // namespace zhike::text
