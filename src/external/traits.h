// Who has a trait: read from the customers' records, which hold what is not sensitive in clear.
#pragma once

#include <functional>

#include "ledger/hot.h"
#include "query/filter.h"

namespace zhike::external {

/// Calls `found` for each customer whose record satisfies a condition on kTrait, any order. Reads all
/// records. A bound compares numbers. Errors: kBadFilter, the ledger's, and those of `found`.
[[nodiscard]] Result<void> with_trait(ledger::Hot& hot, const query::Condition& condition,
                                      const std::function<Result<void>(CustomerId)>& found);

}  // namespace zhike::external
