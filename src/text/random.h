// Chance that a seed replays: the same numbers on every machine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "base/mix.h"

namespace zhike::text {

/// SplitMix64 (base/mix.h): std::shuffle and the distributions differ between libraries.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() noexcept {
    const std::uint64_t out = mix(state_);
    state_ += kStep;
    return out;
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
  static constexpr std::uint64_t kStep = 0x9e3779b97f4a7c15ULL;  ///< the one that mix() takes first
  std::uint64_t state_;
};

}  // namespace zhike::text
