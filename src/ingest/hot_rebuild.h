// A customer's hot record made anew from the warehouse: after a split, when events must go back to whom they
// belong. Equal to what adding them one by one would have made.
#pragma once

#include "identity/graph.h"
#include "ledger/hot.h"
#include "warehouse/client.h"

namespace zhike::ingest {

/// Borrows everything. One thread.
class HotRebuild {
 public:
  explicit HotRebuild(warehouse::Client& client) : client_(client) {}

  /// Of all events of the subjects up to and with `block`, whose rows and kinds are in the warehouse. Errors:
  /// of the warehouse.
  [[nodiscard]] Result<ledger::HotReplace> make(const identity::Rebuild& customer, BlockId block);

 private:
  warehouse::Client& client_;
};

}  // namespace zhike::ingest
