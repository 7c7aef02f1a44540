// What stands against two customers being one.
#pragma once

#include <optional>
#include <span>

#include "identity/store.h"

namespace zhike::identity {

/// What the rules say: exclusive kinds and limits.
[[nodiscard]] std::optional<ConflictReason> against(const Rules& rules, std::span<const Member> a,
                                                    std::span<const Member> b);
/// Whether a person has separated a subject of the one from a subject of the other.
[[nodiscard]] Result<bool> separated(ledger::Tx& tx, std::span<const Member> a, std::span<const Member> b);

}  // namespace zhike::identity
