#include "server/analysis_json.h"

#include <utility>

namespace zhike::server {
namespace {

json::object certain_json(double value, const std::optional<stats::Certainty>& certainty) {
  json::object out{{"value", value}};
  out["error"] = certainty ? json::value(certainty->error) : json::value(nullptr);
  out["interval"] = interval_json(certainty ? std::optional(certainty->interval) : std::nullopt);
  out["p_value"] = certainty ? json::value(certainty->p_value) : json::value(nullptr);
  return out;
}

json::value share_json(const std::vector<stats::VarianceShare>& shares, std::size_t d) {
  if (shares.empty()) return nullptr;
  return json::object{{"value", shares[d].value}, {"interval", interval_json(shares[d].interval)}};
}

json::value slope_json(const std::optional<stats::Slope>& slope) {
  if (!slope) return nullptr;
  return json::object{{"value", slope->value}, {"interval", interval_json(slope->interval)}};
}

json::object score_json(const stats::ServqualScore& score, std::size_t least) {
  const bool enough = score.respondents >= least;
  return {{"n", score.respondents},
          {"enough", enough},
          {"mean", enough ? json::value(score.mean) : json::value(nullptr)},
          {"interval", enough ? interval_json(score.interval) : json::value(nullptr)}};
}

json::object level_json(const stats::PyramidLevel& level, std::size_t least) {
  const bool enough = level.share.n >= least && level.share.n > 0;
  return {{"n", level.share.n},
          {"hits", level.share.hits},
          {"enough", enough},
          {"share", enough ? json::value(level.share.value()) : json::value(nullptr)},
          {"interval", enough ? interval_json(level.interval) : json::value(nullptr)}};
}

}  // namespace

json::value interval_json(const std::optional<stats::Interval>& interval) {
  if (!interval) return nullptr;
  return json::array{interval->low, interval->high};
}

json::value reliability_json(const std::optional<stats::Reliability>& of) {
  if (!of) return nullptr;
  return json::object{{"value", of->alpha}, {"interval", interval_json(of->interval)}};
}

json::object driver_json(const stats::DriverAnalysis& found, std::size_t d) {
  const stats::Coefficient& at = found.regression.drivers[d];
  const stats::Contrast& contrast = found.contrasts[d];
  json::object out{{"coefficient", certain_json(at.value, at.certainty)},
                   {"standardised", at.standardised},
                   {"vif", at.vif},
                   {"relative_weight", share_json(found.importance.relative_weights, d)},
                   {"lmg", share_json(found.importance.lmg, d)},
                   {"performance", json::object{{"value", found.performance[d]},
                                                {"interval", interval_json(found.performance_interval[d])}}},
                   {"quadrant", nullptr},
                   {"kind", stats::to_string(contrast.kind)},
                   {"low_rows", contrast.low},
                   {"high_rows", contrast.high},
                   {"penalty", slope_json(contrast.penalty)},
                   {"reward", slope_json(contrast.reward)}};
  if (found.priorities) {
    out["quadrant"] = stats::to_string(found.priorities->places[d].quadrant);
    out["quadrant_clear"] = found.priorities->places[d].clear;
  }
  return out;
}

json::object analysis_json(const stats::DriverAnalysis& found) {
  const stats::Regression& fit = found.regression;
  json::object out{{"confidence", fit.confidence},
                   {"r2", fit.r2},
                   {"r2_adjusted", fit.r2_adjusted},
                   {"condition", fit.condition},
                   {"intercept", certain_json(fit.intercept, fit.intercept_certainty)},
                   {"matrix", nullptr},
                   {"no_matrix", nullptr}};
  if (found.no_matrix != stats::NoMatrix::kNone) out["no_matrix"] = stats::to_string(found.no_matrix);
  if (found.priorities)
    out["matrix"] = json::object{{"importance_line", found.priorities->importance_line},
                                 {"performance_line", found.priorities->performance_line}};
  return out;
}

json::object chain_json(const stats::Chain& found, std::span<const std::string> stages) {
  json::array links, effects;
  for (std::size_t l = 0; l < found.links.size(); ++l) {
    const stats::ChainLink& link = found.links[l];
    json::array lags;
    for (std::size_t lag = 0; lag < link.lags.size(); ++lag) {
      const stats::LagFit& at = link.lags[lag];
      lags.push_back(json::object{{"lag", lag},
                                  {"slope", certain_json(at.slope, at.certainty)},
                                  {"standardised", at.standardised},
                                  {"r2", at.r2},
                                  {"chosen_share", at.chosen_share}});
    }
    links.push_back(json::object{{"from", stages[l]},
                                 {"to", stages[l + 1]},
                                 {"rows", link.rows},
                                 {"units", link.units},
                                 {"periods", link.periods},
                                 {"lag", link.lag},
                                 {"fixed", link.is_fixed},
                                 {"slope", certain_json(link.chosen().slope, link.chosen().certainty)},
                                 {"standardised", link.chosen().standardised},
                                 {"r2", link.chosen().r2},
                                 {"interval", interval_json(link.interval)},
                                 {"lags", std::move(lags)}});
    const stats::ChainEffect& effect = found.effects[l];
    effects.push_back(json::object{{"stage", stages[l]},
                                   {"lag", effect.lag},
                                   {"value", effect.value},
                                   {"interval", interval_json(effect.interval)},
                                   {"standardised", effect.standardised},
                                   {"standardised_interval", interval_json(effect.standardised_interval)}});
  }
  return {{"confidence", found.confidence},
          {"resamples", found.resamples},
          {"links", std::move(links)},
          {"effects", std::move(effects)}};
}

json::object servqual_json(const stats::Servqual& found, std::size_t least) {
  json::array dimensions, items;
  for (std::size_t d = 0; d < stats::kServqualDimensions; ++d) {
    json::object out = score_json(found.dimensions[d], least);
    const bool enough = out["enough"].as_bool();
    out["dimension"] = stats::to_string(static_cast<stats::ServqualDimension>(d));
    out["perceived"] = enough ? json::value(found.perceived[d]) : json::value(nullptr);
    out["expected"] = enough ? json::value(found.expected[d]) : json::value(nullptr);
    dimensions.push_back(std::move(out));
  }
  for (const stats::ServqualScore& item : found.items) items.push_back(score_json(item, least));
  return {{"dimensions", std::move(dimensions)},
          {"weighted", score_json(found.weighted, least)},
          {"items", std::move(items)}};
}

json::array gaps_json(std::span<const stats::RankedGap> gaps, std::size_t least) {
  json::array out;
  for (const stats::RankedGap& gap : gaps) {
    json::object one = score_json(gap.shortfall, least);
    one["gap"] = static_cast<int>(gap.gap);
    one["name"] = stats::to_string(gap.gap);
    one["apart"] = gap.is_apart;
    out.push_back(std::move(one));
  }
  return out;
}

json::object pyramid_json(const stats::Pyramid& found, std::size_t least) {
  return {{"needs_met", level_json(found.needs_met, least)},
          {"easy", level_json(found.easy, least)},
          {"delight", level_json(found.delight, least)},
          {"out_of_order", found.out_of_order}};
}

}  // namespace zhike::server
