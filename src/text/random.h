// Chance that a seed replays: the same numbers on every machine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace zhike::text {

/// SplitMix64 (Steele, Lea and Flood 2014, "Fast splittable pseudorandom number generators"): std::shuffle
/// and the distributions differ between libraries.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() noexcept {
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15ULL);
    z = (z ^ z >> 30U) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ z >> 27U) * 0x94D049BB133111EBULL;
    return z ^ z >> 31U;
  }
  /// In [0, 1).
  double share() noexcept { return static_cast<double>(next() >> 11U) * 0x1.0p-53; }
  /// Puts `count` of the items, drawn without return, in front.
  template <class T>
  void draw(std::span<T> items, std::size_t count) noexcept {
    for (std::size_t i = 0; i < count && i < items.size(); ++i)
      std::swap(items[i], items[i + next() % (items.size() - i)]);
  }

 private:
  std::uint64_t state_;
};

}  // namespace zhike::text
