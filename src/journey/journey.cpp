#include "journey/journey.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "journey/journey_steps.h"
#include "journey/sql.h"
#include "journey/tallied.h"
#include "journey/tallies.h"
#include "query/prepare.h"
#include "stats/interval.h"

namespace zhike::journey {

namespace {

constexpr std::uint64_t kEnoughAnswers = 10;

using Answers = std::vector<std::pair<double, std::uint64_t>>;  ///< score, how many

Satisfaction sum_up(const std::string& instrument, const Answers& answers) {
  Satisfaction out{.instrument = instrument, .value = {}, .low = {}, .high = {}};
  stats::NpsCounts nps;
  stats::Share best;
  stats::Moments moments;
  for (const auto& [score, count] : answers) {
    const double n = static_cast<double>(count);
    out.n += count;
    best.n += count;
    if (score >= 4) best.hits += count;
    (score >= 9 ? nps.promoters : score > 6 ? nps.passives : nps.detractors) += count;
    moments.n += count;
    moments.sum += n * score;
    moments.sum_squares += n * score * score;
  }
  out.enough = out.n >= kEnoughAnswers;
  if (!out.enough) return out;
  std::optional<stats::Interval> interval;
  if (instrument == "nps") {
    out.value = stats::nps(nps);
    interval = stats::nps_interval(nps);
  } else if (instrument == "csat") {
    out.value = best.value();
    interval = stats::wilson(best);
  } else {
    out.value = moments.mean();
    interval = stats::mean_interval(moments);
  }
  if (interval) {
    out.low = interval->low;
    out.high = interval->high;
  }
  return out;
}

/// Stage → the instrument with most answers there.
Result<std::map<std::string, Satisfaction>> satisfaction(warehouse::Client& client, const Grant& grant,
                                                         const query::Filter& filter) {
  CX_TRY(const query::Prepared prepared,
         query::prepare(grant, Permission::kViewMetrics, filter, sql::kSatisfaction));
  CX_TRY(const warehouse::Table table, client.select(prepared.query()));
  std::map<std::string, std::map<std::string, Answers>> found;
  for (const auto& row : table.rows)
    found[warehouse::as_text(row[0])][warehouse::as_text(row[1])].emplace_back(warehouse::as_double(row[2]),
                                                                               warehouse::as_u64(row[3]));
  std::map<std::string, Satisfaction> out;
  for (const auto& [stage, instruments] : found)
    for (const auto& [instrument, answers] : instruments) {
      Satisfaction candidate = sum_up(instrument, answers);
      const auto [at, is_first] = out.try_emplace(stage, candidate);
      if (!is_first && candidate.n > at->second.n) at->second = std::move(candidate);
    }
  return out;
}

Stage stage_of(const std::string& name, NodeTally::Node& node) {
  return {.stage = name,
          .events = node.events,
          .customers = node.customers,
          .journeys = node.journeys,
          .reach = {},
          .ended = node.ended,
          .wait_median_ms = time_quantile(node.waits_ms, 0.5),
          .wait_p90_ms = time_quantile(node.waits_ms, 0.9),
          .satisfaction = {}};
}

}  // namespace

std::string_view to_string(Level level) noexcept {
  switch (level) {
    case Level::kStage:
      return "stage";
    case Level::kTouchpoint:
      return "touchpoint";
    case Level::kChannel:
      return "channel";
  }
  return {};
}

Result<Level> parse_level(std::string_view text) {
  for (const Level level : {Level::kStage, Level::kTouchpoint, Level::kChannel})
    if (to_string(level) == text) return level;
  return fail(Code::kBadFilter, "level {}", text.substr(0, 40));
}

Result<Stages> stages(warehouse::Client& client, const Grant& grant, const query::Filter& filter,
                      std::span<const std::string> order) {
  CX_TRY(JourneySteps steps, JourneySteps::open(client, grant, filter, Level::kStage));
  CX_TRY(NodeTally tally, tallied(steps, NodeTally(steps.nodes().size()),
                                  [](NodeTally& to, std::uint64_t customer,
                                     std::span<const JourneyStep> journey) { to.take(customer, journey); }));
  CX_TRY(auto answers, satisfaction(client, grant, filter));
  Stages out{.journeys = tally.journeys(), .stages = {}};
  for (std::size_t i = 0; i < steps.nodes().size(); ++i) {
    if (tally.nodes()[i].events == 0) continue;
    Stage stage = stage_of(steps.nodes()[i], tally.nodes()[i]);
    if (const auto found = answers.find(stage.stage); found != answers.end())
      stage.satisfaction = found->second;
    const auto at = std::ranges::find(order, stage.stage);
    stage.position = static_cast<int>(at - order.begin());  // provisional: unknown ones share the last
    out.stages.push_back(std::move(stage));
  }
  std::ranges::sort(out.stages, [](const Stage& a, const Stage& b) {
    return a.position != b.position ? a.position < b.position : a.stage < b.stage;
  });
  int position = 0;
  for (Stage& stage : out.stages) {
    stage.position = ++position;
    if (out.journeys > 0)
      stage.reach = static_cast<double>(stage.journeys) / static_cast<double>(out.journeys);
  }
  return out;
}

namespace {

std::vector<GraphEdge> edges_of(GraphTally& tally, std::span<const std::string> nodes) {
  std::vector<GraphEdge> out;
  for (std::size_t a = 0; a < nodes.size(); ++a) {
    if (const std::uint64_t count = tally.starts()[a]; count > 0)
      out.push_back({.from = "start", .to = nodes[a], .count = count, .median_ms = {}});
    if (const std::uint64_t count = tally.ends()[a]; count > 0)
      out.push_back({.from = nodes[a], .to = "end", .count = count, .median_ms = {}});
    for (std::size_t b = 0; b < tally.edges()[a].size(); ++b)
      if (GraphTally::Edge& edge = tally.edges()[a][b]; edge.count > 0)
        out.push_back({.from = nodes[a],
                       .to = nodes[b],
                       .count = edge.count,
                       .median_ms = time_quantile(edge.gaps_ms, 0.5)});
  }
  return out;
}

}  // namespace

Result<Graph> graph(warehouse::Client& client, const Grant& grant, const query::Filter& filter,
                    const GraphOptions& options) {
  if (options.nodes < 2 || options.nodes > 60 || options.edges < 1 || options.edges > 300)
    return fail(Code::kBadFilter, "2 to 60 nodes, 1 to 300 edges");
  CX_TRY(JourneySteps steps, JourneySteps::open(client, grant, filter, options.level));
  CX_TRY(GraphTally tally, tallied(steps, GraphTally(steps.nodes().size()),
                                   [](GraphTally& to, std::uint64_t, std::span<const JourneyStep> journey) {
                                     to.take(journey);
                                   }));
  Graph out{.journeys = 0, .level = options.level, .nodes = {}, .edges = edges_of(tally, steps.nodes())};
  std::map<std::string, std::uint64_t> counts;
  for (const GraphEdge& edge : out.edges) {
    // Every event is the target of exactly one edge: from start, or from the event before.
    counts[edge.to] += edge.count;
    if (edge.from == "start") counts["start"] += edge.count;
  }
  out.journeys = counts["end"];
  if (out.journeys == 0) return out;
  for (const auto& [id, count] : counts)
    if (id != "start" && id != "end") out.nodes.push_back({.id = id, .count = count});
  std::ranges::sort(out.nodes, [](const GraphNode& a, const GraphNode& b) {
    return a.count != b.count ? a.count > b.count : a.id < b.id;
  });
  if (out.nodes.size() > static_cast<std::size_t>(options.nodes))
    out.nodes.resize(static_cast<std::size_t>(options.nodes));
  std::set<std::string, std::less<>> kept{"start", "end"};
  for (const GraphNode& node : out.nodes) kept.insert(node.id);
  out.nodes.insert(out.nodes.begin(), {.id = "start", .count = out.journeys});
  out.nodes.push_back({.id = "end", .count = out.journeys});
  std::erase_if(out.edges,
                [&](const GraphEdge& edge) { return !kept.contains(edge.from) || !kept.contains(edge.to); });
  std::ranges::sort(out.edges, [](const GraphEdge& a, const GraphEdge& b) {
    return std::tie(b.count, a.from, a.to) < std::tie(a.count, b.from, b.to);
  });
  if (out.edges.size() > static_cast<std::size_t>(options.edges))
    out.edges.resize(static_cast<std::size_t>(options.edges));
  return out;
}

Result<Paths> paths(warehouse::Client& client, const Grant& grant, const query::Filter& filter,
                    const PathOptions& options) {
  constexpr std::size_t kPathsMax = 20'000;
  if (options.steps < 2 || options.steps > 10 || options.top < 2 || options.top > 20)
    return fail(Code::kBadFilter, "2 to 10 steps, 2 to 20 nodes");
  CX_TRY(JourneySteps steps, JourneySteps::open(client, grant, filter, options.level));
  CX_TRY(const PathTally tally, tallied(steps, PathTally(static_cast<std::size_t>(options.steps)),
                                        [](PathTally& to, std::uint64_t,
                                           std::span<const JourneyStep> journey) { to.take(journey); }));
  std::vector<WeightedPath> found;
  for (const std::size_t i : most_frequent(tally.sequences(), kPathsMax)) {
    WeightedPath path{.nodes = {}, .is_longer = false, .journeys = tally.sequences().count(i)};
    for (const mining::Activity node : tally.sequences()[i]) {
      if (node == PathTally::kGoesOn)
        path.is_longer = true;
      else
        path.nodes.push_back(steps.nodes()[node]);
    }
    found.push_back(std::move(path));
  }
  return merge_paths(found, options);
}

}  // namespace zhike::journey
