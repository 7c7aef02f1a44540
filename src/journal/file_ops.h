// The writing calls of the journal, so that tests can make the disk fill up or fail.
#pragma once

#include <sys/types.h>
#include <sys/uio.h>

#include <filesystem>

namespace zhike::journal {

/// Each answers what the system call does, or minus errno. Thread-safe.
class FileOps {
 public:
  virtual ~FileOps() = default;
  /// Created or emptied, for reading and writing.
  virtual int create(const std::filesystem::path& path);
  virtual ssize_t pwritev(int fd, const iovec* parts, int count, off_t offset);
  virtual int fdatasync(int fd);
  virtual int ftruncate(int fd, off_t size);
  virtual int unlink(const std::filesystem::path& path);
  virtual int sync_folder(const std::filesystem::path& folder);
  [[nodiscard]] static FileOps& system();
};

}  // namespace zhike::journal
