// The stored form of a hot record, and what adding two of them means. Pure; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "ledger/hot.h"

namespace zhike::ledger {

[[nodiscard]] std::string encode_profile(const HotProfile& profile);
[[nodiscard]] std::string encode_recent(std::span<const Interaction> recent);
/// Both fill `out`, but for its customer and last_seen. Errors: kBadRecord.
[[nodiscard]] Result<void> decode_profile(std::string_view bytes, HotProfile& out);
[[nodiscard]] Result<void> decode_recent(std::string_view bytes, HotProfile& out);

inline constexpr std::size_t kListMax = 64;   ///< units, channels
inline constexpr std::size_t kTextMax = 120;  ///< bytes of one of them

/// Adds `more` to `base`: counts and amounts of each currency add up, lists are united, the latest values
/// win, and of equally late ones those of `more`. Lists keep the first of their order (kCurrenciesKept,
/// kListMax), so that what a record comes to does not depend on the order in which it was put together.
void add_profile(HotProfile& base, const HotProfile& more);

/// One bit per unit, hashed: a customer of a unit has its bit, the reverse must be checked.
[[nodiscard]] std::uint64_t unit_mask(std::span<const std::string> units);

}  // namespace zhike::ledger
