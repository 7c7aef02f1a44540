// What is kept of a case: when it began, what came last, whether it is complete. Values only.
#pragma once

#include <cstdint>
#include <span>

#include "journey/case_stream.h"
#include "query/filter.h"

namespace zhike::journey {

/// Cases are cut out of all events of their customers, whatever is asked of them.
inline constexpr query::Range kEver{{0}, {7'258'118'400'000}};

struct CaseRow {
  std::uint64_t customer = 0;
  std::int64_t began_ms = 0;    ///< first step
  std::int64_t stepped_ms = 0;  ///< last step
  std::int64_t last_ms = 0;     ///< last event, answers too: where the pause begins
  std::uint32_t steps = 0, failures = 0;
  std::uint32_t first_kind = 0, last_kind = 0;  ///< of the first and the last step
  bool is_complete = false;                     ///< the last step is one of the ends
  friend bool operator==(const CaseRow&, const CaseRow&) = default;
};

/// `every`: one case as EachCase hands it out. Pure.
[[nodiscard]] CaseRow case_row(const CaseKinds& kinds, std::uint64_t customer,
                               std::span<const CaseEvent> every);

/// Where a case stands. One that is not complete goes on until nothing has followed for longer than the
/// definition's pause.
enum class CaseState : std::uint8_t { kRunning, kComplete, kLeft };
[[nodiscard]] CaseState state_of(const CaseRow& row, std::int64_t pause_ms, std::int64_t now_ms) noexcept;

}  // namespace zhike::journey
