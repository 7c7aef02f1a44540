#include "stats/budget_checks.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <utility>

#include "stats/regression.h"

namespace zhike::stats {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr double kNothing = 1e-10;  // of the sum of squares: what rounding leaves

VectorXd rest_of(const VectorXd& column, const MatrixXd& others) {
  return column - others * others.colPivHouseholderQr().solve(column);
}

double spread(const VectorXd& column) { return (column.array() - column.mean()).matrix().squaredNorm(); }

double inflation(const VectorXd& column, const MatrixXd& others) {
  const double all = spread(column), own = rest_of(column, others).squaredNorm();
  return own <= kNothing * all ? std::numeric_limits<double>::infinity() : all / own;
}

double correlation(const VectorXd& a, const VectorXd& b) {
  const double size = std::sqrt(a.squaredNorm() * b.squaredNorm());
  return size > 0 ? a.dot(b) / size : 0;
}

MatrixXd without(const MatrixXd& columns, Index left_out, const MatrixXd& base) {
  MatrixXd out(columns.rows(), base.cols() + columns.cols() - 1);
  out.leftCols(base.cols()) = base;
  for (Index c = 0, to = base.cols(); c < columns.cols(); ++c)
    if (c != left_out) out.col(to++) = columns.col(c);
  return out;
}

/// Infinity is no number of JSON, and no more telling.
double told(double inflation) { return std::min(inflation, 1e6); }

}  // namespace

std::optional<BudgetNote> why_not(const BudgetSeries::Channel& channel, const MatrixXd& base) {
  const auto spent =
      static_cast<std::size_t>(std::ranges::count_if(channel.spend, [](double x) { return x > 0; }));
  const VectorXd column =
      Eigen::Map<const VectorXd>(channel.spend.data(), static_cast<Index>(channel.spend.size()));
  if (spread(column) <= kNothing * column.squaredNorm())
    return BudgetNote{.issue = BudgetIssue::kConstant, .channel = channel.name};
  if (spent < kSpentLeast)
    return BudgetNote{.issue = BudgetIssue::kSeldom,
                      .channel = channel.name,
                      .value = static_cast<double>(spent),
                      .needed = static_cast<double>(kSpentLeast)};
  const double inflated = inflation(column, base);
  if (inflated <= kInflationMost) return std::nullopt;
  return BudgetNote{.issue = BudgetIssue::kFollowsTrend,
                    .channel = channel.name,
                    .value = told(inflated),
                    .needed = kInflationMost};
}

std::optional<BudgetNote> together(const MatrixXd& columns, const std::vector<std::string>& names,
                                   const MatrixXd& base) {
  double most = 0;
  Index worst = 0;
  for (Index c = 0; c < columns.cols() && columns.cols() > 1; ++c) {
    // Over what the base alone does to the column: that is told apart.
    const double by_base = inflation(columns.col(c), base);
    const double found = inflation(columns.col(c), without(columns, c, base)) / by_base;
    if (found > most) {
      most = found;
      worst = c;
    }
  }
  if (most <= kInflationGood) return std::nullopt;
  const VectorXd own = rest_of(columns.col(worst), base);
  Index other = worst == 0 ? 1 : 0;
  double closest = -1;
  for (Index c = 0; c < columns.cols(); ++c) {
    if (c == worst) continue;
    const double close = std::abs(correlation(own, rest_of(columns.col(c), base)));
    if (close <= closest) continue;
    closest = close;
    other = c;
  }
  const bool is_too_much = most > kInflationMost;
  return BudgetNote{.issue = is_too_much ? BudgetIssue::kMoveTogether : BudgetIssue::kNearlyTogether,
                    .channel = names[static_cast<std::size_t>(std::min(worst, other))],
                    .other = names[static_cast<std::size_t>(std::max(worst, other))],
                    .value = told(most),
                    .needed = is_too_much ? kInflationMost : kInflationGood};
}

std::vector<BudgetNote> follows_outcome(const MatrixXd& spend, const std::vector<std::string>& names,
                                        const VectorXd& left, const MatrixXd& base) {
  constexpr Index kLags = 2;
  constexpr double kLevel = 0.01;
  std::vector<BudgetNote> out;
  const Index rows = spend.rows() - kLags;
  if (rows < 2) return out;
  const double level = kLevel / static_cast<double>(names.size());
  for (Index c = 0; c < spend.cols(); ++c) {
    // The first column of the base is the constant, which regress() has itself.
    MatrixXd drivers(rows, 1 + kLags + base.cols() - 1);
    drivers.col(0) = left.segment(kLags - 1, rows);
    for (Index lag = 1; lag <= kLags; ++lag) drivers.col(lag) = spend.col(c).segment(kLags - lag, rows);
    drivers.rightCols(base.cols() - 1) = base.bottomRightCorner(rows, base.cols() - 1);
    const VectorXd target = spend.col(c).tail(rows);
    const auto view = [rows](const double* from) {
      return std::span<const double>(from, static_cast<std::size_t>(rows));
    };
    Design design{.target = {.name = "spend", .values = view(target.data())}, .drivers = {}};
    for (Index d = 0; d < drivers.cols(); ++d)
      design.drivers.push_back({.name = "driver", .values = view(drivers.col(d).data())});
    const auto found = regress(design);
    if (!found) continue;  // lags that repeat each other say nothing either way
    const Coefficient& first = found->drivers.front();
    if (first.value > 0 && first.certainty && first.certainty->p_value < level)
      out.push_back({.issue = BudgetIssue::kSpendFollowsOutcome,
                     .channel = names[static_cast<std::size_t>(c)],
                     .value = first.certainty->p_value,
                     .needed = level});
  }
  return out;
}

std::optional<BudgetNote> drifts(const VectorXd& left) {
  if (left.size() < 3) return std::nullopt;
  const Index n = left.size() - 1;
  const double all = left.squaredNorm();
  const double found = all > 0 ? left.head(n).dot(left.tail(n)) / all : 0;
  if (found < kDrift) return std::nullopt;
  return BudgetNote{.issue = BudgetIssue::kRestDrifts, .value = found, .needed = kDrift};
}

}  // namespace zhike::stats
