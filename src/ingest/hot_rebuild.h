// A customer's hot record made anew from the warehouse and identity.db: after a split, when events must go
// back to whom they belong. Equal to what adding them one by one would have made.
#pragma once

#include "govern/keys.h"
#include "identity/graph.h"
#include "identity/traits.h"
#include "ledger/hot.h"
#include "warehouse/client.h"

namespace zhike::ingest {

/// Borrows everything. One thread.
class HotRebuild {
 public:
  HotRebuild(warehouse::Client& client, ledger::Db& identity_db, const govern::Keys& keys)
      : client_(client), identity_db_(identity_db), traits_(keys) {}

  /// Of all events of the subjects up to and with `block`, whose rows and kinds are in the warehouse. Errors:
  /// of the warehouse and the ledger.
  [[nodiscard]] Result<ledger::HotReplace> make(const identity::Rebuild& customer, BlockId block);

 private:
  [[nodiscard]] Result<void> add_traits(const identity::Rebuild& customer, ledger::HotProfile& record);
  warehouse::Client& client_;
  ledger::Db& identity_db_;
  identity::Traits traits_;
};

}  // namespace zhike::ingest
