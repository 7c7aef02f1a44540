// For the test and the coverage of budget response: channels whose truth is known. Written apart from the
// library: plain loops over the definition of the model.
#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>
#include <random>
#include <vector>

namespace zhike::stats::planted {

/// Numbers that look like chance and are the same everywhere.
class Chance {
 public:
  explicit Chance(std::uint64_t seed) : random_(seed) {}
  double even() { return static_cast<double>(random_() >> 11U) * 0x1p-53; }
  double normal() { return std::sqrt(-2 * std::log(1 - even())) * std::cos(2 * std::numbers::pi * even()); }

 private:
  std::mt19937_64 random_;
};

struct Truth {
  double carry, half, slope;  ///< half 0: a straight line
  [[nodiscard]] double brings(double a) const { return half > 0 ? slope * a * half / (a + half) : slope * a; }
  /// The next unit of money.
  [[nodiscard]] double next(double a) const {
    return half > 0 ? slope * half * half / ((a + half) * (a + half)) : slope;
  }
};

/// By period. What was spent before the first is taken to be as in the middle.
inline std::vector<double> brought(const std::vector<double>& spend, const Truth& truth) {
  double stock = 0;
  for (const double x : spend) stock += x / static_cast<double>(spend.size());
  std::vector<double> out;
  for (const double x : spend) {
    stock = (1 - truth.carry) * x + truth.carry * stock;
    out.push_back(truth.brings(stock));
  }
  return out;
}

}  // namespace zhike::stats::planted
