// The matrix of importance and performance: Martilla and James (1977), Journal of Marketing 41(1):77-79.
// Pure; any thread.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "stats/interval.h"

namespace zhike::stats {

enum class Quadrant {
  kConcentrate,  ///< important, and weak: here first
  kKeepUp,       ///< important, and strong
  kLowPriority,  ///< neither
  kOverkill,     ///< strong, and of little importance
};
[[nodiscard]] std::string_view to_string(Quadrant quadrant) noexcept;  ///< "keep_up"

/// Importance in any unit, performance in one that all drivers share.
struct Standing {
  double importance = 0, performance = 0;
  std::optional<Interval> importance_interval, performance_interval;
};

struct Place {
  Quadrant quadrant = Quadrant::kLowPriority;
  bool clear = false;  ///< both intervals are known and lie on one side of their line
};

struct Priorities {
  double importance_line = 0, performance_line = 0;  ///< the means: the axes of the matrix
  std::vector<Place> places;
};

/// A driver on a line counts as above it. Needs one driver or more.
[[nodiscard]] Priorities priorities(std::span<const Standing> drivers);

}  // namespace zhike::stats
