// What one block adds to the hot state of each customer.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "event/event.h"
#include "ingest/classify.h"
#include "ingest/touchpoints.h"
#include "ledger/hot.h"

namespace zhike::ingest {

/// One thread. Reused from block to block.
class HotChanges {
 public:
  struct Seen {
    const RawEvent& event;
    const Clean& clean;
    std::uint64_t event_id;
    std::uint32_t kind;
    const Placement& placement;
  };
  /// Orders are events at the touchpoint "order"; spend is the amount of events in the stage "purchase". An
  /// identify, group or alias states facts but is no interaction: it moves neither first nor last seen.
  void add(CustomerId customer, const Seen& seen);
  [[nodiscard]] std::vector<ledger::HotChange> take();

 private:
  struct Change {
    ledger::HotChange change;
    Instant unit_at{INT64_MIN}, nps_at{INT64_MIN}, csat_at{INT64_MIN}, ces_at{INT64_MIN};
  };
  std::unordered_map<CustomerId, Change> changes_;
};

/// "phone:138****8000"; empty for kinds that are not shown (orders, devices, anonymous ids).
[[nodiscard]] std::string masked_identifier(const Identifier& identifier);

}  // namespace zhike::ingest
