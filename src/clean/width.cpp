#include "clean/width.h"

#include <algorithm>

namespace zhike::clean {
namespace {

constexpr char kNone = '\0';

unsigned byte(std::string_view text, std::size_t at) { return static_cast<unsigned char>(text[at]); }

/// The ASCII character whose full-width form is at the front; kNone: none is.
char narrow_at(std::string_view text) noexcept {
  if (text.size() < 3 || byte(text, 0) != 0xef || (byte(text, 1) != 0xbc && byte(text, 1) != 0xbd) ||
      (byte(text, 2) & 0xc0U) != 0x80)
    return kNone;
  const unsigned point = 0xF000U | (byte(text, 1) & 0x3fU) << 6U | (byte(text, 2) & 0x3fU);
  return point >= 0xff01 && point <= 0xff5e ? static_cast<char>(point - 0xfee0) : kNone;
}

std::string convert(std::string_view text, bool keep_blanks) {
  std::string out;
  out.reserve(text.size());
  bool blank = false;
  while (!text.empty()) {
    if (const std::size_t n = blank_at(text)) {
      blank = !out.empty();
      text.remove_prefix(n);
      continue;
    }
    if (blank && keep_blanks) out.push_back(' ');
    blank = false;
    if (const char c = narrow_at(text); c != kNone) {
      out.push_back(c);
      text.remove_prefix(3);
    } else {
      out.push_back(text[0]);
      text.remove_prefix(1);
    }
  }
  return out;
}

}  // namespace

std::size_t blank_at(std::string_view text) noexcept {
  if (text.empty()) return 0;
  if (byte(text, 0) <= ' ' || text[0] == '\x7f') return 1;
  if (text.starts_with("\xc2\xa0")) return 2;
  for (const std::string_view blank :
       {"\xe3\x80\x80", "\xef\xbb\xbf", "\xe2\x80\x8b", "\xe2\x80\x8c", "\xe2\x80\x8d"})
    if (text.starts_with(blank)) return 3;
  return 0;
}

std::string_view trim(std::string_view text) noexcept {
  while (const std::size_t n = blank_at(text)) text.remove_prefix(n);
  for (;;) {
    std::size_t cut = 0;
    for (const std::size_t n : {1, 2, 3})
      if (text.size() >= n && blank_at(text.substr(text.size() - n)) == n) cut = n;
    if (cut == 0) return text;
    text.remove_suffix(cut);
  }
}

std::string half_width(std::string_view text) { return convert(text, true); }
std::string without_blanks(std::string_view text) { return convert(text, false); }

bool has_full_width(std::string_view text) noexcept {
  for (std::size_t i = 0; i + 2 < text.size(); ++i)
    if (byte(text, i) == 0xef && narrow_at(text.substr(i)) != kNone) return true;
  return false;
}

bool has_cjk(std::string_view text) noexcept {
  return std::ranges::any_of(text, [](char c) {
    const auto b = static_cast<unsigned char>(c);
    return b >= 0xe3 && b <= 0xf4;
  });
}

std::size_t character_at(std::string_view text) noexcept {
  if (text.empty()) return 0;
  const unsigned b = byte(text, 0);
  const std::size_t n = b < 0xc0 ? 1 : b < 0xe0 ? 2 : b < 0xf0 ? 3 : 4;
  return std::min(n, text.size());
}

}  // namespace zhike::clean
