// A block on its way from the journal to the warehouse: everything its delivery needs, so that it can be
// delivered again after a crash without looking at the journal. Its file holds nothing sensitive in clear.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/ids.h"
#include "identity/blocks.h"
#include "identity/graph.h"
#include "ingest/sources.h"
#include "ledger/hot.h"

namespace zhike::ingest {

/// A reject of the block, sealed under its day's key. The index keeps what is here in clear.
struct SealedReject {
  SourceId source;
  Reason reason = Reason::kUnreadable;
  Instant received_at;
  std::string detail, origin, sealed;
  std::string name;  ///< of the event, scrubbed; empty: not known
};

struct Block {
  identity::Block record;
  std::string rows;                         ///< of events, in rows_format
  std::string map_rows;                     ///< of subject_map, RowBinary
  std::string item_rows;                    ///< of items, RowBinary
  std::string_view rows_format = "Native";  ///< of a file of an earlier version: RowBinary
  std::vector<ledger::HotMerge> merges;
  std::vector<ledger::HotChange> changes;
  std::vector<identity::Rebuild> rebuilds;  ///< customers whose record is made anew after all else
  std::vector<SourceCounts> counts;
  std::vector<SealedReject> rejects;
};

[[nodiscard]] std::filesystem::path block_file(const std::filesystem::path& folder, BlockId block);
/// Durable when it returns. Errors: kDiskFull, kFileFailed.
[[nodiscard]] Result<void> write_block(const std::filesystem::path& file, const Block& block);
/// Errors: kBlockDamaged (missing, unreadable or changed; names the file and which).
[[nodiscard]] Result<Block> read_block(const std::filesystem::path& file);

}  // namespace zhike::ingest
