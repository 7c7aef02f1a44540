// What resampling needs: places drawn and percentiles of what was drawn. Pure; the generator is the caller's.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <random>
#include <vector>

#include "stats/interval.h"

namespace zhike::stats {

/// 0 to count - 1. Multiply and shift instead of a library distribution, whose algorithm differs between
/// libraries.
[[nodiscard]] inline std::size_t place_below(std::size_t count, std::mt19937_64& random) {
  __extension__ using Wide = unsigned __int128;
  return static_cast<std::size_t>((static_cast<Wide>(random()) * count) >> 64U);
}

/// Sorts `results`, of which there are two or more.
[[nodiscard]] inline Interval percentiles(std::vector<double>& results, double confidence) {
  std::sort(results.begin(), results.end());
  const double tail = (1 - confidence) / 2, last = static_cast<double>(results.size() - 1);
  return {results[static_cast<std::size_t>(std::floor(tail * last))],
          results[static_cast<std::size_t>(std::ceil((1 - tail) * last))]};
}

}  // namespace zhike::stats
