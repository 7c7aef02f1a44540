// What one block adds to the hot state of each customer.
#pragma once

#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "event/event.h"
#include "ingest/classify.h"
#include "ingest/touchpoints.h"
#include "ledger/hot.h"

namespace zhike::ingest {

inline constexpr std::size_t kHotTraitBytes = 80;  ///< of a value: the record is small
/// Whether lists show it or conditions ask for it: what is masked, but for the name, says nothing there.
[[nodiscard]] bool is_hot_trait(std::string_view key, bool sensitive);

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
  /// What the customer's traits come to, an empty value for one that is gone.
  void tell(CustomerId customer, std::span<const ledger::HotTrait> traits);
  [[nodiscard]] std::vector<ledger::HotChange> take();

 private:
  std::unordered_map<CustomerId, ledger::HotChange> changes_;
};

}  // namespace zhike::ingest
