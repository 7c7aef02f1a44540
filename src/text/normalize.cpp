#include "text/normalize.h"

#include <unicode/uchar.h>

#include <array>
#include <cstddef>
#include <cstdint>

#include "clean/chinese.h"
#include "text/utf8.h"

namespace zhike::text {
namespace {

constexpr char32_t kHanFirst = 0x3400, kHanLast = 0x9FFF;
constexpr std::size_t kRunMax = 3;        // "sooooo" and "sooo" say the same
constexpr std::size_t kDigitsMax = 3;     // longer numbers are order numbers, phones, prices
constexpr std::size_t kMentionMax = 30;   // letters of a name, as Weibo has it
constexpr std::size_t kAddressMax = 500;  // characters of a web address

/// Simplified forms by code point. OpenCC takes 4 MB/s, a table as good as nothing; what it knows of whole
/// words matters little to n-grams.
using SimpleForms = std::array<char16_t, kHanLast - kHanFirst + 1>;
const SimpleForms& simple_forms() {
  static const SimpleForms forms = [] {
    SimpleForms out{};
    std::u32string all;
    for (char32_t c = kHanFirst; c <= kHanLast; ++c) {
      out[c - kHanFirst] = static_cast<char16_t>(c);
      all.push_back(c);
      all.push_back(U'\n');  // no words across it
    }
    const std::string simple = clean::simplified(to_utf8(all));
    char32_t c = kHanFirst;
    for (std::size_t at = 0; at < simple.size() && c <= kHanLast;) {
      const char32_t to = next_code(simple, at);
      if (to == U'\n')
        ++c;
      else if (to <= 0xFFFF)
        out[c - kHanFirst] = static_cast<char16_t>(to);
    }
    return out;
  }();
  return forms;
}

bool is_invisible(char32_t c) noexcept {
  return c == 0xAD || (c >= 0x300 && c <= 0x36F) || c == 0x61C || c == 0x180E ||
         (c >= 0x200B && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) ||
         (c >= 0xFE00 && c <= 0xFE0F) || c == 0xFEFF || (c >= 0x1F3FB && c <= 0x1F3FF) ||
         (c >= 0xE000 && c <= 0xF8FF) || c >= 0xE0000 || c == kBroken;
}

/// One character as models see it; 0: nothing.
char32_t folded(char32_t c, const SimpleForms& simple) noexcept {
  if (c < 0x80) {
    if (c <= U' ' || c == 0x7F) return U' ';
    return c >= U'A' && c <= U'Z' ? c + 32 : c;
  }
  if (c >= kHanFirst && c <= kHanLast) return simple[c - kHanFirst];
  if (is_invisible(c)) return 0;
  if (c >= 0xFF01 && c <= 0xFF5E) return folded(c - 0xFEE0, simple);
  if (c == 0xA0 || c == 0x3000 || c == 0x85 || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029)
    return U' ';
  if (c < 0xA0) return 0;
  if (c == 0x2018 || c == 0x2019) return U'\'';
  if (c == 0x201C || c == 0x201D) return U'"';
  if (c < 0x0590) return static_cast<char32_t>(u_tolower(static_cast<UChar32>(c)));
  return c;
}

bool begins(std::u32string_view text, std::size_t at, std::u32string_view word) noexcept {
  return text.substr(at, word.size()) == word;
}

/// Where the web address that begins at `at` ends; `at`: none begins there.
std::size_t address_end(std::u32string_view text, std::size_t at) noexcept {
  if (!begins(text, at, U"http://") && !begins(text, at, U"https://") && !begins(text, at, U"www."))
    return at;
  std::size_t end = at;
  while (end < text.size() && end - at < kAddressMax && text[end] > U' ' && text[end] < 0x7F &&
         text[end] != U'"' && text[end] != U'<' && text[end] != U'>')
    ++end;
  return end;
}

std::size_t mention_end(std::u32string_view text, std::size_t at) noexcept {
  if (text[at] != U'@') return at;
  std::size_t end = at + 1;
  while (end < text.size() && end - at <= kMentionMax &&
         (is_word(text[end]) || is_han(text[end]) || text[end] == U'_' || text[end] == U'-'))
    ++end;
  return end == at + 1 ? at : end;
}

/// FNV-1a in 16 bits: who is named again and again says something, the letters of the name do not.
char32_t name_mark(std::u32string_view name) noexcept {
  std::uint32_t hash = 0x811C9DC5U;
  for (const char32_t c : name) hash = (hash ^ c) * 0x01000193U;
  return kNameFirst + (hash >> 16U ^ (hash & 0xFFFFU));
}

std::size_t number_end(std::u32string_view text, std::size_t at) noexcept {
  std::size_t end = at;
  while (end < text.size() && text[end] >= U'0' && text[end] <= U'9') ++end;
  return end - at > kDigitsMax ? end : at;
}

/// `begins`: see Placed; or nothing.
std::u32string fold(std::string_view text, std::vector<std::uint32_t>* begins) {
  const SimpleForms& simple = simple_forms();
  std::u32string plain;
  plain.reserve(text.size() / 2);
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t from = at;
    const char32_t c = folded(next_code(text, at), simple);
    if (c == 0 || (c == U' ' && (plain.empty() || plain.back() == U' '))) continue;
    const std::size_t n = plain.size();
    if (n >= kRunMax && plain[n - 1] == c && plain[n - 2] == c && plain[n - 3] == c &&
        !(c >= U'0' && c <= U'9'))
      continue;
    plain.push_back(c);
    if (begins != nullptr) begins->push_back(static_cast<std::uint32_t>(from));
  }
  if (!plain.empty() && plain.back() == U' ') plain.pop_back();
  // What is folded as a whole only shrinks, so it is done in place.
  std::size_t to = 0;
  const auto put = [&](char32_t c, std::size_t from) {
    plain[to] = c;
    if (begins != nullptr) (*begins)[to] = (*begins)[from];
    ++to;
  };
  for (std::size_t at = 0; at < plain.size();) {
    const char32_t c = plain[at];
    std::size_t end = at;
    char32_t as = 0;
    if (c == U'h' || c == U'w') {
      end = address_end(plain, at);
      as = kUrl;
    } else if (c == U'@') {
      end = mention_end(plain, at);
      as = kMention;
    } else if (c >= U'0' && c <= U'9') {
      end = number_end(plain, at);
      as = U'0';
    }
    const char32_t mark =
        as == kMention && end > at ? name_mark(std::u32string_view(plain).substr(at, end - at)) : 0;
    put(end > at ? as : c, at);
    if (mark != 0) put(mark, at + 1);  // a mention has at least two characters
    at = end > at ? end : at + 1;
  }
  plain.resize(to);
  if (begins != nullptr) {
    begins->resize(to);
    begins->push_back(static_cast<std::uint32_t>(text.size()));
  }
  return plain;
}

}  // namespace

std::u32string normalized(std::string_view text) { return fold(text, nullptr); }

Placed normalized_with_places(std::string_view text) {
  Placed out;
  out.begins.reserve(text.size() / 2);
  out.text = fold(text, &out.begins);
  return out;
}

std::string to_utf8(std::u32string_view normalized) {
  std::string out;
  const auto more = [&](char32_t c, unsigned shift) {
    out.push_back(static_cast<char>(0x80U | (c >> shift & 0x3FU)));
  };
  for (const char32_t c : normalized) {
    if ((c >= kUrl && c <= kMention) || (c >= kNameFirst && c <= kNameLast)) continue;
    if (c < 0x80) {
      out.push_back(static_cast<char>(c));
    } else if (c < 0x800) {
      out.push_back(static_cast<char>(0xC0U | c >> 6U));
      more(c, 0);
    } else if (c < 0x10000) {
      out.push_back(static_cast<char>(0xE0U | c >> 12U));
      more(c, 6);
      more(c, 0);
    } else {
      out.push_back(static_cast<char>(0xF0U | c >> 18U));
      more(c, 12);
      more(c, 6);
      more(c, 0);
    }
  }
  return out;
}

}  // namespace zhike::text
