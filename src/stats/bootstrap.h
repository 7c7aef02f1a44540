// The bootstrap: intervals by resampling, for statistics without a formula, and an oracle for those with one.
#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "stats/interval.h"

namespace zhike::stats {

struct BootstrapOptions {
  std::uint64_t seed = 1;  ///< the same seed gives the same interval on every machine
  int resamples = 2000;
  double confidence = kConfidence;
};

/// Percentile interval of `statistic` over resamples of `values` with replacement. Efron and Tibshirani
/// (1993), An Introduction to the Bootstrap, 13.3. Cost: resamples × values. None for fewer than two values.
[[nodiscard]] std::optional<Interval> bootstrap(
    std::span<const double> values, const std::function<double(std::span<const double>)>& statistic,
    const BootstrapOptions& options = {});

}  // namespace zhike::stats
