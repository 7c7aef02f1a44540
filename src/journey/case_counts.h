// How many cases and customers a kind of journey comes to: what a change of its definition would do.
#pragma once

#include <cstdint>
#include <optional>

#include "event/grant.h"
#include "journey/definitions.h"
#include "query/filter.h"
#include "warehouse/client.h"

namespace zhike::journey {

struct CaseCounts {
  std::uint64_t journeys = 0;             ///< cases with a step at least
  std::uint64_t customers = 0;            ///< who had them
  std::uint64_t complete = 0;             ///< reached one of the ends
  std::optional<std::int64_t> median_ms;  ///< from first to last step, about; none: no cases
  std::optional<double> steps;            ///< a case, on average
};
/// As frictions and maps count them. Thread-safe, blocks; permission: kViewMetrics. Errors:
/// kPermissionMissing, kBadFilter, and the client's.
[[nodiscard]] Result<CaseCounts> case_counts(warehouse::Client& client, const Grant& grant,
                                             const query::Filter& filter, const Definition& definition);

}  // namespace zhike::journey
