// Draws of what the fit of a budget response leaves over, and intervals from them. Of budget_response.cpp
// alone.
#pragma once

#include <Eigen/Dense>
#include <cstddef>
#include <random>
#include <vector>

#include "stats/interval.h"

namespace zhike::stats {

/// An autoregression of what is left over, whose innovations are drawn with replacement: the sieve bootstrap
/// of Buehlmann (1997), Bernoulli 3:123-148; its order, up to n^(1/3), by Akaike (1974).
///
/// Blocks of what is left over would make intervals too narrow: a fit takes out of it just what moves like
/// spend after carry-over, which is slow, so neighbours left over are less alike than those that happen. Here
/// the autocovariances are given back what a fit takes of such a memory, to first order: the expectation of
/// e' L e, of what is left over and its lags, is tr(L M R M) with the residual maker M and the covariances R.
class RestDraws {
 public:
  /// `left`: by period. `slants`: columns that the fit could move along, of any rank. `parameters`: of the
  /// fit, fewer than periods.
  RestDraws(const Eigen::VectorXd& left, const Eigen::MatrixXd& slants, std::size_t parameters);

  [[nodiscard]] Eigen::VectorXd draw(std::mt19937_64& random) const;
  /// Periods that it goes back; 0: none follows another.
  [[nodiscard]] std::size_t order() const { return static_cast<std::size_t>(weights_.size()); }

 private:
  Eigen::VectorXd weights_;  ///< of the period before, the one before that, ...
  std::vector<double> innovations_;
};

/// Percentiles corrected for the bias of the draws, Efron (1987), JASA 82:171-185, without acceleration: an
/// estimate below most draws was, as they are, more likely too high. Their levels are those of Student's t of
/// `freedom` (Hesterberg 2015, The American Statistician 69:371-386): the size of what is left over is an
/// estimate too. Sorts `draws`, two or more.
[[nodiscard]] Interval corrected_percentiles(std::vector<double>& draws, double estimate, double confidence,
                                             double freedom);

}  // namespace zhike::stats
