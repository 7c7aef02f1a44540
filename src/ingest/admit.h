// The last look at an event before the journal: limits, and whether it can belong to anybody. The same for
// every protocol and file.
#pragma once

#include <optional>
#include <string>

#include "event/event.h"

namespace zhike::ingest {

struct Refusal {
  Reason reason;
  std::string detail;  ///< names fields and limits, never a value
};

/// Sets when it happened: as stated, corrected by what the device's clock is off when it says at which time
/// it sent (by its clock) and that is more than a minute from `now`. Refuses times before 1970 or more than a
/// day ahead.
[[nodiscard]] std::optional<Refusal> place_in_time(RawEvent& event, Instant stated,
                                                   std::optional<Instant> sent, Instant now);

/// Removes identifiers that cannot identify anybody (blank, blocked test values), then checks names, counts
/// and sizes against EventLimits. Nothing: the event may be stored.
enum class Texts { kUnchecked, kUtf8 };  ///< of its texts: whether they are still to be looked at
[[nodiscard]] std::optional<Refusal> admit(RawEvent& event, Texts texts = Texts::kUnchecked);

}  // namespace zhike::ingest
