// The directly-follows graph of a log: which activity comes right after which, how often, and after how long.
#pragma once

#include <cstdint>
#include <vector>

#include "mining/log.h"

namespace zhike::mining {

struct Edge {
  Activity from = 0, to = 0;
  std::uint64_t count = 0;
  /// Waiting between the two, in milliseconds, of the `timed` pairs whose both times are known and in order.
  std::uint64_t timed = 0;
  double mean_ms = 0, median_ms = 0;  ///< 0 where timed is 0
};

struct DirectlyFollows {
  std::vector<Edge> edges;                               ///< the most frequent first, then by names' places
  std::uint64_t total = 0;                               ///< sum of the edges' counts
  std::vector<std::uint64_t> occurrences, starts, ends;  ///< of each activity
};

/// Time: events; memory: 12 bytes an event beside the result. Pure.
[[nodiscard]] DirectlyFollows directly_follows(const EventLog& log);

}  // namespace zhike::mining
