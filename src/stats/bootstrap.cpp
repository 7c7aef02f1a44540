#include "stats/bootstrap.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

namespace zhike::stats {

namespace {
__extension__ using Wide = unsigned __int128;
}

std::optional<Interval> bootstrap(std::span<const double> values,
                                  const std::function<double(std::span<const double>)>& statistic,
                                  const BootstrapOptions& options) {
  if (values.size() < 2 || options.resamples < 2) return std::nullopt;
  std::mt19937_64 random(options.seed);
  std::vector<double> sample(values.size()), results(static_cast<std::size_t>(options.resamples));
  for (double& result : results) {
    // Multiply and shift instead of a library distribution, whose algorithm differs between libraries.
    for (double& drawn : sample)
      drawn = values[static_cast<std::size_t>((static_cast<Wide>(random()) * values.size()) >> 64U)];
    result = statistic(sample);
  }
  std::sort(results.begin(), results.end());
  const double tail = (1 - options.confidence) / 2, last = static_cast<double>(results.size() - 1);
  return Interval{results[static_cast<std::size_t>(std::floor(tail * last))],
                  results[static_cast<std::size_t>(std::ceil((1 - tail) * last))]};
}

}  // namespace zhike::stats
