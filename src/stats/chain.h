// The service-profit chain: how far one stage (quality) moves the next one (satisfaction, loyalty, value) and
// after how many periods, from a panel of units (branches, segments) over time. The model: Heskett, Jones,
// Loveman, Sasser and Schlesinger (1994), "Putting the service-profit chain to work", Harvard Business Review
// 72(2):164-174. Pure numerics: spans in, structs out; safe from any thread.
//
// Each link is y(u,t) = slope · x(u,t - lag) + unit(u) + period(t) + error, so that neither what sets a unit
// apart for good nor what happens to all at a time counts. Slopes are associations: they are effects only as
// far as nothing else moves both stages of a unit in step, and later values of y do not bend x (strict
// exogeneity; Wooldridge 2010, Econometric Analysis of Cross Section and Panel Data, 10.5).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "stats/bootstrap.h"
#include "stats/interval.h"
#include "stats/regression.h"

namespace zhike::stats {

/// Periods follow each other at one distance. A stage has units × periods values, those of a unit together in
/// order of time; NaN: not known. Borrowed by the call.
struct Panel {
  std::size_t units = 0, periods = 0;
  std::vector<Column> stages;  ///< in the order of the chain, two or more
};

inline constexpr std::size_t kChainUnitsMin = 8;    ///< fewer clusters carry no errors
inline constexpr std::size_t kChainPeriodsMin = 3;  ///< of one link, beside those that the lags take
inline constexpr std::size_t kChainLagsMax = 12, kChainStagesMax = 6;

struct ChainOptions {
  std::size_t lags = 3;  ///< the longest that is tried, at most kChainLagsMax
  /// By link: the lag, at most `lags`; nothing: chosen. Empty: all chosen.
  std::vector<std::optional<std::size_t>> fixed{};
  BootstrapOptions bootstrap{};  ///< its confidence is that of all intervals
};

/// A link at one lag.
struct LagFit {
  double slope = 0;         ///< units of the later stage for one unit of the earlier
  double standardised = 0;  ///< in standard deviations within units and periods: the correlation there
  double r2 = 0;            ///< of the later stage's variance within units and periods
  /// Of `slope`, as if the lag had been known. Errors allow for any dependence within a unit: Arellano
  /// (1987), Oxford Bulletin of Economics and Statistics 49:431-434, with the correction CR1, G/(G-1) ·
  /// (N-1)/(N-K), G units, N rows, K slope, constant and periods, and Student's t with G - 1 degrees: Cameron
  /// and Miller (2015), Journal of Human Resources 50:317-372.
  Certainty certainty;
  double chosen_share = 0;  ///< of the draws that choose this lag; of a fixed one 1
};

struct ChainLink {
  std::size_t rows = 0, units = 0, periods = 0;  ///< the one sample of all lags
  std::vector<LagFit> lags;                      ///< from 0 on
  std::size_t lag = 0;  ///< chosen by the largest r2, of equal ones the shortest; or fixed
  bool is_fixed = false;
  std::optional<Interval> interval;  ///< of the slope; the choice of the lag counts in
  [[nodiscard]] const LagFit& chosen() const { return lags[lag]; }
};

/// Of a stage on the last one along the chain: the product of the slopes, taking it that a stage acts on
/// later ones through the next alone. Percentile interval: MacKinnon, Lockwood and Williams (2004),
/// Multivariate Behavioral Research 39:99-128.
struct ChainEffect {
  std::size_t lag = 0;  ///< periods until it arrives
  double value = 0, standardised = 0;
  std::optional<Interval> interval, standardised_interval;
};

struct Chain {
  double confidence = kConfidence;
  int resamples = 0;
  std::vector<ChainLink> links;      ///< from stage i to stage i + 1
  std::vector<ChainEffect> effects;  ///< of stage i on the last; of the last but one it is the link
};

/// Both means are taken away by turns (alternating projections: Gaure 2013, Computational Statistics and Data
/// Analysis 66:8-18), which units with gaps allow. A link uses the rows that have the later stage, and the
/// earlier one at every lag; units and periods of a single row say nothing and are left out. Intervals beside
/// the certainties come from units drawn with replacement, each with its whole history; each draw chooses the
/// lags anew. Cost: resamples × rows × lags × a few rounds.
/// Errors: kTooFewRows (units or periods, with the numbers and the link), kBadDrivers (a stage that never
/// changes within its units, or moves alike in all; values beyond 1e100), by name.
[[nodiscard]] Result<Chain> chain(const Panel& panel, const ChainOptions& options = {});

/// Draws: 1,000, fewer down to 200 where the panel is large. `cells` are units × periods.
[[nodiscard]] int chain_resamples(std::size_t cells, std::size_t stages, std::size_t lags);

}  // namespace zhike::stats
