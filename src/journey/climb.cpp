#include "journey/climb.h"

#include <algorithm>
#include <optional>

namespace zhike::journey {
namespace {

/// By step, when the chain that reached it began; or when it was last seen. None: not yet.
using PerStep = std::array<std::optional<std::int64_t>, kFunnelStepsMax>;

void reach(Climb& out, std::size_t place, const FunnelMark& mark, std::int64_t start) {
  if (out.level == 0) out.group = mark.group;
  out.level = static_cast<std::uint8_t>(place + 1);
  out.took[place] = mark.ms - start;
}

Climb in_order(std::span<const FunnelMark> marks, bool is_strict, std::int64_t window) {
  Climb out;
  PerStep began;
  for (const FunnelMark& mark : marks) {
    const std::size_t place = mark.step - 1U;
    std::optional<std::int64_t> start;
    if (place == 0) {
      start = mark.ms;
    } else if (const auto before = began[place - 1]; before && mark.ms - *before <= window) {
      start = before;
    }
    // Strict: what stands at any other step is broken by this event.
    if (is_strict) {
      const auto own = began[place];
      began = {};
      began[place] = own;
    }
    if (!start) continue;
    began[place] = start;
    if (out.level == place) reach(out, place, mark, *start);
  }
  return out;
}

Climb in_any_order(std::span<const FunnelMark> marks, std::int64_t window) {
  Climb out;
  PerStep seen;
  for (const FunnelMark& mark : marks) {
    seen[mark.step - 1U] = mark.ms;
    std::size_t count = 0;
    std::int64_t oldest = mark.ms;
    for (const auto& at : seen) {
      if (!at || mark.ms - *at > window) continue;
      ++count;
      oldest = std::min(oldest, *at);
    }
    // One event adds one step at most, but the window may have let go of others.
    if (count > out.level) reach(out, out.level, mark, oldest);
  }
  return out;
}

}  // namespace

Climb climb(std::span<const FunnelMark> marks, FunnelOrder order, Millis window) {
  Climb out = order == FunnelOrder::kUnordered ? in_any_order(marks, window.value)
                                               : in_order(marks, order == FunnelOrder::kStrict, window.value);
  if (!marks.empty()) out.latest = marks.back().ms;
  return out;
}

}  // namespace zhike::journey
