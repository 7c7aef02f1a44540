#include "match/explain.h"

namespace zhike::match {

Explainer::Explainer(const Resolution& resolution)
    : resolution_(resolution),
      weights_(weights_of(resolution.model, resolution.records)),
      scorer_(resolution.records, resolution.model, weights_) {}

Waterfall Explainer::explain(std::uint32_t a, std::uint32_t b) {
  const Model& model = resolution_.model;
  Waterfall out{.prior = model.prior, .total = model.prior};
  for (std::size_t k = 0; k < model.comparisons.size(); ++k) {
    const Level level = scorer_.level(k, a, b);
    const bool told = scorer_.told(k, a, b);
    const double weight = scorer_.weight(k, level, a, told);
    const double by_level = told ? weights_.if_told[k][level] : weights_.by_level[k][level];
    out.steps.push_back({.column = model.comparisons[k].column,
                         .level = level,
                         .level_name = level_names(model.comparisons[k].kind)[level],
                         .weight = weight,
                         .value_weight = weight - by_level});
    out.total += weight;
  }
  return out;
}

}  // namespace zhike::match
