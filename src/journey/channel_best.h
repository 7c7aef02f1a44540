// The store's part of choosing a channel (journey/channel_choice.h): how customers fared in channels.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/ids.h"
#include "base/result.h"
#include "event/grant.h"
#include "journey/channel_choice.h"
#include "query/filter.h"
#include "warehouse/client.h"

namespace zhike::journey {

/// Who stands by themselves among the histories.
struct Chosen {
  std::optional<CustomerId> customer{};  ///< who they are today
  std::uint64_t sample = 0;  ///< about so many more, drawn by a hash of their ids; 0: none; all if fewer
};
inline constexpr std::uint64_t kSampleMost = 5000;

/// Trials of the range, by purpose:
/// reach: messages at touchpoints of campaigns and surveys; hit: the customer's next event there is an
/// answer,
///   within 7 days; those younger than that do not count
/// buy: visits (a pause of 8 hours ends one) with looking around; hit: an order in the same visit
/// get_through: contacts answered or given up; hit: answered
/// help: answered contacts older than 7 days; hit: resolved, and no other contact within 7 days
/// please: answers (of csat; where nobody gave any, of reviews); hit: 4 or 5
/// Thread-safe, blocks for its queries. Needs kViewMetrics, or kViewCustomers. The Grant bounds the events;
/// whether the customer may be seen is the caller's to ask. Errors: kPermissionMissing, kBadFilter (also for
/// options out of range), the client's.
[[nodiscard]] Result<ChannelKnowledge> channel_knowledge(warehouse::Client& client, const Grant& grant,
                                                         const query::Filter& filter, const Purpose& purpose,
                                                         const Chosen& chosen, ChoiceOptions options);

}  // namespace zhike::journey
