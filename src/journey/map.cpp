#include "journey/map.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <functional>
#include <map>
#include <ranges>
#include <string>
#include <string_view>
#include <utility>

#include "journey/case_stream.h"
#include "journey/cases.h"
#include "journey/feelings.h"
#include "journey/felt_marks.h"
#include "journey/map_tally.h"
#include "journey/tallied.h"
#include "stats/change.h"

namespace zhike::journey {
namespace {

constexpr double kMedian = 0.5, kLate = 0.9;
constexpr std::string_view kCes = "ces";

using Stages = std::map<std::string, MapStage, std::less<>>;

struct Tally {
  MapTally counted;
  FeelingTally felt;
  void add(Tally&& other) {
    counted.add(std::move(other.counted));
    felt.add(std::move(other.felt));
  }
};

MapFigure share_of(std::uint64_t hits, std::uint64_t n) {
  MapFigure out{.n = n};
  if (n < kMapLeast) return out;
  const stats::Share share{.hits = hits, .n = n};
  out.value = share.value();
  out.interval = stats::wilson(share);
  return out;
}

MapFigure mean_of(const stats::Moments& moments) {
  MapFigure out{.n = moments.n};
  if (moments.n < kMapLeast) return out;
  out.value = moments.mean();
  out.interval = stats::mean_interval(moments);
  return out;
}

MapFigure quantile_of(std::span<const double> grid, std::uint64_t n, double q) {
  MapFigure out{.n = n};
  if (n < kMapLeast || grid.empty()) return out;
  out.value = grid[static_cast<std::size_t>(std::lround(q * static_cast<double>(grid.size() - 1)))];
  out.interval = stats::quantile_interval(grid, n, q);
  return out;
}

/// Sample quantiles from 0 to 1 by 0.005 (Hyndman and Fan 1996, type 7), in whole ms.
std::vector<double> grid_of(std::vector<std::int64_t>& times) {
  constexpr std::size_t kSteps = 200;
  std::ranges::sort(times);
  std::vector<double> out;
  for (std::size_t i = 0; i <= kSteps && !times.empty(); ++i) {
    const double place = static_cast<double>(i) * static_cast<double>(times.size() - 1) / kSteps;
    const auto below = static_cast<std::size_t>(place);
    const auto low = static_cast<double>(times[below]);
    const auto high = static_cast<double>(times[std::min(below + 1, times.size() - 1)]);
    out.push_back(std::trunc(low + (place - static_cast<double>(below)) * (high - low)));
  }
  return out;
}

MapStage stage_of(MapTally::Stage& counted) {
  MapStage out;
  out.journeys = counted.count.journeys;
  out.customers = counted.count.customers;
  out.events = counted.count.events;
  out.steps = {.n = out.journeys, .sum = static_cast<double>(out.events), .sum_squares = counted.squares};
  out.effort = mean_of(out.steps);
  out.ended = counted.ended;
  const std::vector<double> grid = grid_of(counted.waits_ms);
  out.wait = quantile_of(grid, counted.waits_ms.size(), kMedian);
  out.wait_p90 = quantile_of(grid, counted.waits_ms.size(), kLate);
  return out;
}

/// Most journeys first, then by name, as the numbers of names go.
std::vector<MapTally::Part> in_order(std::span<const MapTally::Part> parts) {
  std::vector<MapTally::Part> out;
  for (const MapTally::Part& one : parts)
    if (one.count.journeys > 0) out.push_back(one);
  std::ranges::sort(out, [](const MapTally::Part& a, const MapTally::Part& b) {
    return a.count.journeys != b.count.journeys ? a.count.journeys > b.count.journeys : a.name < b.name;
  });
  return out;
}

void read_counts(MapTally& tally, const CaseKinds& kinds, JourneyMap& map, Stages& stages) {
  map.journeys = tally.all().journeys;
  map.customers = tally.all().customers;
  map.events = tally.all().events;
  map.complete = tally.complete();
  for (auto& [name, counted] : tally.stages())
    if (counted.count.journeys > 0) stages.emplace(kinds.names[name], stage_of(counted));
  const auto list = [&](std::span<const MapTally::Part> parts, std::vector<MapCount> MapStage::* into,
                        bool has_customers) {
    for (const MapTally::Part& one : in_order(parts))
      (stages[kinds.names[one.stage]].*into)
          .push_back({.key = kinds.names[one.name],
                      .journeys = one.count.journeys,
                      .customers = has_customers ? one.count.customers : 0,
                      .events = one.count.events});
  };
  list(tally.touchpoints(), &MapStage::touchpoints, true);
  list(tally.channels(), &MapStage::channels, true);
  list(tally.actions(), &MapStage::actions, false);
  for (const auto& [where, counted] : tally.pains()) {
    const auto& [stage, key] = where;
    stages[kinds.names[stage]].pains.push_back(
        {.name = {std::string(to_string(key.detector)), kinds.names[key.place], kinds.names[key.other]},
         .journeys = counted.journeys,
         .customers = counted.customers});
  }
  for (auto& [name, stage] : stages)
    std::ranges::stable_sort(stage.pains, std::greater<>(), &MapPain::journeys);
}

void read_emotions(const FeelingTally::Felt& felt, const FeltMarks& marks, MapStage& into) {
  std::map<std::string, std::uint64_t> counts;
  for (const auto& [set, n] : felt.emotions)
    for (const auto label : std::views::split(std::string_view(marks.emotions()[set]), ','))
      counts[std::string(label.begin(), label.end())] += n;
  for (const auto& [label, n] : counts) into.emotions.push_back({label, n});
  std::ranges::stable_sort(into.emotions, std::greater<>(), &MapEmotion::n);
}

void read_feelings(FeelingTally& tally, const CaseKinds& kinds, const FeltMarks& marks, bool shows_comments,
                   Stages& stages) {
  for (const auto& [where, felt] : tally.felt()) {
    MapStage& into = stages[kinds.names[where.first]];
    MapFeeling one{.source = marks.sources()[where.second],
                   .level = mean_of(felt.customers),
                   .marks = felt.marks,
                   .below = felt.below,
                   .above = felt.above,
                   .moments = felt.customers};
    if (one.source == kCes) into.ces = ces_of(one.level);
    if (one.source == FeltMarks::kComment) {
      read_emotions(felt, marks, into);
      for (const auto& [value, event] : felt.worst)
        if (shows_comments) into.worst.push_back(event);
      for (const auto& [value, event] : felt.best)
        if (shows_comments) into.best.push_back(event);
    }
    into.feelings.push_back(std::move(one));
  }
  for (auto& [name, stage] : stages) std::ranges::sort(stage.feelings, {}, &MapFeeling::source);
}

/// What needs the counts of all journeys, and the definition.
void complete(MapStage& stage, const JourneyMap& map, const Definition& definition) {
  const auto is_moment = [&](const std::string& place) {
    return std::ranges::count(definition.moments, place) > 0;
  };
  stage.reach = share_of(stage.journeys, map.journeys);
  for (const StageOwner& one : definition.owners)
    if (one.stage == stage.stage) stage.owner = one.owner;
  std::ranges::sort(stage.channels, [](const MapCount& a, const MapCount& b) {
    return a.events != b.events ? a.events > b.events : a.key < b.key;
  });
  for (const MapCount& place : stage.touchpoints)
    if (is_moment(place.key)) stage.moments.push_back(place.key);
  for (MapPain& pain : stage.pains) {
    pain.share = share_of(pain.journeys, stage.journeys);
    pain.moment = is_moment(pain.name.place) || is_moment(pain.name.other);
  }
  if (stage.actions.size() > kMapActions) stage.actions.resize(kMapActions);
  if (stage.pains.size() > kMapPains) stage.pains.resize(kMapPains);
}

void put_in_order(Stages&& stages, const MapOptions& options, JourneyMap& map) {
  for (auto& [key, stage] : stages) {
    if (stage.journeys == 0) continue;
    stage.stage = key;
    complete(stage, map, options.definition);
    map.stages.push_back(std::move(stage));
  }
  std::ranges::sort(map.stages, {}, [&](const MapStage& stage) {
    return std::pair(std::ranges::find(options.order, stage.stage) - options.order.begin(), stage.stage);
  });
}

void add_change(std::vector<MapDifference>& to, const std::string& stage, std::string_view measure,
                const MapFigure& first, const MapFigure& second, const std::optional<stats::Change>& change) {
  if (!first.value || !second.value || !change || !change->interval) return;
  to.push_back({.stage = stage,
                .measure = measure,
                .first = *first.value,
                .second = *second.value,
                .difference = change->difference,
                .interval = *change->interval});
}

std::optional<stats::Change> change_of(const stats::Moments& first, const stats::Moments& second) {
  if (first.n < kMapLeast || second.n < kMapLeast) return std::nullopt;
  return stats::compare(first, second);
}

/// From the intervals of both (Zou and Donner 2008).
std::optional<stats::Change> change_of(const MapFigure& first, const MapFigure& second) {
  if (!first.interval || !second.interval) return std::nullopt;
  const double difference = *second.value - *first.value;
  const double down = std::hypot(*second.value - second.interval->low, first.interval->high - *first.value);
  const double up = std::hypot(second.interval->high - *second.value, *first.value - first.interval->low);
  return stats::Change{.difference = difference,
                       .interval = stats::Interval{difference - down, difference + up}};
}

}  // namespace

std::span<const FeelingScale> feeling_scales() {
  static constexpr std::array<FeelingScale, 4> kAll{
      {{"nps", 0, 10}, {"csat", 1, 5}, {"review", 1, 5}, {kCes, 5, 1}}};
  return kAll;
}

Result<JourneyMap> map(warehouse::Client& client, const Grant& grant, const query::Filter& filter,
                       const MapOptions& options) {
  CX_TRY(const DetectorLimits limits, detector_limits(client, grant, filter, options.definition));
  CX_TRY(const FeltMarks marks, FeltMarks::read(client, grant, filter, options.reading));
  CX_TRY(CaseStream cases, CaseStream::open(client, grant, filter, options.definition, ""));
  CX_TRY(Tally tally,
         tallied(cases, Tally{.counted = {cases.kinds(), limits}, .felt = {cases.kinds(), marks}},
                 [](Tally& to, std::uint64_t customer, std::span<const CaseEvent> every) {
                   to.counted.take(customer, every);
                   to.felt.take(customer, every);
                 }));
  JourneyMap out;
  Stages stages;
  read_counts(tally.counted, cases.kinds(), out, stages);
  read_feelings(tally.felt, cases.kinds(), marks, grant.may(Permission::kViewCustomers), stages);
  put_in_order(std::move(stages), options, out);
  return out;
}

std::vector<MapDifference> compare(const JourneyMap& first, const JourneyMap& second) {
  std::vector<MapDifference> out;
  for (const MapStage& a : first.stages) {
    const auto b = std::ranges::find(second.stages, a.stage, &MapStage::stage);
    if (b == second.stages.end()) continue;
    const stats::Share share_a{.hits = a.journeys, .n = first.journeys};
    const stats::Share share_b{.hits = b->journeys, .n = second.journeys};
    add_change(out, a.stage, "reach", a.reach, b->reach, stats::compare(share_a, share_b));
    add_change(out, a.stage, "wait", a.wait, b->wait, change_of(a.wait, b->wait));
    add_change(out, a.stage, "effort", a.effort, b->effort, change_of(a.steps, b->steps));
    const MapFeeling *felt_a = a.feeling(), *felt_b = b->feeling();
    if (felt_a != nullptr && felt_b != nullptr)
      add_change(out, a.stage, "feeling", felt_a->level, felt_b->level,
                 change_of(felt_a->moments, felt_b->moments));
  }
  return out;
}

}  // namespace zhike::journey
