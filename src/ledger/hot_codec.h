// The stored form of a hot record, and what adding two of them means. Pure; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "ledger/hot.h"

namespace zhike::ledger {

inline constexpr std::size_t kHotProfileBytes = 1024;

/// Cuts what a record cannot hold: the oldest traits first, then identifiers and channels; never the units,
/// which decide who may see it.
[[nodiscard]] std::string encode_profile(const HotProfile& profile);
[[nodiscard]] std::string encode_recent(std::span<const Interaction> recent);
/// Both fill `out`, but for its customer and last_seen. Errors: kBadRecord.
[[nodiscard]] Result<void> decode_profile(std::string_view bytes, HotProfile& out);
[[nodiscard]] Result<void> decode_recent(std::string_view bytes, HotProfile& out);

/// Adds `more` to `base`: counts add up, the latest values win, lists are united. Amounts of another currency
/// than the first are left out of the sum.
void add_profile(HotProfile& base, const HotProfile& more);

/// One bit per unit, hashed: a customer of a unit has its bit, the reverse must be checked.
[[nodiscard]] std::uint64_t unit_mask(std::span<const std::string> units);

}  // namespace zhike::ledger
