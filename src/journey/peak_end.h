// Peak and end of journeys: which of what customers felt on the way goes with how they judge the whole, and
// in which stage a change would move that judgement most. The estimates and their sources are those of
// stats/peak_end.h, feelings and stages those of journey/map.h.
//
// The judgement of a journey is its last answer to `instrument`, in the unit of the instrument. What was felt
// is each other answer and each comment before it; the comment that goes with the judgement itself does not
// count. What belongs to one event is one moment: their mean. Journeys with fewer than two moments say
// nothing of peak against average and are left out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "event/grant.h"
#include "journey/definitions.h"
#include "query/filter.h"
#include "stats/peak_end.h"
#include "warehouse/client.h"

namespace zhike::journey {

inline constexpr std::size_t kPeakEndJourneysMax = 20'000;  ///< that are looked at; drawn by hash

struct PeakEndStage {
  std::string stage;
  double peak_share = 0, end_share = 0;  ///< of journeys
  stats::Estimated gain{};               ///< see stats::StageLeverage
};
struct PeakEndExample {
  std::uint64_t customer = 0;
  Instant began;
  double overall = 0, peak = 0, end = 0, average = 0;
};
struct PeakEndReport {
  std::string instrument;               ///< empty: nobody answered
  std::uint64_t answered = 0;           ///< journeys with a judgement
  std::uint64_t read = 0;               ///< of them, looked at
  std::uint64_t used = 0;               ///< of them, with two moments or more
  stats::PeakEndAnswer answer{};        ///< its stages are numbers; see `stages`
  std::vector<PeakEndStage> stages{};   ///< largest gain first
  std::vector<PeakEndExample> worst{};  ///< 5 journeys of the lowest peaks; none without kViewCustomers
};

struct PeakEndOptions {
  Definition definition{};
  std::uint32_t reading = 0;
  std::string instrument{};  ///< empty: the one with most answers in the range
};
/// Two passes over the answers of the range, and one over its events. Thread-safe, blocks; permission
/// kViewMetrics. Errors: kPermissionMissing, kBadFilter, and the client's.
[[nodiscard]] Result<PeakEndReport> peak_end(warehouse::Client& client, const Grant& grant,
                                             const query::Filter& filter, const PeakEndOptions& options);

}  // namespace zhike::journey
