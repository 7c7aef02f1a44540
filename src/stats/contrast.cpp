#include "stats/contrast.h"

#include <algorithm>
#include <array>
#include <deque>
#include <span>
#include <utility>

namespace zhike::stats {

namespace {

/// Which rows of a driver, all turned so that more is better, are low and high.
struct Groups {
  std::vector<double> penalty, reward;  // the columns of the regression
  std::size_t low = 0, high = 0;
};

/// Groups by limits: low below or at one, high above or at the other.
std::optional<Groups> group(std::span<const double> values, auto is_low, auto is_high) {
  Groups out;
  double low_sum = 0, middle_sum = 0, high_sum = 0;
  for (const double value : values) {
    if (is_low(value)) {
      ++out.low;
      low_sum += value;
    } else if (is_high(value)) {
      ++out.high;
      high_sum += value;
    } else {
      middle_sum += value;
    }
  }
  const std::size_t middle = values.size() - out.low - out.high;
  if (std::min({out.low, middle, out.high}) < kContrastRowsMin) return std::nullopt;
  const double centre = middle_sum / static_cast<double>(middle);
  const double below = low_sum / static_cast<double>(out.low) - centre,
               above = high_sum / static_cast<double>(out.high) - centre;
  for (const double value : values) {
    out.penalty.push_back(is_low(value) ? below : 0);
    out.reward.push_back(is_high(value) ? above : 0);
  }
  return out;
}

std::optional<Groups> thirds(const std::vector<double>& values) {
  std::vector<double> sorted(values);
  std::ranges::sort(sorted);
  const double low = sorted[sorted.size() / 3], high = sorted[sorted.size() - 1 - sorted.size() / 3];
  const auto at_most = [&](double value) { return value <= low; };
  const auto below = [&](double value) { return value < low; };
  const auto at_least = [&](double value) { return value >= high; };
  const auto above = [&](double value) { return value > high; };
  // Where many rows have the limit itself, one side or both do without it, so that a middle is left.
  if (low < high) {
    if (auto out = group(values, at_most, at_least)) return out;
    if (auto out = group(values, below, at_least)) return out;
    if (auto out = group(values, at_most, above)) return out;
  }
  return group(values, below, above);
}

Slope slope_of(const Coefficient& at) { return {.value = at.value, .interval = at.certainty->interval}; }

DriverKind kind_of(const Regression& fit, std::size_t penalty, std::size_t reward) {
  const auto interval = [&](double penalties, double rewards) {
    std::vector<double> weights(fit.drivers.size(), 0);
    weights[penalty] = penalties;
    weights[reward] = rewards;
    return fit.combine(weights)->interval;
  };
  if (interval(2, -1).low > 0 && interval(-1, 2).low > 0) return DriverKind::kLinear;
  const Interval more = interval(-1, 1);
  if (more.low > 0 && interval(0, 1).low > 0) return DriverKind::kAttractive;
  if (more.high < 0 && interval(1, 0).low > 0) return DriverKind::kMustBe;
  return DriverKind::kCannotTell;
}

}  // namespace

std::string_view to_string(DriverKind kind) noexcept {
  switch (kind) {
    case DriverKind::kLinear:
      return "linear";
    case DriverKind::kAttractive:
      return "attractive";
    case DriverKind::kMustBe:
      return "must_be";
    case DriverKind::kCannotTell:
      return "cannot_tell";
  }
  return {};
}

Result<std::vector<Contrast>> contrast(const Design& design, double confidence) {
  CX_TRY(const Regression straight, regress(design, confidence));
  std::deque<std::vector<double>> kept;  // what the columns borrow
  Design grouped{.target = design.target, .drivers = {}};
  std::vector<Contrast> out(design.drivers.size());
  std::vector<std::optional<std::size_t>> places(
      design.drivers.size());  // of the penalty; the reward follows
  for (std::size_t d = 0; d < design.drivers.size(); ++d) {
    const Column& driver = design.drivers[d];
    std::vector<double> turned(driver.values.begin(), driver.values.end());
    if (straight.drivers[d].value < 0)
      for (double& value : turned) value = -value;
    auto groups = thirds(turned);
    if (!groups) {
      grouped.drivers.push_back(driver);
      continue;
    }
    out[d].low = groups->low;
    out[d].high = groups->high;
    places[d] = grouped.drivers.size();
    grouped.drivers.push_back({driver.name, kept.emplace_back(std::move(groups->penalty))});
    grouped.drivers.push_back({driver.name, kept.emplace_back(std::move(groups->reward))});
  }
  // Groups of two drivers may coincide where the drivers themselves do not: then nothing can be told.
  const auto fit = regress(grouped, confidence);
  if (!fit || fit->covariance.empty()) return out;
  for (std::size_t d = 0; d < out.size(); ++d) {
    if (!places[d]) continue;
    out[d].penalty = slope_of(fit->drivers[*places[d]]);
    out[d].reward = slope_of(fit->drivers[*places[d] + 1]);
    out[d].kind = kind_of(*fit, *places[d], *places[d] + 1);
  }
  return out;
}

}  // namespace zhike::stats
