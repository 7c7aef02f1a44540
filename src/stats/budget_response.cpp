#include "stats/budget_response.h"

#include <Eigen/Dense>
#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <random>
#include <utility>

#include "base/error.h"
#include "stats/budget_checks.h"
#include "stats/budget_fit.h"
#include "stats/budget_rest.h"
#include "stats/draws.h"

namespace zhike::stats {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr std::size_t kParametersOfChannel = 3;

Index at(std::size_t place) { return static_cast<Index>(place); }

/// About a month.
std::size_t latest_of(Period period) {
  switch (period) {
    case Period::kDay:
      return 28;
    case Period::kWeek:
      return 4;
    case Period::kMonth:
      break;
  }
  return 3;
}

double sum_of(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0);
}

/// The figures of one fit, in a row: what a draw is asked for too.
struct Figures {
  double gain = 0, base = 0;
  std::vector<double> share, average, marginal, curve;  ///< by channel; `curve`: kCurvePoints of each
  void into(std::vector<std::vector<double>>& rows) const {
    std::size_t row = 0;
    const auto put = [&](double value) { rows[row++].push_back(value); };
    put(gain);
    put(base);
    for (const auto* list : {&share, &average, &marginal, &curve})
      for (const double value : *list) put(value);
  }
};

class Study {
 public:
  Study(const BudgetSeries& series, const BudgetOptions& options) : series_(series), options_(options) {}

  BudgetResponse run() {
    start();
    if (!out_.refused.empty()) return std::move(out_);
    choose_channels();
    if (!out_.refused.empty()) return std::move(out_);
    estimate();
    look_back();
    draw();
    return std::move(out_);
  }

 private:
  void refuse(BudgetNote why) { out_.refused.push_back(std::move(why)); }

  void start() {
    const std::size_t n = series_.outcome.size();
    cx_check(n <= kBudgetPeriodsMax && series_.channels.size() <= kBudgetChannelsMax);
    out_.periods = n;
    out_.confidence = options_.confidence;
    out_.outcome = sum_of(series_.outcome);
    out_.latest = std::min(n, latest_of(series_.period));
    double spent = 0;
    for (const BudgetSeries::Channel& one : series_.channels) {
      cx_check(one.spend.size() == n);
      ChannelResponse& made = out_.channels.emplace_back();
      made.name = one.name;
      made.spent = sum_of(one.spend);
      if (n > 0)
        made.present = std::accumulate(one.spend.end() - static_cast<std::ptrdiff_t>(out_.latest),
                                       one.spend.end(), 0.0) /
                       static_cast<double>(out_.latest);
      spent += made.spent;
    }
    if (std::ranges::all_of(series_.outcome, [](double y) { return y == 0; }))
      refuse({.issue = BudgetIssue::kNoOutcome});
    if (spent <= 0) refuse({.issue = BudgetIssue::kNoSpending});
  }

  /// Those of which something can be said, and whether it can be said of them together.
  void choose_channels() {
    base_ = base_columns(out_.periods, series_.period);
    std::vector<std::string> names;
    for (std::size_t c = 0; c < out_.channels.size(); ++c) {
      out_.channels[c].why = why_not(series_.channels[c], base_);
      if (out_.channels[c].why) continue;
      used_.push_back(c);
      names.push_back(series_.channels[c].name);
    }
    if (used_.empty()) {
      refuse({.issue = BudgetIssue::kNothingVaries});
      return;
    }
    out_.parameters = static_cast<std::size_t>(base_.cols()) + kParametersOfChannel * used_.size();
    const auto bound = [&](std::size_t each) { return static_cast<double>(each * out_.parameters); };
    const auto periods = static_cast<double>(out_.periods);
    if (periods < bound(kPeriodsPerParameter)) {
      refuse({.issue = BudgetIssue::kTooFewPeriods, .value = periods, .needed = bound(kPeriodsPerParameter)});
      return;
    }
    if (periods < bound(kPeriodsPerParameterGood))
      out_.notes.push_back(
          {.issue = BudgetIssue::kFewPeriods, .value = periods, .needed = bound(kPeriodsPerParameterGood)});
    spend_.resize(at(out_.periods), at(used_.size()));
    for (std::size_t u = 0; u < used_.size(); ++u)
      spend_.col(at(u)) =
          Eigen::Map<const VectorXd>(series_.channels[used_[u]].spend.data(), at(out_.periods));
    names_ = std::move(names);
    if (auto found = together(spend_, names_, base_)) {
      if (found->issue == BudgetIssue::kMoveTogether)
        refuse(std::move(*found));
      else
        out_.notes.push_back(std::move(*found));
    }
  }

  void estimate() {
    outcome_ = Eigen::Map<const VectorXd>(series_.outcome.data(), at(out_.periods));
    fitter_.emplace(base_, spend_);
    fit_ = fitter_->fit(outcome_);
    double total = 0;
    for (std::size_t u = 0; u < used_.size(); ++u) {
      ChannelResponse& one = out_.channels[used_[u]];
      const VectorXd stock = carried(spend_.col(at(u)), fit_[u].carry);
      one.least = std::min(stock.minCoeff(), one.present);
      one.most = std::max(stock.maxCoeff(), one.present);
      one.carry = fit_[u].carry;
      one.slope = fit_[u].slope;
      one.half = fitter_->curve(u, fit_[u]).half;
      total += one.present;
    }
    out_.total = total;
    const std::vector<double> better = divide(curves_of(fit_), total);
    for (std::size_t u = 0; u < used_.size(); ++u) out_.channels[used_[u]].better = better[u];
    tell(figures_of(fit_, outcome_), {});
  }

  [[nodiscard]] std::vector<SpendCurve> curves_of(const BudgetFit& fit) const {
    std::vector<SpendCurve> out;
    for (std::size_t u = 0; u < used_.size(); ++u) {
      SpendCurve curve = fitter_->curve(u, fit[u]);
      curve.least = out_.channels[used_[u]].least;
      curve.most = out_.channels[used_[u]].most;
      out.push_back(curve);
    }
    return out;
  }

  /// The division, the range and the present stay those that were found: what is drawn is what they bring.
  [[nodiscard]] Figures figures_of(const BudgetFit& fit, const VectorXd& outcome) const {
    Figures out;
    const double whole = outcome.sum();
    const std::vector<SpendCurve> curves = curves_of(fit);
    double due = 0;
    for (std::size_t u = 0; u < used_.size(); ++u) {
      const ChannelResponse& one = out_.channels[used_[u]];
      const double brought = fit[u].slope * fitter_->shaped(u, fit[u]).sum();
      due += brought;
      out.share.push_back(whole != 0 ? brought / whole : 0);
      out.average.push_back(brought / one.spent);
      out.marginal.push_back(curves[u].next(one.present));
      out.gain += curves[u].brings(one.better) - curves[u].brings(one.present);
      for (std::size_t p = 0; p < kCurvePoints; ++p) out.curve.push_back(curves[u].brings(spend_at(one, p)));
    }
    out.base = whole != 0 ? 1 - due / whole : 0;
    return out;
  }
  static double spend_at(const ChannelResponse& one, std::size_t point) {
    return one.least + (one.most - one.least) * static_cast<double>(point) / (kCurvePoints - 1);
  }

  /// `intervals`: as Figures::into orders them; empty: none.
  void tell(const Figures& found, const std::vector<Interval>& intervals) {
    std::size_t row = 0;
    const auto put = [&](Ranged& to, double value) {
      to.value = value;
      if (!intervals.empty()) to.interval = intervals[row];
      ++row;
    };
    put(out_.gain, found.gain);
    put(out_.base, found.base);
    for (std::size_t u = 0; u < used_.size(); ++u) put(out_.channels[used_[u]].share, found.share[u]);
    for (std::size_t u = 0; u < used_.size(); ++u) put(out_.channels[used_[u]].average, found.average[u]);
    for (std::size_t u = 0; u < used_.size(); ++u) put(out_.channels[used_[u]].marginal, found.marginal[u]);
    for (std::size_t u = 0; u < used_.size(); ++u) {
      ChannelResponse& one = out_.channels[used_[u]];
      one.curve.resize(kCurvePoints);
      for (std::size_t p = 0; p < kCurvePoints; ++p) {
        one.curve[p].spend = spend_at(one, p);
        put(one.curve[p].brings, found.curve[u * kCurvePoints + p]);
      }
    }
  }

  /// What the fit itself gives reason to doubt.
  void look_back() {
    fitted_ = fitter_->fitted(outcome_, fit_);
    left_ = outcome_ - fitted_;
    const double all = (outcome_.array() - outcome_.mean()).matrix().squaredNorm();
    out_.r2 = all > 0 ? 1 - left_.squaredNorm() / all : 0;
    if (!knows_year(out_.periods, series_.period)) out_.notes.push_back({.issue = BudgetIssue::kNoYear});
    // What carries over or levels off may move together although what was spent does not.
    const bool is_told = std::ranges::any_of(
        out_.notes, [](const BudgetNote& note) { return note.issue == BudgetIssue::kNearlyTogether; });
    if (!is_told && used_.size() > 1) {
      MatrixXd shaped(spend_.rows(), spend_.cols());
      for (std::size_t u = 0; u < used_.size(); ++u) shaped.col(at(u)) = fitter_->shaped(u, fit_[u]);
      if (auto found = together(shaped, names_, base_)) {
        found->issue = BudgetIssue::kNearlyTogether;
        out_.notes.push_back(std::move(*found));
      }
    }
    constexpr double kNothingLeft = 1e-16;
    if (left_.squaredNorm() <= kNothingLeft * outcome_.squaredNorm()) return;
    for (BudgetNote& note : follows_outcome(spend_, names_, left_, base_))
      out_.notes.push_back(std::move(note));
    if (auto found = drifts(left_)) out_.notes.push_back(std::move(*found));
  }

  [[nodiscard]] static RestDraws rest_of(const BudgetFitter& fitter, const BudgetFit& fit,
                                         const VectorXd& left) {
    const MatrixXd slants = fitter.slants(fit);
    MatrixXd all(slants.rows(), fitter.base().cols() + slants.cols());
    all << fitter.base(), slants;
    // As long as the parameters of the channels it has: those that bring nothing were looked for too.
    return {left, all, static_cast<std::size_t>(all.cols())};
  }
  [[nodiscard]] static double left_of(const BudgetFitter& fitter, const VectorXd& outcome,
                                      const BudgetFit& fit) {
    return (outcome - fitter.fitted(outcome, fit)).squaredNorm();
  }

  void draw() {
    out_.resamples = options_.resamples;
    if (options_.resamples < 2) return;
    const RestDraws rest = rest_of(*fitter_, fit_, left_);
    out_.memory = rest.order();
    std::mt19937_64 random(options_.seed);
    std::vector<std::vector<double>> rows(2 + used_.size() * (kParametersOfChannel + kCurvePoints));
    std::vector<double> shortfalls;
    for (int r = 0; r < options_.resamples; ++r) {
      const VectorXd drawn = fitted_ + rest.draw(random);
      const BudgetFit found = fitter_->refit(drawn, fit_);
      figures_of(found, drawn).into(rows);
      shortfalls.push_back(shortfall(curves_of(found)));
      if (options_.progress) options_.progress((r + 1.0) / options_.resamples);
    }
    Figures told = figures_of(fit_, outcome_);
    std::vector<std::vector<double>> estimates(rows.size());
    told.into(estimates);
    std::vector<Interval> intervals;
    const auto freedom = static_cast<double>(out_.periods - out_.parameters);
    for (std::size_t row = 0; row < rows.size(); ++row)
      intervals.push_back(
          corrected_percentiles(rows[row], estimates[row].front(), options_.confidence, freedom));
    const double mean_shortfall = sum_of(shortfalls) / static_cast<double>(shortfalls.size());
    const Interval missed = percentiles(shortfalls, options_.confidence);
    // Both what is missed by choosing, and how sure the curves are of the division that was chosen.
    intervals.front() = {
        .low = told.gain + std::min(missed.low, intervals.front().low - told.gain + mean_shortfall),
        .high = told.gain + std::max(missed.high, intervals.front().high - told.gain + mean_shortfall)};
    told.gain += mean_shortfall;
    for (std::size_t u = 0; u < used_.size(); ++u) allow_nothing(u, random, intervals);
    tell(told, intervals);
    if (intervals.front().low <= 0) out_.notes.push_back({.issue = BudgetIssue::kGainUnsure});
  }

  /// A division that is the best of what was found promises more than it brings, since it was chosen for what
  /// it promises (Smith and Winkler 2006, Management Science 52:311-322). In a draw it can be seen by how
  /// much: the best division of the draw, what it brings in the world drawn from, less what it brings in the
  /// draw.
  [[nodiscard]] double shortfall(const std::vector<SpendCurve>& drawn) const {
    const std::vector<double> best = divide(drawn, out_.total);
    const std::vector<SpendCurve> world = curves_of(fit_);
    double out = 0;
    for (std::size_t u = 0; u < used_.size(); ++u) {
      const double present = out_.channels[used_[u]].present;
      out += (world[u].brings(best[u]) - world[u].brings(present)) -
             (drawn[u].brings(best[u]) - drawn[u].brings(present));
    }
    return out;
  }

  /// Where a channel may as well bring nothing, its intervals begin at 0, and those of gain and base hold
  /// what they are without it. Draws around a fit with a slope above 0 do not say so: 0 is a bound, and
  /// carry-over and curve, which mean nothing there, were chosen as fits best (Davies 1977, Biometrika
  /// 64:247-254). So the fit without the channel is drawn from, and what is gained by fitting it all the same
  /// is compared.
  void allow_nothing(std::size_t u, std::mt19937_64& random, std::vector<Interval>& intervals) const {
    MatrixXd others(spend_.rows(), spend_.cols() - 1);
    for (Index c = 0, to = 0; c < spend_.cols(); ++c)
      if (c != at(u)) others.col(to++) = spend_.col(c);
    const BudgetFitter fitter(base_, others);
    const BudgetFit without = fitter.fit(outcome_);
    const VectorXd fitted = fitter.fitted(outcome_, without);
    const RestDraws rest = rest_of(fitter, without, outcome_ - fitted);
    BudgetFit with_nothing = without;
    with_nothing.insert(with_nothing.begin() + static_cast<std::ptrdiff_t>(u),
                        ChannelFit{.carry = fit_[u].carry, .bend = fit_[u].bend, .slope = 0});
    const double found = (outcome_ - fitted).squaredNorm() / left_.squaredNorm();
    int as_much = 1;
    for (int r = 0; r < options_.resamples; ++r) {
      const VectorXd drawn = fitted + rest.draw(random);
      const double gained = left_of(fitter, drawn, fitter.refit(drawn, without)) /
                            left_of(*fitter_, drawn, fitter_->refit(drawn, with_nothing));
      as_much += gained >= found ? 1 : 0;
    }
    if (as_much <= (1 - options_.confidence) / 2 * (options_.resamples + 1)) return;
    const Figures world = figures_of(with_nothing, outcome_);
    const auto hold = [](Interval& of, double value) {
      of = {.low = std::min(of.low, value), .high = std::max(of.high, value)};
    };
    hold(intervals[0], world.gain);
    hold(intervals[1], world.base);
    const std::size_t channels = used_.size(), curve = 2 + kParametersOfChannel * channels + u * kCurvePoints;
    for (std::size_t figure = 0; figure < kParametersOfChannel; ++figure)
      hold(intervals[2 + figure * channels + u], 0);
    for (std::size_t p = 0; p < kCurvePoints; ++p) hold(intervals[curve + p], 0);
  }

  const BudgetSeries& series_;
  const BudgetOptions& options_;
  BudgetResponse out_;
  MatrixXd base_, spend_;
  VectorXd outcome_, fitted_, left_;
  std::vector<std::size_t> used_;  ///< places of the channels that are fitted
  std::vector<std::string> names_;
  std::optional<BudgetFitter> fitter_;
  BudgetFit fit_;
};

}  // namespace

std::string_view to_string(Period period) noexcept {
  constexpr std::array<std::string_view, 3> kNames{"day", "week", "month"};
  return kNames[static_cast<std::size_t>(period)];
}

std::string_view to_string(BudgetIssue issue) noexcept {
  constexpr std::array<std::string_view, 17> kNames{
      "no_outcome",      "no_spending",   "several_currencies", "gap",      "coarse",
      "too_few_periods", "move_together", "nothing_varies",     "constant", "seldom",
      "follows_trend",   "few_periods",   "nearly_together",    "no_year",  "spend_follows_outcome",
      "rest_drifts",     "gain_unsure"};
  return kNames[static_cast<std::size_t>(issue)];
}

BudgetResponse budget_response(const BudgetSeries& series, const BudgetOptions& options) {
  return Study(series, options).run();
}

double SpendCurve::brings(double spend) const {
  return half ? slope * spend * *half / (spend + *half) : slope * spend;
}

double SpendCurve::next(double spend) const {
  if (!half) return slope;
  const double part = *half / (spend + *half);
  return slope * part * part;
}

namespace {

/// Spend at which the next unit brings `price`; at that price a straight line takes its least.
double wanted(const SpendCurve& curve, double price) {
  if (curve.slope <= price) return curve.least;
  if (!curve.half) return curve.most;
  return std::clamp(*curve.half * (std::sqrt(curve.slope / price) - 1), curve.least, curve.most);
}

}  // namespace

std::vector<double> divide(const std::vector<SpendCurve>& curves, double total) {
  constexpr int kHalvings = 200;
  double low = 0, high = 0;
  for (const SpendCurve& one : curves) high = std::max(high, one.slope);
  if (high <= 0) high = 1;  // nothing brings anything: any division is as good
  // At price 0 all take their most (those that bring nothing: their least); at the highest slope, their
  // least.
  std::vector<double> most(curves.size()), least(curves.size());
  const auto ask = [&](double price, std::vector<double>& out) {
    for (std::size_t c = 0; c < curves.size(); ++c)
      out[c] = price > 0 ? wanted(curves[c], price) : curves[c].most;
    return sum_of(out);
  };
  double taken = ask(low, most), spared = ask(high, least);
  if (total >= taken) return most;
  if (total <= spared) return least;
  std::vector<double> now(curves.size());
  for (int i = 0; i < kHalvings; ++i) {
    const double price = (low + high) / 2, sum = ask(price, now);
    if (sum >= total) {
      low = price;
      most = now;
      taken = sum;
    } else {
      high = price;
      least = now;
      spared = sum;
    }
  }
  // What straight lines of that very price share out between them.
  const double part = taken > spared ? (total - spared) / (taken - spared) : 0;
  for (std::size_t c = 0; c < curves.size(); ++c) now[c] = least[c] + part * (most[c] - least[c]);
  return now;
}

}  // namespace zhike::stats
