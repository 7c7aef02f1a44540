#include "journal/writer.h"

#include <algorithm>
#include <array>
#include <climits>

#include "base/log.h"

namespace zhike::journal {

Result<void> Writer::commit(std::vector<SlotPtr>& batch) {
  const Slot& first = *batch.front();
  if (!fd_.is_open() || segment_.number != first.at.segment) CX_TRY(start(first));
  if (auto written = write(batch); !written) {
    take_back(true);
    return written;
  }
  // After a failed sync the kernel may have thrown the pages away and call them clean: a second sync that
  // succeeds would prove nothing. So the segment ends here, and the next record opens a new one.
  if (const int error = ops_.fdatasync(fd_.get()); error < 0) {
    take_back(false);
    log::error("journal_sync_failed", file_error("sync", segment_path(folder_, segment_.number), -error));
    return std::unexpected(file_error("sync", segment_path(folder_, segment_.number), -error));
  }
  if (end_ == 0)
    if (const int error = ops_.sync_folder(folder_); error < 0) {
      take_back(false);
      return std::unexpected(file_error("sync", folder_, -error));
    }
  const Slot& last = *batch.back();
  end_ = last.at.offset + last.bytes();
  before_ = {segment_.number, end_};
  before_last_ms_ = last.header.at_ms;
  return {};
}

Result<void> Writer::start(const Slot& first) {
  const std::filesystem::path path = segment_path(folder_, first.at.segment);
  const int fd = ops_.create(path);
  if (fd < 0) {
    fd_ = Fd();
    return std::unexpected(file_error("create", path, -fd));
  }
  fd_ = Fd(fd);
  segment_ = {.number = first.at.segment,
              .utc_day = first.utc_day,
              .before = before_,
              .before_last_ms = before_last_ms_};
  end_ = 0;
  return {};
}

Result<void> Writer::write(std::vector<SlotPtr>& batch) {
  std::vector<std::array<char, kRecordHeaderBytes>> heads(batch.size());
  std::vector<iovec> parts;
  parts.reserve(batch.size() * 2 + 1);
  std::string segment_head;
  if (end_ == 0) {
    segment_head = encode(segment_);
    parts.push_back({segment_head.data(), segment_head.size()});
  }
  for (std::size_t i = 0; i < batch.size(); ++i) {
    Slot& slot = *batch[i];
    slot.header.durable = end_;
    encode(slot.header, slot.at, heads[i].data());
    parts.push_back({heads[i].data(), heads[i].size()});
    parts.push_back({slot.sealed.data(), slot.sealed.size()});
  }
  if (const int error = write_parts(parts, end_); error < 0)
    return std::unexpected(file_error("write", segment_path(folder_, segment_.number), -error));
  return {};
}

int Writer::write_parts(std::vector<iovec>& parts, std::uint64_t at) {
  for (std::size_t i = 0; i < parts.size();) {
    const int count = static_cast<int>(std::min<std::size_t>(parts.size() - i, IOV_MAX));
    const ssize_t put = ops_.pwritev(fd_.get(), &parts[i], count, static_cast<off_t>(at));
    if (put == -EINTR) continue;
    if (put < 0) return static_cast<int>(put);
    if (put == 0) return -EIO;
    at += static_cast<std::uint64_t>(put);
    auto left = static_cast<std::size_t>(put);
    while (i < parts.size() && left >= parts[i].iov_len) left -= parts[i++].iov_len;
    if (left > 0) {
      parts[i].iov_base = static_cast<char*>(parts[i].iov_base) + left;
      parts[i].iov_len -= left;
    }
  }
  return 0;
}

void Writer::take_back(bool keep_open) {
  const bool cut = ops_.ftruncate(fd_.get(), static_cast<off_t>(end_)) >= 0;
  if (keep_open && cut && end_ > 0) return;
  fd_ = Fd();
  if (end_ == 0)
    ops_.unlink(segment_path(folder_, segment_.number));  // if this fails too: emptied when reused
}

}  // namespace zhike::journal
