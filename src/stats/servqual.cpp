#include "stats/servqual.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

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
struct Sides {
  Dimensions gaps, perceived, expected;
};
Sides sides_of(const ServqualAnswers& answers, std::size_t first) {
  Sides out;
  std::size_t item = first;
  for (std::size_t d = 0; d < kServqualDimensions; ++d) {
    double perceived = 0, expected = 0, answered = 0;
    for (const std::size_t end = item + answers.items_of[d]; item < end; ++item)
      if (!std::isnan(answers.perceptions[item] - answers.expectations[item])) {
        perceived += answers.perceptions[item];
        expected += answers.expectations[item];
        ++answered;
      }
    out.gaps[d] = answered > 0 ? (perceived - expected) / answered : kNone;
    out.perceived[d] = perceived / std::max(answered, 1.0);
    out.expected[d] = expected / std::max(answered, 1.0);
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

/// How many respondents there are; none where the spans do not have the lengths said.
std::optional<std::size_t> respondents_of(const ServqualAnswers& answers) {
  const std::size_t items = std::accumulate(answers.items_of.begin(), answers.items_of.end(), std::size_t{0});
  if (items == 0 || answers.perceptions.size() % items != 0 ||
      answers.expectations.size() != answers.perceptions.size())
    return std::nullopt;
  const std::size_t out = answers.perceptions.size() / items, weights = answers.weights.size();
  if (weights != 0 && weights != kServqualDimensions && weights != out * kServqualDimensions)
    return std::nullopt;
  return out;
}

std::vector<ServqualScore> item_scores(const ServqualAnswers& answers, std::size_t items, double confidence) {
  std::vector<ServqualScore> out;
  for (std::size_t item = 0; item < items; ++item) {
    std::vector<double> gaps;
    for (std::size_t at = item; at < answers.perceptions.size(); at += items)
      if (const double gap = answers.perceptions[at] - answers.expectations[at]; !std::isnan(gap))
        gaps.push_back(gap);
    out.push_back(score(gaps, confidence));
  }
  return out;
}

}  // namespace

std::string_view to_string(ServqualDimension dimension) noexcept {
  switch (dimension) {
    case ServqualDimension::kTangibles:
      return "tangibles";
    case ServqualDimension::kReliability:
      return "reliability";
    case ServqualDimension::kResponsiveness:
      return "responsiveness";
    case ServqualDimension::kAssurance:
      return "assurance";
    case ServqualDimension::kEmpathy:
      return "empathy";
  }
  return {};
}

std::string_view to_string(ServiceGap gap) noexcept {
  switch (gap) {
    case ServiceGap::kKnowledge:
      return "knowledge";
    case ServiceGap::kStandards:
      return "standards";
    case ServiceGap::kDelivery:
      return "delivery";
    case ServiceGap::kCommunication:
      return "communication";
    case ServiceGap::kService:
      return "service";
  }
  return {};
}

std::optional<Servqual> servqual(const ServqualAnswers& answers, double confidence) {
  const auto respondents = respondents_of(answers);
  if (!respondents || *respondents == 0) return std::nullopt;
  const std::size_t items = answers.perceptions.size() / *respondents;
  const bool own_weights =
      !answers.weights.empty() && answers.weights.size() == *respondents * kServqualDimensions;
  Servqual out;
  std::array<std::vector<double>, kServqualDimensions> gaps;
  std::vector<double> overall;
  for (std::size_t i = 0; i < *respondents; ++i) {
    const Sides one = sides_of(answers, i * items);
    for (std::size_t d = 0; d < kServqualDimensions; ++d) {
      if (std::isnan(one.gaps[d])) continue;
      gaps[d].push_back(one.gaps[d]);
      out.perceived[d] += one.perceived[d];
      out.expected[d] += one.expected[d];
    }
    const auto weights =
        own_weights ? answers.weights.subspan(i * kServqualDimensions, kServqualDimensions) : answers.weights;
    if (const double all = weighted(one.gaps, weights); !std::isnan(all)) overall.push_back(all);
  }
  if (std::ranges::all_of(gaps, &std::vector<double>::empty)) return std::nullopt;
  out.weighted = score(overall, confidence);
  for (std::size_t d = 0; d < kServqualDimensions; ++d) {
    out.dimensions[d] = score(gaps[d], confidence);
    const double n = std::max(static_cast<double>(gaps[d].size()), 1.0);
    out.perceived[d] /= n;
    out.expected[d] /= n;
  }
  out.items = item_scores(answers, items, confidence);
  return out;
}

std::vector<RankedGap> rank_gaps(std::span<const GapAnswers> gaps, double confidence, std::size_t least) {
  std::vector<GapAnswers> order, few;
  for (const GapAnswers& gap : gaps)
    if (!gap.shortfalls.empty()) (gap.shortfalls.size() < least ? few : order).push_back(gap);
  std::ranges::stable_sort(order, std::ranges::greater{},
                           [](const GapAnswers& gap) { return moments(gap.shortfalls).mean(); });
  std::vector<RankedGap> out;
  for (std::size_t g = 0; g < order.size(); ++g) {
    out.push_back({.gap = order[g].gap, .shortfall = score(order[g].shortfalls, confidence)});
    if (g + 1 == order.size()) break;
    const auto change = compare(moments(order[g + 1].shortfalls), moments(order[g].shortfalls), confidence);
    out.back().is_apart = change && change->significant(confidence);
  }
  for (const GapAnswers& gap : few)
    out.push_back({.gap = gap.gap, .shortfall = score(gap.shortfalls, confidence)});
  return out;
}

}  // namespace zhike::stats
