// The record of every block of the mover, in identity.db, so that it commits with the block's identity
// effects. Functions of a transaction; they keep nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "ledger/db.h"

namespace zhike::identity {

/// A place in the journal (journal::Position, which a sibling layer may not name).
struct JournalPlace {
  std::uint64_t segment = 0, offset = 0;
  friend auto operator<=>(const JournalPlace&, const JournalPlace&) = default;
};

struct Block {
  BlockId id;
  JournalPlace from, to;  ///< records in [from, to)
  std::uint64_t rows = 0;
  std::uint64_t mark = 0;  ///< of the retry fingerprints, after this block
  Instant created_at;
  bool done = false;
  friend bool operator==(const Block&, const Block&) = default;
};

namespace blocks {
/// One more than the last; 1 for the first. Ids are never used twice: forgotten blocks are older ones.
[[nodiscard]] Result<BlockId> next_id(ledger::Tx& tx);
/// Errors: kLedgerConflict when the id exists.
[[nodiscard]] Result<void> put_cut(ledger::Tx& tx, const Block& block);
/// Errors: kNotFound. Marking twice changes nothing.
[[nodiscard]] Result<void> mark_done(ledger::Tx& tx, BlockId block);
/// Cut but not done, oldest first.
[[nodiscard]] Result<std::vector<Block>> unfinished(ledger::Tx& tx);
/// The newest block, whatever its state: where the next one begins (its `to`) and the mark. Empty: no block
/// yet.
[[nodiscard]] Result<std::optional<Block>> last(ledger::Tx& tx);
/// Up to where everything is done: the `from` of the oldest unfinished block, else the `to` of the last one.
[[nodiscard]] Result<JournalPlace> done_up_to(ledger::Tx& tx);
/// Forgets done blocks created before `before`, but never the newest. Answers how many.
[[nodiscard]] Result<std::int64_t> drop_done(ledger::Tx& tx, Instant before);
}  // namespace blocks

}  // namespace zhike::identity
