// First half of the mover: records of the journal become a block. Repeats are dropped, identifiers resolved,
// kinds numbered, values classified; the block's file and the transaction of identity.db make it final.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "govern/keys.h"
#include "identity/cases.h"
#include "identity/graph.h"
#include "identity/traits.h"
#include "ingest/block.h"
#include "ingest/classify.h"
#include "ingest/event_columns.h"
#include "ingest/feed.h"
#include "ingest/hot_changes.h"
#include "ingest/kinds.h"
#include "ingest/observe.h"
#include "ingest/parsed.h"
#include "ingest/quarantine.h"
#include "journal/fingerprints.h"
#include "journal/journal.h"
#include "warehouse/client.h"

namespace zhike::ingest {

/// Records that will be one block.
struct Batch {
  struct Piece {  ///< one record: its events are [first, first + events) of parsed.events
    journal::Position at;
    SourceId source;
    std::size_t first = 0, events = 0, rejects = 0, items = 0;
  };
  journal::Position from, to;
  Parsed parsed;
  std::vector<crypto::Hash128> marks;  ///< beside parsed.events: the fingerprint of each
  std::vector<Piece> pieces;
  std::vector<identity::Decision> decisions;  ///< carried out after the events
  [[nodiscard]] std::size_t size() const { return parsed.size(); }
};

/// What became of one event of a batch; filled only when somebody listens, or an import asks.
struct Fates {
  std::vector<Reason> events;                      ///< beside Batch::parsed.events; kNone: stored
  std::vector<Result<identity::Decided>> decided;  ///< beside Batch::decisions
};

/// One thread. Borrows everything.
class Preparer {
 public:
  struct Parts {
    ledger::Db& identity_db;
    identity::Graph& graph;
    const govern::Keys& keys;
    journal::Fingerprints& fingerprints;
    Kinds& kinds;
    Quarantine& quarantine;
    const Clock& clock;
    const Clock& age;  ///< how long ago a message was seen
    std::filesystem::path blocks;
    Observer* observer = nullptr;  ///< may be null
  };
  explicit Preparer(Parts parts) : parts_(std::move(parts)), traits_(parts_.keys) {}

  /// Makes the batch a committed block. After an error nothing of it has happened (its file may lie there),
  /// and the same batch may be tried again. Errors: kDiskFull, kFileFailed, those of the ledger.
  [[nodiscard]] Result<Block> prepare(const Batch& batch, Fates& fates);
  /// For tests: between the block's file and the transaction. False: as if the process had died there.
  std::function<bool()> before_commit;

 private:
  struct Row {  // an event that is kept
    std::size_t at = 0;
    std::uint32_t kind = 0;
  };
  /// What one event says that goes into identity.db beside its identifiers. Borrows from the event.
  struct Fact {
    const RawEvent* event;
    SubjectId subject;
    std::vector<SealedValue> sealed;
    std::vector<CleanValue> traits;
    std::string full_name;
  };
  struct Case {
    SubjectId subject;
    identity::CaseEvent event;
  };
  void drop_repeats(const Batch& batch, Fates& fates);
  Result<void> transact(ledger::Tx& tx, const Batch& batch, Fates& fates, Block& block);
  void make_rows(const Batch& batch, std::span<const identity::Resolved> resolved, Fates& fates,
                 Block& block);
  Result<void> put_facts(ledger::Tx& tx);
  Result<void> finish_block(const Batch& batch, const Fates& fates, Block& block) const;
  void take_group(const RawEvent& event);
  Result<void> put_traits(ledger::Tx& tx, const Fact& fact);
  Result<void> change_traits(ledger::Tx& tx, const RawEvent& event, SubjectId subject);
  void observe(const Batch& batch, const Fates& fates);
  void count_fates(const Batch& batch, const Fates& fates, Block& block) const;

  Parts parts_;
  identity::Traits traits_;
  Classifier classifier_;
  identity::FullSubjects full_;  // of the running transaction
  HotChanges hot_;
  Clean clean_;
  std::vector<Item> groups_;  // of the block's group calls
  std::vector<Fact> facts_;
  std::vector<Case> cases_;
  std::vector<Row> kept_;
  std::vector<Observer::Stored> seen_;
  EventColumns rows_;
};

/// The columns of `items` in the order of its rows.
inline constexpr std::string_view kItemColumns = "type, id, source_id, gone, at, properties";
}  // namespace zhike::ingest
