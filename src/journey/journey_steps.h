// The store's journeys, one by one: the events that are steps are streamed, put together by customer and cut
// where a journey ends (journey.h says where).
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "event/grant.h"
#include "journey/journey.h"
#include "query/filter.h"
#include "query/prepare.h"
#include "warehouse/client.h"

namespace zhike::journey {

struct JourneyStep {
  std::int64_t ms = 0;
  std::uint16_t node = 0;  ///< place in nodes()
  friend bool operator==(const JourneyStep&, const JourneyStep&) = default;
};
/// `steps`: one journey, in order of time (then of arrival), never empty; borrowed for the call. Journeys of
/// a customer come one after another, the earliest first; customers in no order.
using EachJourney = std::function<void(std::uint64_t customer, std::span<const JourneyStep> steps)>;

/// Events held at once: 32 bytes each. Where there are more, the customers are read in parts.
inline constexpr std::uint64_t kJourneyEventsHeld = 12ULL << 20;
/// Of one question.
inline constexpr std::uint64_t kJourneyEventsMost = 48ULL << 20;

class JourneySteps {
 public:
  using Each = EachJourney;
  /// Permission kViewMetrics. Errors: kPermissionMissing, kBadFilter, kQueryTooLarge (more than 4,096 nodes),
  /// the client's. Blocks, as `each` does. `client` is borrowed.
  [[nodiscard]] static Result<JourneySteps> open(warehouse::Client& client, const Grant& grant,
                                                 const query::Filter& filter, Level level);
  /// In the order of their names.
  [[nodiscard]] const std::vector<std::string>& nodes() const noexcept { return nodes_; }

  /// Calls one of `workers`, each on one thread, for every journey. Errors: the client's, kQueryTooLarge
  /// (more than kJourneyEventsMost events, or a thousandth of the customers has more than are held).
  [[nodiscard]] Result<void> each(std::span<const EachJourney> workers,
                                  std::uint64_t held = kJourneyEventsHeld,
                                  std::uint64_t most = kJourneyEventsMost);

 private:
  JourneySteps(warehouse::Client& client, query::Prepared asked)
      : client_(client), asked_(std::move(asked)) {}
  warehouse::Client& client_;
  query::Prepared asked_;
  std::vector<std::string> nodes_;
  std::vector<std::uint16_t> node_of_;  // by kind
};

}  // namespace zhike::journey
