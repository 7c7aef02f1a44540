// The first page: the cards, the channel mix and the totals, in one call.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "metric/metric.h"
#include "query/prepare.h"

namespace zhike::metric {

struct ChannelShare {
  std::string channel;
  std::uint64_t events = 0, customers = 0;
  double share = 0;  ///< of all events, 0 to 1
};
struct Overview {
  query::Range range;
  query::Grain grain = query::Grain::kDay;
  std::vector<Answer> cards;              ///< most important first
  std::vector<ChannelShare> channel_mix;  ///< largest first
  std::uint64_t events = 0, customers = 0, orders = 0;
  query::Stored stored;  ///< within the Grant's scope, whatever the filter
};

/// Thread-safe; asks its questions side by side. Permission: kViewMetrics. Errors: as compute().
[[nodiscard]] Result<Overview> overview(warehouse::Client& client, const Grant& grant,
                                        const query::Filter& filter,
                                        query::Compare compare = query::Compare::kPrevious);

}  // namespace zhike::metric
