#include "stats/benchmark.h"

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>

namespace zhike::stats {

std::string_view to_string(Beside standing) noexcept {
  switch (standing) {
    case Beside::kAbove:
      return "above";
    case Beside::kBelow:
      return "below";
    case Beside::kNoDifference:
      return "no_difference";
  }
  return {};
}

std::optional<Interval> published_interval(const Published& figure, double confidence) {
  if (figure.n < 2 || !(figure.value >= figure.least && figure.value <= figure.most)) return std::nullopt;
  const auto n = static_cast<double>(figure.n);
  if (figure.least == 0 && figure.most == 1 && !figure.spread) {
    const double z = boost::math::quantile(boost::math::normal(), 0.5 + confidence / 2);
    const double p = figure.value, shrink = 1 / (1 + z * z / n);
    const double centre = (p + z * z / (2 * n)) * shrink;
    const double half = z * shrink * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n));
    return Interval{.low = std::max(0.0, centre - half), .high = std::min(1.0, centre + half)};
  }
  const double spread = figure.spread
                            ? *figure.spread
                            : std::sqrt((figure.most - figure.value) * (figure.value - figure.least));
  const boost::math::students_t t(n - 1);
  const double half = boost::math::quantile(t, 0.5 + confidence / 2) * spread / std::sqrt(n);
  return Interval{.low = std::max(figure.least, figure.value - half),
                  .high = std::min(figure.most, figure.value + half)};
}

Difference difference(double own, const Interval& own_interval, double other,
                      const std::optional<Interval>& other_interval) {
  const Interval theirs = other_interval.value_or(Interval{.low = other, .high = other});
  Difference out{.value = own - other, .interval = {}};
  out.interval.low = out.value - std::hypot(own - own_interval.low, theirs.high - other);
  out.interval.high = out.value + std::hypot(own_interval.high - own, other - theirs.low);
  if (out.interval.low > 0) out.standing = Beside::kAbove;
  if (out.interval.high < 0) out.standing = Beside::kBelow;
  return out;
}

}  // namespace zhike::stats
