// The events at the steps of a funnel, read from the store as a stream and handed out customer by customer.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "journey/climb.h"
#include "query/prepare.h"
#include "warehouse/client.h"

namespace zhike::journey {

/// `marks`: sorted, all of the customer, never empty; borrowed for the call.
using EachCustomer = std::function<void(std::uint64_t customer, std::span<const FunnelMark> marks)>;

/// Events held at once: 16 bytes each. Where there are more, the customers are read in parts.
inline constexpr std::uint64_t kMarksHeld = 1ULL << 24;

/// `asked` is sql::kFunnelMarks with all its parameters but `part` and `parts`; customers come in no order,
/// each to one of `workers`, every one of which is called on one thread. `groups` becomes the names of the
/// groups by number. Blocks. Errors: those of the client, kQueryTooLarge (a thousandth of the customers has
/// more events than are held, or there are more than 65,536 groups).
[[nodiscard]] Result<void> each_climber(warehouse::Client& client, query::Prepared& asked,
                                        std::vector<std::string>& groups,
                                        std::span<const EachCustomer> workers,
                                        std::uint64_t held = kMarksHeld);

}  // namespace zhike::journey
