// Deviations of a log from a designed process, and what the cases that have them cost more than the others.
// Pure; safe from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "journey/performance.h"
#include "journey/step_log.h"
#include "mining/net.h"
#include "stats/change.h"

namespace zhike::journey {

enum class DeviationKind : std::uint8_t {
  kExtra,    ///< a step that the process does not have there
  kSkipped,  ///< a step of the process that was not done
};

/// Differences are means of the cases with the deviation less those of the cases without (Welch 1947): what
/// goes together, not what one causes.
struct Deviation {
  DeviationKind kind = DeviationKind::kExtra;
  std::string activity;
  std::uint64_t cases = 0, times = 0;
  std::optional<stats::Change> throughput_ms, cost;
  std::optional<double> total_ms, total_cost;  ///< the difference times the cases
};

struct Deviations {
  std::uint64_t cases = 0, fitting = 0;
  std::vector<Deviation> items;  ///< highest total cost first; where no costs are named, longest total time
};

struct DeviationOptions {
  std::size_t bytes_max = std::size_t{256} << 20U;  ///< of markings, and again of one search
  std::function<void(double share)> progress = {};  ///< of the variants that are done
};

/// A process of these steps, each once, in this order.
[[nodiscard]] mining::Net net_of_steps(const std::vector<std::string>& steps);

/// By one of the cheapest alignments of each case (mining/align.h), of steps in the order of the log. Errors:
/// kConformanceTooLarge, kBadNet.
[[nodiscard]] Result<Deviations> deviations_of(const StepLog& log, const mining::Net& net,
                                               const ActivitySet& ends, const DeviationOptions& options = {});

}  // namespace zhike::journey
