// When things were made, if the clock may have been wrong.
#pragma once

#include <vector>

#include "base/time.h"

namespace zhike::journal {

/// Times of things in the order of their making, put right as far as the order tells: none was made in the
/// future, and none before what was made before it. What only a clock that was ahead has dated takes the time
/// of what came next, the last of all `now`.
[[nodiscard]] std::vector<Instant> plausible_times(std::vector<Instant> times, Instant now);

}  // namespace zhike::journal
