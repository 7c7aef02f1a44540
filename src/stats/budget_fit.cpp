#include "stats/budget_fit.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <utility>

namespace zhike::stats {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr double kWeekOfDays = 7, kYearOfDays = 365.25, kYearOfWeeks = 365.25 / 7, kYearOfMonths = 12;
constexpr int kSweepsMost = 12;

Index at(std::size_t place) { return static_cast<Index>(place); }

double year_of(Period period) {
  switch (period) {
    case Period::kDay:
      return kYearOfDays;
    case Period::kWeek:
      return kYearOfWeeks;
    case Period::kMonth:
      break;
  }
  return kYearOfMonths;
}

void add_wave(std::vector<VectorXd>& out, std::size_t periods, double length) {
  VectorXd sine(at(periods)), cosine(at(periods));
  for (Index t = 0; t < at(periods); ++t) {
    const double angle = 2 * std::numbers::pi * static_cast<double>(t) / length;
    sine[t] = std::sin(angle);
    cosine[t] = std::cos(angle);
  }
  out.push_back(std::move(sine));
  out.push_back(std::move(cosine));
}

/// What shape makes of spend after carry-over, and how it changes with both.
struct Shape {
  double value, by_spend, by_bend;
};
Shape shape(double carried, double bend, double scale) {
  const double straight = scale * (1 - bend), below = straight + bend * carried;
  const double value = carried * straight / below;
  // Of carried · scale · (1 - bend) / (scale · (1 - bend) + bend · carried).
  return {.value = value,
          .by_spend = straight * straight / (below * below),
          .by_bend = -carried * carried * scale / (below * below)};
}

/// min |y - F b|² with b >= 0 from F'F and F'y, where `slopes` starts: Franc, Hlavac and Navara (2005),
/// Sequential coordinate-wise algorithm for the non-negative least squares problem. Answers b'F'Fb - 2 b'F'y.
double non_negative(const MatrixXd& gram, const VectorXd& products, VectorXd& slopes) {
  constexpr int kRounds = 300;
  constexpr double kStill = 1e-11;
  const Index n = products.size();
  for (int round = 0; round < kRounds; ++round) {
    double moved = 0, size = 0;
    for (Index c = 0; c < n; ++c) {
      if (gram(c, c) <= 0) continue;
      const double rest = products[c] - gram.row(c).dot(slopes) + gram(c, c) * slopes[c];
      const double next = std::max(0.0, rest / gram(c, c)), root = std::sqrt(gram(c, c));
      moved = std::max(moved, std::abs(next - slopes[c]) * root);
      size = std::max(size, next * root);
      slopes[c] = next;
    }
    if (moved <= kStill * size) break;
  }
  return slopes.dot(gram * slopes) - 2 * slopes.dot(products);
}

struct Normal {
  MatrixXd bent;
  VectorXd pull;
};
/// A parameter at a bound that would leave it waits.
BudgetFit stepped(const BudgetFit& from, const Normal& normal, double damping) {
  const Index n = normal.pull.size();
  VectorXd now(n), high(n);
  for (std::size_t c = 0; c < from.size(); ++c) {
    now.segment(at(3 * c), 3) << from[c].carry, from[c].bend, from[c].slope;
    high.segment(at(3 * c), 3) << kCarryMost, kBendMost, std::numeric_limits<double>::infinity();
  }
  MatrixXd system = normal.bent;
  VectorXd wanted = normal.pull;
  for (Index p = 0; p < n; ++p) {
    const double pull = normal.pull[p];
    if ((now[p] <= 0 && pull <= 0) || (now[p] >= high[p] && pull >= 0) || normal.bent(p, p) <= 0) {
      system.row(p).setZero();
      system.col(p).setZero();
      system(p, p) = 1;
      wanted[p] = 0;
    } else {
      system(p, p) *= 1 + damping;
    }
  }
  const VectorXd moved = (now + system.ldlt().solve(wanted)).cwiseMax(0.0).cwiseMin(high);
  BudgetFit out(from.size());
  for (std::size_t c = 0; c < from.size(); ++c)
    out[c] = {.carry = moved[at(3 * c)], .bend = moved[at(3 * c + 1)], .slope = moved[at(3 * c + 2)]};
  return out;
}

}  // namespace

bool knows_year(std::size_t periods, Period period) {
  return static_cast<double>(periods) >= std::floor(2 * year_of(period));
}

MatrixXd base_columns(std::size_t periods, Period period) {
  std::vector<VectorXd> columns{VectorXd::Ones(at(periods)), VectorXd::LinSpaced(at(periods), -1, 1)};
  if (period == Period::kDay)
    for (int wave = 1; wave <= 3; ++wave) add_wave(columns, periods, kWeekOfDays / wave);  // any weekday
  if (knows_year(periods, period)) add_wave(columns, periods, year_of(period));
  MatrixXd out(at(periods), at(columns.size()));
  for (std::size_t c = 0; c < columns.size(); ++c) out.col(at(c)) = columns[c];
  return out;
}

VectorXd carried(const VectorXd& spend, double carry) {
  VectorXd out(spend.size());
  double left = spend.mean();
  for (Index t = 0; t < spend.size(); ++t) out[t] = left = (1 - carry) * spend[t] + carry * left;
  return out;
}

BudgetFitter::BudgetFitter(const MatrixXd& base, const MatrixXd& spend) : spend_(spend) {
  const Eigen::HouseholderQR<MatrixXd> qr(base);
  base_ = qr.householderQ() * MatrixXd::Identity(base.rows(), base.cols());
  for (Index c = 0; c < spend.cols(); ++c) scale_.push_back(spend.col(c).mean());
  for (int carry = 0; carry <= 9; ++carry)
    for (int bend = 0; bend <= 6; ++bend) candidates_.push_back({0.1 * carry, 0.15 * bend, 0});
  columns_.resize(spend.rows(), spend.cols() * at(candidates_.size()));
  for (std::size_t c = 0; c < channels(); ++c)
    for (std::size_t k = 0; k < candidates_.size(); ++k)
      columns_.col(at(c * candidates_.size() + k)) = without_base(shaped(c, candidates_[k]));
  gram_.noalias() = columns_.transpose() * columns_;
}

VectorXd BudgetFitter::without_base(const VectorXd& column) const {
  return column - base_ * (base_.transpose() * column);
}

VectorXd BudgetFitter::shaped(std::size_t channel, const ChannelFit& fit) const {
  VectorXd out = carried(spend_.col(at(channel)), fit.carry);
  for (double& one : out) one = shape(one, fit.bend, scale_[channel]).value;
  return out;
}

VectorXd BudgetFitter::fitted(const VectorXd& outcome, const BudgetFit& fit) const {
  VectorXd due = VectorXd::Zero(outcome.size());
  for (std::size_t c = 0; c < channels(); ++c) due += fit[c].slope * shaped(c, fit[c]);
  const VectorXd rest = outcome - due;
  return due + base_ * (base_.transpose() * rest);
}

SpendCurve BudgetFitter::curve(std::size_t channel, const ChannelFit& fit) const {
  SpendCurve out;
  out.slope = fit.slope;
  if (fit.bend > 0) out.half = scale_[channel] * (1 - fit.bend) / fit.bend;
  return out;
}

double BudgetFitter::profile(const VectorXd& products, const Choice& choice, VectorXd& slopes) const {
  const Index n = at(channels());
  MatrixXd gram(n, n);
  VectorXd own(n);
  for (Index a = 0; a < n; ++a) {
    const Index row = a * at(candidates_.size()) + at(choice[static_cast<std::size_t>(a)]);
    own[a] = products[row];
    for (Index b = 0; b < n; ++b)
      gram(a, b) = gram_(row, b * at(candidates_.size()) + at(choice[static_cast<std::size_t>(b)]));
  }
  return non_negative(gram, own, slopes);
}

void BudgetFitter::sweep(const VectorXd& products, Choice& choice, VectorXd& slopes) const {
  double best = profile(products, choice, slopes);
  for (int round = 0; round < kSweepsMost; ++round) {
    bool moved = false;
    for (std::size_t c = 0; c < channels(); ++c) {
      Choice tried = choice;
      for (std::size_t k = 0; k < candidates_.size(); ++k) {
        tried[c] = k;
        VectorXd start = slopes;
        const double found = profile(products, tried, start);
        if (!(found < best)) continue;
        best = found;
        choice[c] = k;
        slopes = start;
        moved = true;
      }
    }
    if (!moved) return;
  }
}

MatrixXd BudgetFitter::slants(const BudgetFit& fit) const {
  MatrixXd out(spend_.rows(), 3 * at(channels()));
  for (std::size_t channel = 0; channel < channels(); ++channel) {
    const Index c = at(channel);
    const ChannelFit& one = fit[channel];
    double stock = spend_.col(c).mean(), by_carry = 0;
    for (Index t = 0; t < spend_.rows(); ++t) {
      by_carry = stock - spend_(t, c) + one.carry * by_carry;
      stock = (1 - one.carry) * spend_(t, c) + one.carry * stock;
      const Shape now = shape(stock, one.bend, scale_[channel]);
      out(t, 3 * c) = one.slope * now.by_spend * by_carry;
      out(t, 3 * c + 1) = one.slope * now.by_bend;
      out(t, 3 * c + 2) = now.value;
    }
  }
  return out - base_ * (base_.transpose() * out);
}

VectorXd BudgetFitter::left(const VectorXd& target, const BudgetFit& fit) const {
  VectorXd due = VectorXd::Zero(target.size());
  for (std::size_t c = 0; c < channels(); ++c) due += fit[c].slope * shaped(c, fit[c]);
  return target - without_base(due);
}

/// Steps of Levenberg (1944) and Marquardt (1963), kept within the bounds.
BudgetFit BudgetFitter::polish(const VectorXd& outcome, BudgetFit from, int steps) const {
  constexpr double kNothing = 1e-24, kSettled = 1e-10, kDampingLeast = 1e-9;
  constexpr int kAttempts = 8;
  const VectorXd target = without_base(outcome);
  VectorXd rest = left(target, from);
  double damping = 1e-3;
  for (int step = 0; step < steps && rest.squaredNorm() > kNothing * target.squaredNorm(); ++step) {
    const MatrixXd slant = slants(from);
    const Normal normal{.bent = slant.transpose() * slant, .pull = slant.transpose() * rest};
    bool is_better = false;
    for (int attempt = 0; attempt < kAttempts && !is_better; ++attempt, damping *= 10) {
      BudgetFit next = stepped(from, normal, damping);
      const VectorXd remains = left(target, next);
      const double gained = rest.squaredNorm() - remains.squaredNorm();
      is_better = gained > 0;
      if (!is_better) continue;
      const bool is_settled = gained < kSettled * rest.squaredNorm();
      from = std::move(next);
      rest = remains;
      if (is_settled) return from;
      damping = std::max(damping / 100, kDampingLeast);  // the loop makes it ten times as much
    }
    if (!is_better) break;
  }
  return from;
}

BudgetFitter::Choice BudgetFitter::nearest(const BudgetFit& fit) const {
  Choice out;
  for (const ChannelFit& one : fit) {
    std::size_t best = 0;
    const auto far = [&](std::size_t k) {
      return std::abs(candidates_[k].carry - one.carry) + std::abs(candidates_[k].bend - one.bend);
    };
    for (std::size_t k = 1; k < candidates_.size(); ++k)
      if (far(k) < far(best)) best = k;
    out.push_back(best);
  }
  return out;
}

BudgetFit BudgetFitter::refit(const VectorXd& outcome, const BudgetFit& near) const {
  constexpr int kSteps = 12;
  const VectorXd products = columns_.transpose() * outcome;
  Choice choice = nearest(near);
  VectorXd slopes = VectorXd::Zero(at(channels()));
  sweep(products, choice, slopes);
  BudgetFit out(channels());
  for (std::size_t c = 0; c < channels(); ++c) {
    out[c] = candidates_[choice[c]];
    out[c].slope = slopes[at(c)];
  }
  return polish(outcome, std::move(out), kSteps);
}

BudgetFit BudgetFitter::fit(const VectorXd& outcome) const {
  constexpr int kSteps = 200;
  BudgetFit best;
  double least = std::numeric_limits<double>::infinity();
  for (const ChannelFit& start :
       {ChannelFit{0, 0, 0}, ChannelFit{0.5, 0.45, 0}, ChannelFit{0.8, 0, 0}, ChannelFit{0.1, 0.75, 0}}) {
    const BudgetFit found = polish(outcome, refit(outcome, BudgetFit(channels(), start)), kSteps);
    const double left = (outcome - fitted(outcome, found)).squaredNorm();
    if (left < least) {
      least = left;
      best = found;
    }
  }
  return best;
}

}  // namespace zhike::stats
