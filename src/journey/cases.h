// What questions about cases share: the parameters of sql/parts/runs.sql and sql/parts/frictions.sql.
#pragma once

#include <string_view>

#include "base/result.h"
#include "event/grant.h"
#include "journey/definitions.h"
#include "query/filter.h"
#include "query/prepare.h"
#include "warehouse/client.h"

namespace zhike::journey {

/// Journeys sort all events of the range: more memory and time than a number may take.
inline constexpr warehouse::Limits kCaseLimits{.memory_bytes_max = 2ULL << 30, .time_max = seconds(120)};

void set_cases(warehouse::Params& params, const Definition& definition);

/// `sql` with the parameters of parts/frictions.sql. Asks what waits are normal: one pass over the events
/// that belong to orders, tickets and applications. Errors: as friction().
[[nodiscard]] Result<query::Prepared> prepare_frictions(warehouse::Client& client, const Grant& grant,
                                                        const query::Filter& filter,
                                                        const Definition& definition, std::string_view sql,
                                                        std::string_view instrument);

}  // namespace zhike::journey
