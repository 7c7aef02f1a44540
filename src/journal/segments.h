// The segments of a folder as they are found when a journal opens, and buffered reading of one.
#pragma once

#include <map>

#include "base/file.h"
#include "journal/file_ops.h"
#include "journal/format.h"

namespace zhike::journal {

/// A segment with at least one durable record.
struct Segment {
  SegmentHeader header;
  std::uint64_t end = 0;     ///< after its last durable record
  std::int64_t last_ms = 0;  ///< time of that record
};
using Segments = std::map<std::uint64_t, Segment>;

/// Reads a file in large pieces. Belongs to one thread.
class Window {
 public:
  [[nodiscard]] static Result<Window> open(std::filesystem::path path);
  /// The bytes from `offset` on, fewer than asked for only at the end of the file; valid until the next call.
  /// Nothing from `limit` on is read ahead: a writer may still be changing it.
  [[nodiscard]] Result<std::string_view> read(std::uint64_t offset, std::size_t bytes,
                                              std::uint64_t limit = UINT64_MAX);
  [[nodiscard]] Result<std::uint64_t> size() const;
  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

 private:
  Window(Fd fd, std::filesystem::path path) : fd_(std::move(fd)), path_(std::move(path)) {}
  Fd fd_;
  std::filesystem::path path_;
  std::uint64_t begin_ = 0;  ///< of buffer_, in the file
  std::string buffer_;
};

struct Found {
  Segments segments;
  Recovery recovery;
};
/// Lists the segments, checks that none is missing between them, and cuts the torn end of the last one.
/// Errors: kJournalCorrupt, kJournalGap, kFileFailed.
[[nodiscard]] Result<Found> recover(const std::filesystem::path& folder, FileOps& ops);

}  // namespace zhike::journal
