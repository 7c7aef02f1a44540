// The journal: append-only segment files of checksummed, encrypted records. A record that was acknowledged
// survives kill -9, a restart and a full disk. Format and invariants: format.h.
#pragma once

#include <compare>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/crypto.h"
#include "base/result.h"
#include "base/time.h"

namespace zhike::journal {

/// Where a record begins: total order over all segments. {0, 0} is before the first record.
struct Position {
  std::uint64_t segment = 0;
  std::uint64_t offset = 0;
  friend auto operator<=>(const Position&, const Position&) = default;
};

/// The key of a UTC day (days since 1970). Supplied by govern; must answer for every day still in the
/// journal.
using DayKey = std::function<Result<crypto::Key>(std::int32_t utc_day)>;

struct Options {
  std::filesystem::path folder;
  DayKey key;
  const Clock* clock = &Clock::system();
  std::uint64_t segment_bytes_max = 128ULL << 20;
  std::uint64_t journal_bytes_max = 16ULL << 30;  ///< not yet moved; above: kJournalFull
  Millis batch_max = {5};                         ///< longest wait of a group commit
};

struct Record {
  Position at;
  Position next;        ///< where the following record begins: the checkpoint once this one is moved
  std::string payload;  ///< decrypted
};

/// What opening found and did.
struct Recovery {
  std::uint64_t records = 0;     ///< in the last segment; earlier ones are checked when they are read
  std::uint64_t torn_bytes = 0;  ///< cut off the end of the last segment: never acknowledged
  std::string torn_segment;      ///< empty: none
};

/// Thread-safe, except that each Reader belongs to one thread.
class Journal {
 public:
  /// A damaged record in the middle (anything valid after it) is kJournalCorrupt with file and offset: it is
  /// never skipped silently; in segments before the last, reading reports it. A damaged tail is cut, and
  /// reported in recovery(). Errors: kJournalCorrupt, kJournalGap (a segment is missing), kFileFailed.
  [[nodiscard]] static Result<std::unique_ptr<Journal>> open(Options options);
  virtual ~Journal() = default;

  using Done = std::function<void(Result<Position>)>;
  /// Queues a record for the next group commit and calls `done` (on the commit thread; must be quick) when it
  /// is on disk, or could not be: kDiskFull, kJournalFull, kFileFailed, kRecordTooLarge (64 MiB); then
  /// nothing of it is kept, and later appends may succeed again.
  virtual void append(std::string payload, Done done) = 0;
  /// The same, waiting.
  [[nodiscard]] virtual Result<Position> append(std::string payload) = 0;

  class Reader {
   public:
    virtual ~Reader() = default;
    /// The next durable record; nothing when there is none yet. An error repeats until its cause is gone.
    /// Errors: kJournalCorrupt, kJournalGap (the position is beyond the end or was dropped), kFileFailed.
    [[nodiscard]] virtual Result<std::optional<Record>> next() = 0;
    /// Waits until next() has something or `longest` has passed; true when it has.
    virtual bool wait(Millis longest) = 0;
  };
  /// From a record's `at` or `next`, or {0, 0}: the oldest record. The journal must outlive its readers.
  [[nodiscard]] virtual std::unique_ptr<Reader> read(Position from) = 0;

  /// Everything before `moved` is in the warehouse. Kept in memory only: the ledger's block records hold it.
  virtual void set_moved(Position moved) = 0;
  /// Deletes segments that were moved and whose last record is older than `before`, never the newest. Answers
  /// how many. Errors: kFileFailed.
  [[nodiscard]] virtual Result<std::uint64_t> drop_moved(Instant before) = 0;

  [[nodiscard]] virtual Position end() const = 0;                 ///< after the last durable record
  [[nodiscard]] virtual std::uint64_t bytes_waiting() const = 0;  ///< durable but not moved
  [[nodiscard]] virtual const Recovery& recovery() const = 0;
};

}  // namespace zhike::journal
