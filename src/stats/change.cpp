#include "stats/change.h"

#include <algorithm>
#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>

namespace zhike::stats {

namespace {

double two_sided(double z) {
  return 2 * boost::math::cdf(boost::math::complement(boost::math::normal(), std::abs(z)));
}
double inverse(std::uint64_t count) { return 1 / static_cast<double>(count); }

/// Standard error of the median: the distance between the c-th smallest and the c-th largest value over
/// twice the z of the chance that the median lies beyond either; c = (n + 1) / 2 - sqrt(n).
double median_error(std::span<const double> sorted) {
  const auto n = static_cast<double>(sorted.size());
  const double c = std::max(1.0, std::round((n + 1) / 2 - std::sqrt(n)));
  const double beyond = boost::math::cdf(boost::math::binomial(n, 0.5), c - 1);
  const double z = boost::math::quantile(boost::math::complement(boost::math::normal(), beyond));
  const auto place = static_cast<std::size_t>(c);
  return (sorted[sorted.size() - place] - sorted[place - 1]) / (2 * z);
}

}  // namespace

std::optional<Change> compare(Share before, Share after, double confidence) {
  const auto old_limits = wilson(before, confidence), new_limits = wilson(after, confidence);
  if (!old_limits || !new_limits) return std::nullopt;
  const double old_share = before.value(), new_share = after.value(), difference = new_share - old_share;
  const double pooled =
      static_cast<double>(before.hits + after.hits) / static_cast<double>(before.n + after.n);
  const double error = std::sqrt(pooled * (1 - pooled) * (inverse(before.n) + inverse(after.n)));
  return Change{
      .difference = difference,
      .interval =
          Interval{difference - std::hypot(new_share - new_limits->low, old_limits->high - old_share),
                   difference + std::hypot(new_limits->high - new_share, old_share - old_limits->low)},
      .p_value = error > 0 ? two_sided(difference / error) : 1};
}

std::optional<Change> compare(const NpsCounts& before, const NpsCounts& after, double confidence) {
  if (before.n() == 0 || after.n() == 0) return std::nullopt;
  const double difference = nps(after) - nps(before);
  const double error = std::sqrt(nps_variance(before) + nps_variance(after));
  const double half = error * boost::math::quantile(boost::math::normal(), 0.5 + confidence / 2);
  return Change{.difference = difference,
                .interval = Interval{difference - half, difference + half},
                .p_value = two_sided(difference / error)};
}

std::optional<Change> compare(const Moments& before, const Moments& after, double confidence) {
  if (before.n < 2 || after.n < 2) return std::nullopt;
  const double difference = after.mean() - before.mean();
  const double old_part = before.variance() * inverse(before.n),
               new_part = after.variance() * inverse(after.n);
  const double variance = old_part + new_part;
  if (variance <= 0)
    return Change{.difference = difference,
                  .interval = Interval{difference, difference},
                  .p_value = difference == 0 ? 1.0 : 0.0};
  const double freedom = variance * variance /
                         (old_part * old_part / static_cast<double>(before.n - 1) +
                          new_part * new_part / static_cast<double>(after.n - 1));
  const boost::math::students_t t(freedom);
  const double error = std::sqrt(variance), half = error * boost::math::quantile(t, 0.5 + confidence / 2);
  return Change{.difference = difference,
                .interval = Interval{difference - half, difference + half},
                .p_value = 2 * boost::math::cdf(boost::math::complement(t, std::abs(difference / error)))};
}

double median_of(std::span<const double> sorted) {
  const std::size_t half = sorted.size() / 2;
  return sorted.size() % 2 == 1 ? sorted[half] : sorted[half - 1] + (sorted[half] - sorted[half - 1]) / 2;
}

std::optional<Change> compare_medians(std::span<const double> before, std::span<const double> after,
                                      double confidence) {
  if (before.size() < kMedianValuesMin || after.size() < kMedianValuesMin) return std::nullopt;
  const double difference = median_of(after) - median_of(before);
  const double error = std::hypot(median_error(before), median_error(after));
  if (error <= 0)
    return Change{.difference = difference,
                  .interval = Interval{difference, difference},
                  .p_value = difference == 0 ? 1.0 : 0.0};
  const double half = error * boost::math::quantile(boost::math::normal(), 0.5 + confidence / 2);
  return Change{.difference = difference,
                .interval = Interval{difference - half, difference + half},
                .p_value = two_sided(difference / error)};
}

std::optional<Change> compare(CountRatio before, CountRatio after) {
  if (before.above == 0 || before.below == 0 || after.above == 0 || after.below == 0) return std::nullopt;
  const double old_ratio = static_cast<double>(before.above) / static_cast<double>(before.below);
  const double new_ratio = static_cast<double>(after.above) / static_cast<double>(after.below);
  const double error =
      std::sqrt(inverse(before.above) + inverse(before.below) + inverse(after.above) + inverse(after.below));
  return Change{.difference = new_ratio - old_ratio,
                .interval = std::nullopt,
                .p_value = two_sided(std::log(new_ratio / old_ratio) / error)};
}

}  // namespace zhike::stats
