#include "stats/raking.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <numeric>

namespace zhike::stats {
namespace {

/// Shares of the population, and how many respondents each level has.
Result<std::vector<double>> shares_of(const Margin& margin, std::size_t respondents,
                                      const RakeOptions& options) {
  const std::size_t levels = margin.population.size();
  if (margin.of.size() != respondents || margin.levels.size() != levels)
    return fail(Code::kBadField, "{}: lists of different lengths", margin.name);
  std::vector<std::uint64_t> have(levels, 0);
  for (const std::uint32_t level : margin.of) {
    if (level >= levels || !(margin.population[level] > 0))
      return fail(Code::kBadField, "{} = {}: somebody answered, and nobody of it was asked", margin.name,
                  level < levels ? margin.levels[level] : std::to_string(level));
    ++have[level];
  }
  const double all = std::accumulate(margin.population.begin(), margin.population.end(), 0.0);
  if (!(all > 0) || !std::isfinite(all)) return fail(Code::kTooFewRows, "{}: nobody was asked", margin.name);
  std::vector<double> out(levels);
  for (std::size_t level = 0; level < levels; ++level) {
    out[level] = margin.population[level] / all;
    if (out[level] > 0 && have[level] < std::max<std::uint64_t>(options.cell_min, 1))
      return fail(Code::kTooFewRows, "{} = {}: {} answered, {} are needed", margin.name,
                  margin.levels[level].empty() ? "?" : margin.levels[level], have[level],
                  std::max<std::uint64_t>(options.cell_min, 1));
  }
  return out;
}

std::vector<double> sums_of(const Margin& margin, const std::vector<double>& weights) {
  std::vector<double> out(margin.population.size(), 0);
  for (std::size_t i = 0; i < weights.size(); ++i) out[margin.of[i]] += weights[i];
  return out;
}

double gap_of(std::span<const Margin> margins, const std::vector<std::vector<double>>& shares,
              const std::vector<double>& weights) {
  const double all = std::accumulate(weights.begin(), weights.end(), 0.0);
  double out = 0;
  for (std::size_t m = 0; m < margins.size(); ++m) {
    const auto sums = sums_of(margins[m], weights);
    for (std::size_t level = 0; level < sums.size(); ++level)
      out = std::max(out, std::abs(sums[level] / all - shares[m][level]));
  }
  return out;
}

/// Every margin once.
void scale(std::span<const Margin> margins, const std::vector<std::vector<double>>& shares,
           std::vector<double>& weights) {
  const auto n = static_cast<double>(weights.size());
  for (std::size_t m = 0; m < margins.size(); ++m) {
    const auto sums = sums_of(margins[m], weights);
    for (std::size_t i = 0; i < weights.size(); ++i) {
      const std::uint32_t level = margins[m].of[i];
      if (sums[level] > 0) weights[i] *= shares[m][level] * n / sums[level];
    }
  }
}

/// Cuts what is above `most` times the mean, which falls with it: until nothing is. Answers how many are at
/// the limit.
std::uint64_t trim(std::vector<double>& weights, double most) {
  constexpr int kTimesMax = 200;  // each time what is above the limit shrinks by a factor
  constexpr double kClose = 1 + 1e-9;
  std::vector<bool> cut(weights.size(), false);
  for (int time = 0; time < kTimesMax; ++time) {
    const double mean =
        std::accumulate(weights.begin(), weights.end(), 0.0) / static_cast<double>(weights.size());
    bool any = false;
    for (std::size_t i = 0; i < weights.size(); ++i) {
      if (!(weights[i] > most * mean * kClose)) continue;
      weights[i] = most * mean;
      cut[i] = any = true;
    }
    if (!any) break;
  }
  return static_cast<std::uint64_t>(std::ranges::count(cut, true));
}

struct Sums {
  double weight = 0, squares = 0, mean = 0, variance = 0;  // of the mean
  std::uint64_t n = 0;
};
Sums sums_of(std::span<const double> values, std::span<const double> weights) {
  Sums out;
  const auto counts = [&](std::size_t i) { return std::isfinite(values[i]) && weights[i] > 0; };
  double sum = 0;
  const std::size_t rows = std::min(values.size(), weights.size());
  for (std::size_t i = 0; i < rows; ++i) {
    if (!counts(i)) continue;
    ++out.n;
    out.weight += weights[i];
    out.squares += weights[i] * weights[i];
    sum += weights[i] * values[i];
  }
  if (out.n == 0) return out;
  out.mean = sum / out.weight;
  double spread = 0;
  for (std::size_t i = 0; i < rows; ++i)
    if (counts(i)) spread += weights[i] * weights[i] * (values[i] - out.mean) * (values[i] - out.mean);
  if (out.n > 1) {
    const auto n = static_cast<double>(out.n);
    out.variance = n / (n - 1) * spread / (out.weight * out.weight);
  }
  return out;
}

WeightedMean plain(const Sums& sums) {
  return {.value = sums.mean,
          .n = sums.n,
          .effective = sums.n == 0 ? 0 : sums.weight * sums.weight / sums.squares,
          .error = std::sqrt(sums.variance),
          .interval = std::nullopt};
}

}  // namespace

Result<Raked> rake(std::span<const Margin> margins, std::size_t respondents, const RakeOptions& options) {
  if (respondents == 0) return fail(Code::kTooFewRows, "nobody has answered");
  std::vector<std::vector<double>> shares;
  for (const Margin& margin : margins) {
    CX_TRY(shares.emplace_back(), shares_of(margin, respondents, options));
  }
  Raked out{.weights = std::vector<double>(respondents, 1.0)};
  // Cut weights are scaled again with the rest, until neither moves them: their share then goes to others.
  for (unsigned round = 0; round < options.rounds_max; ++round) {
    const std::vector<double> before = out.weights;
    scale(margins, shares, out.weights);
    out.trimmed = trim(out.weights, std::max(1.0, options.weight_max));
    double moved = 0;
    for (std::size_t i = 0; i < respondents; ++i)
      moved = std::max(moved, std::abs(out.weights[i] - before[i]));
    if (moved < options.tolerance) break;
  }
  const auto n = static_cast<double>(respondents);
  const double all = std::accumulate(out.weights.begin(), out.weights.end(), 0.0);
  for (double& weight : out.weights) weight *= n / all;
  out.gap = gap_of(margins, shares, out.weights);
  out.largest = std::ranges::max(out.weights);
  double squares = 0;
  for (const double weight : out.weights) squares += weight * weight;
  out.effective = n * n / squares;
  out.design = n / out.effective;
  return out;
}

WeightedMean weighted_mean(std::span<const double> values, std::span<const double> weights,
                           double confidence) {
  const Sums sums = sums_of(values, weights);
  WeightedMean out = plain(sums);
  if (out.n < 2 || !(out.error > 0) || !(out.effective > 1)) return out;
  const boost::math::students_t t(out.effective - 1);
  const double half = boost::math::quantile(t, 0.5 + confidence / 2) * out.error;
  out.interval = Interval{.low = out.value - half, .high = out.value + half};
  return out;
}

WeightedMean weighted_share(std::span<const double> values, std::span<const double> weights,
                            double confidence) {
  const Sums sums = sums_of(values, weights);
  WeightedMean out = plain(sums);
  if (out.n < 2) return out;
  const double p = std::clamp(out.value, 0.0, 1.0);
  const double n = sums.variance > 0 ? p * (1 - p) / sums.variance : out.effective;
  if (!(n > 0)) return out;
  const double z = boost::math::quantile(boost::math::normal(), 0.5 + confidence / 2);
  const double shrink = 1 / (1 + z * z / n);
  const double centre = (p + z * z / (2 * n)) * shrink;
  const double half = z * shrink * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n));
  out.interval = Interval{.low = p <= 0 ? 0 : std::max(0.0, centre - half),
                          .high = p >= 1 ? 1 : std::min(1.0, centre + half)};
  return out;
}

}  // namespace zhike::stats
