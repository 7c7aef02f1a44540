// Process performance of the store: its journeys, or its orders, tickets and applications, as a log of steps.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "event/grant.h"
#include "journey/journey.h"
#include "journey/step_file.h"
#include "query/filter.h"
#include "warehouse/client.h"

namespace zhike::journey {

enum class CaseOf : std::uint8_t { kJourney, kCase };
[[nodiscard]] std::string_view to_string(CaseOf of) noexcept;  ///< "journey"
/// Errors: kBadFilter.
[[nodiscard]] Result<CaseOf> parse_case_of(std::string_view text);

/// Columns are properties of events, or `name`, `channel`, `unit`.
struct StoreSteps {
  Level level = Level::kTouchpoint;
  CaseOf of = CaseOf::kJourney;  ///< kCase: events with the same case_id; those without have no part
  std::string resource = {}, cost = {}, group = {};  ///< empty: none
  std::optional<StepRule> machine = {}, failure = {};
};

struct StoredSteps {
  StepLog log;                         ///< empty where nothing is stored of the range
  std::uint64_t cases = 0, steps = 0;  ///< in all; the log has a random part of them where they are too many
};

inline constexpr std::uint64_t kStoredStepsMax = 400'000;

/// Thread-safe, blocks for its query. Permission kViewMetrics. Events have one time, so no step has a begin.
/// Errors: kPermissionMissing, kBadFilter, kLogTooLarge, the client's.
[[nodiscard]] Result<StoredSteps> stored_steps(warehouse::Client& client, const Grant& grant,
                                               const query::Filter& filter, const StoreSteps& options);

}  // namespace zhike::journey
