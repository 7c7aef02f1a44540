// The file side of appending: writes one batch at a time and knows what is certainly on disk.
#pragma once

#include <memory>
#include <vector>

#include "base/file.h"
#include "journal/file_ops.h"
#include "journal/format.h"

namespace zhike::journal {

/// One record on its way to the disk. The appending thread fills `sealed` and `header`.
struct Slot {
  Position at;
  std::int32_t utc_day = 0;
  crypto::Key key;
  RecordHeader header;
  std::string sealed;
  Journal::Done done;
  bool ready = false;  ///< under the journal's mutex
  [[nodiscard]] std::uint64_t bytes() const noexcept { return kRecordHeaderBytes + header.sealed_bytes; }
};
using SlotPtr = std::unique_ptr<Slot>;

/// Belongs to the commit thread.
class Writer {
 public:
  Writer(std::filesystem::path folder, FileOps& ops) : folder_(std::move(folder)), ops_(ops) {}

  /// The last durable record of an earlier segment: what the next segment's header says.
  void set_before(Position end, std::int64_t last_ms) noexcept {
    before_ = end;
    before_last_ms_ = last_ms;
  }
  /// Writes the records of one segment and syncs them. On failure nothing of them is kept: the segment is cut
  /// back, or left for good when that is not certain. Errors: kDiskFull, kFileFailed.
  [[nodiscard]] Result<void> commit(std::vector<SlotPtr>& batch);

  /// Whether records may follow in the segment of end().
  [[nodiscard]] bool is_open() const noexcept { return fd_.is_open(); }
  [[nodiscard]] const SegmentHeader& segment() const noexcept { return segment_; }
  [[nodiscard]] std::uint64_t end() const noexcept { return end_; }

 private:
  [[nodiscard]] Result<void> start(const Slot& first);
  [[nodiscard]] Result<void> write(std::vector<SlotPtr>& batch);
  [[nodiscard]] int write_parts(std::vector<iovec>& parts, std::uint64_t at);
  void take_back(bool keep_open);

  std::filesystem::path folder_;
  FileOps& ops_;
  Fd fd_;
  SegmentHeader segment_;
  std::uint64_t end_ = 0;  ///< of what is durable; 0: not even the header
  Position before_;
  std::int64_t before_last_ms_ = 0;
};

}  // namespace zhike::journal
