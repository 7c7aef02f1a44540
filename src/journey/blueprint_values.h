// The numbers of a service blueprint as they are now, within what the reader may see.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "event/grant.h"
#include "journey/blueprint.h"
#include "journey/map.h"
#include "query/filter.h"
#include "warehouse/client.h"

namespace zhike::journey {

struct BlueprintValue {
  std::optional<double> value{}, low{}, high{};  ///< 95 % interval; value: none where there are too few
  std::uint64_t n = 0;                           ///< observations
  std::string unit{};      ///< of the metric catalogue; "ms", "steps", "feeling" of the map
  std::string currency{};  ///< of money
};

/// One for each binding of each cell, in their order. Figures of the map are of the step's stage; where the
/// step is a touchpoint, of the map they know the reach alone, as the share of the journeys that come there.
/// Metrics are of the step's events that satisfy the filter. One question for each different metric and
/// place. Thread-safe, blocks; permission kViewMetrics. Errors: those of metric::compute().
[[nodiscard]] Result<std::vector<std::vector<BlueprintValue>>> values_of(warehouse::Client& client,
                                                                         const Grant& grant,
                                                                         const query::Filter& filter,
                                                                         const Blueprint& blueprint,
                                                                         const JourneyMap& map);

}  // namespace zhike::journey
