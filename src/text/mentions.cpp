#include "text/mentions.h"

#include <unicode/uchar.h>

#include <algorithm>
#include <cstddef>
#include <utility>

#include "base/mix.h"
#include "text/normalize.h"
#include "text/utf8.h"

namespace zhike::text {
namespace {

constexpr char32_t kGap = 0xE002;  // private use: no text of a name
constexpr std::size_t kRepeatLeast = 12;

char32_t folded(char32_t c) noexcept {
  if (c >= 0xFF01 && c <= 0xFF5E) c -= 0xFEE0;
  if (c == 0x3000 || c == 0xA0) return U' ';
  if (c < 0x80) return c >= U'A' && c <= U'Z' ? c + 32 : c;
  if (c < 0x2000) return static_cast<char32_t>(u_tolower(static_cast<UChar32>(c)));
  return c;
}

bool is_gap(char32_t c) noexcept { return c == U' ' || c == U'-' || c == U'_' || c == U'\t' || c == U'\n'; }

/// Letters, digits and ideographs: what a repetition keeps.
bool is_letter(char32_t c) noexcept {
  return c < 0x80 ? (c >= U'a' && c <= U'z') || (c >= U'0' && c <= U'9')
                  : u_isalnum(static_cast<UChar32>(c)) != 0;
}

}  // namespace

MentionFinder::Folded MentionFinder::fold(std::string_view text) {
  Folded out;
  out.text.reserve(text.size());
  out.begins.reserve(text.size() + 1);
  for (std::size_t at = 0; at < text.size();) {
    out.begins.push_back(at);
    out.text.push_back(folded(next_code(text, at)));
  }
  out.begins.push_back(text.size());
  return out;
}

std::u32string MentionFinder::pattern_of(std::string_view name) {
  std::u32string out;
  for (const char32_t c : fold(name).text) {
    if (!is_gap(c))
      out.push_back(c);
    else if (!out.empty() && out.back() != kGap)
      out.push_back(kGap);
  }
  while (!out.empty() && out.back() == kGap) out.pop_back();
  return std::ranges::any_of(out, is_letter) ? out : std::u32string();
}

std::string MentionFinder::key_of(std::string_view name) {
  std::u32string letters = pattern_of(name);
  std::erase(letters, kGap);
  return to_utf8(letters);
}

MentionFinder::MentionFinder(std::span<const KnownName> names) {
  for (const KnownName& name : names)
    if (!name.is_exclusion) patterns_.push_back({.letters = pattern_of(name.text), .owner = name.owner});
  std::erase_if(patterns_, [](const Pattern& one) { return one.letters.empty(); });
  const auto index = [this] {
    by_first_.clear();
    for (std::uint32_t i = 0; i < patterns_.size(); ++i) by_first_[patterns_[i].letters.front()].push_back(i);
    for (const auto& [first, list] : by_first_)
      if (first < ascii_first_.size()) ascii_first_[first] = true;
  };
  index();
  // What an exclusion is depends on the names that are found in it.
  std::vector<Pattern> exclusions;
  for (const KnownName& name : names) {
    if (!name.is_exclusion) continue;
    Pattern made{.letters = pattern_of(name.text), .owner = name.owner, .as = As::kRulesOut};
    if (made.letters.empty()) continue;
    for (const Hit& hit : hits(fold(name.text).text))
      if (patterns_[hit.pattern].owner == name.owner) made.as = As::kCovers;
    exclusions.push_back(std::move(made));
  }
  patterns_.insert(patterns_.end(), exclusions.begin(), exclusions.end());
  index();
}

std::vector<MentionFinder::Hit> MentionFinder::hits(const std::u32string& text) const {
  std::vector<Hit> out;
  const auto word_at = [&](std::size_t i) { return i < text.size() && is_word(text[i]); };
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char32_t first = text[at];
    if (first < ascii_first_.size() && !ascii_first_[first]) continue;
    const auto list = by_first_.find(first);
    if (list == by_first_.end()) continue;
    for (const std::uint32_t number : list->second) {
      const std::u32string& letters = patterns_[number].letters;
      if (is_word(letters.front()) && at > 0 && word_at(at - 1)) continue;
      std::size_t end = at;
      bool fits = true;
      for (const char32_t c : letters) {
        if (c == kGap) {
          while (end < text.size() && is_gap(text[end])) ++end;
          continue;
        }
        fits = end < text.size() && text[end] == c;
        if (!fits) break;
        ++end;
      }
      if (!fits || (is_word(letters.back()) && word_at(end))) continue;
      out.push_back({.begin = at, .end = end, .pattern = number});
    }
  }
  return out;
}

std::vector<NameMention> MentionFinder::find(std::string_view text) const {
  std::vector<NameMention> out;
  if (patterns_.empty()) return out;
  const Folded plain = fold(text);
  std::vector<Hit> found = hits(plain.text);
  if (found.empty()) return out;
  std::vector<std::uint32_t> ruled_out;
  for (const Hit& hit : found)
    if (patterns_[hit.pattern].as == As::kRulesOut) ruled_out.push_back(patterns_[hit.pattern].owner);
  std::erase_if(found, [&](const Hit& hit) {
    const Pattern& of = patterns_[hit.pattern];
    return of.as == As::kRulesOut || std::ranges::find(ruled_out, of.owner) != ruled_out.end();
  });
  std::ranges::sort(found, [](const Hit& a, const Hit& b) {
    const std::size_t of_a = a.end - a.begin, of_b = b.end - b.begin;
    return of_a != of_b ? of_a > of_b : std::pair(a.begin, a.pattern) < std::pair(b.begin, b.pattern);
  });
  std::vector<Hit> taken;
  for (const Hit& hit : found) {
    const bool is_free = std::ranges::none_of(
        taken, [&](const Hit& other) { return hit.begin < other.end && other.begin < hit.end; });
    if (is_free) taken.push_back(hit);
  }
  std::ranges::sort(taken, {}, &Hit::begin);
  for (const Hit& hit : taken)
    if (patterns_[hit.pattern].as == As::kName)
      out.push_back({.owner = patterns_[hit.pattern].owner,
                     .begin = plain.begins[hit.begin],
                     .end = plain.begins[hit.end]});
  return out;
}

namespace {

/// The letters of a part of a text, as a hash.
struct Letters {
  std::uint64_t hash = 0;
  std::size_t count = 0;  // a Chinese character is 2
};

bool is_address(std::string_view rest) noexcept {
  return rest.starts_with("http://") || rest.starts_with("https://");
}

/// Behind the address at the front.
std::size_t address_end(std::string_view text, std::size_t at) noexcept {
  while (at < text.size() && text[at] > ' ' && text[at] < '\x7f') ++at;
  return at;
}

/// Behind the name whose "@" has been read.
std::size_t name_end(std::string_view text, std::size_t at) noexcept {
  for (std::size_t next = at; next < text.size(); at = next) {
    const char32_t c = folded(next_code(text, next));
    if (!is_letter(c) && c != U'_' && c != U'-') break;
  }
  return at;
}

Letters letters_of(std::string_view text) {
  Letters out;
  bool begins_word = true;
  for (std::size_t at = 0; at < text.size();) {
    const std::string_view rest = text.substr(at);
    if (begins_word && is_address(rest)) {
      at = address_end(text, at);
      continue;
    }
    if (begins_word && (rest.starts_with("RT @") || rest.starts_with("rt @"))) {
      at += 3;
      continue;
    }
    const char32_t c = folded(next_code(text, at));
    if (c == U'@') at = name_end(text, at);
    begins_word = !is_letter(c);
    if (begins_word) continue;
    out.hash = mix(out.hash ^ c);
    out.count += is_han(c) ? 2 : 1;
  }
  return out;
}

}  // namespace

std::uint64_t repeat_key(std::string_view text) {
  // Weibo: what the one who passes it on says, then "//@name:" and what was said before. Where he says
  // nothing of his own, the words passed on are the words.
  const std::size_t passed = text.find("//@");
  Letters letters = letters_of(text.substr(0, passed));
  if (letters.count < kRepeatLeast && passed != std::string_view::npos)
    letters = letters_of(text.substr(text.rfind("//@") + 2));
  return letters.count < kRepeatLeast ? 0 : letters.hash | 1U;
}

}  // namespace zhike::text
