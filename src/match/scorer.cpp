#include "match/scorer.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "match/dependence.h"

namespace zhike::match {
namespace {

/// Rough cost of comparing different values, and so which comparison comes first.
double cost_of(Kind kind) {
  switch (kind) {
    case Kind::kCategory:
    case Kind::kNumber:
    case Kind::kYear:
    case Kind::kSmallNumber:
      return 1;
    case Kind::kDate:
    case Kind::kPhone:
    case Kind::kPostcode:
    case Kind::kIdNumber:
      return 2;
    case Kind::kGivenName:
    case Kind::kSurname:
    case Kind::kEmail:
      return 3;
    default:
      return 5;
  }
}

bool by_frequency(Kind kind) { return kind != Kind::kNumber; }

/// Weight of having a value in common, by how many records have it: a rare name says more than a common one
/// (Fellegi and Sunter 1969, section 3.3.1; Winkler 1988). Of the `count` records with the value some are the
/// same customer's; what is left of others is the chance that a stranger has it too.
double weight_of_value(double m, double u, double records, double count, double partners) {
  const double usual = records * u;
  const double others = std::max(count - 1 - partners, 0.0) + std::clamp(usual, 0.02, 1.0);
  return std::log2(m / std::min(1.0, others / std::max(records, 1.0)));
}

/// Strangers who agree on what tells a column have its value in common for that reason, or else by chance:
/// a rare value by less chance than a common one.
std::vector<float> told_values(const Comparison& at, Level top, const std::vector<float>& of_value) {
  const double reason = std::max(0.0, (at.u_told[top] - at.u[top]) / (1 - at.u[top]));
  std::vector<float> out;
  for (const float weight : of_value) {
    const double chance = at.m[top] / std::exp2(static_cast<double>(weight));
    out.push_back(static_cast<float>(std::log2(at.m[top] / (reason + (1 - reason) * chance))));
  }
  return out;
}

}  // namespace

Weights weights_of(const Model& model, const Prepared& records) {
  Weights out;
  out.prior = model.prior;
  const double odds = std::exp2(model.prior);
  for (std::size_t k = 0; k < model.comparisons.size(); ++k) {
    const Comparison& comparison = model.comparisons[k];
    const Level top = top_level(comparison.kind);
    ByLevel weights{}, told{};
    for (Level level = kElse; level <= top; ++level) {
      weights[level] = model.weight(k, level);
      if (comparison.told_by != 0) told[level] = model.weight(k, level, true);
    }
    out.by_level.push_back(weights);
    out.if_told.push_back(told);
    const auto& counts = records.counts[k];
    std::vector<float> of_value(counts.size(), static_cast<float>(weights[top]));
    double known = 0;
    for (std::size_t code = 1; code < counts.size(); ++code) known += counts[code];
    const double partners = odds / (1 + odds) * known * comparison.m[top];
    if (by_frequency(comparison.kind))
      for (std::size_t code = 1; code < counts.size(); ++code)
        of_value[code] = static_cast<float>(
            weight_of_value(comparison.m[top], comparison.u[top], known, counts[code], partners));
    out.of_value.push_back(std::move(of_value));
    out.of_value_told.push_back(comparison.told_by == 0 ? std::vector<float>()
                                                        : told_values(comparison, top, out.of_value.back()));
  }
  out.order.resize(model.comparisons.size());
  std::iota(out.order.begin(), out.order.end(), std::size_t{0});
  for (std::size_t k = 0; k < out.order.size(); ++k)
    out.most.push_back(std::max(
        {0.0, *std::ranges::max_element(out.by_level[k]), *std::ranges::max_element(out.if_told[k])}));
  const auto most = [&](std::size_t k) {
    const auto& values = out.of_value[k];
    return values.size() > 1
               ? std::max<double>(out.most[k], *std::max_element(values.begin() + 1, values.end()))
               : out.most[k];
  };
  std::ranges::sort(out.order, {}, [&](std::size_t k) {
    return std::pair((out.by_level[k][kElse] - most(k)) / cost_of(model.comparisons[k].kind), k);
  });
  return out;
}

Scorer::Scorer(const Prepared& records, const Model& model, const Weights& weights)
    : records_(records), model_(model), weights_(weights) {
  for (std::size_t k = 0; k < records.width; ++k) comparers_.emplace_back(*records.values[k]);
}

Level Scorer::level(std::size_t k, std::uint32_t a, std::uint32_t b) {
  const std::uint32_t* const x = records_.row(a);
  const std::uint32_t* const y = records_.row(b);
  const std::size_t other = model_.comparisons[k].swaps_with;
  if (other != kNone && x[k] != 0 && x[other] != 0 && x[k] == y[other] && x[other] == y[k] && x[k] != y[k])
    return 6;
  return comparers_[k].level(x[k], y[k]);
}

std::uint64_t Scorer::levels(std::uint32_t a, std::uint32_t b) {
  std::uint64_t out = 0;
  for (std::size_t k = 0; k < records_.width; ++k)
    out |= static_cast<std::uint64_t>(level(k, a, b)) << (k * kLevelBits);
  return out;
}

bool Scorer::told(std::size_t k, std::uint32_t a, std::uint32_t b) {
  return is_told(model_, k, [&](std::size_t teller) { return level(teller, a, b); });
}

double Scorer::weight(std::size_t k, Level level, std::uint32_t a, bool told) const {
  if (level == top_level(model_.comparisons[k].kind)) {
    const std::uint32_t code = records_.row(a)[k];
    return static_cast<double>(told ? weights_.of_value_told[k][code] : weights_.of_value[k][code]);
  }
  return told ? weights_.if_told[k][level] : weights_.by_level[k][level];
}

void Scorer::hold(std::uint32_t a) {
  if (held_ == a) return;
  held_ = a;
  const std::uint32_t* const codes = records_.row(a);
  most_after_.assign(weights_.order.size() + 1, 0);
  for (std::size_t i = weights_.order.size(); i-- > 0;) {
    const std::size_t k = weights_.order[i];
    double most = 0;  // of a missing value
    if (const std::uint32_t code = codes[k]; code != 0) {
      most = std::max<double>(weights_.most[k], weights_.of_value[k][code]);
      if (!weights_.of_value_told[k].empty()) most = std::max<double>(most, weights_.of_value_told[k][code]);
    }
    most_after_[i] = most_after_[i + 1] + most;
  }
}

double Scorer::score(std::uint32_t a, std::uint32_t b, double at_least) {
  hold(a);
  std::array<Level, kComparisonsMax> known;
  std::uint32_t is_known = 0;
  const auto level_of = [&](std::size_t k) {
    if ((is_known >> k & 1U) == 0) known[k] = level(k, a, b);
    is_known |= 1U << k;
    return known[k];
  };
  double sum = weights_.prior;
  for (std::size_t i = 0; i < weights_.order.size(); ++i) {
    if (sum + most_after_[i] < at_least) return sum + most_after_[i];
    const std::size_t k = weights_.order[i];
    sum += weight(k, level_of(k), a, is_told(model_, k, level_of));
  }
  return sum;
}

}  // namespace zhike::match
