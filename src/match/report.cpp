#include "match/report.h"

namespace zhike::match {

namespace json = boost::json;

json::array rules_json(const Resolution& resolution) {
  json::array out;
  for (std::size_t r = 0; r < resolution.model.rules.size(); ++r) {
    const RuleSize& size = resolution.rule_sizes[r];
    out.push_back(json::object{{"rule", describe(resolution.model.rules[r], resolution.model)},
                               {"pairs", size.pairs},
                               {"largest_block_pairs", size.largest},
                               {"blocks_left_out", size.left_out}});
  }
  return out;
}

json::array comparisons_json(const Model& model) {
  json::array out;
  for (std::size_t k = 0; k < model.comparisons.size(); ++k) {
    const Comparison& at = model.comparisons[k];
    json::array levels;
    for (Level level = kElse; level <= top_level(at.kind); ++level)
      levels.push_back(json::object{{"level", level_names(at.kind)[level]},
                                    {"m", at.m[level]},
                                    {"u", at.u[level]},
                                    {"weight", model.weight(k, level)}});
    out.push_back(
        json::object{{"column", at.column}, {"kind", to_string(at.kind)}, {"levels", std::move(levels)}});
  }
  return out;
}

}  // namespace zhike::match
