#include "base/file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace zhike {

Fd& Fd::operator=(Fd&& other) noexcept {
  if (this != &other) {
    if (fd_ >= 0) ::close(fd_);
    fd_ = std::exchange(other.fd_, -1);
  }
  return *this;
}

Fd::~Fd() {
  if (fd_ >= 0) ::close(fd_);
}

Error file_error(std::string_view what, const std::filesystem::path& path, int error_number) {
  const Code code = error_number == ENOSPC || error_number == EDQUOT ? Code::kDiskFull : Code::kFileFailed;
  return {code, fmt::format("{} {}: {}", what, path.string(), std::strerror(error_number))};
}

Result<std::string> read_file(const std::filesystem::path& path) {
  const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.is_open()) return std::unexpected(file_error("open", path, errno));
  std::string out;
  char buffer[64 * 1024];
  for (;;) {
    const ssize_t got = ::read(fd.get(), buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return std::unexpected(file_error("read", path, errno));
    if (got == 0) return out;
    out.append(buffer, static_cast<std::size_t>(got));
  }
}

Result<void> write_all(int fd, std::string_view bytes, const std::filesystem::path& path) {
  while (!bytes.empty()) {
    const ssize_t put = ::write(fd, bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return std::unexpected(file_error("write", path, errno));
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return {};
}

Result<void> sync_folder(const std::filesystem::path& folder) {
  const Fd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd.is_open() || ::fsync(fd.get()) != 0) return std::unexpected(file_error("sync", folder, errno));
  return {};
}

Result<void> write_file(const std::filesystem::path& path, std::string_view bytes, int mode) {
  std::filesystem::path temporary = path;
  temporary += ".new";
  {
    const Fd fd(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode));
    if (!fd.is_open()) return std::unexpected(file_error("create", temporary, errno));
    CX_TRY(write_all(fd.get(), bytes, temporary));
    if (::fsync(fd.get()) != 0) return std::unexpected(file_error("sync", temporary, errno));
  }
  if (::rename(temporary.c_str(), path.c_str()) != 0)
    return std::unexpected(file_error("rename", path, errno));
  return sync_folder(path.parent_path().empty() ? "." : path.parent_path());
}

Result<FolderLock> FolderLock::take(const std::filesystem::path& folder) {
  const std::filesystem::path path = folder / "lock";
  Fd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!fd.is_open()) return std::unexpected(file_error("open", path, errno));
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    char holder[32] = {};
    const ssize_t got = ::read(fd.get(), holder, sizeof holder - 1);
    return fail(Code::kDataInUse, "{}, process {}", folder.string(), got > 0 ? holder : "unknown");
  }
  const std::string pid = std::to_string(::getpid());
  if (::ftruncate(fd.get(), 0) != 0) return std::unexpected(file_error("truncate", path, errno));
  CX_TRY(write_all(fd.get(), pid, path));
  return FolderLock(std::move(fd));
}

}  // namespace zhike
