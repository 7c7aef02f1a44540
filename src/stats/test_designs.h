// Data and simulations that the tests of the driver analysis share.
#pragma once

#include <cmath>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "stats/regression.h"

namespace zhike::stats::test {

/// Owns the columns of a design.
struct Table {
  std::vector<std::vector<double>> drivers;
  std::vector<double> target;
  std::vector<std::string> names;

  [[nodiscard]] Design design() const {
    Design out{.target = {"target", target}, .drivers = {}};
    for (std::size_t d = 0; d < drivers.size(); ++d)
      out.drivers.push_back({d < names.size() ? names[d] : "driver " + std::to_string(d + 1), drivers[d]});
    return out;
  }
};

/// Standard normal, by Box and Muller: the same on every library.
class Normal {
 public:
  explicit Normal(std::uint64_t seed) : random_(seed) {}
  double uniform() { return (static_cast<double>(random_() >> 11U) + 0.5) * 0x1p-53; }
  double operator()() {
    return std::sqrt(-2 * std::log(uniform())) * std::cos(2 * 3.14159265358979323846 * uniform());
  }

 private:
  std::mt19937_64 random_;
};

/// Drivers that share a part, so that any two correlate by `correlation`.
inline Table correlated(Normal& normal, std::size_t rows, std::size_t drivers, double correlation) {
  Table out;
  out.drivers.assign(drivers, {});
  for (std::size_t i = 0; i < rows; ++i) {
    const double common = normal();
    for (auto& driver : out.drivers)
      driver.push_back(std::sqrt(correlation) * common + std::sqrt(1 - correlation) * normal());
  }
  return out;
}

/// By rows, the target first.
inline Table by_rows(const std::vector<std::vector<double>>& rows) {
  Table out;
  out.drivers.assign(rows.front().size() - 1, {});
  for (const auto& row : rows) {
    out.target.push_back(row[0]);
    for (std::size_t d = 1; d < row.size(); ++d) out.drivers[d - 1].push_back(row[d]);
  }
  return out;
}

}  // namespace zhike::stats::test
