// Key drivers of a target, all that is known of each side by side. Pure; any thread.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "stats/bootstrap.h"
#include "stats/contrast.h"
#include "stats/importance.h"
#include "stats/priority.h"
#include "stats/regression.h"

namespace zhike::stats {

/// Of ratings, ends included.
struct Scale {
  double low = 0, high = 0;
  friend bool operator==(const Scale&, const Scale&) = default;
};
/// The narrowest usual scale that holds all values: 0-1, 1-5, 1-7, 1-10, 0-10, 0-100. None where none does.
[[nodiscard]] std::optional<Scale> usual_scale(std::span<const double> values);

/// Why there is no matrix of importance and performance.
enum class NoMatrix {
  kNone,      ///< there is one
  kSingle,    ///< a single driver has nothing to be compared with
  kScales,    ///< drivers are not on one scale: their means cannot be compared
  kReversed,  ///< a driver lowers the target (its interval lies below 0): its high mean is no strength
};
[[nodiscard]] std::string_view to_string(NoMatrix why) noexcept;  ///< "different_scales"; empty: kNone

struct DriverAnalysis {
  Regression regression;
  Importance importance;
  std::vector<Contrast> contrasts;                            ///< by driver
  std::vector<double> performance;                            ///< mean by driver, in its own units
  std::vector<std::optional<Interval>> performance_interval;  ///< by driver
  std::optional<Priorities> priorities;                       ///< by relative weight and performance
  NoMatrix no_matrix = NoMatrix::kNone;
};

struct DriverOptions {
  BootstrapOptions bootstrap;    ///< its confidence is that of all intervals
  bool is_on_one_scale = false;  ///< else drivers are when each has the same usual_scale()
};
/// Errors: those of regress().
[[nodiscard]] Result<DriverAnalysis> analyse_drivers(const Design& design, const DriverOptions& options = {});

}  // namespace zhike::stats
