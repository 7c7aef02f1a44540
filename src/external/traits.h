// Who has a trait, by the rules of survivorship, as a profile shows it.
#pragma once

#include <functional>

#include "identity/rules.h"
#include "identity/traits.h"
#include "ledger/db.h"
#include "query/filter.h"

namespace zhike::external {

/// Calls `found` for each customer that satisfies a condition on kTrait, by id, with the trait (of a
/// sensitive one without its value). Reads the trait of all. A bound compares numbers; of a sensitive trait
/// can be asked only whether it exists. Errors: kBadFilter, the ledger's, and those of `found`.
[[nodiscard]] Result<void> with_trait(
    ledger::Db& identity_db, const identity::Rules& rules, const query::Condition& condition,
    const std::function<Result<void>(CustomerId, const identity::Trait&)>& found);

}  // namespace zhike::external
