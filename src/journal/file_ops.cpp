#include "journal/file_ops.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace zhike::journal {
namespace {

template <class T>
T or_errno(T answer) {
  return answer < 0 ? static_cast<T>(-errno) : answer;
}

}  // namespace

int FileOps::create(const std::filesystem::path& path) {
  return or_errno(::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
}

ssize_t FileOps::pwritev(int fd, const iovec* parts, int count, off_t offset) {
  return or_errno(::pwritev(fd, parts, count, offset));
}

int FileOps::fdatasync(int fd) { return or_errno(::fdatasync(fd)); }
int FileOps::ftruncate(int fd, off_t size) { return or_errno(::ftruncate(fd, size)); }
int FileOps::unlink(const std::filesystem::path& path) { return or_errno(::unlink(path.c_str())); }

int FileOps::sync_folder(const std::filesystem::path& folder) {
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return -errno;
  const int answer = or_errno(::fsync(fd));
  ::close(fd);
  return answer;
}

FileOps& FileOps::system() {
  static FileOps ops;
  return ops;
}

}  // namespace zhike::journal
