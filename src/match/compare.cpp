#include "match/compare.h"

#include <algorithm>
#include <cmath>

namespace zhike::match {
namespace {

constexpr double kVeryClose = 0.92, kClose = 0.88, kSimilar = 0.75;  // Jaro-Winkler
constexpr unsigned kEditsTold = 2;                                   ///< more edits are all the same
constexpr std::size_t kEditsFrom = 4;  ///< letters from which one edit still means likeness

/// Every word of the shorter one is in the longer one.
bool is_within(std::span<const std::uint32_t> a, std::span<const std::uint32_t> b) {
  return !a.empty() && !b.empty() &&
         (a.size() < b.size() ? std::ranges::includes(b, a) : std::ranges::includes(a, b));
}

/// The most letters that two values can share: the sum of the lesser counts. Counts are below 128.
unsigned shared_letters(const Values::Bag& a, const Values::Bag& b) {
  constexpr std::uint64_t kHigh = 0x8080808080808080, kOnes = 0x0101010101010101;
  unsigned shared = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const std::uint64_t b_is_less = ((((a[i] | kHigh) - b[i]) & kHigh) >> 7U) * 0xff;  // or the same; by byte
    const std::uint64_t least = (b[i] & b_is_less) | (a[i] & ~b_is_less);
    shared += static_cast<unsigned>((least * kOnes) >> 56U);
  }
  return shared;
}

/// False: certainly more than kEditsTold edits apart, and of a likeness (Jaro-Winkler) below `least`. Jaro's
/// is at most (m/a + m/b + 1) / 3 for texts of a and b letters that share m; what Winkler adds is known.
bool may_be_alike(std::u16string_view x, std::u16string_view y, unsigned shared, double least) {
  constexpr double kRounding = 1e-9, kPerLetter = 0.1;
  const double a = static_cast<double>(std::min(x.size(), Pattern::kMax)),
               b = static_cast<double>(std::min(y.size(), Pattern::kMax)), m = shared;
  if (std::max(a, b) - m <= kEditsTold) return true;
  std::size_t same = 0;
  while (same < 4 && same < x.size() && same < y.size() && x[same] == y[same]) ++same;
  const double added = kPerLetter * static_cast<double>(same);
  const double jaro = (least - added) / (1 - added) - kRounding;
  return m * (a + b) >= (3 * jaro - 1) * a * b;
}

bool swaps_day_and_month(std::u16string_view a, std::u16string_view b) {
  return a.substr(0, 4) == b.substr(0, 4) && a.substr(4, 2) == b.substr(6, 2) &&
         a.substr(6, 2) == b.substr(4, 2);
}

}  // namespace

std::size_t cache_bits_for(const Values& values) {
  constexpr std::size_t kCacheBits = 14;
  constexpr double kWorthwhile = 0.15;  // of pairs, both of whose values are common
  static_assert(Values::kCommon * Values::kCommon / 2 <= std::size_t{1} << kCacheBits);
  const bool is_quick = values.kind == Kind::kCategory || values.kind == Kind::kNumber;
  return is_quick || values.common_share * values.common_share < kWorthwhile ? 0 : kCacheBits;
}

Comparer::Comparer(const Values& values, std::size_t cache_bits)
    : values_(values), top_(top_level(values.kind)) {
  if (cache_bits == 0 || values.size() >= (std::size_t{1} << 29U)) return;
  cache_.assign(std::size_t{1} << cache_bits, ~std::uint64_t{0});
  mask_ = cache_.size() - 1;
}

void Comparer::hold(std::uint32_t a, std::u16string_view text) {
  if (held_ == a) return;
  held_ = a;
  pattern_.set(text);
}

unsigned Comparer::shared(std::uint32_t a, std::uint32_t b) const {
  return shared_letters(values_.bags[a], values_.bags[b]);
}

unsigned Comparer::edits_of(std::uint32_t a, std::uint32_t b, std::u16string_view x, std::u16string_view y) {
  const std::size_t longer = std::min(std::max(x.size(), y.size()), Pattern::kMax);
  const auto least = static_cast<unsigned>(longer) - shared(a, b);
  if (least > kEditsTold) return least;
  hold(a, x);
  return pattern_.damerau_levenshtein(y);
}

Level Comparer::different(std::uint32_t a, std::uint32_t b) {
  switch (values_.kind) {
    case Kind::kGivenName:
    case Kind::kSurname:
      return name(a, b);
    case Kind::kFullName:
      return full_name(a, b);
    case Kind::kDate:
      return date(a, b);
    case Kind::kYear:
    case Kind::kSmallNumber:
      return short_number(a, b);
    case Kind::kNumber:
      return number(a, b);
    case Kind::kEmail:
      return email(a, b);
    case Kind::kPhone:
    case Kind::kPostcode:
    case Kind::kIdNumber:
      return code(a, b);
    case Kind::kPhrase:
      return phrase(a, b);
    case Kind::kText:
      return text(a, b);
    case Kind::kCategory:
    case Kind::kIgnored:
      break;
  }
  return kElse;
}

bool Comparer::is_alias(std::uint32_t a, std::uint32_t b) const {
  return values_.sorted[a] != 0 &&
         (values_.sorted[a] == values_.sorted[b] || values_.straight[a] == values_.straight[b] ||
          values_.straight[a] == values_.turned[b] || values_.turned[a] == values_.straight[b]);
}

Level Comparer::name(std::uint32_t a, std::uint32_t b) {
  if (is_alias(a, b)) return 5;
  const auto x = values_.text(a), y = values_.text(b);
  if (!may_be_alike(x, y, shared(a, b), kSimilar)) return kElse;
  hold(a, x);
  const double jaro = pattern_.jaro_winkler(y);
  if (jaro < 0.5) return kElse;
  const std::size_t shorter = std::min(x.size(), y.size());
  const unsigned edits = pattern_.damerau_levenshtein(y);
  if (jaro >= kVeryClose || (edits == 1 && shorter >= kEditsFrom)) return 4;
  if (jaro >= kClose || (edits == 1 && shorter > 2)) return 3;
  return jaro >= kSimilar || (edits == 2 && shorter >= kEditsFrom) ? 2 : kElse;
}

Level Comparer::full_name(std::uint32_t a, std::uint32_t b) {
  if (is_alias(a, b)) return 6;
  hold(a, values_.text(a));
  const auto x = values_.text(a), y = values_.text(b);
  const double jaro = pattern_.jaro_winkler(y);
  const unsigned edits = pattern_.damerau_levenshtein(y);
  const std::size_t shorter = std::min(x.size(), y.size());
  if (jaro >= 0.95 || (edits == 1 && shorter > kEditsFrom)) return 5;
  if (jaro >= 0.9 || (edits <= 2 && shorter > 2 * kEditsFrom) ||
      is_within(values_.tokens_of(a), values_.tokens_of(b)))
    return 4;
  if (cosine(a, b) >= 0.5 || (edits == 1 && shorter > 2)) return 3;
  return jaro >= 0.8 || cosine(a, b) >= 0.25 || edits == 1 ? 2 : kElse;
}

Level Comparer::date(std::uint32_t a, std::uint32_t b) {
  const auto x = values_.text(a), y = values_.text(b);
  const unsigned edits = edits_of(a, b, x, y);
  if (edits == 1 || swaps_day_and_month(x, y)) return 5;
  const double days = std::abs(values_.number[a] - values_.number[b]);  // NaN compares false
  if (edits == 2 || days <= 31) return 4;
  if (x.substr(0, 4) == y.substr(0, 4) || days <= 366) return 3;
  return days <= 3653 ? 2 : kElse;
}

Level Comparer::number(std::uint32_t a, std::uint32_t b) const {
  const double x = values_.number[a], y = values_.number[b];
  const double apart = std::abs(x - y) / std::max({std::abs(x), std::abs(y), 1e-12});
  if (apart <= 0.03) return 4;
  if (apart <= 0.15) return 3;
  return apart <= 0.4 ? 2 : kElse;
}

Level Comparer::short_number(std::uint32_t a, std::uint32_t b) {
  hold(a, values_.text(a));
  const bool one_edit = pattern_.damerau_levenshtein(values_.text(b)) == 1;
  if (values_.kind == Kind::kSmallNumber) return one_edit ? 2 : kElse;
  if (one_edit) return 3;
  return std::abs(values_.number[a] - values_.number[b]) <= 10 ? 2 : kElse;
}

Level Comparer::email(std::uint32_t a, std::uint32_t b) {
  const auto x = values_.text(a).substr(0, values_.area[a]), y = values_.text(b).substr(0, values_.area[b]);
  constexpr std::size_t kShortUser = 4;
  if (x == y && x.size() > kShortUser) return 4;
  if (!may_be_alike(x, y, shared(a, b), kClose)) return kElse;
  hold(a, x);
  const double jaro = pattern_.jaro_winkler(y);
  if (jaro < 0.6) return kElse;
  if (x.size() > kShortUser && pattern_.damerau_levenshtein(y) <= 2) return 3;
  return jaro >= kClose ? 2 : kElse;
}

Level Comparer::code(std::uint32_t a, std::uint32_t b) {
  const auto x = values_.text(a), y = values_.text(b);
  if (values_.kind == Kind::kPhone) {
    const auto sound = static_cast<std::size_t>(View::kSound);
    if (values_.views[sound][a] == values_.views[sound][b]) return 4;
  }
  const unsigned edits = edits_of(a, b, x, y);
  if (edits == 1) return 3;
  if (values_.kind == Kind::kPostcode)
    return x.substr(0, values_.area[a]) == y.substr(0, values_.area[b]) ? 2 : kElse;
  return edits == 2 && std::min(x.size(), y.size()) > kEditsFrom ? 2 : kElse;
}

Level Comparer::phrase(std::uint32_t a, std::uint32_t b) {
  constexpr double kAlike = 0.8;
  const auto x = values_.text(a), y = values_.text(b);
  double jaro = 0;
  if (may_be_alike(x, y, shared(a, b), kAlike)) {
    hold(a, x);
    jaro = pattern_.jaro_winkler(y);
  }
  const std::size_t shorter = std::min(x.size(), y.size());
  const auto sound = static_cast<std::size_t>(View::kSound);
  if (jaro >= 0.6) {
    const unsigned edits = pattern_.damerau_levenshtein(y);
    if (jaro >= 0.95 || (edits == 1 && shorter >= kEditsFrom)) return 5;
    if (jaro >= 0.9 || (edits <= 2 && shorter > 2 * kEditsFrom)) return 4;
  }
  if (values_.views[sound][a] == values_.views[sound][b] && values_.views[sound][a] != 0) return 4;
  if (is_within(values_.tokens_of(a), values_.tokens_of(b)) || cosine(a, b) >= 0.6) return 3;
  return jaro >= kAlike || cosine(a, b) >= 0.35 ? 2 : kElse;
}

double Comparer::cosine(std::uint32_t a, std::uint32_t b) const {
  const auto x = values_.tokens_of(a), y = values_.tokens_of(b);
  const float* const u = values_.token_weight.data() + values_.tokens_from[a];
  const float* const v = values_.token_weight.data() + values_.tokens_from[b];
  double sum = 0;
  for (std::size_t i = 0, j = 0; i < x.size() && j < y.size();) {
    if (x[i] == y[j])
      sum += static_cast<double>(u[i++]) * static_cast<double>(v[j++]);
    else if (x[i] < y[j])
      ++i;
    else
      ++j;
  }
  return sum;
}

Level Comparer::text(std::uint32_t a, std::uint32_t b) const {
  const double likeness = cosine(a, b);
  if (likeness >= 0.95) return 7;
  if (likeness >= 0.8) return 6;
  if (likeness >= 0.65) return 5;
  if (likeness >= 0.5) return 4;
  if (likeness >= 0.35) return 3;
  return likeness >= 0.2 ? 2 : kElse;
}

}  // namespace zhike::match
