// A trait that is set once gives way to any other value, whichever comes first: it is kept under the negative
// of its time. So of two values the later still wins, and of two set once the earlier.
#pragma once

#include "base/time.h"

namespace zhike::identity {

[[nodiscard]] constexpr Instant set_once_at(Instant at) { return {at.ms > 0 ? -at.ms : at.ms}; }
/// When a value was stated, in either form.
[[nodiscard]] constexpr Instant stated_at(Instant at) { return {at.ms < 0 ? -at.ms : at.ms}; }

}  // namespace zhike::identity
