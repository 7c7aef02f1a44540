#include "match/distance.h"

#include <algorithm>
#include <bit>

namespace zhike::match {
namespace {

constexpr std::size_t kMax = Pattern::kMax;
constexpr double kPrefixWeight = 0.1;
constexpr std::size_t kPrefixMax = 4;

std::u16string_view cut(std::u16string_view text) noexcept { return text.substr(0, kMax); }

constexpr std::uint64_t low_bits(std::size_t n) noexcept {
  return n >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << n) - 1;
}

}  // namespace

void Pattern::clear() noexcept {
  for (const char16_t c : text())
    if (c < kDirect) direct_[c] = 0;
  other_count_ = 0;
}

void Pattern::set(std::u16string_view text) noexcept {
  clear();
  size_ = std::min(text.size(), kMax);
  std::ranges::copy(text.substr(0, size_), text_.begin());
  for (std::size_t i = 0; i < size_; ++i) {
    const char16_t c = text_[i];
    const std::uint64_t bit = std::uint64_t{1} << i;
    if (c < kDirect) {
      direct_[c] |= bit;
      continue;
    }
    std::size_t k = 0;
    while (k < other_count_ && others_[k] != c) ++k;
    if (k == other_count_) {
      others_[k] = c;
      other_places_[k] = 0;
      ++other_count_;
    }
    other_places_[k] |= bit;
  }
}

std::uint64_t Pattern::at_other(char16_t c) const noexcept {
  for (std::size_t k = 0; k < other_count_; ++k)
    if (others_[k] == c) return other_places_[k];
  return 0;
}

double Pattern::jaro_winkler(std::u16string_view other) const noexcept {
  const std::u16string_view a = text(), b = cut(other);
  if (a.empty() || b.empty()) return 0;
  const std::size_t longer = std::max(a.size(), b.size());
  const std::size_t reach = longer / 2 > 0 ? longer / 2 - 1 : 0;
  std::uint64_t window = low_bits(reach + 1), taken = 0, taken_b = 0;
  for (std::size_t j = 0; j < b.size(); ++j) {
    const std::uint64_t places = at(b[j]) & window & ~taken;
    taken |= places & (~places + 1);
    taken_b |= static_cast<std::uint64_t>(places != 0) << j;
    window = j < reach ? (window << 1U) | 1U : window << 1U;
  }
  const int common = std::popcount(taken);
  if (common == 0) return 0;
  int out_of_order = 0;
  for (std::uint64_t rest = taken, rest_b = taken_b; rest_b != 0; rest_b &= rest_b - 1) {
    const std::uint64_t place = rest & (~rest + 1);
    out_of_order += (at(b[static_cast<std::size_t>(std::countr_zero(rest_b))]) & place) == 0 ? 1 : 0;
    rest ^= place;
  }
  const double m = common, transposed = out_of_order / 2;  // whole swaps, as Winkler's program counts them
  const double jaro =
      (m / static_cast<double>(a.size()) + m / static_cast<double>(b.size()) + (m - transposed) / m) / 3;
  std::size_t prefix = 0;
  const std::size_t most = std::min({kPrefixMax, a.size(), b.size()});
  while (prefix < most && a[prefix] == b[prefix]) ++prefix;
  return jaro + kPrefixWeight * static_cast<double>(prefix) * (1 - jaro);
}

unsigned Pattern::damerau_levenshtein(std::u16string_view other) const noexcept {
  const std::u16string_view b = cut(other);
  if (size_ == 0) return static_cast<unsigned>(b.size());
  const std::uint64_t last = std::uint64_t{1} << (size_ - 1);
  std::uint64_t vp = ~std::uint64_t{0}, vn = 0, d0 = 0, before = 0;
  auto distance = static_cast<unsigned>(size_);
  for (const char16_t c : b) {
    const std::uint64_t places = at(c);
    const std::uint64_t swapped = ((~d0 & places) << 1U) & before;
    d0 = (((places & vp) + vp) ^ vp) | places | vn | swapped;
    std::uint64_t hp = vn | ~(d0 | vp);
    const std::uint64_t hn = d0 & vp;
    distance += (hp & last) != 0 ? 1U : 0U;
    distance -= (hn & last) != 0 ? 1U : 0U;
    hp = (hp << 1U) | 1U;
    vp = (hn << 1U) | ~(d0 | hp);
    vn = hp & d0;
    before = places;
  }
  return distance;
}

}  // namespace zhike::match
