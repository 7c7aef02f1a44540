#include "stats/joint_ratios.h"

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>

#include "base/error.h"

namespace zhike::stats {
namespace {

double normal_quantile(double confidence) {
  return boost::math::quantile(boost::math::normal(), 0.5 + confidence / 2);
}

/// Of a ratio whose clusters do not differ, as a share of `top`.
std::optional<Interval> share_of_clusters(const JointRatios& sums, std::size_t i, double top,
                                          double confidence) {
  const auto n = static_cast<double>(sums.clusters(i));
  const double hits = std::clamp(std::round(sums.value(i) / top * n), 0.0, n);
  return wilson({.hits = static_cast<std::uint64_t>(hits), .n = sums.clusters(i)}, confidence);
}

double scaled(double residuals, std::uint64_t clusters) {
  const auto m = static_cast<double>(clusters);
  return residuals * m / (m - 1);
}

}  // namespace

JointRatios::JointRatios(std::size_t ratios)
    : counts_(ratios), sums_(2 * ratios), products_(4 * ratios * ratios) {}

void JointRatios::add(std::span<const double> y, std::span<const double> x) {
  const std::size_t k = ratios();
  cx_check(y.size() == k && x.size() == k);
  const auto at = [&](std::size_t a) { return a < k ? y[a] : x[a - k]; };
  for (std::size_t i = 0; i < k; ++i) counts_[i] += x[i] > 0 ? 1 : 0;
  for (std::size_t a = 0; a < 2 * k; ++a) {
    const double one = at(a);
    if (one == 0) continue;
    sums_[a] += one;
    for (std::size_t b = 0; b < 2 * k; ++b) products_[a * 2 * k + b] += one * at(b);
  }
}

double JointRatios::residual_products(std::size_t i, std::size_t j) const {
  const std::size_t k = ratios();
  const double one = value(i), other = value(j);
  const double sum = products(i, j) - other * products(i, k + j) - one * products(k + i, j) +
                     one * other * products(k + i, k + j);
  return sum / (trials(i) * trials(j));
}

bool JointRatios::is_constant(std::size_t i) const {
  const std::size_t k = ratios();
  const double ratio = value(i);
  // What is left of sums that cancel is rounding, no spread.
  return residual_products(i, i) * trials(i) * trials(i) <=
         1e-12 * (products(i, i) + ratio * ratio * products(k + i, k + i));
}

std::optional<double> bounded_error(const JointRatios& sums, std::size_t i, double top) {
  if (sums.clusters(i) < 2) return std::nullopt;
  if (!sums.is_constant(i)) return std::sqrt(scaled(sums.residual_products(i, i), sums.clusters(i)));
  const auto share = share_of_clusters(sums, i, top, kConfidence);
  const double value = sums.value(i) / top;
  const double half = std::max(share->high - value, value - share->low);
  return half * top / normal_quantile(kConfidence);
}

std::optional<Interval> bounded_interval(const JointRatios& sums, std::size_t i, double top,
                                         double confidence) {
  if (sums.clusters(i) < 2) return std::nullopt;
  if (sums.is_constant(i)) {
    const auto share = share_of_clusters(sums, i, top, confidence);
    return Interval{share->low * top, share->high * top};
  }
  return interval_of({.value = sums.value(i),
                      .error = std::sqrt(scaled(sums.residual_products(i, i), sums.clusters(i))),
                      .clusters = sums.clusters(i)},
                     top, confidence);
}

std::optional<WeightedSum> weighted_sum(const JointRatios& sums, std::span<const double> weights,
                                        double top) {
  cx_check(weights.size() == sums.ratios());
  std::vector<std::size_t> used;
  WeightedSum out;
  double alone = 0;  // variance of those that do not vary between clusters
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (weights[i] == 0) continue;
    if (sums.clusters(i) < 2) return std::nullopt;
    out.value += weights[i] * sums.value(i);
    out.clusters = out.clusters == 0 ? sums.clusters(i) : std::min(out.clusters, sums.clusters(i));
    if (sums.is_constant(i))
      alone += std::pow(weights[i] * *bounded_error(sums, i, top), 2);
    else
      used.push_back(i);
  }
  if (out.clusters == 0) return std::nullopt;
  double residuals = 0;
  for (const std::size_t i : used)
    for (const std::size_t j : used) residuals += weights[i] * weights[j] * sums.residual_products(i, j);
  out.error = std::sqrt(std::max(0.0, scaled(residuals, out.clusters)) + alone);
  return out;
}

Interval interval_of(const WeightedSum& sum, double top, double confidence) {
  const boost::math::students_t t(static_cast<double>(sum.clusters - 1));
  const double half = sum.error * boost::math::quantile(t, 0.5 + confidence / 2);
  return {std::max(0.0, sum.value - half), std::min(top, sum.value + half)};
}

ErrorDifference difference_of(double first, double first_error, double second, double second_error,
                              double confidence) {
  const double difference = second - first;
  const double half = std::hypot(first_error, second_error) * normal_quantile(confidence);
  return {.difference = difference, .interval = {difference - half, difference + half}};
}

}  // namespace zhike::stats
