#include "stats/servqual.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <numeric>

#include "stats/change.h"

namespace zhike::stats {

namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

using Dimensions = std::array<double, kServqualDimensions>;

/// NaN: no answer.
ServqualScore score(std::span<const double> values, double confidence) {
  std::vector<double> known;
  std::ranges::copy_if(values, std::back_inserter(known), [](double value) { return !std::isnan(value); });
  const Moments seen = moments(known);
  return {.respondents = known.size(),
          .mean = known.empty() ? 0 : seen.mean(),
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
      gaps.push_back(answers.perceptions[at] - answers.expectations[at]);
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

std::optional<ServqualRows> servqual_rows(const ServqualAnswers& answers) {
  const auto respondents = respondents_of(answers);
  if (!respondents || *respondents == 0) return std::nullopt;
  const std::size_t items = answers.perceptions.size() / *respondents;
  const bool own_weights = answers.weights.size() == *respondents * kServqualDimensions;
  ServqualRows out;
  for (std::size_t i = 0; i < *respondents; ++i) {
    const Sides one = sides_of(answers, i * items);
    for (std::size_t d = 0; d < kServqualDimensions; ++d) out.dimensions[d].push_back(one.gaps[d]);
    out.weighted.push_back(
        weighted(one.gaps, own_weights ? answers.weights.subspan(i * kServqualDimensions, kServqualDimensions)
                                       : answers.weights));
  }
  return out;
}

std::optional<Servqual> servqual(const ServqualAnswers& answers, double confidence) {
  const auto rows = servqual_rows(answers);
  if (!rows) return std::nullopt;
  const std::size_t items = answers.perceptions.size() / rows->weighted.size();
  Servqual out;
  out.weighted = score(rows->weighted, confidence);
  for (std::size_t d = 0; d < kServqualDimensions; ++d)
    out.dimensions[d] = score(rows->dimensions[d], confidence);
  if (std::ranges::all_of(out.dimensions, [](const ServqualScore& at) { return at.respondents == 0; }))
    return std::nullopt;
  for (std::size_t i = 0; i < rows->weighted.size(); ++i) {
    const Sides one = sides_of(answers, i * items);
    for (std::size_t d = 0; d < kServqualDimensions; ++d) {
      if (std::isnan(one.gaps[d])) continue;
      out.perceived[d] += one.perceived[d] / static_cast<double>(out.dimensions[d].respondents);
      out.expected[d] += one.expected[d] / static_cast<double>(out.dimensions[d].respondents);
    }
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
