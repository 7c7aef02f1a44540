// How far one customer gets in a funnel, from the events at its steps. Pure; any thread.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>

#include "base/time.h"

namespace zhike::journey {

inline constexpr std::size_t kFunnelStepsMax = 6;

enum class FunnelOrder { kOrdered, kStrict, kUnordered };  ///< see funnel.h

/// An event at a step.
struct FunnelMark {
  std::int64_t ms = 0;
  std::uint8_t step = 1;    ///< from 1
  std::uint16_t group = 0;  ///< channel or unit, by number
  friend auto operator<=>(const FunnelMark&, const FunnelMark&) = default;
};

struct Climb {
  std::uint8_t level = 0;  ///< steps reached, 0 to 6
  std::array<std::int64_t, kFunnelStepsMax>
      took{};               ///< ms from the start to each, the first time it was reached
  std::uint16_t group = 0;  ///< of the event that reached the first step first
  std::int64_t latest = 0;  ///< ms of the last event at any step
};
/// `marks`: all of one customer, sorted. Any event at step 1 may be the start; for a step the latest start
/// counts from which it lies within the window. One pass, no memory.
[[nodiscard]] Climb climb(std::span<const FunnelMark> marks, FunnelOrder order, Millis window);

}  // namespace zhike::journey
