// Switches between channels inside journeys (journey.h says what one is), and hand-offs that lost the
// context.
//
// A switch is the customer's: parcels and surveys are no visits. It is known to have lost the context where
// the customer identifies again, having done so before in the journey, or opens a service case while that of
// the channel before is open and not known to be about something else. It is known to have carried it where a
// case (order, ticket) came along and nothing was lost. Of the others nothing is known.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "event/grant.h"
#include "query/filter.h"
#include "stats/interval.h"
#include "warehouse/client.h"

namespace zhike::journey {

struct ChannelSwitch {
  std::string from, to;
  std::uint64_t count = 0, customers = 0;
  std::int64_t median_ms = 0;  ///< from the last event there to the first here
  std::uint64_t carried = 0, lost_identity = 0, lost_matter = 0;  ///< the last two may be of one switch
};
struct Switching {
  std::uint64_t journeys = 0, switching = 0;  ///< all; those with a switch
  std::uint64_t switches = 0, carried = 0, lost = 0;
  std::uint64_t channels = 0;          ///< with visits
  std::uint64_t connected = 0;         ///< of them, those that took over or handed over a case at least once
  std::vector<ChannelSwitch> pairs{};  ///< most frequent first

  /// Channel-integration degree 渠道整合度 as observed: carried ÷ all switches.
  [[nodiscard]] stats::Share degree() const { return {.hits = carried, .n = switches}; }
  /// Of the switches of which it is known.
  [[nodiscard]] stats::Share degree_told() const { return {.hits = carried, .n = carried + lost}; }
};

/// Thread-safe, blocks for its query. Permission kViewMetrics. Errors: kPermissionMissing, kBadFilter, the
/// client's.
[[nodiscard]] Result<Switching> switching(warehouse::Client& client, const Grant& grant,
                                          const query::Filter& filter);

}  // namespace zhike::journey
