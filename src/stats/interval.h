// Confidence intervals of the experience indices. Pure numerics: values in, structs out; safe from any
// thread. Every function answers std::nullopt where the data cannot carry an interval (no observations, one
// observation for a spread), never a made-up number.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace zhike::stats {

inline constexpr double kConfidence = 0.95;

struct Interval {
  double low = 0, high = 0;
  friend bool operator==(const Interval&, const Interval&) = default;
};

/// Successes among trials.
struct Share {
  std::uint64_t hits = 0, n = 0;
  [[nodiscard]] double value() const { return static_cast<double>(hits) / static_cast<double>(n); }
};

/// Score interval of a proportion, on [0, 1]. Wilson (1927), JASA 22:209-212.
[[nodiscard]] std::optional<Interval> wilson(Share share, double confidence = kConfidence);

/// Answers to "how likely is it that you would recommend us", by class.
struct NpsCounts {
  std::uint64_t promoters = 0, passives = 0, detractors = 0;
  [[nodiscard]] std::uint64_t n() const { return promoters + passives + detractors; }
};
/// Net promoter score in points, -100 to 100. n() must not be 0.
[[nodiscard]] double nps(const NpsCounts& counts);
/// Variance of the score (in points squared) under multinomial sampling, after adding 3/4 promoters, 3/2
/// passives and 3/4 detractors.
[[nodiscard]] double nps_variance(const NpsCounts& counts);
/// Adjusted Wald interval with those pseudo-answers, in points, cut at -100 and 100. Rocks (2016), "Interval
/// Estimation for the Net Promoter Score", The American Statistician 70(4):365-372.
[[nodiscard]] std::optional<Interval> nps_interval(const NpsCounts& counts, double confidence = kConfidence);

/// Count, sum and sum of squares: what a query can add up.
struct Moments {
  std::uint64_t n = 0;
  double sum = 0, sum_squares = 0;
  [[nodiscard]] double mean() const { return sum / static_cast<double>(n); }
  [[nodiscard]] double variance() const;  ///< of the sample, n - 1; 0 for n < 2; never below 0
};
[[nodiscard]] Moments moments(std::span<const double> values);
/// Student's t interval of a mean. Needs n >= 2.
[[nodiscard]] std::optional<Interval> mean_interval(const Moments& moments, double confidence = kConfidence);

/// Events of one kind over events of another, such as contacts per order.
struct CountRatio {
  std::uint64_t above = 0, below = 0;
};
/// Interval of the ratio of two Poisson counts: given their total, the upper count is binomial
/// (Przyborowski and Wilenski 1940, Biometrika 31:313-323), with Clopper and Pearson's exact limits.
/// Needs below > 0. The upper limit may be infinite only for below == 0, which is refused.
[[nodiscard]] std::optional<Interval> ratio_interval(CountRatio counts, double confidence = kConfidence);

/// Ranks (from 1) of the two order statistics between which the q-quantile of the population lies with at
/// least `confidence`, whatever the distribution. Conover (1999), Practical Nonparametric Statistics, 3.2.
/// None when n is too small to reach the confidence (n < 6 for a median at 95 %).
struct Ranks {
  std::uint64_t low = 0, high = 0;
};
[[nodiscard]] std::optional<Ranks> quantile_ranks(std::uint64_t n, double q, double confidence = kConfidence);

/// The same from an equally spaced grid of sample quantiles, grid[i] at level i / (grid.size() - 1): takes
/// the grid points that enclose the ranks, so the interval is never too narrow. `n` observations made the
/// grid.
[[nodiscard]] std::optional<Interval> quantile_interval(std::span<const double> grid, std::uint64_t n,
                                                        double q, double confidence = kConfidence);

}  // namespace zhike::stats
