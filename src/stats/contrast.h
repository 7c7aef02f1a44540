// Does a driver please where it is good, or only annoy where it is bad? The penalty-reward contrast: Brandt
// (1987), "A procedure for identifying value-enhancing service components using customer satisfaction survey
// data"; Mikulić and Prebežac (2011), Managing Service Quality 21:46-66. Pure; any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "stats/regression.h"

namespace zhike::stats {

enum class DriverKind {
  kLinear,      ///< shown: neither side weighs twice as much as the other
  kAttractive,  ///< shown: being good gains more than being bad costs
  kMustBe,      ///< shown: being bad costs more than being good gains
  kCannotTell,  ///< the intervals do not separate these
};
[[nodiscard]] std::string_view to_string(DriverKind kind) noexcept;  ///< "must_be"

struct Slope {
  double value = 0;  ///< units of the target for one unit of the driver towards better
  Interval interval;
};

struct Contrast {
  DriverKind kind = DriverKind::kCannotTell;
  /// Rows of the low and the high group; 0 where the driver has too few levels, or too few rows in one, to
  /// make three groups of kContrastRowsMin.
  std::size_t low = 0, high = 0;
  /// From the low group to the middle, and from the middle to the high one. None as above, or where no errors
  /// can be seen.
  std::optional<Slope> penalty, reward;
};

inline constexpr std::size_t kContrastRowsMin = 10;

/// By driver, all in one regression with robust errors. "Better" is the direction in which the driver raises
/// the target in the straight regression. The groups are the lowest and the highest third as far as equal
/// values allow. Their columns hold the distance of the group's mean from the middle one's, not 0 and 1 as in
/// Brandt: a driver whose groups lie unequally far from the middle would look asymmetric without being so.
/// Errors: those of regress().
[[nodiscard]] Result<std::vector<Contrast>> contrast(const Design& design, double confidence = kConfidence);

}  // namespace zhike::stats
