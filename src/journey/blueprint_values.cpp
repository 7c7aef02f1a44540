#include "journey/blueprint_values.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "metric/metric.h"

namespace zhike::journey {
namespace {

BlueprintValue value_of(const MapFigure& figure, std::string unit) {
  BlueprintValue out{.value = figure.value, .n = figure.n, .unit = std::move(unit)};
  if (figure.interval) {
    out.low = figure.interval->low;
    out.high = figure.interval->high;
  }
  return out;
}

/// Of the stage in which most come there: the same journey may come there in two.
MapFigure reach_of(const JourneyMap& map, std::string_view touchpoint) {
  std::uint64_t journeys = 0;
  for (const MapStage& stage : map.stages)
    for (const MapCount& place : stage.touchpoints)
      if (place.key == touchpoint) journeys = std::max(journeys, place.journeys);
  MapFigure out{.n = map.journeys};
  if (map.journeys < kMapLeast) return out;
  const stats::Share share{.hits = journeys, .n = map.journeys};
  out.value = share.value();
  out.interval = stats::wilson(share);
  return out;
}

BlueprintValue of_map(const JourneyMap& map, const BlueprintStep& step, std::string_view key) {
  const auto stage = std::ranges::find(map.stages, step.key, &MapStage::stage);
  const bool known = !step.is_touchpoint && stage != map.stages.end();
  if (key == kMapReach) {
    if (step.is_touchpoint) return value_of(reach_of(map, step.key), "share");
    return value_of(known ? stage->reach : MapFigure{}, "share");
  }
  if (key == kMapWait) return value_of(known ? stage->wait : MapFigure{}, "ms");
  if (key == kMapEffort) return value_of(known ? stage->effort : MapFigure{}, "steps");
  const MapFeeling* felt = known ? stage->feeling() : nullptr;
  return value_of(felt == nullptr ? MapFigure{} : felt->level, "feeling");
}

query::Expr places_of(const query::Filter& filter, const BlueprintStep& step, const Binding& binding) {
  std::vector<query::Expr> parts{filter.where};
  parts.push_back(
      query::is(step.is_touchpoint ? query::Field::kTouchpoint : query::Field::kStage, {step.key}));
  if (!binding.touchpoint.empty())
    parts.push_back(query::is(query::Field::kTouchpoint, {binding.touchpoint}));
  if (!binding.channel.empty()) parts.push_back(query::is(query::Field::kChannel, {binding.channel}));
  return query::all(std::move(parts));
}

Result<BlueprintValue> of_metric(warehouse::Client& client, const Grant& grant, const query::Filter& filter,
                                 const BlueprintStep& step, const Binding& binding) {
  CX_TRY(const metric::Metric* metric, metric::find(binding.key));
  metric::Question question{.filter = filter};
  question.filter.where = places_of(filter, step, binding);
  CX_TRY(const metric::Answer found, metric::compute(client, grant, *metric, question));
  return BlueprintValue{.value = found.value.enough ? found.value.value : std::nullopt,
                        .low = found.value.low,
                        .high = found.value.high,
                        .n = found.value.n,
                        .unit = metric->unit,
                        .currency = found.currency};
}

}  // namespace

Result<std::vector<std::vector<BlueprintValue>>> values_of(warehouse::Client& client, const Grant& grant,
                                                           const query::Filter& filter,
                                                           const Blueprint& blueprint,
                                                           const JourneyMap& map) {
  using Asked = std::tuple<std::string, std::string, std::string, std::string>;
  std::map<Asked, BlueprintValue> known;
  std::vector<std::vector<BlueprintValue>> out;
  for (const BlueprintCell& cell : blueprint.cells) {
    std::vector<BlueprintValue>& values = out.emplace_back();
    const BlueprintStep* step = blueprint.find(cell.step);
    if (step == nullptr) return fail(Code::kBadField, "'{}' is no step", cell.step);
    for (const Binding& one : cell.bindings) {
      if (one.key.starts_with("map.")) {
        values.push_back(of_map(map, *step, one.key));
        continue;
      }
      const Asked asked{one.key, cell.step, one.touchpoint, one.channel};
      auto at = known.find(asked);
      if (at == known.end()) {
        CX_TRY(BlueprintValue value, of_metric(client, grant, filter, *step, one));
        at = known.emplace(asked, std::move(value)).first;
      }
      values.push_back(at->second);
    }
  }
  return out;
}

}  // namespace zhike::journey
