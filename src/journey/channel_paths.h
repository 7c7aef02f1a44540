// Attribution of the store's conversions: the touches of each customer up to a conversion, within a window,
// become paths, and these are shared out among channels by the models of stats/attribution.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "event/grant.h"
#include "query/filter.h"
#include "stats/attribution.h"
#include "warehouse/client.h"

namespace zhike::journey {

struct ChannelPathOptions {
  std::string conversion{};  ///< name of the event; empty: orders; of a case only the first counts
  std::string property{};    ///< of events: names the touch; empty: the channel does
  int window_days = 30;  ///< before a conversion, or before the last touch of who did not convert; 1 to 365
  bool each = false;     ///< touches of one name in a row count one by one
  stats::AttributionOptions attribution{};
};

struct ChannelCredit {
  std::vector<std::string> names;                          ///< of the touches, by place
  std::uint64_t journeys = 0, conversions = 0, paths = 0;  ///< all there are
  std::uint64_t left_out = 0;                              ///< journeys beyond the 20,000 most frequent paths
  std::optional<stats::Attribution> found;                 ///< none: nobody converted
};

/// Those who have not converted yet count as lost, as they do in every such model; of paths longer than 100
/// touches the last 100 count. Thread-safe, blocks for its query and the draws. Permission kViewMetrics.
/// Errors: kPermissionMissing, kBadFilter, kBadPaths (too many different touches), the client's.
[[nodiscard]] Result<ChannelCredit> channel_credit(warehouse::Client& client, const Grant& grant,
                                                   const query::Filter& filter,
                                                   const ChannelPathOptions& options);

}  // namespace zhike::journey
