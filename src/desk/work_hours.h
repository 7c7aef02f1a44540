// The clock of complaints: hours in which people work, by the wall clock of the place. Pure.
#pragma once

#include <bitset>

#include "base/time.h"

namespace zhike::desk {

/// The same every working day. A default one never stops.
struct WorkHours {
  bool always = true;
  std::bitset<7> days{};  ///< from Monday
  int from_minute = 0;    ///< of the day
  int to_minute = 0;      ///< after from_minute, at most 1440
};

/// When `work` of working time has gone by since `from`. Public holidays are not known.
[[nodiscard]] Instant due_after(Instant from, Millis work, const WorkHours& hours, const Zone& zone);
/// The working time between two instants; nothing when they are the wrong way round.
[[nodiscard]] Millis worked_between(Instant from, Instant to, const WorkHours& hours, const Zone& zone);

}  // namespace zhike::desk
