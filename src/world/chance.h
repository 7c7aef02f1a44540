// Chance from a seed: the same numbers on every machine, unlike the distributions of the standard library.
#pragma once

#include <cmath>
#include <cstdint>
#include <iterator>
#include <numbers>

namespace zhike::world {

/// SplitMix64 (Steele, Lea and Flood, 2014). Cheap to make: one per customer. One thread.
class Chance {
 public:
  Chance(std::uint64_t seed, std::uint64_t stream)
      : state_(mix(seed) ^ mix(stream * 0x9e3779b97f4a7c15ULL + 1)) {}

  std::uint64_t bits() { return mix(state_ += 0x9e3779b97f4a7c15ULL); }
  /// In [0, 1).
  double uniform() { return static_cast<double>(bits() >> 11) * 0x1.0p-53; }
  bool happens(double share) { return uniform() < share; }
  /// In [0, n); n > 0.
  std::size_t below(std::size_t n) { return static_cast<std::size_t>(uniform() * static_cast<double>(n)); }
  double normal() {  // Box and Muller
    const double radius = std::sqrt(-2 * std::log(1 - uniform()));
    return radius * std::cos(2 * std::numbers::pi * uniform());
  }
  double exponential(double mean) { return -mean * std::log(1 - uniform()); }
  double log_normal(double median, double sigma) { return median * std::exp(sigma * normal()); }
  /// Knuth's method: for small means.
  int poisson(double mean) {
    const double limit = std::exp(-mean);
    int n = 0;
    for (double product = uniform(); product > limit; product *= uniform()) ++n;
    return n;
  }
  template <class Table>
  const auto& pick(const Table& table) {
    return *(std::begin(table) + static_cast<std::ptrdiff_t>(below(std::size(table))));
  }
  /// The index of a weight, by weight.
  template <class Weights>
  std::size_t weighted(const Weights& weights) {
    double total = 0;
    for (const double w : weights) total += w;
    double at = uniform() * total;
    std::size_t i = 0;
    for (const double w : weights) {
      if (at < w || i + 1 == std::size(weights)) break;
      at -= w;
      ++i;
    }
    return i;
  }

 private:
  static std::uint64_t mix(std::uint64_t z) {
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
  }
  std::uint64_t state_;
};

}  // namespace zhike::world
