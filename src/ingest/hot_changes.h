// What one block adds to the hot state of each customer.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "event/event.h"
#include "ingest/touchpoints.h"
#include "ledger/hot.h"

namespace zhike::ingest {

/// One thread. Reused from block to block.
class HotChanges {
 public:
  struct Seen {
    const RawEvent& event;
    std::uint64_t event_id;
    std::uint32_t kind;
    const Placement& placement;
  };
  /// Orders are events at the touchpoint "order"; spend is the amount of events in the stage "purchase". An
  /// identify, group or alias states facts but is no interaction: it moves neither first nor last seen.
  void add(CustomerId customer, const Seen& seen);
  [[nodiscard]] std::vector<ledger::HotChange> take();

 private:
  std::vector<ledger::HotChange> changes_;
  boost::unordered_flat_map<CustomerId, std::uint32_t, std::hash<CustomerId>> places_;  // in changes_
};

}  // namespace zhike::ingest
