// Several ratios of sums over the same clusters, and weighted sums of them: an index whose parts are shares
// and means of what the same customers did, so that its parts are no independent samples. Pure numerics; safe
// from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "stats/interval.h"

namespace zhike::stats {

/// Adds up clusters, each with y[i] (hits) of x[i] (trials) for ratio i. Takes the same room however many
/// there are: the sums of all products, (2 · ratios)² numbers.
class JointRatios {
 public:
  explicit JointRatios(std::size_t ratios);
  /// Both as long as there are ratios. x[i] is 0 where the cluster has none of ratio i; then y[i] is 0 too.
  void add(std::span<const double> y, std::span<const double> x);

  [[nodiscard]] std::size_t ratios() const noexcept { return counts_.size(); }
  [[nodiscard]] std::uint64_t clusters(std::size_t i) const { return counts_[i]; }  ///< with x[i] > 0
  [[nodiscard]] double trials(std::size_t i) const { return sums_[ratios() + i]; }
  /// Sum of y over sum of x. Needs a cluster.
  [[nodiscard]] double value(std::size_t i) const { return sums_[i] / trials(i); }
  /// Sum over clusters of the product of both ratios' residuals (y - value · x) / trials: by linearisation
  /// their covariance, but for the factor m / (m - 1). Cochran (1977), Sampling Techniques, 3rd ed., 6.4;
  /// Särndal, Swensson and Wretman (1992), Model Assisted Survey Sampling, 5.5. Both need a cluster.
  [[nodiscard]] double residual_products(std::size_t i, std::size_t j) const;
  /// Whether the clusters of ratio i all have the same ratio: then its residuals say nothing of its error.
  [[nodiscard]] bool is_constant(std::size_t i) const;

 private:
  [[nodiscard]] double products(std::size_t a, std::size_t b) const {
    return products_[a * 2 * ratios() + b];
  }
  std::vector<std::uint64_t> counts_;
  std::vector<double> sums_;      // y of all, x of all
  std::vector<double> products_;  // of each with each, in the same order
};

/// Standard error of a ratio that lies from 0 to `top`: by linearisation; where the clusters do not differ,
/// what the score interval of a share among as many trials as there are clusters is wide, over the normal
/// quantile. None for fewer than two clusters.
[[nodiscard]] std::optional<double> bounded_error(const JointRatios& sums, std::size_t i, double top);
/// The interval that goes with it, on [0, top]: Student's t with clusters - 1 degrees of freedom, or
/// Wilson's.
[[nodiscard]] std::optional<Interval> bounded_interval(const JointRatios& sums, std::size_t i, double top,
                                                       double confidence = kConfidence);

struct WeightedSum {
  double value = 0, error = 0;
  std::uint64_t clusters = 0;  ///< of the ratio that has fewest
};
/// Σ weights[i] · ratio i, each ratio from 0 to `top`, with the covariances of all. Ratios of weight 0 count
/// for nothing and may have no clusters; none where another has fewer than two.
[[nodiscard]] std::optional<WeightedSum> weighted_sum(const JointRatios& sums,
                                                      std::span<const double> weights, double top);
/// Student's t, on [0, top].
[[nodiscard]] Interval interval_of(const WeightedSum& sum, double top, double confidence = kConfidence);

/// Second less first of two independent samples: the normal interval from both errors.
struct ErrorDifference {
  double difference = 0;
  Interval interval;
  [[nodiscard]] bool holds() const { return interval.low > 0 || interval.high < 0; }
};
[[nodiscard]] ErrorDifference difference_of(double first, double first_error, double second,
                                            double second_error, double confidence = kConfidence);

}  // namespace zhike::stats
