#include "stats/counts.h"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <utility>

namespace zhike::stats {
namespace {

constexpr std::size_t kDaysLeast = 4;

struct Side {
  double sum = 0, mean = 0;
};
Side side(std::span<const std::uint64_t> days) {
  const double sum = static_cast<double>(std::accumulate(days.begin(), days.end(), std::uint64_t{0}));
  return {.sum = sum, .mean = days.empty() ? 0 : sum / static_cast<double>(days.size())};
}

double pearson(std::span<const std::uint64_t> days, double mean) {
  double out = 0;
  for (const std::uint64_t count : days) {
    const double apart = static_cast<double>(count) - mean;
    out += apart * apart / mean;
  }
  return out;
}

}  // namespace

std::vector<Interval> simultaneous_shares(std::span<const std::uint64_t> counts, double confidence) {
  const std::uint64_t n = std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
  std::vector<Interval> out;
  if (n == 0) return out;
  const double each = 1 - (1 - confidence) / static_cast<double>(counts.size());
  for (const std::uint64_t count : counts)
    out.push_back(wilson({.hits = count, .n = n}, each).value_or(Interval{0, 1}));
  return out;
}

std::optional<RateChange> compare_rates(std::span<const std::uint64_t> before,
                                        std::span<const std::uint64_t> after, double confidence) {
  const Side old_side = side(before), new_side = side(after);
  const std::size_t days = before.size() + after.size();
  if (old_side.sum <= 0 || new_side.sum <= 0 || days < kDaysLeast) return std::nullopt;
  const double freedom = static_cast<double>(days - 2);
  const double dispersion =
      std::max(1.0, (pearson(before, old_side.mean) + pearson(after, new_side.mean)) / freedom);
  const double logarithm = std::log(new_side.mean / old_side.mean);
  const double error = std::sqrt(dispersion * (1 / old_side.sum + 1 / new_side.sum));
  const boost::math::students_t t(freedom);
  const double half = error * boost::math::quantile(t, 0.5 + confidence / 2);
  return RateChange{.ratio = new_side.mean / old_side.mean,
                    .interval = Interval{std::exp(logarithm - half), std::exp(logarithm + half)},
                    .p_value = 2 * boost::math::cdf(boost::math::complement(t, std::abs(logarithm / error))),
                    .dispersion = dispersion};
}

std::vector<bool> holm(std::span<const double> p_values, double confidence) {
  std::vector<std::size_t> order(p_values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t i) { return std::pair(p_values[i], i); });
  std::vector<bool> out(p_values.size(), false);
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (p_values[order[i]] >= (1 - confidence) / static_cast<double>(order.size() - i)) break;
    out[order[i]] = true;
  }
  return out;
}

}  // namespace zhike::stats
