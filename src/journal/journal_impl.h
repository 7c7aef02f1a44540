// What the threads of a journal share. Appending threads reserve a position under the mutex, seal outside it,
// and mark their slot ready; the commit thread takes the ready beginning of the queue, writes and syncs it,
// and calls back. While one batch is being synced the next one gathers.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "journal/segments.h"
#include "journal/writer.h"

namespace zhike::journal {

/// Journal::open with the file calls of the caller. `ops` must outlive the journal.
[[nodiscard]] Result<std::unique_ptr<Journal>> open_journal(Options options, FileOps& ops);

class JournalImpl final : public Journal {
 public:
  JournalImpl(Options options, FileOps& ops, Found found);
  ~JournalImpl() override;

  void append(std::string payload, Done done) override;
  Result<Position> append(std::string payload) override;
  std::unique_ptr<Reader> read(Position from) override;
  void set_moved(Position moved) override;
  Result<std::uint64_t> drop_moved(Instant before) override;
  Position end() const override;
  std::uint64_t bytes_waiting() const override;
  const Recovery& recovery() const override { return recovery_; }

  // For readers.

  /// Where reading goes on from a position, and how far.
  struct Bounds {
    Position at;  ///< the same place, or the beginning of the next segment
    std::int32_t utc_day = 0;
    std::uint64_t limit = 0;  ///< end of the durable records of at.segment
  };
  /// Nothing when there is nothing to read yet. Errors: kJournalGap.
  [[nodiscard]] Result<std::optional<Bounds>> bounds(Position at) const;
  bool wait_beyond(Position at, Millis longest) const;
  [[nodiscard]] const Options& options() const noexcept { return options_; }

 private:
  [[nodiscard]] Result<SlotPtr> reserve(std::size_t payload_bytes);
  [[nodiscard]] Result<void> roll(std::int32_t day);
  void commit_loop();
  void gather(std::unique_lock<std::mutex>& lock);
  [[nodiscard]] std::vector<SlotPtr> take_batch();
  void publish(const std::vector<SlotPtr>& batch);
  [[nodiscard]] std::vector<SlotPtr> take_failed(std::unique_lock<std::mutex>& lock);
  void count_waiting();

  struct Rejected {
    Done done;
    Error error;
  };

  const Options options_;
  FileOps& ops_;
  Recovery recovery_;
  Writer writer_;  // the commit thread's alone

  mutable std::mutex mutex_;
  std::condition_variable work_;              // for the commit thread
  mutable std::condition_variable readable_;  // for readers
  Segments segments_;
  Position end_;
  Position moved_;
  std::uint64_t bytes_waiting_ = 0;
  std::uint64_t bytes_queued_ = 0;
  std::deque<SlotPtr> queue_;
  std::size_t ready_ = 0;  // slots of queue_ that are ready
  std::vector<Rejected> rejected_;
  Position next_;                 // of the next reservation
  bool segment_open_ = false;     // whether next_.segment takes more
  std::int32_t day_ = INT32_MIN;  // of next_.segment and of key_
  crypto::Key key_;
  bool stop_ = false;
  std::size_t last_batch_ = 0;
  std::chrono::steady_clock::duration last_sync_{};
  std::chrono::steady_clock::time_point last_end_{};

  std::thread thread_;
};

}  // namespace zhike::journal
