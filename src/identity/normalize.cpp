#include <algorithm>
#include <array>
#include <unordered_set>

#include "base/ascii.h"
#include "clean/email.h"
#include "clean/phone.h"
#include "clean/width.h"
#include "identity/graph.h"

namespace zhike::identity {
namespace {

constexpr auto kAnyKind = static_cast<IdentifierKind>(0);

struct BlockedValue {
  IdentifierKind kind;
  std::string_view value;
};
constexpr BlockedValue kBlocked[] = {
#include "identity/blocked_values.inc"
};

using ascii::lower;
using ascii::upper;

std::string national_id(std::string_view raw) {
  std::string text = clean::without_blanks(raw);
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
  static const std::uint64_t lengths = [] {  // most values are told by their length
    std::uint64_t bits = 0;
    for (const BlockedValue& b : kBlocked) bits |= 1ULL << std::min<std::size_t>(b.value.size(), 63);
    return bits;
  }();
  if ((lengths >> std::min<std::size_t>(value.size(), 63) & 1) == 0) return false;
  return blocked.contains(blocked_key(kind, value)) || blocked.contains(blocked_key(kAnyKind, value));
}

}  // namespace

std::string normalize(const Identifier& identifier) {
  const auto kind = static_cast<std::size_t>(identifier.kind);
  if (kind < 1 || kind > kIdentifierKindCount) return {};
  if (identifier.value.size() > EventLimits::kIdentifierBytesMax) return {};
  std::string value;
  if (identifier.kind == IdentifierKind::kEmail)
    value = clean::email(identifier.value);
  else if (identifier.kind == IdentifierKind::kPhone)
    value = clean::phone(identifier.value).digits;
  else if (identifier.kind == IdentifierKind::kNationalId)
    value = national_id(identifier.value);
  else
    value = clean::trim(identifier.value);
  if (value.empty() || is_blocked(identifier.kind, value)) return {};
  return value;
}

std::string shown(const Identifier& identifier, const std::string& normal) {
  return identifier.kind == IdentifierKind::kEmail ? clean::email_written(identifier.value) : normal;
}

}  // namespace zhike::identity
