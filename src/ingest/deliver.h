// Second half of the mover: a committed block reaches the warehouse, the hot state and the ledger. Every step
// may be repeated and then changes nothing. Hot state is written for many blocks at a time; until then their
// files are kept, so that even a power failure leaves everything to apply them again.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <unordered_map>
#include <vector>

#include "ingest/block.h"
#include "ingest/feed.h"
#include "ingest/hot_rebuild.h"
#include "ingest/kinds.h"
#include "ingest/quarantine.h"
#include "ledger/hot.h"
#include "warehouse/client.h"

namespace zhike::ingest {

/// What has just been done; kill points of the tests.
enum class Step : std::uint8_t {
  kFileWritten,
  kCommitted,
  kInserted,
  kHotApplied,
  kCounted,
  kHotFlushed,
  kMarkedDone
};

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
    std::chrono::milliseconds kept_max;  ///< a delivered block's file, before finish() is due
  };
  explicit Deliverer(Parts parts) : parts_(std::move(parts)), rebuild_(parts_.client) {}

  /// Everything a reader asks for is answered from the block when it returns; the block is not done before
  /// finish(), which it calls first when that is due. `after_crash`: looks the block up before inserting.
  /// Errors: of the warehouse and the ledger; the same call may be repeated. True in `map_changed` when the
  /// subject dictionary is to be reloaded.
  [[nodiscard]] Result<void> deliver(const Block& block, bool after_crash, bool& map_changed);

  /// Counts the rows of all blocks that a crash has left, in one query, for the first deliver() of each.
  [[nodiscard]] Result<void> look_up(BlockId first, BlockId last);

  /// Writes the hot state, marks the delivered blocks done and deletes their files. Errors: of the ledger; to
  /// be called again.
  [[nodiscard]] Result<void> finish();
  /// When finish() is due at the latest; nothing: nothing to finish.
  [[nodiscard]] std::optional<std::chrono::steady_clock::time_point> due() const;

  /// For tests; false: as if the process had died after that step.
  std::function<bool(Step)> after;

 private:
  Result<std::uint64_t> rows_there(const Block& block);
  Result<void> insert(const Block& block, bool after_crash);
  Result<void> apply_hot(const Block& block);
  Result<void> count(const Block& block);
  Result<void> reached(Step step);
  Parts parts_;
  HotRebuild rebuild_;
  std::unordered_map<std::uint64_t, std::uint64_t> there_;  // rows by block, from look_up(); each used once
  std::vector<BlockId> kept_;                               // delivered, not done
  std::size_t kept_bytes_ = 0;
  std::chrono::steady_clock::time_point kept_since_;
  std::chrono::steady_clock::duration finishing_{};  // what it took last time
};

}  // namespace zhike::ingest
