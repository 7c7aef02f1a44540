// The pyramid of experience: needs met, then easy, then a delight. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "stats/interval.h"

namespace zhike::stats {

/// What one customer said of one experience; the caller sets the limits of the scales.
struct PyramidAnswer {
  bool needs_met = false, easy = false, delight = false;
};

/// Each level counts only who has those below it too, out of all.
struct PyramidLevel {
  Share share;
  std::optional<Interval> interval;  ///< Wilson; none without answers
};
struct Pyramid {
  PyramidLevel needs_met, easy, delight;
  /// Answers that have a level without one below it: many of them say that the levels do not build on each
  /// other here.
  std::uint64_t out_of_order = 0;
};
/// Levels after Manning and Bodine (2012), Outside In.
[[nodiscard]] Pyramid pyramid(std::span<const PyramidAnswer> answers, double confidence = kConfidence);

}  // namespace zhike::stats
