// How much of what moves the target each driver accounts for: the R² of all drivers, shared among them. Pure;
// any thread. Neither measure is a proof of cause.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "stats/bootstrap.h"
#include "stats/regression.h"

namespace zhike::stats {

/// Pearson's, of the drivers among each other (drivers × drivers by row) and with the target.
struct Correlations {
  std::vector<double> between, with_target;
  [[nodiscard]] std::size_t drivers() const { return with_target.size(); }
};
/// None where a column is constant or there are fewer than two rows.
[[nodiscard]] std::optional<Correlations> correlations(const Design& design);

/// Relative weights: shares through the uncorrelated variables nearest to the drivers. They sum to R².
/// Johnson (2000), Multivariate Behavioral Research 35:1-19. None where drivers make each other up.
[[nodiscard]] std::optional<std::vector<double>> relative_weights(const Correlations& correlations);

/// What each driver adds to R², averaged over all orders in which drivers can come in (LMG, the Shapley value
/// of R²). They sum to R². Lindeman, Merenda and Gold (1980), Introduction to Bivariate and Multivariate
/// Analysis, 4.5; Grömping (2006), Journal of Statistical Software 17(1). Exact: cost 2^drivers × drivers.
/// None where drivers make each other up, or are more than kLmgDriversMax.
inline constexpr std::size_t kLmgDriversMax = 20;
[[nodiscard]] std::optional<std::vector<double>> lmg(const Correlations& correlations);

/// More drivers have no intervals of LMG: each draw would take too long.
inline constexpr std::size_t kLmgIntervalDriversMax = 12;

struct VarianceShare {
  double value = 0;  ///< of the target's variance, 0 to 1
  std::optional<Interval> interval;
};
struct Importance {
  std::vector<VarianceShare> relative_weights;  ///< by driver
  std::vector<VarianceShare> lmg;               ///< by driver; empty where lmg() has none
};
/// Both, with percentile intervals from resampled rows: Tonidandel, LeBreton and Johnson (2009),
/// Psychological Methods 14:387-399. A share cannot be negative, so its interval lies above 0 even where a
/// driver does nothing: compare drivers by it, do not test against 0. None where correlations() or
/// relative_weights() has none.
[[nodiscard]] std::optional<Importance> importance(const Design& design,
                                                   const BootstrapOptions& options = {});

}  // namespace zhike::stats
