// Drivers that several items measure. Pure; any thread.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "stats/interval.h"

namespace zhike::stats {

/// The mean of the items, row by row. Items have the same rows; there is one or more.
[[nodiscard]] std::vector<double> composite(std::span<const std::span<const double>> items);

/// Whether items measure one thing.
struct Reliability {
  double alpha = 0;   ///< 1 and less; negative where items go against each other
  Interval interval;  ///< by the F distribution: Feldt (1965), Psychometrika 30:357-370
};
/// Cronbach (1951), Psychometrika 16:297-334. None for a single item, fewer than two rows or a constant sum.
[[nodiscard]] std::optional<Reliability> cronbach(std::span<const std::span<const double>> items,
                                                  double confidence = kConfidence);

}  // namespace zhike::stats
