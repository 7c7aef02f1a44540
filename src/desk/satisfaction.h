// Whether customers are content after the recovery: their last score before the complaint against the first
// after it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "desk/complaints.h"
#include "event/grant.h"
#include "warehouse/client.h"

namespace zhike::desk {

/// Scores of one instrument, on its own scale. Each customer's answers are compared with his own, so only
/// those who answered before and after count; who answers is not chance, so neither is the difference proof
/// of a cause.
struct RecoverySatisfaction {
  std::string instrument;
  std::uint64_t pairs = 0;
  double before = 0, after = 0, difference = 0;  ///< means
  std::optional<double> low, high;               ///< Student's t interval of the paired differences
};
/// Before: within kBefore of the opening. After: within kAfter of the resolution. An answer serves one
/// complaint.
inline constexpr Millis kBefore = days(180), kAfter = days(60);
inline constexpr std::size_t kSatisfiedMax = 20'000;  ///< complaints looked at, the newest

struct Satisfactions {
  std::vector<RecoverySatisfaction> instruments;  ///< most pairs first
  bool is_cut = false;                            ///< see kSatisfiedMax
};
/// Thread-safe. Permission: kViewCustomers or kViewMetrics. Errors: kPermissionMissing, and the client's.
[[nodiscard]] Result<Satisfactions> satisfaction_after(warehouse::Client& client, const Grant& grant,
                                                       const std::vector<Complaint>& complaints,
                                                       const std::vector<CustomerId>& customers);

struct ScoredAt {
  std::string instrument;
  Instant at;
  double score = 0;
};
struct Recovered {
  Instant opened, resolved;
  std::vector<ScoredAt> scores;  ///< of the customer, in order of time
};
/// The arithmetic: of complaints in order of their resolution, those of one customer side by side.
[[nodiscard]] std::vector<RecoverySatisfaction> compare_scores(const std::vector<Recovered>& recovered);

}  // namespace zhike::desk
