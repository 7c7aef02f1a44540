#include "stats/bootstrap.h"

#include <algorithm>
#include <random>
#include <vector>

#include "stats/draws.h"

namespace zhike::stats {

namespace {

constexpr std::size_t kFailedShare = 20;  // one in so many draws may fail

}  // namespace

std::optional<Interval> bootstrap(std::span<const double> values,
                                  const std::function<double(std::span<const double>)>& statistic,
                                  const BootstrapOptions& options) {
  if (values.size() < 2 || options.resamples < 2) return std::nullopt;
  std::mt19937_64 random(options.seed);
  std::vector<double> sample(values.size()), results(static_cast<std::size_t>(options.resamples));
  for (double& result : results) {
    for (double& drawn : sample) drawn = values[place_below(values.size(), random)];
    result = statistic(sample);
  }
  return percentiles(results, options.confidence);
}

std::vector<std::optional<Interval>> bootstrap_rows(std::size_t rows, std::size_t figures,
                                                    const FiguresOfRows& statistic,
                                                    const BootstrapOptions& options) {
  std::vector<std::optional<Interval>> out(figures);
  if (rows < 2 || options.resamples < 2) return out;
  std::mt19937_64 random(options.seed);
  const auto resamples = static_cast<std::size_t>(options.resamples);
  // Times instead of the rows drawn: rows are then read in their order, which is several times as fast once
  // they outgrow the cache.
  std::vector<std::uint32_t> times(rows);
  std::vector<double> found(figures);
  std::vector<std::vector<double>> results(figures);
  for (std::size_t i = 0; i < resamples; ++i) {
    std::ranges::fill(times, 0U);
    for (std::size_t drawn = 0; drawn < rows; ++drawn) ++times[place_below(rows, random)];
    const bool has_figures = statistic(times, found);
    if (options.progress) options.progress(static_cast<double>(i + 1) / static_cast<double>(resamples));
    if (!has_figures) continue;
    for (std::size_t f = 0; f < figures; ++f) results[f].push_back(found[f]);
  }
  for (std::size_t f = 0; f < figures; ++f)
    if (const std::size_t good = results[f].size();
        good >= 2 && (resamples - good) * kFailedShare <= resamples)
      out[f] = percentiles(results[f], options.confidence);
  return out;
}

}  // namespace zhike::stats
