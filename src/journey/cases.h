// What questions about cases share: the parameters of sql/parts/runs.sql and of the detectors.
#pragma once

#include <cstdint>

#include "base/result.h"
#include "event/grant.h"
#include "journey/definitions.h"
#include "journey/detectors.h"
#include "query/filter.h"
#include "query/prepare.h"
#include "warehouse/client.h"

namespace zhike::journey {

/// Journeys sort all events of the range: more memory and time than a number may take.
inline constexpr warehouse::Limits kCaseLimits{.memory_bytes_max = 2ULL << 30, .time_max = seconds(120)};

/// What ends a case of that kind, in ms.
[[nodiscard]] std::int64_t pause_of(const Definition& definition);

void set_cases(warehouse::Params& params, const Definition& definition);

/// Asks what waits are normal: one pass over the events that belong to orders, tickets and applications.
/// Errors: as friction().
[[nodiscard]] Result<DetectorLimits> detector_limits(warehouse::Client& client, const Grant& grant,
                                                     const query::Filter& filter,
                                                     const Definition& definition);

}  // namespace zhike::journey
