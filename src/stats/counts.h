// Counts of events over time and among classes: intervals that hold for all classes together, and whether a
// rate has changed. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "stats/interval.h"

namespace zhike::stats {

/// Intervals of the shares of all classes that hold together with at least `confidence`: score intervals,
/// each at 1 - (1 - confidence) / classes. Goodman (1965), Technometrics 7:247-254. Empty where nothing was
/// counted.
[[nodiscard]] std::vector<Interval> simultaneous_shares(std::span<const std::uint64_t> counts,
                                                        double confidence = kConfidence);

struct RateChange {
  double ratio = 1;                  ///< of the rates per day, after over before
  std::optional<Interval> interval;  ///< of the ratio
  double p_value = 1;                ///< two-sided
  double dispersion = 1;             ///< variance of a day over its mean, at least 1
  [[nodiscard]] bool significant(double confidence = kConfidence) const { return p_value < 1 - confidence; }
};
/// Rates of two periods from their counts by day (or any other equal time). Days scatter more than Poisson
/// counts do, so the error of the logarithm is that of Poisson times the root of the dispersion, Pearson's χ²
/// over its degrees of freedom (Wedderburn 1974, Biometrika 61:439-447), against Student's t. None: a side
/// without events, or fewer than four days in all.
[[nodiscard]] std::optional<RateChange> compare_rates(std::span<const std::uint64_t> before,
                                                      std::span<const std::uint64_t> after,
                                                      double confidence = kConfidence);

/// Which of a family's tests hold so that any false alarm is as rare as for one alone. Holm (1979),
/// Scandinavian Journal of Statistics 6:65-70. In the order of the p-values.
[[nodiscard]] std::vector<bool> holm(std::span<const double> p_values, double confidence = kConfidence);

}  // namespace zhike::stats
