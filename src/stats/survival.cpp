#include "stats/survival.h"

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <cstddef>

namespace zhike::stats {
namespace {

// Shares are products of fractions: what should be a half may be a hair above it.
constexpr double kHair = 1e-12;

/// Limits of log(-log S), turned back. At 0 and 1 the scale has no width.
void set_limits(SurvivalStep& step, double greenwood, double z) {
  if (step.survival <= 0 || step.survival >= 1) {
    step.low = step.high = step.survival;
    return;
  }
  const double log_survival = std::log(step.survival);
  const double error = std::sqrt(greenwood) / std::abs(log_survival);
  step.low = std::exp(log_survival * std::exp(z * error));
  step.high = std::exp(log_survival * std::exp(-z * error));
}

}  // namespace

std::vector<SurvivalStep> survival(std::span<const Duration> durations, double confidence) {
  std::vector<Duration> sorted(durations.begin(), durations.end());
  std::ranges::sort(sorted, {}, &Duration::length);
  const double z = boost::math::quantile(boost::math::normal(), (1 + confidence) / 2);
  std::vector<SurvivalStep> out;
  double share = 1, greenwood = 0;
  for (std::size_t first = 0; first < sorted.size();) {
    std::size_t last = first;
    std::uint64_t ended = 0;
    for (; last < sorted.size() && sorted[last].length == sorted[first].length; ++last)
      if (sorted[last].ended) ++ended;
    const std::uint64_t at_risk = sorted.size() - first;
    if (ended > 0) {
      const auto n = static_cast<double>(at_risk), d = static_cast<double>(ended);
      share *= (n - d) / n;
      if (ended < at_risk) greenwood += d / (n * (n - d));
      SurvivalStep step{.at = sorted[first].length, .survival = share, .at_risk = at_risk, .ended = ended};
      set_limits(step, greenwood, z);
      out.push_back(step);
    }
    first = last;
  }
  return out;
}

SurvivalQuantile survival_quantile(std::span<const SurvivalStep> steps, double q) {
  const auto first_at_most = [&](double SurvivalStep::* limit) -> std::optional<double> {
    for (const SurvivalStep& step : steps)
      if (step.*limit <= 1 - q + kHair) return step.at;
    return std::nullopt;
  };
  return {.value = first_at_most(&SurvivalStep::survival),
          .low = first_at_most(&SurvivalStep::low),
          .high = first_at_most(&SurvivalStep::high)};
}

}  // namespace zhike::stats
