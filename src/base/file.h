// Durable files: written in full and fsynced before a call returns, unless it says otherwise.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace zhike {

/// Owns a file descriptor. Move-only.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) noexcept : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept;
  ~Fd();
  [[nodiscard]] int get() const noexcept { return fd_; }
  [[nodiscard]] bool is_open() const noexcept { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

/// "disk full" and its kind get a code of their own (kDiskFull); the rest is kFileFailed.
[[nodiscard]] Error file_error(std::string_view what, const std::filesystem::path& path, int error_number);

/// Errors: kFileFailed.
[[nodiscard]] Result<std::string> read_file(const std::filesystem::path& path);
/// Replaces a file as a whole: temporary file, fsync, rename, fsync of the folder.
[[nodiscard]] Result<void> write_file(const std::filesystem::path& path, std::string_view bytes,
                                      int mode = 0600);
/// Writes all bytes, through interruptions. No fsync.
[[nodiscard]] Result<void> write_all(int fd, std::string_view bytes, const std::filesystem::path& path);
[[nodiscard]] Result<void> sync_folder(const std::filesystem::path& folder);

/// An exclusive lock on `folder`/lock, held until destroyed or the process ends.
/// Errors: kDataInUse (names the process that holds it).
class FolderLock {
 public:
  [[nodiscard]] static Result<FolderLock> take(const std::filesystem::path& folder);

 private:
  explicit FolderLock(Fd fd) : fd_(std::move(fd)) {}
  Fd fd_;
};

}  // namespace zhike
