#include "stats/interval.h"

#include <algorithm>
#include <boost/math/distributions/beta.hpp>
#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>

namespace zhike::stats {

namespace {

double z_of(double confidence) { return boost::math::quantile(boost::math::normal(), 0.5 + confidence / 2); }

struct Weighted {
  double promoters, detractors, n;
};
Weighted with_pseudo_answers(const NpsCounts& counts) {
  return {static_cast<double>(counts.promoters) + 0.75, static_cast<double>(counts.detractors) + 0.75,
          static_cast<double>(counts.n()) + 3};
}

}  // namespace

std::optional<Interval> wilson(Share share, double confidence) {
  if (share.n == 0 || share.hits > share.n) return std::nullopt;
  const double z = z_of(confidence), n = static_cast<double>(share.n), p = share.value();
  const double scale = 1 / (1 + z * z / n);
  const double centre = (p + z * z / (2 * n)) * scale;
  const double half = z * scale * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n));
  return Interval{share.hits == 0 ? 0 : std::max(0.0, centre - half),
                  share.hits == share.n ? 1 : std::min(1.0, centre + half)};
}

double nps(const NpsCounts& counts) {
  return 100 * (static_cast<double>(counts.promoters) - static_cast<double>(counts.detractors)) /
         static_cast<double>(counts.n());
}

double nps_variance(const NpsCounts& counts) {
  const auto [promoters, detractors, n] = with_pseudo_answers(counts);
  const double score = (promoters - detractors) / n;
  return 1e4 * ((promoters + detractors) / n - score * score) / n;
}

std::optional<Interval> nps_interval(const NpsCounts& counts, double confidence) {
  if (counts.n() == 0) return std::nullopt;
  const auto [promoters, detractors, n] = with_pseudo_answers(counts);
  const double centre = 100 * (promoters - detractors) / n;
  const double half = z_of(confidence) * std::sqrt(nps_variance(counts));
  return Interval{std::max(-100.0, centre - half), std::min(100.0, centre + half)};
}

double Moments::variance() const {
  if (n < 2) return 0;
  const double count = static_cast<double>(n);
  return std::max(0.0, (sum_squares - sum * sum / count) / (count - 1));
}

Moments moments(std::span<const double> values) {
  Moments out{.n = values.size(), .sum = 0, .sum_squares = 0};
  for (const double value : values) {
    out.sum += value;
    out.sum_squares += value * value;
  }
  return out;
}

std::optional<Interval> mean_interval(const Moments& moments, double confidence) {
  if (moments.n < 2) return std::nullopt;
  const double n = static_cast<double>(moments.n);
  const double t = boost::math::quantile(boost::math::students_t(n - 1), 0.5 + confidence / 2);
  const double half = t * std::sqrt(moments.variance() / n);
  return Interval{moments.mean() - half, moments.mean() + half};
}

std::optional<Interval> ratio_interval(CountRatio counts, double confidence) {
  if (counts.below == 0) return std::nullopt;
  const double above = static_cast<double>(counts.above), below = static_cast<double>(counts.below);
  const double tail = (1 - confidence) / 2;
  const auto odds = [](double p) { return p / (1 - p); };
  const double low =
      counts.above == 0
          ? 0
          : odds(boost::math::quantile(boost::math::beta_distribution<>(above, below + 1), tail));
  const double high =
      odds(boost::math::quantile(boost::math::beta_distribution<>(above + 1, below), 1 - tail));
  return Interval{low, high};
}

namespace {

/// The least of [from, to) of which `holds` says true, and of all that follow; `to` where there is none.
std::uint64_t first_of(std::uint64_t from, std::uint64_t to, const auto& holds) {
  while (from < to) {
    const std::uint64_t half = from + (to - from) / 2;
    if (holds(half))
      to = half;
    else
      from = half + 1;
  }
  return from;
}

}  // namespace

std::optional<Ranks> quantile_ranks(std::uint64_t n, double q, double confidence) {
  if (n == 0 || q <= 0 || q >= 1) return std::nullopt;
  const double tail = (1 - confidence) / 2;
  const boost::math::binomial below(static_cast<double>(n), q);
  // P(population quantile < x_(low)) = P(B < low) and P(... > x_(high)) = P(B >= high): each at most `tail`.
  const double middle = static_cast<double>(n) * q,
               reach = 10 * std::sqrt(static_cast<double>(n) * q * (1 - q)) + 10;
  const auto first = static_cast<std::uint64_t>(std::max(0.0, std::floor(middle - reach)));
  const auto last = static_cast<std::uint64_t>(std::min(static_cast<double>(n), std::ceil(middle + reach)));
  const std::uint64_t low = first_of(
      first, n, [&](std::uint64_t k) { return boost::math::cdf(below, static_cast<double>(k)) > tail; });
  const std::uint64_t high =
      first_of(2, last + 1,
               [&](std::uint64_t k) {
                 return boost::math::cdf(boost::math::complement(below, static_cast<double>(k) - 2)) <= tail;
               }) -
      1;
  if (low == 0 || boost::math::cdf(boost::math::complement(below, static_cast<double>(high) - 1)) > tail)
    return std::nullopt;
  return Ranks{low, high};
}

std::optional<Interval> quantile_interval(std::span<const double> grid, std::uint64_t n, double q,
                                          double confidence) {
  if (grid.size() < 2) return std::nullopt;
  const auto ranks = quantile_ranks(n, q, confidence);
  if (!ranks) return std::nullopt;
  const double steps = static_cast<double>(grid.size() - 1), span = static_cast<double>(n > 1 ? n - 1 : 1);
  const auto last = static_cast<double>(grid.size() - 1);
  const double low = std::floor(static_cast<double>(ranks->low - 1) / span * steps);
  const double high = std::ceil(static_cast<double>(ranks->high - 1) / span * steps);
  return Interval{grid[static_cast<std::size_t>(std::clamp(low, 0.0, last))],
                  grid[static_cast<std::size_t>(std::clamp(high, 0.0, last))]};
}

}  // namespace zhike::stats
