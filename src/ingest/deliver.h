// Second half of the mover: a committed block reaches the warehouse, the hot state and the ledger. Every step
// may be repeated and then changes nothing.
#pragma once

#include <filesystem>
#include <functional>

#include "ingest/block.h"
#include "ingest/feed.h"
#include "ingest/kinds.h"
#include "ingest/quarantine.h"
#include "ledger/hot.h"
#include "warehouse/client.h"

namespace zhike::ingest {

/// What has just been done; kill points of the tests.
enum class Step : std::uint8_t { kFileWritten, kCommitted, kInserted, kHotApplied, kCounted, kMarkedDone };

/// One thread. Borrows everything.
class Deliverer {
 public:
  struct Parts {
    ledger::Db& ledger;
    ledger::Db& identity_db;
    ledger::Hot& hot;
    warehouse::Client& client;
    Kinds& kinds;
    Quarantine& quarantine;
    Feed* feed = nullptr;  ///< may be null
    std::filesystem::path blocks;
  };
  explicit Deliverer(Parts parts) : parts_(std::move(parts)) {}

  /// `after_crash`: looks the block up before inserting. Errors: of the warehouse and the ledger; the same
  /// call may be repeated. True in `map_changed` when the subject dictionary is to be reloaded.
  [[nodiscard]] Result<void> deliver(const Block& block, bool after_crash, bool& map_changed);

  /// For tests; false: as if the process had died after that step.
  std::function<bool(Step)> after;

 private:
  Result<bool> is_inserted(const Block& block);
  Result<void> apply_hot(const Block& block);
  Result<void> count(const Block& block);
  Result<void> reached(Step step);
  Parts parts_;
};

}  // namespace zhike::ingest
