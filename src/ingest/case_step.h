// What an event says of the conversation or ticket that it names: opened, went on, closed.
#pragma once

#include <optional>

#include "event/event.h"
#include "identity/cases.h"
#include "ingest/touchpoints.h"

namespace zhike::ingest {

/// None for events without a case, and for those that are not of service (orders have cases, too). The words
/// of the name decide ("Ticket Closed", "工单已关闭"), and before them a property "resolved". Pure.
[[nodiscard]] std::optional<identity::CaseStep> case_step(const RawEvent& event, const Placement& placement);

}  // namespace zhike::ingest
