#include "stats/chain.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

namespace zhike::stats {

namespace {

constexpr std::size_t kNone = static_cast<std::size_t>(-1);
constexpr double kNothingLeft = 1e-9;           // of a column's size: what rounding leaves
constexpr double kExact = 1e-11, kDraw = 1e-7;  // what is left of the periods' means, of a column's spread
constexpr int kRoundsMax = 20'000;
constexpr int kResamplesMin = 200, kResamplesMax = 1000;
constexpr double kDrawBudget = 3e8;

/// The rows of a link: the later stage and the earlier one at every lag, less the units' means.
struct Sample {
  std::size_t columns = 0;                // y, then x by lag
  std::vector<std::size_t> unit, period;  // by row, numbered from 0
  std::vector<double> values;             // rows × columns
  std::vector<double> sizes;              // by column, root of the sum of squares as it came
  std::vector<double> spreads;            // the same less the units' means
  std::vector<std::size_t> first;         // by unit, its first row; one more at the end
  std::vector<std::size_t> panel_unit;    // by unit, its number in the panel
  std::size_t periods = 0;
  [[nodiscard]] std::size_t rows() const { return unit.size(); }
  [[nodiscard]] std::size_t units() const { return panel_unit.size(); }
};

struct Cell {
  std::size_t unit, period;
};

std::vector<Cell> complete_cells(const Panel& panel, std::size_t link, std::size_t lags) {
  const auto x = panel.stages[link].values, y = panel.stages[link + 1].values;
  std::vector<Cell> out;
  for (std::size_t u = 0; u < panel.units; ++u)
    for (std::size_t t = lags; t < panel.periods; ++t) {
      const std::size_t at = u * panel.periods + t;
      bool complete = !std::isnan(y[at]);
      for (std::size_t lag = 0; lag <= lags && complete; ++lag) complete = !std::isnan(x[at - lag]);
      if (complete) out.push_back({u, t});
    }
  return out;
}

/// Leaves out units and periods of one row, until none is left: their own mean explains them fully, and they
/// would count as clusters (Correia 2015, "Singletons, cluster-robust standard errors and fixed effects").
void leave_out_single(std::vector<Cell>& cells, const Panel& panel) {
  for (std::size_t before = kNone; before != cells.size();) {
    before = cells.size();
    std::vector<std::size_t> units(panel.units), periods(panel.periods);
    for (const Cell& cell : cells) {
      ++units[cell.unit];
      ++periods[cell.period];
    }
    std::erase_if(cells, [&](const Cell& cell) { return units[cell.unit] < 2 || periods[cell.period] < 2; });
  }
}

Sample sample_of(const Panel& panel, std::size_t link, std::size_t lags) {
  std::vector<Cell> cells = complete_cells(panel, link, lags);
  leave_out_single(cells, panel);
  const auto x = panel.stages[link].values, y = panel.stages[link + 1].values;
  Sample out{.columns = lags + 2,
             .unit = {},
             .period = {},
             .values = {},
             .sizes = {},
             .spreads = {},
             .first = {},
             .panel_unit = {}};
  out.sizes.assign(out.columns, 0);
  std::vector<std::size_t> numbers(panel.periods, kNone);
  for (const Cell& cell : cells) {
    if (out.panel_unit.empty() || out.panel_unit.back() != cell.unit) {
      out.panel_unit.push_back(cell.unit);
      out.first.push_back(out.unit.size());
    }
    if (numbers[cell.period] == kNone) numbers[cell.period] = out.periods++;
    out.unit.push_back(out.panel_unit.size() - 1);
    out.period.push_back(numbers[cell.period]);
    const std::size_t at = cell.unit * panel.periods + cell.period;
    out.values.push_back(y[at]);
    for (std::size_t lag = 0; lag <= lags; ++lag) out.values.push_back(x[at - lag]);
  }
  out.first.push_back(out.unit.size());
  for (std::size_t row = 0; row < out.rows(); ++row)
    for (std::size_t c = 0; c < out.columns; ++c)
      out.sizes[c] += out.values[row * out.columns + c] * out.values[row * out.columns + c];
  for (double& size : out.sizes) size = std::sqrt(size);
  return out;
}

/// Takes the units' means away: they do not depend on how often a unit counts.
void leave_units(const Sample& sample, std::vector<double>& values) {
  std::vector<double> mean(sample.columns);
  for (std::size_t u = 0; u < sample.units(); ++u) {
    const std::size_t from = sample.first[u], to = sample.first[u + 1];
    std::ranges::fill(mean, 0.0);
    for (std::size_t row = from; row < to; ++row)
      for (std::size_t c = 0; c < sample.columns; ++c) mean[c] += values[row * sample.columns + c];
    for (double& of : mean) of /= static_cast<double>(to - from);
    for (std::size_t row = from; row < to; ++row)
      for (std::size_t c = 0; c < sample.columns; ++c) values[row * sample.columns + c] -= mean[c];
  }
}

/// Takes the means of periods away, of units that count so many times; answers the largest of them, each over
/// the column's spread.
double leave_periods(const Sample& sample, std::span<const double> times, std::vector<double>& values) {
  const std::size_t columns = sample.columns;
  std::vector<double> sums(sample.periods * columns), counts(sample.periods);
  for (std::size_t row = 0; row < sample.rows(); ++row) {
    const double weight = times[sample.unit[row]];
    const std::size_t period = sample.period[row];
    counts[period] += weight;
    for (std::size_t c = 0; c < columns; ++c)
      sums[period * columns + c] += weight * values[row * columns + c];
  }
  double largest = 0;
  for (std::size_t p = 0; p < sample.periods; ++p)
    for (std::size_t c = 0; c < columns; ++c) {
      double& mean = sums[p * columns + c];
      mean = counts[p] > 0 ? mean / counts[p] : 0;
      if (sample.spreads[c] > 0) largest = std::max(largest, std::abs(mean) / sample.spreads[c]);
    }
  for (std::size_t row = 0; row < sample.rows(); ++row)
    for (std::size_t c = 0; c < columns; ++c)
      values[row * columns + c] -= sums[sample.period[row] * columns + c];
  return largest;
}

/// What is left of the columns within units and periods.
std::vector<double> within(const Sample& sample, std::span<const double> times, double close) {
  std::vector<double> out = sample.values;
  for (int round = 0; round < kRoundsMax; ++round) {
    const double taken = leave_periods(sample, times, out);
    leave_units(sample, out);
    if (taken <= close) break;
  }
  return out;
}

/// Sums of squares and products of what is left.
struct Products {
  double yy = 0;
  std::vector<double> xx, xy;  // by lag
};
Products products(const Sample& sample, std::span<const double> times, const std::vector<double>& left) {
  const std::size_t lags = sample.columns - 1;
  Products out{.xx = std::vector<double>(lags), .xy = std::vector<double>(lags)};
  for (std::size_t row = 0; row < sample.rows(); ++row) {
    const double* at = &left[row * sample.columns];
    const double weight = times[sample.unit[row]];
    out.yy += weight * at[0] * at[0];
    for (std::size_t lag = 0; lag < lags; ++lag) {
      out.xx[lag] += weight * at[lag + 1] * at[lag + 1];
      out.xy[lag] += weight * at[lag + 1] * at[0];
    }
  }
  return out;
}

/// Nothing but rounding is left of the column.
bool is_nothing(double squares, double size) { return std::sqrt(squares) <= kNothingLeft * size; }

struct Point {
  double slope = 0, standardised = 0, r2 = 0;
};
Point point_of(const Products& of, std::size_t lag) {
  const double along = of.xy[lag] / std::sqrt(of.xx[lag]) / std::sqrt(of.yy);
  return {.slope = of.xy[lag] / of.xx[lag], .standardised = along, .r2 = std::min(1.0, along * along)};
}

std::size_t best_lag(const Products& of) {
  std::size_t best = 0;
  for (std::size_t lag = 1; lag < of.xx.size(); ++lag)
    if (point_of(of, lag).r2 > point_of(of, best).r2) best = lag;
  return best;
}

/// Of a slope, clustered by unit: LagFit::certainty.
Certainty certainty_of(const Sample& sample, const std::vector<double>& left, std::size_t lag, double slope,
                       double xx, double confidence) {
  double meat = 0;
  for (std::size_t u = 0; u < sample.units(); ++u) {
    double score = 0;
    for (std::size_t row = sample.first[u]; row < sample.first[u + 1]; ++row) {
      const double* at = &left[row * sample.columns];
      score += at[lag + 1] * (at[0] - slope * at[lag + 1]);
    }
    meat += score * score;
  }
  const double clusters = static_cast<double>(sample.units()), rows = static_cast<double>(sample.rows());
  const double known = static_cast<double>(sample.periods) + 1;
  const double correction = clusters / (clusters - 1) * (rows - 1) / (rows - known);
  const double error = std::sqrt(correction * meat) / xx;
  const boost::math::students_t t(clusters - 1);
  const double half = error * boost::math::quantile(t, 0.5 + confidence / 2);
  double p_value = slope == 0 ? 1 : 0;  // a fit without residuals is certain
  if (error > 0) p_value = 2 * boost::math::cdf(boost::math::complement(t, std::abs(slope) / error));
  return {.error = error, .interval = {slope - half, slope + half}, .p_value = p_value};
}

class Fit {
 public:
  Fit(const Panel& panel, const ChainOptions& options) : panel_(panel), options_(options) {
    cx_check(panel.stages.size() >= 2, "a chain has two stages");
    cx_check(options.lags <= kChainLagsMax, "lags within bounds");
    for (const Column& stage : panel.stages)
      cx_check(stage.values.size() == panel.units * panel.periods, "a value for each unit and period");
    for (const auto& lag : options.fixed) cx_check(!lag || *lag <= options.lags, "a lag among those tried");
  }

  Result<Chain> run() {
    CX_TRY(sizes());
    out_.confidence = options_.bootstrap.confidence;
    out_.resamples = options_.bootstrap.resamples;
    for (std::size_t link = 0; link + 1 < panel_.stages.size(); ++link) {
      samples_.push_back(sample_of(panel_, link, options_.lags));
      CX_TRY(carries(link));
      CX_TRY(estimate(link));
    }
    effects();
    draw();
    return std::move(out_);
  }

 private:
  Result<void> sizes() const {
    for (const Column& stage : panel_.stages)
      if (std::ranges::any_of(stage.values, [](double v) { return std::abs(v) > 1e100; }))
        return fail(Code::kBadDrivers, "beyond 1e100: {}", stage.name);
    return {};
  }

  [[nodiscard]] std::string name_of(std::size_t link) const {
    return fmt::format("{} → {}", panel_.stages[link].name, panel_.stages[link + 1].name);
  }

  /// Whether the sample of a link has units and periods enough.
  Result<void> carries(std::size_t link) const {
    const Sample& sample = samples_.back();
    if (sample.units() < kChainUnitsMin)
      return fail(
          Code::kTooFewRows,
          "{}: {} of {} units have both stages at all lags 0 to {} in two periods or more; at least {} are "
          "needed",
          name_of(link), sample.units(), panel_.units, options_.lags, kChainUnitsMin);
    if (sample.periods < kChainPeriodsMin)
      return fail(
          Code::kTooFewRows,
          "{}: {} of {} periods have both stages at all lags 0 to {} in two units or more; at least {} are "
          "needed: add periods, or try shorter lags",
          name_of(link), sample.periods, panel_.periods, options_.lags, kChainPeriodsMin);
    return {};
  }

  Result<void> estimate(std::size_t link) {
    Sample& sample = samples_.back();
    leave_units(sample, sample.values);
    const std::vector<double> once(sample.units(), 1);
    const Products alone = products(sample, once, sample.values);
    CX_TRY(varies(link, alone, "never changes within a unit"));
    sample.spreads = {std::sqrt(alone.yy)};
    for (const double squares : alone.xx) sample.spreads.push_back(std::sqrt(squares));
    const std::vector<double> left = within(sample, once, kExact);
    const Products of = products(sample, once, left);
    CX_TRY(varies(link, of, "moves alike in all units"));
    ChainLink& made = out_.links.emplace_back();
    made.rows = sample.rows();
    made.units = sample.units();
    made.periods = sample.periods;
    const auto fixed = link < options_.fixed.size() ? options_.fixed[link] : std::nullopt;
    made.is_fixed = fixed.has_value();
    made.lag = fixed ? *fixed : best_lag(of);
    for (std::size_t lag = 0; lag < of.xx.size(); ++lag) {
      const Point at = point_of(of, lag);
      made.lags.push_back(
          {.slope = at.slope,
           .standardised = at.standardised,
           .r2 = at.r2,
           .certainty = certainty_of(sample, left, lag, at.slope, of.xx[lag], out_.confidence),
           .chosen_share = fixed == lag ? 1.0 : 0.0});
    }
    return {};
  }

  Result<void> varies(std::size_t link, const Products& of, std::string_view why_not) const {
    const Sample& sample = samples_.back();
    const auto say = [&](std::size_t stage) {
      return fail(Code::kBadDrivers, "{}: {} {}", name_of(link), panel_.stages[stage].name, why_not);
    };
    if (is_nothing(of.yy, sample.sizes[0])) return say(link + 1);
    for (std::size_t lag = 0; lag < of.xx.size(); ++lag)
      if (is_nothing(of.xx[lag], sample.sizes[lag + 1])) return say(link);
    return {};
  }

  void effects() {
    const std::size_t links = out_.links.size();
    out_.effects.resize(links);
    ChainEffect along{.lag = 0, .value = 1, .standardised = 1, .interval = {}, .standardised_interval = {}};
    for (std::size_t link = links; link-- > 0;) {
      const ChainLink& of = out_.links[link];
      along.lag += of.lag;
      along.value *= of.chosen().slope;
      along.standardised *= of.chosen().standardised;
      out_.effects[link] = along;
    }
  }

  /// The figures of one draw: slope of each link, then effects and standardised effects of each stage.
  bool figures(std::span<const std::uint32_t> drawn, std::span<double> found) {
    const std::size_t links = out_.links.size();
    double effect = 1, standardised = 1;
    std::vector<std::size_t> chosen(links);
    for (std::size_t link = links; link-- > 0;) {
      const Sample& sample = samples_[link];
      std::vector<double> times(sample.units());
      for (std::size_t u = 0; u < times.size(); ++u)
        times[u] = static_cast<double>(drawn[place_[sample.panel_unit[u]]]);
      const Products of = products(sample, times, within(sample, times, kDraw));
      if (is_nothing(of.yy, sample.sizes[0])) return false;
      for (std::size_t lag = 0; lag < of.xx.size(); ++lag)
        if (is_nothing(of.xx[lag], sample.sizes[lag + 1])) return false;
      chosen[link] = out_.links[link].is_fixed ? out_.links[link].lag : best_lag(of);
      const Point at = point_of(of, chosen[link]);
      effect *= at.slope;
      standardised *= at.standardised;
      found[link] = at.slope;
      found[links + link] = effect;
      found[2 * links + link] = standardised;
    }
    for (std::size_t link = 0; link < links; ++link) ++counts_[link][chosen[link]];
    ++draws_;
    return true;
  }

  void draw() {
    const std::size_t links = out_.links.size();
    place_.assign(panel_.units, kNone);
    std::size_t units = 0;
    for (const Sample& sample : samples_)
      for (const std::size_t unit : sample.panel_unit)
        if (place_[unit] == kNone) place_[unit] = units++;
    counts_.assign(links, std::vector<std::size_t>(options_.lags + 1));
    const auto intervals = bootstrap_rows(
        units, 3 * links, [this](auto drawn, auto found) { return figures(drawn, found); },
        options_.bootstrap);
    for (std::size_t link = 0; link < links; ++link) {
      out_.links[link].interval = intervals[link];
      out_.effects[link].interval = intervals[links + link];
      out_.effects[link].standardised_interval = intervals[2 * links + link];
      if (out_.links[link].is_fixed || draws_ == 0) continue;
      for (std::size_t lag = 0; lag <= options_.lags; ++lag)
        out_.links[link].lags[lag].chosen_share =
            static_cast<double>(counts_[link][lag]) / static_cast<double>(draws_);
    }
  }

  const Panel& panel_;
  const ChainOptions& options_;
  Chain out_;
  std::vector<Sample> samples_;
  std::vector<std::size_t> place_;                // of a unit of the panel among those that are drawn
  std::vector<std::vector<std::size_t>> counts_;  // by link and lag: draws that chose it
  std::size_t draws_ = 0;
};

}  // namespace

Result<Chain> chain(const Panel& panel, const ChainOptions& options) { return Fit(panel, options).run(); }

int chain_resamples(std::size_t cells, std::size_t stages, std::size_t lags) {
  const double work = static_cast<double>(std::max<std::size_t>(cells, 1)) * static_cast<double>(stages) *
                      static_cast<double>(lags + 2) * 4;
  return static_cast<int>(
      std::clamp(kDrawBudget / work, static_cast<double>(kResamplesMin), static_cast<double>(kResamplesMax)));
}

}  // namespace zhike::stats
