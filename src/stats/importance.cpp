#include "stats/importance.h"

#include <Eigen/Dense>
#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <span>
#include <utility>

namespace zhike::stats {

namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

// Variance that is left below this share is rounding: the other drivers make the driver up.
constexpr double kRounding = 1e-10;

/// Rows of a design side by side, the target last, each column less its mean and scaled to variance 1, so
/// that sums of products keep their digits.
class Rows {
 public:
  /// None where a column is constant.
  static std::optional<Rows> of(const Design& design) {
    Rows out(design.rows(), design.drivers.size() + 1);
    for (std::size_t d = 0; d < design.drivers.size(); ++d)
      if (!out.fill(d, design.drivers[d].values)) return std::nullopt;
    if (!out.fill(design.drivers.size(), design.target.values)) return std::nullopt;
    return out;
  }

  /// Each row counts `times(i)` times, which add up to the number of rows. None where a column is constant in
  /// them.
  template <class Times>
  [[nodiscard]] std::optional<Correlations> correlate(Times times) const {
    const std::size_t count = values_.size() / width_;
    std::vector<double> sums(width_, 0), products(width_ * width_, 0);
    for (std::size_t i = 0; i < count; ++i) {
      const auto weight = static_cast<double>(times(i));
      if (weight == 0) continue;
      const double* row = values_.data() + i * width_;
      for (std::size_t a = 0; a < width_; ++a) {
        const double weighted = weight * row[a];
        sums[a] += weighted;
        for (std::size_t b = 0; b <= a; ++b) products[a * width_ + b] += weighted * row[b];
      }
    }
    const double n = static_cast<double>(count);
    const auto covariance = [&](std::size_t a, std::size_t b) {
      return products[a * width_ + b] / n - sums[a] / n * (sums[b] / n);
    };
    for (std::size_t a = 0; a < width_; ++a)
      if (covariance(a, a) <= kRounding) return std::nullopt;
    Correlations out;
    const std::size_t drivers = width_ - 1;
    out.between.assign(drivers * drivers, 1);
    for (std::size_t a = 0; a < width_; ++a)
      for (std::size_t b = 0; b < a; ++b) {
        const double r = covariance(a, b) / std::sqrt(covariance(a, a) * covariance(b, b));
        if (a == drivers)
          out.with_target.push_back(r);
        else
          out.between[a * drivers + b] = out.between[b * drivers + a] = r;
      }
    return out;
  }

 private:
  Rows(std::size_t rows, std::size_t width) : width_(width), values_(rows * width) {}

  bool fill(std::size_t at, std::span<const double> values) {
    cx_check(values.size() * width_ == values_.size(), "columns of one length");
    if (values.size() < 2) return false;
    const Eigen::Map<const VectorXd> column(values.data(), static_cast<Index>(values.size()));
    const VectorXd centred = column.array() - column.mean();
    const double length = centred.norm();
    if (length <= kRounding * column.norm()) return false;
    const double scale = std::sqrt(static_cast<double>(values.size())) / length;
    for (std::size_t i = 0; i < values.size(); ++i)
      values_[i * width_ + at] = centred[static_cast<Index>(i)] * scale;
    return true;
  }

  std::size_t width_;
  std::vector<double> values_;
};

/// R² of every subset of drivers, by elimination: each driver in turn is taken out of what is left of the
/// others, or left aside.
class Subsets {
 public:
  explicit Subsets(const Correlations& from) : drivers_(from.drivers()), r2_(std::size_t{1} << drivers_) {
    const std::size_t width = drivers_ + 1;
    std::vector<double> left(width * width, 1);
    for (std::size_t a = 0; a < drivers_; ++a) {
      for (std::size_t b = 0; b < drivers_; ++b) left[a * width + b] = from.between[a * drivers_ + b];
      left[a * width + drivers_] = left[drivers_ * width + a] = from.with_target[a];
    }
    levels_.assign(width, std::vector<double>(width * width));
    levels_[0] = std::move(left);
    good_ = descend(0, 0, 0);
  }
  [[nodiscard]] bool good() const { return good_; }
  [[nodiscard]] double r2(std::size_t subset) const { return r2_[subset]; }

 private:
  // levels_[used]: covariances left when `used` drivers are taken out; those at `next` and later still count.
  bool descend(std::size_t next, std::size_t used, std::size_t subset) {
    const std::size_t width = drivers_ + 1;
    if (next == drivers_) {
      r2_[subset] = 1 - levels_[used][drivers_ * width + drivers_];
      return true;
    }
    if (!descend(next + 1, used, subset)) return false;
    const std::vector<double>& from = levels_[used];
    const double pivot = from[next * width + next];
    if (pivot <= kRounding) return false;
    std::vector<double>& to = levels_[used + 1];
    for (std::size_t a = next + 1; a < width; ++a)
      for (std::size_t b = next + 1; b < width; ++b)
        to[a * width + b] = from[a * width + b] - from[a * width + next] * from[next * width + b] / pivot;
    return descend(next + 1, used + 1, subset | std::size_t{1} << next);
  }

  std::size_t drivers_;
  std::vector<double> r2_;
  std::vector<std::vector<double>> levels_;
  bool good_ = false;
};

std::vector<VarianceShare> shares(const std::vector<double>& values,
                                  std::span<const std::optional<Interval>> intervals) {
  std::vector<VarianceShare> out;
  for (std::size_t d = 0; d < values.size(); ++d)
    out.push_back({.value = values[d], .interval = d < intervals.size() ? intervals[d] : std::nullopt});
  return out;
}

}  // namespace

std::optional<Correlations> correlations(const Design& design) {
  const auto rows = Rows::of(design);
  if (!rows) return std::nullopt;
  return rows->correlate([](std::size_t) { return 1; });
}

std::optional<std::vector<double>> relative_weights(const Correlations& correlations) {
  const auto size = static_cast<Index>(correlations.drivers());
  const Eigen::Map<const MatrixXd> between(correlations.between.data(), size, size);
  const Eigen::Map<const VectorXd> with_target(correlations.with_target.data(), size);
  const Eigen::SelfAdjointEigenSolver<MatrixXd> eigen(between);
  if (size == 0 || eigen.eigenvalues().minCoeff() <= kRounding) return std::nullopt;
  const VectorXd roots = eigen.eigenvalues().cwiseSqrt();
  // Correlations of the drivers with the uncorrelated variables, and those variables' coefficients.
  const MatrixXd loadings = eigen.eigenvectors() * roots.asDiagonal() * eigen.eigenvectors().transpose();
  const VectorXd slopes = eigen.eigenvectors() * roots.cwiseInverse().asDiagonal() *
                          (eigen.eigenvectors().transpose() * with_target);
  const VectorXd weights = loadings.cwiseAbs2() * slopes.cwiseAbs2();
  return std::vector<double>(weights.data(), weights.data() + weights.size());
}

std::optional<std::vector<double>> lmg(const Correlations& correlations) {
  const std::size_t drivers = correlations.drivers();
  if (drivers == 0 || drivers > kLmgDriversMax) return std::nullopt;
  const Subsets subsets(correlations);
  if (!subsets.good()) return std::nullopt;
  // Of all orders, the share in which just a given subset of `size` comes before a driver:
  // size! (drivers - size - 1)! / drivers!
  std::vector<double> share(drivers, 1.0 / static_cast<double>(drivers));
  for (std::size_t size = 1; size < drivers; ++size)
    share[size] = share[size - 1] * static_cast<double>(size) / static_cast<double>(drivers - size);
  std::vector<double> out(drivers, 0);
  for (std::size_t subset = 0; subset < std::size_t{1} << drivers; ++subset)
    for (std::size_t d = 0; d < drivers; ++d)
      if (const std::size_t with = subset | std::size_t{1} << d; with != subset)
        out[d] +=
            share[static_cast<std::size_t>(std::popcount(subset))] * (subsets.r2(with) - subsets.r2(subset));
  return out;
}

std::optional<Importance> importance(const Design& design, const BootstrapOptions& options) {
  const auto rows = Rows::of(design);
  if (!rows) return std::nullopt;
  const auto whole = rows->correlate([](std::size_t) { return 1; });
  if (!whole) return std::nullopt;
  const auto weights = relative_weights(*whole), all_orders = lmg(*whole);
  if (!weights) return std::nullopt;
  const std::size_t drivers = weights->size();
  const bool both = all_orders && drivers <= kLmgIntervalDriversMax;
  const auto intervals = bootstrap_rows(
      design.rows(), both ? 2 * drivers : drivers,
      [&](std::span<const std::uint32_t> times, std::span<double> out) {
        const auto found = rows->correlate([&](std::size_t i) { return times[i]; });
        if (!found) return false;
        const auto weights_drawn = relative_weights(*found);
        if (!weights_drawn) return false;
        std::ranges::copy(*weights_drawn, out.begin());
        if (!both) return true;
        const auto orders_drawn = lmg(*found);
        if (!orders_drawn) return false;
        std::ranges::copy(*orders_drawn, out.begin() + static_cast<std::ptrdiff_t>(drivers));
        return true;
      },
      options);
  const std::span all(intervals);
  return Importance{
      .relative_weights = shares(*weights, all.first(drivers)),
      .lmg = all_orders ? shares(*all_orders, all.subspan(drivers)) : std::vector<VarianceShare>{}};
}

}  // namespace zhike::stats
