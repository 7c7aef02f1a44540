#include "journal/segments.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <vector>

#include "base/log.h"
#include "journal/crc32c.h"

namespace zhike::journal {
namespace {

constexpr std::size_t kWindowBytes = 1U << 20;

/// What reading the last segment to its end gave.
struct Scan {
  std::optional<SegmentHeader> header;
  std::uint64_t records = 0;
  std::uint64_t end = 0;
  std::int64_t last_ms = 0;
};

/// Whether a valid record header behind `damage` says that the bytes at `damage` were durable once.
Result<bool> was_durable(Window& window, std::uint64_t number, std::uint64_t damage) {
  std::uint64_t at = damage + 1;
  for (;;) {
    CX_TRY(const std::string_view bytes, window.read(at, kWindowBytes));
    if (bytes.size() < kRecordHeaderBytes) return false;
    const std::size_t last = bytes.size() - kRecordHeaderBytes;
    for (std::size_t i = bytes.find(kRecordMagic); i <= last; i = bytes.find(kRecordMagic, i + 1)) {
      const auto header = decode_record_header(bytes.substr(i, kRecordHeaderBytes), {number, at + i});
      if (header && header->durable > damage) return true;
    }
    at += last + 1;
  }
}

Result<std::optional<RecordHeader>> valid_record(Window& window, Position at) {
  CX_TRY(const std::string_view head, window.read(at.offset, kRecordHeaderBytes));
  const auto header = decode_record_header(head, at);
  if (!header) return std::nullopt;
  CX_TRY(const std::string_view sealed, window.read(at.offset + kRecordHeaderBytes, header->sealed_bytes));
  if (sealed.size() != header->sealed_bytes || crc32c(sealed) != header->sealed_crc) return std::nullopt;
  return header;
}

Result<Scan> scan_last(Window& window, std::uint64_t number) {
  Scan scan;
  CX_TRY(const std::string_view head, window.read(0, kSegmentHeaderBytes));
  scan.header = decode_segment_header(head);
  if (scan.header && scan.header->number != number) scan.header.reset();
  if (!scan.header) {
    CX_TRY(const bool acknowledged, was_durable(window, number, 0));
    if (acknowledged) return fail(Code::kJournalCorrupt, "{} at 0", window.path().string());
    return scan;
  }
  scan.end = kSegmentHeaderBytes;
  for (;;) {
    CX_TRY(const std::optional<RecordHeader> header, valid_record(window, {number, scan.end}));
    if (!header) break;
    ++scan.records;
    scan.last_ms = header->at_ms;
    scan.end += kRecordHeaderBytes + header->sealed_bytes;
  }
  CX_TRY(const std::uint64_t size, window.size());
  if (scan.end < size) {
    CX_TRY(const bool acknowledged, was_durable(window, number, scan.end));
    if (acknowledged) return fail(Code::kJournalCorrupt, "{} at {}", window.path().string(), scan.end);
  }
  return scan;
}

Result<std::vector<std::uint64_t>> list(const std::filesystem::path& folder) {
  std::vector<std::uint64_t> numbers;
  std::error_code error;
  for (std::filesystem::directory_iterator i(folder, error), end; !error && i != end; i.increment(error))
    if (const auto number = segment_number(i->path())) numbers.push_back(*number);
  if (error) return std::unexpected(file_error("list", folder, error.value()));
  std::ranges::sort(numbers);
  return numbers;
}

void report_torn(Recovery& recovery, const std::filesystem::path& path, std::uint64_t bytes) {
  recovery.torn_bytes += bytes;
  recovery.torn_segment = path.string();
  log::warn("journal_tail_cut", {{"segment", path.filename().string()}, {"bytes", bytes}});
}

/// Reads the last segment and cuts its torn end; answers false when nothing of it was left and it was
/// deleted.
Result<bool> recover_last(const std::filesystem::path& folder, std::uint64_t number, FileOps& ops,
                          Found& found) {
  const std::filesystem::path path = segment_path(folder, number);
  CX_TRY(Window window, Window::open(path));
  CX_TRY(const std::uint64_t size, window.size());
  CX_TRY(const Scan scan, scan_last(window, number));
  if (scan.records == 0) {
    if (size > 0) report_torn(found.recovery, path, size);
    if (const int error = ops.unlink(path); error < 0)
      return std::unexpected(file_error("delete", path, -error));
    return false;
  }
  if (scan.end < size) {
    report_torn(found.recovery, path, size - scan.end);
    const Fd fd(::open(path.c_str(), O_RDWR | O_CLOEXEC));
    if (!fd.is_open()) return std::unexpected(file_error("open", path, errno));
    int error = ops.ftruncate(fd.get(), static_cast<off_t>(scan.end));
    if (error >= 0) error = ops.fdatasync(fd.get());
    if (error < 0) return std::unexpected(file_error("cut", path, -error));
  }
  found.recovery.records += scan.records;
  found.segments[number] = {.header = *scan.header, .end = scan.end, .last_ms = scan.last_ms};
  return true;
}

}  // namespace

Result<Window> Window::open(std::filesystem::path path) {
  Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.is_open()) return std::unexpected(file_error("open", path, errno));
  return Window(std::move(fd), std::move(path));
}

Result<std::uint64_t> Window::size() const {
  struct stat about{};
  if (::fstat(fd_.get(), &about) != 0) return std::unexpected(file_error("stat", path_, errno));
  return static_cast<std::uint64_t>(about.st_size);
}

Result<std::string_view> Window::read(std::uint64_t offset, std::size_t bytes, std::uint64_t limit) {
  if (offset < begin_ || offset + bytes > begin_ + buffer_.size()) {
    begin_ = offset;
    buffer_.resize(std::max<std::size_t>(bytes, std::min<std::uint64_t>(kWindowBytes, limit - offset)));
    std::size_t have = 0;
    while (have < buffer_.size()) {
      const ssize_t got =
          ::pread(fd_.get(), buffer_.data() + have, buffer_.size() - have, static_cast<off_t>(offset + have));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) {
        const int error = errno;
        buffer_.clear();
        return std::unexpected(file_error("read", path_, error));
      }
      if (got == 0) break;
      have += static_cast<std::size_t>(got);
    }
    buffer_.resize(have);
  }
  return std::string_view(buffer_).substr(offset - begin_, bytes);
}

Result<Found> recover(const std::filesystem::path& folder, FileOps& ops) {
  Found found;
  CX_TRY(std::vector<std::uint64_t> numbers, list(folder));
  while (!numbers.empty()) {
    CX_TRY(const bool kept, recover_last(folder, numbers.back(), ops, found));
    if (kept) break;
    numbers.pop_back();
  }
  // The others from the last to the first: each one's end is in its successor's header.
  for (std::size_t i = numbers.size(); i-- > 1;) {
    const SegmentHeader after = found.segments[numbers[i]].header;
    const std::filesystem::path path = segment_path(folder, numbers[i - 1]);
    if (after.before.segment != numbers[i - 1])
      return fail(Code::kJournalGap, "{} is missing", segment_path(folder, after.before.segment).string());
    CX_TRY(Window window, Window::open(path));
    CX_TRY(const std::string_view head, window.read(0, kSegmentHeaderBytes));
    const auto header = decode_segment_header(head);
    CX_TRY(const std::uint64_t size, window.size());
    if (!header || header->number != numbers[i - 1])
      return fail(Code::kJournalCorrupt, "{} at 0", path.string());
    if (size < after.before.offset)
      return fail(Code::kJournalCorrupt, "{} at {}, where it ends", path.string(), size);
    found.segments[numbers[i - 1]] = {
        .header = *header, .end = after.before.offset, .last_ms = after.before_last_ms};
  }
  return found;
}

}  // namespace zhike::journal
