// How long something takes when part of it has not ended yet: the estimator of Kaplan and Meier, which counts
// what is still open for as long as it has been open, where a mean of the ended alone would call slow work
// quick. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "stats/interval.h"

namespace zhike::stats {

struct Duration {
  double length = 0;   ///< not negative
  bool ended = false;  ///< false: it lasts still
};

/// The share that lasts longer than `at`, and its standard error by Greenwood's formula on the scale
/// log(-log S); Kaplan and Meier (1958), JASA 53:457-481; Kalbfleisch and Prentice (2002), section 1.4.
struct SurvivalStep {
  double at = 0;
  double survival = 1;
  double low = 0, high = 1;  ///< confidence limits at this length
  std::uint64_t at_risk = 0, ended = 0;
};
/// One step for each length at which something ended, ascending; what ends and what is left open at the same
/// length: the ending comes first. O(n log n).
[[nodiscard]] std::vector<SurvivalStep> survival(std::span<const Duration> durations,
                                                 double confidence = kConfidence);

/// The length within which a share `q` has ended, 0 < q < 1. Its interval holds every length whose limits
/// take in 1 - q: Brookmeyer and Crowley (1982), Biometrics 38:29-41, with the limits above. Nothing: it is
/// not reached.
struct SurvivalQuantile {
  std::optional<double> value, low, high;
};
[[nodiscard]] SurvivalQuantile survival_quantile(std::span<const SurvivalStep> steps, double q);

}  // namespace zhike::stats
