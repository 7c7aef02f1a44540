// A number made into another that tells nothing of it, the same on every machine.
#pragma once

#include <cstdint>

namespace zhike {

/// One step of splitmix64 (Steele, Lea and Flood, Fast splittable pseudorandom number generators, 2014). No
/// two inputs come to the same. Part of what recorded seeds mean, so it stays as it is.
[[nodiscard]] constexpr std::uint64_t mix(std::uint64_t x) noexcept {
  x += 0x9e3779b97f4a7c15ULL;
  x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27U)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31U);
}

}  // namespace zhike
