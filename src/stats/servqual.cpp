#include "stats/servqual.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "stats/change.h"

namespace zhike::stats {

namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

using Dimensions = std::array<double, kServqualDimensions>;

ServqualScore score(std::span<const double> values, double confidence) {
  const Moments seen = moments(values);
  return {.respondents = values.size(),
          .mean = values.empty() ? 0 : seen.mean(),
          .interval = mean_interval(seen, confidence)};
}

/// Of one respondent; NaN where no item of a dimension has both answers.
Dimensions dimensions_of(std::span<const double> perceptions, std::span<const double> expectations) {
  Dimensions out;
  std::size_t item = 0;
  for (std::size_t d = 0; d < kServqualDimensions; ++d) {
    double sum = 0, answered = 0;
    for (const std::size_t end = item + kServqualItemsOf[d]; item < end; ++item)
      if (const double gap = perceptions[item] - expectations[item]; !std::isnan(gap)) {
        sum += gap;
        ++answered;
      }
    out[d] = answered > 0 ? sum / answered : kNone;
  }
  return out;
}

/// NaN where a dimension or the weights are missing.
double weighted(const Dimensions& gaps, std::span<const double> weights) {
  double sum = 0, all = 0;
  for (std::size_t d = 0; d < kServqualDimensions; ++d) {
    const double weight = weights.empty() ? 1 : weights[d];
    if (!(weight >= 0)) return kNone;
    sum += weight * gaps[d];
    all += weight;
  }
  return all > 0 ? sum / all : kNone;
}

}  // namespace

std::optional<Servqual> servqual(const ServqualAnswers& answers, double confidence) {
  const std::size_t respondents = answers.perceptions.size() / kServqualItems;
  const bool own_weights = answers.weights.size() == respondents * kServqualDimensions;
  if (answers.perceptions.size() % kServqualItems != 0 ||
      answers.expectations.size() != answers.perceptions.size() ||
      (!own_weights && !answers.weights.empty() && answers.weights.size() != kServqualDimensions))
    return std::nullopt;
  std::array<std::vector<double>, kServqualDimensions> gaps;
  std::vector<double> overall;
  for (std::size_t i = 0; i < respondents; ++i) {
    const Dimensions one = dimensions_of(answers.perceptions.subspan(i * kServqualItems, kServqualItems),
                                         answers.expectations.subspan(i * kServqualItems, kServqualItems));
    for (std::size_t d = 0; d < kServqualDimensions; ++d)
      if (!std::isnan(one[d])) gaps[d].push_back(one[d]);
    const auto weights = own_weights && !answers.weights.empty()
                             ? answers.weights.subspan(i * kServqualDimensions, kServqualDimensions)
                             : answers.weights;
    if (const double all = weighted(one, weights); !std::isnan(all)) overall.push_back(all);
  }
  if (std::ranges::all_of(gaps, &std::vector<double>::empty)) return std::nullopt;
  Servqual out{.dimensions = {}, .weighted = score(overall, confidence)};
  for (std::size_t d = 0; d < kServqualDimensions; ++d) out.dimensions[d] = score(gaps[d], confidence);
  return out;
}

std::vector<RankedGap> rank_gaps(std::span<const GapAnswers> gaps, double confidence) {
  std::vector<GapAnswers> order;
  for (const GapAnswers& gap : gaps)
    if (!gap.shortfalls.empty()) order.push_back(gap);
  std::ranges::stable_sort(order, std::ranges::greater{},
                           [](const GapAnswers& gap) { return moments(gap.shortfalls).mean(); });
  std::vector<RankedGap> out;
  for (std::size_t g = 0; g < order.size(); ++g) {
    out.push_back({.gap = order[g].gap, .shortfall = score(order[g].shortfalls, confidence)});
    if (g + 1 == order.size()) break;
    const auto change = compare(moments(order[g + 1].shortfalls), moments(order[g].shortfalls), confidence);
    out.back().is_apart = change && change->significant(confidence);
  }
  return out;
}

}  // namespace zhike::stats
