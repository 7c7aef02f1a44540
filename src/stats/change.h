// Did an index change between two periods? Two-sample comparisons of independent samples. Pure; any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "stats/interval.h"

namespace zhike::stats {

struct Change {
  double difference = 0;             ///< after - before, in the units of the index
  std::optional<Interval> interval;  ///< of the difference
  double p_value = 1;                ///< two-sided
  [[nodiscard]] bool significant(double confidence = kConfidence) const { return p_value < 1 - confidence; }
};

/// Shares on [0, 1]: pooled z test; interval by Newcombe (1998), Statistics in Medicine 17:873-890,
/// method 10.
[[nodiscard]] std::optional<Change> compare(Share before, Share after, double confidence = kConfidence);
/// NPS in points: z test with the multinomial variances of nps_variance. Rocks (2016).
[[nodiscard]] std::optional<Change> compare(const NpsCounts& before, const NpsCounts& after,
                                            double confidence = kConfidence);
/// Means: Welch (1947), Biometrika 34:28-35. Both need n >= 2.
[[nodiscard]] std::optional<Change> compare(const Moments& before, const Moments& after,
                                            double confidence = kConfidence);
/// Medians, of values in ascending order: the standard error of each from two of its order statistics, z test
/// and interval. Price and Bonett (2002), Journal of Statistical Computation and Simulation 72:119-124, with
/// the variance of their (2001), same journal 68:295-305. Both need n >= kMedianValuesMin.
inline constexpr std::size_t kMedianValuesMin = 5;
[[nodiscard]] std::optional<Change> compare_medians(std::span<const double> before,
                                                    std::span<const double> after,
                                                    double confidence = kConfidence);
/// The median of values in ascending order, the mean of the two in the middle where there are two. Not empty.
[[nodiscard]] double median_of(std::span<const double> sorted);
/// Ratios of two counts: z test on the logarithms, variance 1/above + 1/below each (delta method; Breslow and
/// Day 1987, Statistical Methods in Cancer Research II, 3.1). All four counts must be positive. No interval.
[[nodiscard]] std::optional<Change> compare(CountRatio before, CountRatio after);

}  // namespace zhike::stats
