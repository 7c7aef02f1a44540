// What every call of this module asks first: may the Grant, and is the customer within its units.
#pragma once

#include "event/grant.h"
#include "identity/graph.h"
#include "ledger/hot.h"

namespace zhike::profile {

/// Errors: kPermissionMissing.
[[nodiscard]] Result<void> need(const Grant& grant, Permission permission);
/// The hot record of whoever `customer` is today, if the Grant may see it. Errors: kNotFound.
[[nodiscard]] Result<ledger::HotProfile> look_up(ledger::Hot& hot, identity::Graph& graph, const Grant& grant,
                                                 CustomerId customer);

/// The kinds of identifiers that a profile shows, one identity::kind_bit() each: not orders, devices,
/// browsers and other systems' numbers.
[[nodiscard]] std::uint16_t shown_kinds();

}  // namespace zhike::profile
