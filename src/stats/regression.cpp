#include "stats/regression.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <Eigen/Dense>
#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <utility>

namespace zhike::stats {

namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using Pivoted = Eigen::ColPivHouseholderQR<MatrixXd>;

// A spread below this share of the column's size is rounding; so is what is left of a column of length 1.
constexpr double kRounding = 1e-10;
// Shares of other columns that are worth naming.
constexpr double kNamed = 1e-6;

/// Their squares would be 0 or infinite.
bool has_odd_size(std::span<const double> values) {
  double largest = 0;
  for (const double value : values) largest = std::max(largest, std::abs(value));
  return largest > 1e100 || (largest > 0 && largest < 1e-100);
}

/// A column less its mean, scaled to length 1.
struct Centred {
  double mean = 0, length = 0;
};

Centred centre(std::span<const double> values, Eigen::Ref<VectorXd> out) {
  const Eigen::Map<const VectorXd> column(values.data(), static_cast<Index>(values.size()));
  Centred made{.mean = column.mean(), .length = 0};
  out = column.array() - made.mean;
  made.length = out.norm();
  if (made.length <= kRounding * column.norm()) return {.mean = made.mean, .length = 0};
  out /= made.length;
  return made;
}

Certainty certainty_of(double value, double variance, double freedom, double confidence) {
  const boost::math::students_t t(freedom);
  const double error = std::sqrt(std::max(0.0, variance));
  const double half = error * boost::math::quantile(t, 0.5 + confidence / 2);
  // A fit without residuals has no error: what differs from 0 is certain.
  double p_value = value == 0 ? 1 : 0;
  if (error > 0) p_value = 2 * boost::math::cdf(boost::math::complement(t, std::abs(value) / error));
  return {.error = error, .interval = {value - half, value + half}, .p_value = p_value};
}

/// Says which columns the others make up, and which those are.
std::unexpected<Error> dependent(const Design& design, const Pivoted& qr) {
  const Index rank = qr.rank(), all = qr.cols();
  const auto name = [&](Index place) {
    return design.drivers[static_cast<std::size_t>(qr.colsPermutation().indices()[place])].name;
  };
  const MatrixXd shares = qr.matrixQR()
                              .topLeftCorner(rank, rank)
                              .triangularView<Eigen::Upper>()
                              .solve(qr.matrixQR().topRightCorner(rank, all - rank));
  std::vector<std::string> made_up;
  for (Index column = rank; column < all; ++column) {
    std::vector<std::string> others;
    for (Index other = 0; other < rank; ++other)
      if (std::abs(shares(other, column - rank)) > kNamed) others.push_back(name(other));
    made_up.push_back(fmt::format("{} = {}", name(column), fmt::join(others, " + ")));
  }
  return fail(Code::kBadDrivers, "up to constants, {}", fmt::join(made_up, "; "));
}

class Fit {
 public:
  Fit(const Design& design, double confidence) : design_(design) {
    out_.rows = design.rows();
    out_.confidence = confidence;
  }

  Result<Regression> run() {
    CX_TRY(scale());
    Pivoted qr;
    qr.setThreshold(kRounding);
    qr.compute(scaled_);
    if (qr.rank() < qr.cols()) return dependent(design_, qr);
    const MatrixXd orthogonal = qr.householderQ() * MatrixXd::Identity(scaled_.rows(), scaled_.cols());
    // Row i of `pull`: how far a unit more of the target in row i moves each coefficient.
    pull_ = qr.matrixR()
                .topRows(scaled_.cols())
                .triangularView<Eigen::Upper>()
                .solve(orthogonal.transpose())
                .transpose() *
            qr.colsPermutation().transpose();
    estimate();
    collinearity();
    errors(orthogonal);
    return std::move(out_);
  }

 private:
  Result<void> scale() {
    const std::size_t rows = design_.rows(), drivers = design_.drivers.size();
    if (drivers == 0) return fail(Code::kBadDrivers, "no driver");
    if (rows < drivers + 2)
      return fail(Code::kTooFewRows, "{} rows for {} drivers; at least {}", rows, drivers, drivers + 2);
    target_.resize(static_cast<Index>(rows));
    scaled_.resize(static_cast<Index>(rows), static_cast<Index>(drivers));
    target_scale_ = centre(design_.target.values, target_);
    std::vector<std::string> odd, constant;
    if (has_odd_size(design_.target.values)) odd.push_back(design_.target.name);
    if (target_scale_.length == 0) constant.push_back(design_.target.name);
    for (const Column& driver : design_.drivers) {
      cx_check(driver.values.size() == rows, "columns of one length");
      scales_.push_back(centre(driver.values, scaled_.col(static_cast<Index>(scales_.size()))));
      if (has_odd_size(driver.values)) odd.push_back(driver.name);
      if (scales_.back().length == 0) constant.push_back(driver.name);
    }
    if (!odd.empty())
      return fail(Code::kBadDrivers, "beyond 1e100 or within 1e-100: {}", fmt::join(odd, ", "));
    if (!constant.empty()) return fail(Code::kBadDrivers, "constant: {}", fmt::join(constant, ", "));
    return {};
  }

  void estimate() {
    const VectorXd slopes = pull_.transpose() * target_;  // standardised
    residuals_ = (target_ - scaled_ * slopes) * target_scale_.length;
    const double unexplained = residuals_.squaredNorm() / (target_scale_.length * target_scale_.length);
    out_.r2 = std::clamp(1 - unexplained, 0.0, 1.0);
    const double rows = static_cast<double>(out_.rows);
    out_.r2_adjusted = 1 - (1 - out_.r2) * (rows - 1) / freedom();
    out_.intercept = target_scale_.mean;
    for (std::size_t d = 0; d < scales_.size(); ++d) {
      Coefficient& at = out_.drivers.emplace_back();
      at.standardised = slopes[static_cast<Index>(d)];
      at.value = at.standardised * target_scale_.length / scales_[d].length;
      out_.intercept -= at.value * scales_[d].mean;
    }
  }

  void collinearity() {
    // Columns have length 1, so the diagonal of the inverse of their products is the inflation.
    const VectorXd inflation = pull_.colwise().squaredNorm();
    for (std::size_t d = 0; d < scales_.size(); ++d)
      out_.drivers[d].vif = std::max(1.0, inflation[static_cast<Index>(d)]);
    MatrixXd columns(scaled_.rows(), scaled_.cols() + 1);
    columns.col(0).setConstant(1 / std::sqrt(static_cast<double>(out_.rows)));
    for (std::size_t d = 0; d < scales_.size(); ++d) {
      const auto values = design_.drivers[d].values;
      columns.col(static_cast<Index>(d) + 1) =
          Eigen::Map<const VectorXd>(values.data(), static_cast<Index>(values.size())).normalized();
    }
    // The triangle has the singular values of the columns.
    const MatrixXd triangle = columns.householderQr()
                                  .matrixQR()
                                  .topRows(std::min(columns.rows(), columns.cols()))
                                  .triangularView<Eigen::Upper>();
    const VectorXd singular = triangle.jacobiSvd().singularValues();
    out_.condition = singular[0] / singular[singular.size() - 1];
  }

  void errors(const MatrixXd& orthogonal) {
    const double rows = static_cast<double>(out_.rows);
    // Squared residuals over (1 - leverage) squared; the intercept's share of the leverage is 1 / rows.
    const VectorXd rest = 1 - 1 / rows - orthogonal.rowwise().squaredNorm().array();
    if (rest.minCoeff() <= kRounding) return;
    const VectorXd weights = residuals_.array().square() / rest.array().square();
    MatrixXd pull = pull_;
    VectorXd mean_pull = VectorXd::Constant(pull.rows(), 1 / rows);
    for (std::size_t d = 0; d < scales_.size(); ++d) {
      pull.col(static_cast<Index>(d)) /= scales_[d].length;
      mean_pull -= pull.col(static_cast<Index>(d)) * scales_[d].mean;
    }
    const MatrixXd covariance = pull.transpose() * weights.asDiagonal() * pull;
    out_.covariance.assign(covariance.data(), covariance.data() + covariance.size());  // symmetric
    for (std::size_t d = 0; d < scales_.size(); ++d) {
      const auto at = static_cast<Index>(d);
      out_.drivers[d].certainty =
          certainty_of(out_.drivers[d].value, covariance(at, at), freedom(), out_.confidence);
    }
    out_.intercept_certainty = certainty_of(out_.intercept, mean_pull.array().square().matrix().dot(weights),
                                            freedom(), out_.confidence);
  }

  [[nodiscard]] double freedom() const {
    return static_cast<double>(out_.rows) - static_cast<double>(scales_.size()) - 1;
  }

  const Design& design_;
  Regression out_;
  VectorXd target_, residuals_;  // the target centred and scaled; residuals in its own units
  MatrixXd scaled_, pull_;
  Centred target_scale_;
  std::vector<Centred> scales_;
};

}  // namespace

std::optional<Certainty> Regression::combine(std::span<const double> weights) const {
  cx_check(weights.size() == drivers.size(), "a weight for each driver");
  if (covariance.empty()) return std::nullopt;
  double value = 0, variance = 0;
  for (std::size_t a = 0; a < weights.size(); ++a) {
    value += weights[a] * drivers[a].value;
    for (std::size_t b = 0; b < weights.size(); ++b)
      variance += weights[a] * weights[b] * covariance[a * weights.size() + b];
  }
  const double freedom = static_cast<double>(rows) - static_cast<double>(weights.size()) - 1;
  return certainty_of(value, variance, freedom, confidence);
}

Result<Regression> regress(const Design& design, double confidence) { return Fit(design, confidence).run(); }

}  // namespace zhike::stats
