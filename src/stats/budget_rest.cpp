#include "stats/budget_rest.h"

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>

#include "stats/draws.h"

namespace zhike::stats {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

struct Memory {
  VectorXd weights{};
  double innovation = 0;  ///< variance
};
/// Durbin (1960) and Levinson (1947), up to the order that Akaike's criterion likes best.
Memory remembered(const VectorXd& covariances, Index periods) {
  constexpr double kPartMost = 0.98;  // beyond, a rest that never comes back
  Memory best{.innovation = covariances[0]};
  Memory now = best;
  if (!(covariances[0] > 0)) return best;
  const auto criterion = [&](const Memory& of) {
    return static_cast<double>(periods) * std::log(of.innovation) +
           2 * static_cast<double>(of.weights.size());
  };
  for (Index order = 1; order < covariances.size(); ++order) {
    double rest = covariances[order];
    for (Index k = 0; k + 1 < order; ++k) rest -= now.weights[k] * covariances[order - 1 - k];
    const double part = std::clamp(rest / now.innovation, -kPartMost, kPartMost);
    VectorXd next(order);
    next.head(order - 1) = now.weights - part * now.weights.reverse();
    next[order - 1] = part;
    now = {.weights = next, .innovation = now.innovation * (1 - part * part)};
    if (criterion(now) < criterion(best)) best = now;
  }
  return best;
}

/// Autocovariances of a memory at lags 0 to `periods` - 1.
VectorXd lasting(const Memory& memory, const VectorXd& covariances, Index periods) {
  VectorXd out(periods);
  const Index order = memory.weights.size();
  out.head(order + 1) = covariances.head(order + 1);
  for (Index lag = order + 1; lag < periods; ++lag)
    out[lag] = order > 0 ? memory.weights.dot(out.segment(lag - order, order).reverse()) : 0;
  return out;
}

/// What a fit along `taken` (orthonormal) takes of the sums of products at lags 0 to `most`.
VectorXd taken_of(const VectorXd& lasting, const MatrixXd& taken, Index most) {
  const Index n = lasting.size();
  MatrixXd moved(n, taken.cols());  // covariance matrix · taken
  VectorXd row(n);
  for (Index t = 0; t < n; ++t) {
    for (Index u = 0; u < n; ++u) row[u] = lasting[std::abs(t - u)];
    moved.row(t).noalias() = row.transpose() * taken;
  }
  const MatrixXd within = taken * (taken.transpose() * moved);
  VectorXd out(most + 1);
  for (Index lag = 0; lag <= most; ++lag) {
    const auto products = [&](const MatrixXd& a, const MatrixXd& b) {
      return a.topRows(n - lag).cwiseProduct(b.bottomRows(n - lag)).sum();
    };
    out[lag] = products(moved, taken) + products(taken, moved) - products(within, taken);
  }
  return out;
}

struct Found {
  Memory memory{};
  VectorXd covariances{};
};
/// What is left over has the expected products of the memory that is found, less what the fit takes of it:
/// by turns, from none.
Found found_in(const VectorXd& left, const MatrixXd& slants, std::size_t parameters) {
  constexpr int kTurns = 5;
  const Index n = left.size();
  const auto periods = static_cast<double>(n);
  const auto most = static_cast<Index>(std::cbrt(periods));
  Eigen::ColPivHouseholderQR<MatrixXd> qr(slants);
  const MatrixXd taken = qr.householderQ() * MatrixXd::Identity(n, qr.rank());
  VectorXd alike(most + 1);
  for (Index lag = 0; lag <= most; ++lag) alike[lag] = left.head(n - lag).dot(left.tail(n - lag));
  Found out;
  out.covariances = VectorXd::Zero(most + 1);
  out.covariances[0] = alike[0] / static_cast<double>(n - static_cast<Index>(parameters));
  for (int turn = 0; turn < kTurns; ++turn) {
    out.memory = remembered(out.covariances, n);
    const VectorXd back = taken_of(lasting(out.memory, out.covariances, n), taken, most);
    out.covariances = (alike + back) / periods;
  }
  // Parameters at a bound take nothing there, but were looked for.
  out.covariances *= static_cast<double>(n - qr.rank()) / (periods - static_cast<double>(parameters));
  out.memory = remembered(out.covariances, n);
  return out;
}

}  // namespace

RestDraws::RestDraws(const VectorXd& left, const MatrixXd& slants, std::size_t parameters) {
  const Index n = left.size();
  const Memory memory = found_in(left, slants, parameters).memory;
  weights_ = memory.weights;
  const Index order = weights_.size();
  VectorXd found = left.tail(n - order);
  for (Index k = 0; k < order; ++k) found -= weights_[k] * left.segment(order - 1 - k, n - order);
  found.array() -= found.mean();
  const double size = found.squaredNorm() / static_cast<double>(found.size());
  if (size > 0) found *= std::sqrt(memory.innovation / size);
  innovations_.assign(found.begin(), found.end());
}

VectorXd RestDraws::draw(std::mt19937_64& random) const {
  constexpr Index kForgotten = 200;  // periods until it has forgotten that it began at 0
  const Index order = weights_.size(), start = order > 0 ? kForgotten : 0;
  const Index n = static_cast<Index>(innovations_.size()) + order;
  VectorXd out(start + n);
  for (Index t = 0; t < out.size(); ++t) {
    out[t] = innovations_[place_below(innovations_.size(), random)];
    for (Index k = 0; k < std::min(order, t); ++k) out[t] += weights_[k] * out[t - 1 - k];
  }
  return out.tail(n);
}

Interval corrected_percentiles(std::vector<double>& draws, double estimate, double confidence,
                               double freedom) {
  std::ranges::sort(draws);
  const auto [first, last] = std::ranges::equal_range(draws, estimate);
  const auto count = static_cast<double>(draws.size());
  const double below = static_cast<double>(first - draws.begin()) + static_cast<double>(last - first) / 2;
  const boost::math::normal normal;
  // A draw at either end is not known to be the last.
  const double bias = quantile(normal, std::clamp(below / count, 1 / (count + 1), count / (count + 1)));
  const double tail = quantile(boost::math::students_t(freedom), (1 + confidence) / 2);
  const auto at = [&](double level) { return level * (count + 1) - 1; };
  const double low = std::floor(at(cdf(normal, 2 * bias - tail)));
  const double high = std::ceil(at(cdf(normal, 2 * bias + tail)));
  return {draws[static_cast<std::size_t>(std::clamp(low, 0.0, count - 1))],
          draws[static_cast<std::size_t>(std::clamp(high, 0.0, count - 1))]};
}

}  // namespace zhike::stats
