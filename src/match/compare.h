// How much two values of a column agree. The level of every pair of distinct values is the same each time, so
// what is slow to compare is remembered.
#pragma once

#include <cstdint>
#include <vector>

#include "match/distance.h"
#include "match/kind.h"
#include "match/values.h"

namespace zhike::match {

/// Room for the pairs of a column's commonest values, where those are often met; else 0: looking a pair up
/// that is not there costs more than comparing it.
[[nodiscard]] std::size_t cache_bits_for(const Values& values);

/// Compares values of one column; borrows it. One thread; give each its own.
class Comparer {
 public:
  /// `cache_bits`: room for as many pairs, as a power of two; 0: none are remembered.
  Comparer(const Values& values, std::size_t cache_bits);
  explicit Comparer(const Values& values) : Comparer(values, cache_bits_for(values)) {}

  /// kMissing when either is; top_level(kind) when both are the same. Swapped names are seen by the scorer.
  [[nodiscard]] Level level(std::uint32_t a, std::uint32_t b) {
    if (a == 0 || b == 0) return kMissing;
    if (a == b) return top_;
    if (cache_.empty()) return different(a, b);
    if (a > b) std::swap(a, b);
    const std::uint64_t key = static_cast<std::uint64_t>(a) << 32U | b;
    std::uint64_t& slot = cache_[mix(key) & mask_];
    if ((slot >> kLevelBits) == (key & kKeyMask)) return static_cast<Level>(slot & ((1U << kLevelBits) - 1));
    const Level found = different(a, b);
    slot = key << kLevelBits | found;
    return found;
  }

  /// Without the memory: of two different values that are both there.
  [[nodiscard]] Level different(std::uint32_t a, std::uint32_t b);

 private:
  Level name(std::uint32_t a, std::uint32_t b);
  Level full_name(std::uint32_t a, std::uint32_t b);
  Level date(std::uint32_t a, std::uint32_t b);
  Level number(std::uint32_t a, std::uint32_t b) const;
  Level short_number(std::uint32_t a, std::uint32_t b);
  Level email(std::uint32_t a, std::uint32_t b);
  Level code(std::uint32_t a, std::uint32_t b);
  Level phrase(std::uint32_t a, std::uint32_t b);
  Level text(std::uint32_t a, std::uint32_t b) const;
  /// At most so many letters.
  [[nodiscard]] unsigned shared(std::uint32_t a, std::uint32_t b) const;
  /// Right up to two, else some number above.
  unsigned edits_of(std::uint32_t a, std::uint32_t b, std::u16string_view x, std::u16string_view y);
  void hold(std::uint32_t a, std::u16string_view text);
  [[nodiscard]] double cosine(std::uint32_t a, std::uint32_t b) const;
  [[nodiscard]] bool is_alias(std::uint32_t a, std::uint32_t b) const;

  static constexpr unsigned kLevelBits = 3;
  static constexpr std::uint64_t kKeyMask = ~std::uint64_t{0} >> kLevelBits;  ///< values below 2^29
  const Values& values_;
  Level top_;
  Pattern pattern_;
  std::uint32_t held_ = 0;  ///< whose letters the pattern has
  std::vector<std::uint64_t> cache_;
  std::uint64_t mask_ = 0;
};

}  // namespace zhike::match
