#include "journey/case_row.h"

namespace zhike::journey {

CaseRow case_row(const CaseKinds& kinds, std::uint64_t customer, std::span<const CaseEvent> every) {
  CaseRow out{.customer = customer, .last_ms = every.back().ms};
  for (const CaseEvent& event : every) {
    if (event.is_answer) continue;
    if (out.steps == 0) {
      out.began_ms = event.ms;
      out.first_kind = event.kind;
    }
    ++out.steps;
    out.stepped_ms = event.ms;
    out.last_kind = event.kind;
    out.is_complete = kinds.of(event).is_end;
    if (kinds.of(event).is_failure) ++out.failures;
  }
  return out;
}

CaseState state_of(const CaseRow& row, std::int64_t pause_ms, std::int64_t now_ms) noexcept {
  if (row.is_complete) return CaseState::kComplete;
  return now_ms - row.last_ms > pause_ms ? CaseState::kLeft : CaseState::kRunning;
}

}  // namespace zhike::journey
