// The bootstrap: intervals by resampling, for statistics without a formula, and an oracle for those with one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "stats/interval.h"

namespace zhike::stats {

struct BootstrapOptions {
  std::uint64_t seed = 1;  ///< the same seed gives the same interval on every machine
  int resamples = 2000;
  double confidence = kConfidence;
  std::function<void(double share)> progress = {};  ///< bootstrap_rows: called after each resample, 0 to 1
};

/// Percentile interval of `statistic` over resamples of `values` with replacement. Efron and Tibshirani
/// (1993), An Introduction to the Bootstrap, 13.3. Cost: resamples × values. None for fewer than two values.
[[nodiscard]] std::optional<Interval> bootstrap(
    std::span<const double> values, const std::function<double(std::span<const double>)>& statistic,
    const BootstrapOptions& options = {});

/// Figures of rows of which each counts so many times as it was drawn, into `out`; false where they have
/// none, as where a column became constant.
using FiguresOfRows = std::function<bool(std::span<const std::uint32_t> times, std::span<double> out)>;

/// The same for several figures of whole rows: one interval for each. Draws without figures are left out; no
/// interval when they are more than one in twenty, since what is left would be a choice of draws.
[[nodiscard]] std::vector<std::optional<Interval>> bootstrap_rows(std::size_t rows, std::size_t figures,
                                                                  const FiguresOfRows& statistic,
                                                                  const BootstrapOptions& options = {});

}  // namespace zhike::stats
