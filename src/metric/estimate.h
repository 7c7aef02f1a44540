// From the columns of a metric's SQL to a value with its interval. Pure.
#pragma once

#include <optional>
#include <vector>

#include "metric/metric.h"

namespace zhike::metric {

/// One row of a metric's SQL: which columns hold something depends on the estimator.
struct Parts {
  std::uint64_t n = 0, hits = 0, promoters = 0, detractors = 0, above = 0;
  double total = 0, squares = 0;
  std::vector<double> grid{};  ///< quantiles at equally spaced levels
};
/// Adds parts of a range to its whole; never for grids, which do not add up.
void add(Parts& whole, const Parts& part);

[[nodiscard]] Value estimate(const Metric& metric, const Parts& parts);
/// None when either side has too little.
[[nodiscard]] std::optional<Change> change(const Metric& metric, const Parts& before, const Parts& after);

}  // namespace zhike::metric
