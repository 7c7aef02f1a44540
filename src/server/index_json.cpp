#include "server/index_json.h"

#include <string>
#include <utility>

#include "server/analysis_json.h"
#include "server/json.h"

namespace zhike::server {
namespace {

json::string day_text(std::int32_t day) {
  constexpr std::int64_t kDay = days(1).value;
  return json::string(format_utc(Instant{day * kDay}).substr(0, 10));
}

/// Of too few nothing but how many.
json::object figure_json(const stats::WeightedMean& mean) {
  json::object out = mean_json(mean);
  const bool enough = mean.n >= stats::kRespondentsMin;
  if (!enough) out["value"] = nullptr, out["interval"] = nullptr;
  out["enough"] = enough;
  return out;
}

json::value change_json(const std::optional<stats::Change>& change) {
  if (!change) return nullptr;
  return json::object{{"difference", change->difference},
                      {"interval", interval_json(change->interval)},
                      {"p", change->p_value},
                      {"significant", change->significant()}};
}

json::object index_figure_json(const feedback::IndexFigure& figure) {
  json::array series, groups, benchmarks;
  for (const auto& at : figure.series) {
    json::object one = figure_json(at.score);
    one["at"] = format_utc(at.at);
    series.push_back(std::move(one));
  }
  for (const auto& at : figure.groups) {
    json::object one = figure_json(at.score);
    one["key"] = at.key;
    groups.push_back(std::move(one));
  }
  for (const auto& at : figure.benchmarks)
    benchmarks.push_back(json::object{{"benchmark", benchmark_json(at.benchmark)},
                                      {"own", figure_json(at.own)},
                                      {"theirs", interval_json(at.theirs)},
                                      {"difference", difference_json(at.difference)}});
  return {{"key", figure.key},
          {"measure", feedback::to_string(figure.measure)},
          {"least", figure.least},
          {"most", figure.most},
          {"score", figure_json(figure.score)},
          {"before", figure.before ? json::value(figure_json(*figure.before)) : json::value(nullptr)},
          {"change", change_json(figure.change)},
          {"series", std::move(series)},
          {"groups", std::move(groups)},
          {"benchmarks", std::move(benchmarks)}};
}

}  // namespace

json::object mean_json(const stats::WeightedMean& mean) {
  return {{"value", mean.n == 0 ? json::value(nullptr) : number_or_null(mean.value)},
          {"interval", interval_json(mean.interval)},
          {"n", mean.n},
          {"effective", mean.effective}};
}

json::object benchmark_json(const feedback::Benchmark& one) {
  return {{"metric", one.metric},
          {"period", one.period},
          {"source", one.source},
          {"from", day_text(one.from_day)},
          {"to", day_text(one.to_day)},
          {"value", one.value},
          {"n", one.n},
          {"sd", number_or_null(one.spread)}};
}

json::value difference_json(const std::optional<stats::Difference>& difference) {
  if (!difference) return nullptr;
  return json::object{{"value", difference->value},
                      {"interval", interval_json(difference->interval)},
                      {"standing", stats::to_string(difference->standing)}};
}

json::object index_figures_json(const feedback::IndexFigures& found) {
  json::array figures;
  for (const auto& figure : found.figures) figures.push_back(index_figure_json(figure));
  return {{"responses", found.responses}, {"cut", found.is_cut}, {"figures", std::move(figures)}};
}

}  // namespace zhike::server
