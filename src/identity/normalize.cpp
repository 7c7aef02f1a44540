#include <algorithm>
#include <array>
#include <unordered_set>

#include "base/ascii.h"
#include "identity/graph.h"

namespace zhike::identity {
namespace {

constexpr std::size_t kPhoneDigitsMin = 7, kPhoneDigitsMax = 15;  // E.164
constexpr std::size_t kChinaMobileDigits = 11;
constexpr auto kAnyKind = static_cast<IdentifierKind>(0);

struct BlockedValue {
  IdentifierKind kind;
  std::string_view value;
};
constexpr BlockedValue kBlocked[] = {
#include "identity/blocked_values.inc"
};

using ascii::is_digit;
using ascii::is_letter;
using ascii::lower;
using ascii::upper;

/// Bytes of the blank at the front: ASCII blanks and controls, U+00A0, U+3000, U+FEFF, U+200B; 0: none.
std::size_t blank_at(std::string_view text) {
  if (text.empty()) return 0;
  if (static_cast<unsigned char>(text[0]) <= ' ' || text[0] == '\x7f') return 1;
  if (text.starts_with("\xc2\xa0")) return 2;
  for (const std::string_view blank : {"\xe3\x80\x80", "\xef\xbb\xbf", "\xe2\x80\x8b"})
    if (text.starts_with(blank)) return 3;
  return 0;
}

std::string_view trim(std::string_view text) {
  while (const std::size_t n = blank_at(text)) text.remove_prefix(n);
  for (;;) {
    std::size_t cut = 0;
    for (const std::size_t n : {1, 2, 3})
      if (text.size() >= n && blank_at(text.substr(text.size() - n)) == n) cut = n;
    if (cut == 0) return text;
    text.remove_suffix(cut);
  }
}

/// Full-width forms (U+FF01 to U+FF5E) as ASCII, blanks left out.
std::string plain(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    if (const std::size_t n = blank_at(text)) {
      text.remove_prefix(n);
      continue;
    }
    if (text.size() >= 3 && text[0] == '\xef') {
      const auto a = static_cast<unsigned char>(text[1]), b = static_cast<unsigned char>(text[2]);
      const int point = 0xF000 | (a & 0x3f) << 6 | (b & 0x3f);
      if ((a == 0xbc || a == 0xbd) && point >= 0xff01 && point <= 0xff5e) {
        out.push_back(static_cast<char>(point - 0xfee0));
        text.remove_prefix(3);
        continue;
      }
    }
    out.push_back(text[0]);
    text.remove_prefix(1);
  }
  return out;
}

std::string email(std::string_view raw) {
  std::string text = lower(plain(raw));
  if (text.starts_with("mailto:")) text.erase(0, 7);
  const std::size_t at = text.find('@');
  const bool one = at != std::string::npos && text.find('@', at + 1) == std::string::npos;
  if (!one || at == 0 || text.find('.', at) == std::string::npos || text.back() == '.' || text.back() == '@')
    return {};
  return text;
}

bool is_china_mobile(std::string_view digits) {
  return digits.size() == kChinaMobileDigits && digits[0] == '1' && digits[1] >= '3';
}

std::string phone(std::string_view raw) {
  const std::string text = plain(raw);
  std::string digits;
  for (const char c : text) {
    if (is_digit(c)) {
      digits.push_back(c);
    } else if (is_letter(c) || c == '#' || c == ';' || c == ',') {
      if (digits.size() < kPhoneDigitsMin) return {};
      break;  // an extension
    }
  }
  const bool abroad = text.starts_with("+") || text.starts_with("(+");
  if (!abroad && digits.starts_with("00")) digits.erase(0, 2);
  if (is_china_mobile(digits) && !abroad) digits.insert(0, "86");
  if (digits.size() < kPhoneDigitsMin || digits.size() > kPhoneDigitsMax) return {};
  return digits;
}

std::string national_id(std::string_view raw) {
  std::string text = plain(raw);
  std::erase_if(text, [](char c) { return c == '-' || c == '.' || c == '/'; });
  std::ranges::transform(text, text.begin(), upper);
  return text;
}

std::string blocked_key(IdentifierKind kind, std::string_view value) {
  std::string key(1, static_cast<char>(kind));
  for (const char c : value) key.push_back(lower(c));
  return key;
}

bool is_blocked(IdentifierKind kind, std::string_view value) {
  static const auto blocked = [] {
    std::unordered_set<std::string> out;
    for (const BlockedValue& b : kBlocked) out.insert(blocked_key(b.kind, b.value));
    return out;
  }();
  const auto zero = [](char c) { return c == '0' || c == '-' || c == ':' || c == '.'; };
  if (std::ranges::all_of(value, zero)) return true;
  if (kind == IdentifierKind::kPhone || kind == IdentifierKind::kNationalId)
    if (std::ranges::all_of(value, [&](char c) { return c == value[0]; })) return true;
  return blocked.contains(blocked_key(kind, value)) || blocked.contains(blocked_key(kAnyKind, value));
}

}  // namespace

std::string normalize(const Identifier& identifier) {
  const auto kind = static_cast<std::size_t>(identifier.kind);
  if (kind < 1 || kind > kIdentifierKindCount) return {};
  if (identifier.value.size() > EventLimits::kIdentifierBytesMax) return {};
  std::string value;
  if (identifier.kind == IdentifierKind::kEmail)
    value = email(identifier.value);
  else if (identifier.kind == IdentifierKind::kPhone)
    value = phone(identifier.value);
  else if (identifier.kind == IdentifierKind::kNationalId)
    value = national_id(identifier.value);
  else
    value = trim(identifier.value);
  if (value.empty() || is_blocked(identifier.kind, value)) return {};
  return value;
}

}  // namespace zhike::identity
