// Of triggers.cpp and trigger_follow.cpp alone.
#pragma once

#include <cstdint>

#include "base/ids.h"

namespace zhike::feedback {

/// event_id = block_id * 2^20 + row (migrations/warehouse/0001_events.sql).
[[nodiscard]] constexpr std::uint64_t last_event_of(BlockId block) {
  constexpr unsigned kRowBits = 20;
  return ((block.value + 1) << kRowBits) - 1;
}

}  // namespace zhike::feedback
