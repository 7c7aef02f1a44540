// What is counted of journeys, one by one: each tally takes journeys on one thread, and tallies of several
// threads are added up. Pure; no tally is thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "journey/journey_steps.h"
#include "mining/log.h"

namespace zhike::journey {

/// Which node follows which directly, and after how many ms. Of nodes by number, `nodes` of them.
class GraphTally {
 public:
  struct Edge {
    std::uint64_t count = 0;
    std::vector<std::int64_t> gaps_ms{};  ///< one for each
  };
  explicit GraphTally(std::size_t nodes) : edges_(nodes), starts_(nodes, 0), ends_(nodes, 0) {}
  void take(std::span<const JourneyStep> steps);
  void add(GraphTally&& other);
  /// By source, then by target; a source that nothing followed has no row, a row may be shorter than the
  /// nodes.
  [[nodiscard]] std::vector<std::vector<Edge>>& edges() noexcept { return edges_; }
  /// Journeys that began, and ended, at each node.
  [[nodiscard]] std::span<const std::uint64_t> starts() const noexcept { return starts_; }
  [[nodiscard]] std::span<const std::uint64_t> ends() const noexcept { return ends_; }

 private:
  Edge& edge(std::size_t source, std::size_t target);
  std::vector<std::vector<Edge>> edges_;
  std::vector<std::uint64_t> starts_, ends_;
};

/// Volume, reach and waits of each node.
class NodeTally {
 public:
  struct Node {
    std::uint64_t events = 0, customers = 0, journeys = 0;
    std::uint64_t ended = 0;               ///< journeys whose last event is here
    std::vector<std::int64_t> waits_ms{};  ///< to the first arrival in a journey, from the event before
  };
  explicit NodeTally(std::size_t nodes) : nodes_(nodes), seen_in_(nodes, 0), seen_by_(nodes, 0) {}
  void take(std::uint64_t customer, std::span<const JourneyStep> steps);
  /// No customer may have been taken by both.
  void add(NodeTally&& other);
  [[nodiscard]] std::vector<Node>& nodes() noexcept { return nodes_; }
  [[nodiscard]] std::uint64_t journeys() const noexcept { return journeys_; }

 private:
  std::vector<Node> nodes_;
  std::vector<std::uint64_t> seen_in_, seen_by_;  // number of the last journey, and customer, that came by
  std::uint64_t journeys_ = 0, customers_ = 0, customer_ = 0;
};

/// Sequences of nodes, each with how many journeys are it; those longer than `steps` are counted apart.
class VariantTally {
 public:
  explicit VariantTally(std::size_t steps) : steps_(steps) {}
  void take(std::span<const JourneyStep> steps);
  void add(const VariantTally& other);
  [[nodiscard]] const mining::Sequences& sequences() const noexcept { return sequences_; }
  [[nodiscard]] std::uint64_t too_long() const noexcept { return too_long_; }

 private:
  std::size_t steps_;
  mining::Sequences sequences_;
  std::vector<mining::Activity> sequence_;
  std::uint64_t too_long_ = 0;
};

/// The first `steps` nodes of journeys, repeats in a row being one. Where a journey goes on, kGoesOn ends it.
class PathTally {
 public:
  static constexpr mining::Activity kGoesOn = 0xFFFFFFFF;
  explicit PathTally(std::size_t steps) : steps_(steps) {}
  void take(std::span<const JourneyStep> steps);
  void add(const PathTally& other);
  [[nodiscard]] const mining::Sequences& sequences() const noexcept { return sequences_; }

 private:
  std::size_t steps_;
  mining::Sequences sequences_;
  std::vector<mining::Activity> sequence_;
};

/// The `count` most frequent sequences as places in `of`; equally frequent ones in the order of their nodes.
[[nodiscard]] std::vector<std::size_t> most_frequent(const mining::Sequences& of, std::size_t count);

/// Between the two nearest where it falls between them (Hyndman and Fan 1996, type 7), cut to whole ms.
/// Reorders `times`. `share`: 0 to 1. Null: there are none.
[[nodiscard]] std::optional<std::int64_t> time_quantile(std::span<std::int64_t> times, double share);

}  // namespace zhike::journey
