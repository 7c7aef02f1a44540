// Journeys: what customers go through, in which order, how long they wait and where they stop.
//
// A journey is a run of one customer's events, in all channels, without a pause of more than 7 days; a pause
// inside a case (order, ticket, application: events with the same case_id) does not end it. Ids of customers
// are those of today's identity map. Events that have no stage, touchpoint or channel (whichever is looked
// at) are passed over. A journey is cut where the asked time range cuts it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "event/grant.h"
#include "query/filter.h"
#include "warehouse/client.h"

namespace zhike::journey {

enum class Level { kStage, kTouchpoint, kChannel };
[[nodiscard]] std::string_view to_string(Level level) noexcept;  ///< "stage"
/// Errors: kBadFilter.
[[nodiscard]] Result<Level> parse_level(std::string_view text);

struct Satisfaction {
  std::string instrument;                  ///< the one with most answers in the stage
  std::optional<double> value, low, high;  ///< nps: points; csat: share of the two best; others: mean
  std::uint64_t n = 0;
  bool enough = false;
};
struct Stage {
  std::string stage;
  int position = 0;  ///< from 1
  std::uint64_t events = 0, customers = 0;
  std::uint64_t journeys = 0;   ///< that reached it
  std::optional<double> reach;  ///< of all journeys, 0 to 1
  std::uint64_t ended = 0;      ///< journeys whose last event is here
  std::optional<std::int64_t> wait_median_ms,
      wait_p90_ms;  ///< from the last event before the first arrival here
  std::optional<Satisfaction> satisfaction;
};
struct Stages {
  std::uint64_t journeys = 0;
  std::vector<Stage> stages;
};
/// `order`: the stages of the catalogue, in order; stages without events are left out, others come last.
[[nodiscard]] Result<Stages> stages(warehouse::Client& client, const Grant& grant,
                                    const query::Filter& filter, std::span<const std::string> order);

/// A node is a key at a position; repeats of the same key in a row are one step.
struct PathNode {
  std::string key;   ///< "end": the journey ends before this position; "other": merged
  int position = 0;  ///< from 0
  std::uint64_t count = 0;
};
struct PathLink {
  std::size_t source = 0, target = 0;  ///< indexes of nodes
  std::uint64_t count = 0;
};
struct Paths {
  std::uint64_t journeys = 0, shown = 0;  ///< shown: journeys that pass no merged node
  Level level = Level::kTouchpoint;
  std::vector<PathNode> nodes;  ///< by position, then largest first
  std::vector<PathLink> links;
};
struct PathOptions {
  Level level = Level::kTouchpoint;
  int steps = 6;  ///< positions, 2 to 10
  int top = 8;    ///< nodes kept at each position, 2 to 20
};
/// One path and how many journeys take it; `is_longer`: they go on after it.
struct WeightedPath {
  std::vector<std::string> nodes;
  bool is_longer = false;
  std::uint64_t journeys = 0;
};
/// The picture of some paths; none longer than options.steps. Pure.
[[nodiscard]] Paths merge_paths(std::span<const WeightedPath> paths, const PathOptions& options);
/// Of the 20,000 most frequent paths. Errors: kBadFilter for options out of range.
[[nodiscard]] Result<Paths> paths(warehouse::Client& client, const Grant& grant, const query::Filter& filter,
                                  const PathOptions& options);

/// The directly-follows graph: an edge a → b counts how often b comes right after a in a journey (van der
/// Aalst 2016, Process Mining: Data Science in Action, 5.2), repeats included, with edges from "start" and to
/// "end".
struct GraphNode {
  std::string id;
  std::uint64_t count = 0;  ///< events; of "start" and "end": journeys
};
struct GraphEdge {
  std::string from, to;
  std::uint64_t count = 0;
  std::optional<std::int64_t> median_ms;  ///< absent at start and end
};
struct Graph {
  std::uint64_t journeys = 0;
  Level level = Level::kTouchpoint;
  std::vector<GraphNode> nodes;  ///< most frequent first
  std::vector<GraphEdge> edges;  ///< most frequent first
};
struct GraphOptions {
  Level level = Level::kTouchpoint;
  int nodes = 20;  ///< kept, 2 to 60, most frequent first; events of the others are passed over
  int edges = 60;  ///< kept, 1 to 300
};
[[nodiscard]] Result<Graph> graph(warehouse::Client& client, const Grant& grant, const query::Filter& filter,
                                  const GraphOptions& options);
// All three: thread-safe, block for their queries; permission kViewMetrics; errors kPermissionMissing,
// kBadFilter and the client's.

}  // namespace zhike::journey
