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

/// Removes identifiers that cannot identify anybody (blank, blocked test values), then checks names, counts
/// and sizes against EventLimits. Nothing: the event may be stored.
[[nodiscard]] std::optional<Refusal> admit(RawEvent& event);

}  // namespace zhike::ingest
