// One trait of many customers: for conditions on it. Reads tables, not customers one by one.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "identity/traits.h"

namespace zhike::identity {

struct TraitOf {
  CustomerId customer;
  Trait trait;  ///< by the rules of survivorship; of a sensitive one that it is there, not its value
};

/// Puts into `out` who of the next `count` customers after `after` (0: from the first) has the trait, by id.
/// Answers where to go on; nothing: that were all.
[[nodiscard]] Result<std::optional<CustomerId>> scan_trait(ledger::Tx& tx, const Rules& rules,
                                                           std::string_view key, CustomerId after,
                                                           std::size_t count, std::vector<TraitOf>& out);

}  // namespace zhike::identity
