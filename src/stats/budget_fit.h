// The fit behind stats/budget_response.h: least squares over slopes, carry-overs and shapes. Of that file
// alone. Not thread-safe: a fitter keeps what it works with.
#pragma once

#include <Eigen/Dense>
#include <cstddef>
#include <vector>

#include "stats/budget_response.h"

namespace zhike::stats {

/// Of one channel. bend: 0 a straight line, up to kBendMost; half = mean spend · (1 - bend) / bend.
struct ChannelFit {
  double carry = 0, bend = 0, slope = 0;
};
inline constexpr double kBendMost = 0.9;
using BudgetFit = std::vector<ChannelFit>;

/// Constant, trend, season: columns over `periods`.
[[nodiscard]] Eigen::MatrixXd base_columns(std::size_t periods, Period period);
[[nodiscard]] bool knows_year(std::size_t periods, Period period);

/// Spend after carry-over.
[[nodiscard]] Eigen::VectorXd carried(const Eigen::VectorXd& spend, double carry);

class BudgetFitter {
 public:
  /// `spend`: a column for each channel, none of them all 0.
  BudgetFitter(const Eigen::MatrixXd& base, const Eigen::MatrixXd& spend);

  /// From several starts.
  [[nodiscard]] BudgetFit fit(const Eigen::VectorXd& outcome) const;
  /// From one that is near.
  [[nodiscard]] BudgetFit refit(const Eigen::VectorXd& outcome, const BudgetFit& near) const;

  /// f(a_t) of a channel.
  [[nodiscard]] Eigen::VectorXd shaped(std::size_t channel, const ChannelFit& fit) const;
  /// What base and channels come to together with the base that fits best.
  [[nodiscard]] Eigen::VectorXd fitted(const Eigen::VectorXd& outcome, const BudgetFit& fit) const;
  /// How what is fitted changes with carry, bend and slope of each channel, without the base.
  [[nodiscard]] Eigen::MatrixXd slants(const BudgetFit& fit) const;
  [[nodiscard]] const Eigen::MatrixXd& base() const { return base_; }  ///< orthonormal
  [[nodiscard]] Eigen::VectorXd without_base(const Eigen::VectorXd& column) const;
  [[nodiscard]] double scale(std::size_t channel) const { return scale_[channel]; }
  [[nodiscard]] std::size_t channels() const { return scale_.size(); }
  [[nodiscard]] SpendCurve curve(std::size_t channel, const ChannelFit& fit) const;

 private:
  using Choice = std::vector<std::size_t>;  ///< of each channel the place among the candidates
  void sweep(const Eigen::VectorXd& products, Choice& choice, Eigen::VectorXd& slopes) const;
  [[nodiscard]] double profile(const Eigen::VectorXd& products, const Choice& choice,
                               Eigen::VectorXd& slopes) const;
  /// `target`: without the base.
  [[nodiscard]] Eigen::VectorXd left(const Eigen::VectorXd& target, const BudgetFit& fit) const;
  [[nodiscard]] BudgetFit polish(const Eigen::VectorXd& outcome, BudgetFit from, int steps) const;
  [[nodiscard]] Choice nearest(const BudgetFit& fit) const;

  Eigen::MatrixXd spend_, base_;  ///< base_: orthonormal
  std::vector<double> scale_;     ///< mean spend
  std::vector<ChannelFit> candidates_;
  Eigen::MatrixXd columns_, gram_;  ///< of all candidates of all channels, without the base
};

}  // namespace zhike::stats
