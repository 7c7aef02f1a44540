// The mover: journal → warehouse, exactly once. Three threads work hand in hand: one reads records
// (read_record.h), one makes blocks of them (prepare.h), one delivers these (deliver.h); a fourth reloads the
// subject dictionary, no more often than it can bear. While the warehouse is down, the third tries again and
// the others wait: order is kept, nothing is lost.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "ingest/deliver.h"
#include "ingest/lanes.h"
#include "ingest/prepare.h"
#include "ingest/read_record.h"

namespace zhike::ingest {

struct MoverStatus {
  Millis lag{0};  ///< age of the oldest event on its way; 0: none
  std::uint64_t blocks = 0, events = 0, dropped = 0, quarantined = 0;  ///< since start
  std::optional<Instant> last_block;
  std::string error;  ///< why it waits just now; empty: it does not
};

/// What became of one journal record; for imports.
struct RecordFate {
  journal::Position at;
  SourceId source;
  std::uint64_t stored = 0, dropped = 0, quarantined = 0;  ///< items count as stored
  std::span<const Reason> events;  ///< of each event in order, kNone: stored; valid during the call
};

class Mover {
 public:
  struct Parts {
    journal::Journal& journal;
    ledger::Db& ledger;
    ledger::Db& identity_db;
    identity::Graph& graph;
    const govern::Keys& keys;
    ledger::Hot& hot;
    warehouse::Client& client;
    Kinds& kinds;
    Quarantine& quarantine;
    const Sources& sources;
    const Clock& clock;
    const Gate* gate = nullptr;    ///< of calls that are read only now; may be null
    Feed* feed = nullptr;          ///< may be null
    Observer* observer = nullptr;  ///< may be null
  };
  struct Options {
    std::filesystem::path blocks;  ///< folder; created when missing
    journal::Fingerprints::Options fingerprints;
    /// A block is made after the wait, or later where the one before is still being made: the more there is
    /// to do, the larger the blocks, and the less each event costs the warehouse.
    std::size_t block_events_max = 150'000;
    Millis block_wait_max{300};
    Millis hot_wait_max = seconds(5);  ///< what is delivered is seen at once, and written this often
    Millis journal_kept = days(8);     ///< after moving
    Millis quarantine_kept = days(90);
    Millis back_off_max = seconds(5);
    const Clock* age =
        nullptr;  ///< decides what is old enough to go (base/age_clock.h); null: the parts' clock
    /// For tests: called after each step; false stops everything as if the process had died there.
    std::function<bool(Step)> after;
  };

  /// Borrows all parts; they must outlive it. Deletes block files that no transaction knows. Errors: those of
  /// the fingerprints and of identity.db; kBlockDamaged (an unfinished block cannot be read).
  [[nodiscard]] static Result<std::unique_ptr<Mover>> open(Parts parts, Options options);
  ~Mover();  ///< stops
  Mover(const Mover&) = delete;
  Mover& operator=(const Mover&) = delete;

  /// Delivers what a crash left unfinished, then goes on with the journal. Once.
  void start();
  /// Finishes the blocks at hand where the warehouse takes them, and ends the threads.
  void stop();

  /// Waits until everything before `position` is in the warehouse; false: not within `longest`, or stopped.
  [[nodiscard]] bool wait_moved(journal::Position position, Millis longest);
  /// Waits until a block above `known` is in the warehouse; answers the newest that is, with all before it.
  [[nodiscard]] BlockId wait_delivered(BlockId known, Millis longest);
  [[nodiscard]] MoverStatus status() const;
  [[nodiscard]] journal::Coverage retry_coverage() const;
  /// Reloads the subject dictionary now, for tests and the end of an import.
  [[nodiscard]] Result<void> reload_map();

  /// Has a decision about customers carried out in turn with the blocks, and waits until whoever asks sees
  /// it: lists and profiles at once, numbers after reload_map(). Errors: those of identity::Decided;
  /// kStopping (nothing was done), kServerBusy (not done within `longest`; it may be done later: ask again).
  [[nodiscard]] Result<identity::Decided> decide(identity::Decision decision, Millis longest = seconds(20));
  /// Many, in one block; an answer for each.
  [[nodiscard]] std::vector<Result<identity::Decided>> decide_all(std::vector<identity::Decision> decisions,
                                                                  Millis longest = seconds(60));

  /// Called with each record's fate, on the mover's thread, until unwatch().
  using Watch = std::function<void(const RecordFate&)>;
  [[nodiscard]] std::uint64_t watch(Watch watch);
  void unwatch(std::uint64_t id);

 private:
  Mover(Parts parts, Options options);
  Result<void> recover();
  void start_reading();
  void start_preparing();
  [[nodiscard]] bool read_one(journal::Journal::Reader& reader, RecordReader& records,
                              std::unique_ptr<Batch>& batch);
  void look_at_pace(const Batch& batch);
  void deliver_loop();
  void reload_loop();
  bool collect(journal::Journal::Reader& reader, RecordReader& records, Batch& batch);
  [[nodiscard]] std::unique_ptr<Batch> next_batch();
  bool prepare_one(Preparer& preparer, const Batch& batch);
  bool recover_blocks(Deliverer& deliverer);
  bool deliver_one(Deliverer& deliverer, const Block& block, bool after_crash);
  void finish(Deliverer& deliverer);
  void report(const Batch& batch, const Fates& fates);
  void take_decisions(Batch& batch);
  void answer_decisions(const Fates& fates, BlockId block);
  void rest();
  void housekeeping();
  bool pause(Millis longest);  // false: stopped meanwhile
  void die();

  Parts parts_;
  Options options_;
  std::unique_ptr<journal::Fingerprints> fingerprints_;
  std::deque<Block> unfinished_;  // found by recover()
  journal::Position cut_;         // everything before it is in a block, or in a batch

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::unique_ptr<Batch> read_, spare_;  // what waits to be made a block; room to read into
  std::deque<Block> queue_;
  struct Asked {
    identity::Decision decision;
    std::optional<Result<identity::Decided>> answer;
    BlockId block;
  };
  std::deque<std::shared_ptr<Asked>> asked_;   // not yet in a batch
  std::vector<std::shared_ptr<Asked>> taken_;  // of the batch at hand, beside its decisions
  journal::Position made_;                     // everything before it is in a block
  BlockId delivered_;
  bool stopping_ = false, wanted_ = false, prepared_all_ = false, dead_ = false, map_dirty_ = true;
  journal::Position moved_;
  MoverStatus status_;
  journal::Coverage coverage_;
  std::deque<Instant> oldest_;  // first arrival in each block on its way
  Instant last_housekeeping_;
  Millis last_reload_{0};
  std::map<std::uint64_t, Watch> watches_;
  std::uint64_t next_watch_ = 1;
  std::atomic<bool> gives_way_{false};  // records come in faster than can be kept up with
  std::chrono::steady_clock::time_point paced_{};
  journal::Position paced_at_;
  std::thread delivering_, reloading_;
  Lanes reading_, preparing_;
};

}  // namespace zhike::ingest
