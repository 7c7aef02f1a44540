#include "journey/journey.h"

#include <algorithm>
#include <map>
#include <set>

#include "journey/sql.h"
#include "query/prepare.h"
#include "stats/interval.h"

namespace zhike::journey {

namespace {

constexpr std::int64_t kPauseMs = 7 * 86'400'000LL;
constexpr std::uint64_t kEnoughAnswers = 10;
// Journeys sort all events of the range: more memory and time than a number may take.
constexpr warehouse::Limits kLimits{.memory_bytes_max = 1ULL << 30, .time_max = seconds(60)};

Result<warehouse::Table> ask(warehouse::Client& client, const Grant& grant, const query::Filter& filter,
                             Level level, std::string_view sql, const auto& more) {
  CX_TRY(query::Prepared prepared, query::prepare(grant, Permission::kViewMetrics, filter, sql));
  prepared.params.set("level", to_string(level)).set("pause_ms", kPauseMs);
  more(prepared.params);
  return client.select(prepared.query(kLimits));
}
constexpr auto kNoMore = [](warehouse::Params&) {};

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

Stage read_stage(const boost::json::array& row) {
  Stage out{.stage = warehouse::as_text(row[0]),
            .reach = {},
            .wait_median_ms = {},
            .wait_p90_ms = {},
            .satisfaction = {}};
  out.events = warehouse::as_u64(row[1]);
  out.customers = warehouse::as_u64(row[2]);
  out.journeys = warehouse::as_u64(row[3]);
  out.ended = warehouse::as_u64(row[4]);
  if (warehouse::as_u64(row[5]) > 0) {
    out.wait_median_ms = static_cast<std::int64_t>(warehouse::as_double(row[6]));
    out.wait_p90_ms = static_cast<std::int64_t>(warehouse::as_double(row[7]));
  }
  return out;
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
  CX_TRY(const warehouse::Table table, ask(client, grant, filter, Level::kStage, sql::kStages, kNoMore));
  CX_TRY(auto answers, satisfaction(client, grant, filter));
  Stages out;
  for (const auto& row : table.rows) {
    Stage stage = read_stage(row);
    if (stage.stage.empty()) {
      out.journeys = stage.journeys;
      continue;
    }
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

Result<Graph> graph(warehouse::Client& client, const Grant& grant, const query::Filter& filter,
                    const GraphOptions& options) {
  if (options.nodes < 2 || options.nodes > 60 || options.edges < 1 || options.edges > 300)
    return fail(Code::kBadFilter, "2 to 60 nodes, 1 to 300 edges");
  CX_TRY(const warehouse::Table table, ask(client, grant, filter, options.level, sql::kGraph, kNoMore));
  Graph out{.journeys = 0, .level = options.level, .nodes = {}, .edges = {}};
  std::map<std::string, std::uint64_t> counts;
  for (const auto& row : table.rows) {
    GraphEdge edge{.from = warehouse::as_text(row[0]),
                   .to = warehouse::as_text(row[1]),
                   .count = warehouse::as_u64(row[2]),
                   .median_ms = {}};
    // Every event is the target of exactly one edge: from start, or from the event before.
    counts[edge.to] += edge.count;
    if (edge.from == "start") counts["start"] += edge.count;
    if (edge.from != "start" && edge.to != "end") edge.median_ms = warehouse::as_i64(row[3]);
    out.edges.push_back(std::move(edge));
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
  constexpr std::uint64_t kPathsMax = 20'000;
  if (options.steps < 2 || options.steps > 10 || options.top < 2 || options.top > 20)
    return fail(Code::kBadFilter, "2 to 10 steps, 2 to 20 nodes");
  CX_TRY(const warehouse::Table table,
         ask(client, grant, filter, options.level, sql::kPaths, [&](warehouse::Params& params) {
           params.set("steps", static_cast<std::uint64_t>(options.steps)).set("paths", kPathsMax);
         }));
  std::vector<WeightedPath> found;
  for (const auto& row : table.rows) {
    WeightedPath path{
        .nodes = {}, .is_longer = warehouse::as_u64(row[1]) != 0, .journeys = warehouse::as_u64(row[2])};
    for (const auto& node : row[0].as_array()) path.nodes.push_back(warehouse::as_text(node));
    found.push_back(std::move(path));
  }
  return merge_paths(found, options);
}

}  // namespace zhike::journey
