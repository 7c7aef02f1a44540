// Ratios of sums over clusters: shares of steps, comments or visits that come in cases or customers, so that
// those of one cluster are no independent draws. Pure numerics; safe from any thread.
#pragma once

#include <cstdint>
#include <optional>

#include "stats/change.h"
#include "stats/interval.h"

namespace zhike::stats {

/// Adds up clusters with y (hits) of x (trials) each; x > 0. Takes the same room however many there are.
class ClusterSums {
 public:
  void add(double y, double x) noexcept;
  [[nodiscard]] std::uint64_t clusters() const noexcept { return clusters_; }
  [[nodiscard]] double hits() const noexcept { return y_; }
  [[nodiscard]] double trials() const noexcept { return x_; }
  /// Sum of y over sum of x. Needs a cluster.
  [[nodiscard]] double value() const noexcept { return y_ / x_; }
  /// Standard error by linearisation. Cochran (1977), Sampling Techniques, 3rd ed., 6.4: the variance of
  /// the residuals y - value·x between clusters. None for fewer than two clusters.
  [[nodiscard]] std::optional<double> error() const noexcept;

 private:
  std::uint64_t clusters_ = 0;
  double x_ = 0, y_ = 0, xx_ = 0, xy_ = 0, yy_ = 0;
};

/// Student's t with clusters - 1 degrees of freedom. None for fewer than two clusters.
[[nodiscard]] std::optional<Interval> ratio_interval(const ClusterSums& sums,
                                                     double confidence = kConfidence);
/// The same of a share, on [0, 1]; where clusters do not differ (all or none of the trials hit), the score
/// interval of as many trials as there are clusters.
[[nodiscard]] std::optional<Interval> share_interval(const ClusterSums& sums,
                                                     double confidence = kConfidence);
/// Independent samples of clusters: z test on the difference of the ratios. Both need two clusters.
[[nodiscard]] std::optional<Change> compare(const ClusterSums& before, const ClusterSums& after,
                                            double confidence = kConfidence);

}  // namespace zhike::stats
