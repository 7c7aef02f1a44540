#include "stats/peak_end.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "stats/bootstrap.h"

namespace zhike::stats {
namespace {

// Below this share of the squares what is left is rounding.
constexpr double kAlike = 1e-12;

/// What regressions need of some journeys: sums of products of 1, judgement, peak, end and average.
enum Part : std::size_t { kN, kY, kP, kE, kA, kYY, kPP, kEE, kAA, kPE, kYP, kYE, kYA, kParts };
/// The sums, and behind them journeys by the stage of their peak, then of their end.
using Sums = std::vector<double>;

enum Figure : std::size_t {
  kPeakR2,
  kEndR2,
  kAverageR2,
  kBothR2,
  kDifference,
  kPeakWeight,
  kEndWeight,
  kFigures
};

void add(Sums& to, const JudgedJourney& one, double y, std::size_t stages) {
  const auto [p, e, a, p_stage, e_stage] = one.curve;
  const std::array<double, kParts> parts{1,     y,     p,     e,     a,     y * y, p * p,
                                         e * e, a * a, p * e, y * p, y * e, y * a};
  for (std::size_t i = 0; i < kParts; ++i) to[i] += parts[i];
  to[kParts + p_stage] += 1;
  to[kParts + stages + e_stage] += 1;
}

/// Centred sum of products; `least`: what counts as none.
struct Centred {
  double value = 0, least = 0;
  [[nodiscard]] bool none() const { return value <= least; }
};
Centred centred(double products, double one, double other, double n) {
  return {products - one * other / n, kAlike * std::abs(products)};
}

/// R² of the judgement on one predictor.
double r2_of(double yx, double yy, double xx) { return std::clamp(yx * yx / (yy * xx), 0.0, 1.0); }

/// False: something that is needed has no scatter. Without `weighs` peak and end count as one and the same.
bool figures_of(const Sums& sums, std::size_t stages, bool weighs, std::span<double> out) {
  const double n = sums[kN];
  const Centred yy = centred(sums[kYY], sums[kY], sums[kY], n),
                pp = centred(sums[kPP], sums[kP], sums[kP], n);
  const Centred ee = centred(sums[kEE], sums[kE], sums[kE], n),
                aa = centred(sums[kAA], sums[kA], sums[kA], n);
  const double pe = centred(sums[kPE], sums[kP], sums[kE], n).value;
  const double yp = centred(sums[kYP], sums[kY], sums[kP], n).value;
  const double ye = centred(sums[kYE], sums[kY], sums[kE], n).value;
  const double ya = centred(sums[kYA], sums[kY], sums[kA], n).value;
  const double both = (pp.value + 2 * pe + ee.value) / 4;
  if (n < 3 || yy.none() || pp.none() || ee.none() || aa.none() || both <= pp.least + ee.least) return false;
  out[kPeakR2] = r2_of(yp, yy.value, pp.value);
  out[kEndR2] = r2_of(ye, yy.value, ee.value);
  out[kAverageR2] = r2_of(ya, yy.value, aa.value);
  out[kBothR2] = r2_of((yp + ye) / 2, yy.value, both);
  out[kDifference] = out[kBothR2] - out[kAverageR2];
  if (!weighs) return true;
  const double determinant = pp.value * ee.value - pe * pe;
  if (determinant <= 1e-9 * pp.value * ee.value) return false;
  out[kPeakWeight] = (yp * ee.value - ye * pe) / determinant;
  out[kEndWeight] = (ye * pp.value - yp * pe) / determinant;
  for (std::size_t s = 0; s < stages; ++s)
    out[kFigures + s] =
        (out[kPeakWeight] * sums[kParts + s] + out[kEndWeight] * sums[kParts + stages + s]) / n;
  return true;
}

PeakEnd assembled(const Sums& whole, std::span<const double> figures, std::size_t stages, bool weighs,
                  std::span<const std::optional<Interval>> intervals) {
  const auto at = [&](std::size_t figure) { return Estimated{figures[figure], intervals[figure]}; };
  PeakEnd out{.peak_r2 = at(kPeakR2),
              .end_r2 = at(kEndR2),
              .average_r2 = at(kAverageR2),
              .peak_end_r2 = at(kBothR2),
              .difference = at(kDifference)};
  if (!weighs) return out;
  out.peak_weight = at(kPeakWeight);
  out.end_weight = at(kEndWeight);
  for (std::size_t s = 0; s < stages; ++s)
    out.stages.push_back({.peak_share = whole[kParts + s] / whole[kN],
                          .end_share = whole[kParts + stages + s] / whole[kN],
                          .gain = at(kFigures + s)});
  return out;
}

}  // namespace

EmotionCurve curve_of(std::span<const EmotionMoment> moments) {
  EmotionCurve out{.end = moments.back().value, .end_stage = moments.back().stage};
  double sum = 0;
  const EmotionMoment* peak = &moments.front();
  for (const EmotionMoment& one : moments) {
    sum += one.value;
    if (std::abs(one.value) > std::abs(peak->value)) peak = &one;
  }
  out.peak = peak->value;
  out.peak_stage = peak->stage;
  out.average = sum / static_cast<double>(moments.size());
  return out;
}

PeakEndAnswer peak_end(std::span<const JudgedJourney> journeys, std::size_t stages) {
  const std::size_t width = kParts + 2 * stages;
  double mean = 0;
  for (const JudgedJourney& one : journeys) mean += one.overall / static_cast<double>(journeys.size());
  std::map<std::uint64_t, std::size_t> places;
  std::vector<Sums> groups;
  Sums whole(width);
  for (const JudgedJourney& one : journeys) {
    const auto [place, is_new] = places.try_emplace(one.group, groups.size());
    if (is_new) groups.emplace_back(width);
    // Judgements less their mean: squares of large numbers lose digits.
    add(groups[place->second], one, one.overall - mean, stages);
    add(whole, one, one.overall - mean, stages);
  }
  if (journeys.size() < kPeakEndJourneysLeast || groups.size() < kPeakEndGroupsLeast)
    return {.why = PeakEndRefusal::kTooFew};
  std::vector<double> figures(kFigures + stages);
  bool weighs = true;
  if (!figures_of(whole, stages, true, figures)) {
    weighs = false;
    if (!figures_of(whole, stages, false, figures)) return {.why = PeakEndRefusal::kNoScatter};
  }
  Sums drawn(width);
  const auto intervals = bootstrap_rows(groups.size(), figures.size(),
                                        [&](std::span<const std::uint32_t> times, std::span<double> out) {
                                          std::ranges::fill(drawn, 0.0);
                                          for (std::size_t g = 0; g < groups.size(); ++g) {
                                            if (times[g] == 0) continue;
                                            for (std::size_t i = 0; i < width; ++i)
                                              drawn[i] += times[g] * groups[g][i];
                                          }
                                          return figures_of(drawn, stages, weighs, out);
                                        });
  PeakEndAnswer out;
  out.found = assembled(whole, figures, stages, weighs, intervals);
  out.found->journeys = journeys.size();
  out.found->groups = groups.size();
  return out;
}

}  // namespace zhike::stats
