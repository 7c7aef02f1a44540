#include "stats/drivers.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>
#include <utility>

namespace zhike::stats {

namespace {

constexpr std::array kUsualScales{Scale{0, 1},  Scale{1, 5},  Scale{1, 7},
                                  Scale{1, 10}, Scale{0, 10}, Scale{0, 100}};

constexpr double kInflationHigh = 1e4;  // less than a ten-thousandth of the variance is the driver's own

bool are_on_one_scale(const std::vector<Column>& drivers) {
  const auto first = usual_scale(drivers.front().values);
  return first &&
         std::ranges::all_of(drivers, [&](const Column& at) { return usual_scale(at.values) == first; });
}

/// Names the drivers of which hardly anything is their own: the shares need more of it than coefficients do.
std::unexpected<Error> nearly_dependent(const Design& design, const Regression& fit) {
  std::vector<std::string_view> names;
  for (std::size_t d = 0; d < fit.drivers.size(); ++d)
    if (fit.drivers[d].vif > kInflationHigh) names.push_back(design.drivers[d].name);
  return fail(Code::kBadDrivers, "nearly made up of each other: {}", fmt::join(names, ", "));
}

NoMatrix why_no_matrix(const Design& design, const Regression& fit, bool is_on_one_scale) {
  if (design.drivers.size() == 1) return NoMatrix::kSingle;
  if (!is_on_one_scale && !are_on_one_scale(design.drivers)) return NoMatrix::kScales;
  const bool reversed = std::ranges::any_of(fit.drivers, [](const Coefficient& at) {
    return at.certainty ? at.certainty->interval.high < 0 : at.value < 0;
  });
  return reversed ? NoMatrix::kReversed : NoMatrix::kNone;
}

/// By standing of each driver; those without an interval are never clear.
Priorities place(const DriverAnalysis& of) {
  std::vector<Standing> drivers;
  for (std::size_t d = 0; d < of.performance.size(); ++d)
    drivers.push_back({.importance = of.importance.relative_weights[d].value,
                       .performance = of.performance[d],
                       .importance_interval = of.importance.relative_weights[d].interval,
                       .performance_interval = of.performance_interval[d]});
  return priorities(drivers);
}

}  // namespace

std::string_view to_string(NoMatrix why) noexcept {
  switch (why) {
    case NoMatrix::kNone:
      return {};
    case NoMatrix::kSingle:
      return "single_driver";
    case NoMatrix::kScales:
      return "different_scales";
    case NoMatrix::kReversed:
      return "reversed_driver";
  }
  return {};
}

std::optional<Scale> usual_scale(std::span<const double> values) {
  if (values.empty()) return std::nullopt;
  const auto [low, high] = std::ranges::minmax(values);
  for (const Scale& scale : kUsualScales)
    if (scale.low <= low && high <= scale.high) return scale;
  return std::nullopt;
}

Result<DriverAnalysis> analyse_drivers(const Design& design, const DriverOptions& options) {
  const double confidence = options.bootstrap.confidence;
  DriverAnalysis out;
  CX_TRY(out.regression, regress(design, confidence));
  CX_TRY(out.contrasts, contrast(design, confidence));
  auto shares = importance(design, options.bootstrap);
  if (!shares) return nearly_dependent(design, out.regression);
  out.importance = std::move(*shares);
  for (const Column& driver : design.drivers) {
    const Moments seen = moments(driver.values);
    out.performance.push_back(seen.mean());
    out.performance_interval.push_back(mean_interval(seen, confidence));
  }
  out.no_matrix = why_no_matrix(design, out.regression, options.is_on_one_scale);
  if (out.no_matrix == NoMatrix::kNone) out.priorities = place(out);
  return out;
}

}  // namespace zhike::stats
