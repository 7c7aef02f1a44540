#include "match/model.h"

#include <algorithm>
#include <cmath>

namespace zhike::match {

double Model::weight(std::size_t comparison, Level level, bool told) const {
  if (level == kMissing) return 0;
  constexpr double kLeast = 1e-12;
  const Comparison& at = comparisons[comparison];
  const ByLevel& u = told ? at.u_told : at.u;
  return std::log2(std::max(at.m[level], kLeast) / std::max(u[level], kLeast));
}

double probability_of(double log2_odds) noexcept { return 1 / (1 + std::exp2(-log2_odds)); }

double log2_odds_of(double probability) noexcept { return std::log2(probability / (1 - probability)); }

std::string describe(const Rule& rule, const Model& model) {
  if (rule.keys.empty()) return "all";
  std::string out;
  for (const Key& key : rule.keys) {
    if (!out.empty()) out += " + ";
    out += model.comparisons[key.comparison].column;
    out += '.';
    out += to_string(key.view);
  }
  return out;
}

}  // namespace zhike::match
