#include "stats/clustered.h"

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>

namespace zhike::stats {

void ClusterSums::add(double y, double x) noexcept {
  ++clusters_;
  x_ += x;
  y_ += y;
  xx_ += x * x;
  xy_ += x * y;
  yy_ += y * y;
}

std::optional<double> ClusterSums::error() const noexcept {
  if (clusters_ < 2) return std::nullopt;
  const double ratio = value(), m = static_cast<double>(clusters_);
  const double squares = std::max(0.0, yy_ - 2 * ratio * xy_ + ratio * ratio * xx_);
  // What is left of sums that cancel is rounding, no spread.
  if (squares <= 1e-12 * (yy_ + ratio * ratio * xx_)) return 0.0;
  return std::sqrt(m / (m - 1) * squares) / x_;
}

std::optional<Interval> ratio_interval(const ClusterSums& sums, double confidence) {
  const auto error = sums.error();
  if (!error) return std::nullopt;
  const boost::math::students_t t(static_cast<double>(sums.clusters() - 1));
  const double half = *error * boost::math::quantile(t, 0.5 + confidence / 2);
  return Interval{sums.value() - half, sums.value() + half};
}

std::optional<Interval> share_interval(const ClusterSums& sums, double confidence) {
  const auto error = sums.error();
  if (!error) return std::nullopt;
  if (*error == 0) {
    const auto n = static_cast<double>(sums.clusters());
    return wilson({.hits = static_cast<std::uint64_t>(std::lround(sums.value() * n)), .n = sums.clusters()},
                  confidence);
  }
  const auto interval = ratio_interval(sums, confidence);
  return Interval{std::max(0.0, interval->low), std::min(1.0, interval->high)};
}

std::optional<Change> compare(const ClusterSums& before, const ClusterSums& after, double confidence) {
  const auto old_error = before.error(), new_error = after.error();
  if (!old_error || !new_error) return std::nullopt;
  const double difference = after.value() - before.value(), error = std::hypot(*old_error, *new_error);
  if (error <= 0)
    return Change{.difference = difference, .interval = std::nullopt, .p_value = difference == 0 ? 1.0 : 0.0};
  const double half = error * boost::math::quantile(boost::math::normal(), 0.5 + confidence / 2);
  return Change{.difference = difference,
                .interval = Interval{difference - half, difference + half},
                .p_value = 2 * boost::math::cdf(boost::math::complement(boost::math::normal(),
                                                                        std::abs(difference / error)))};
}

}  // namespace zhike::stats
