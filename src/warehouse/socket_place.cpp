#include "warehouse/socket_place.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "base/file.h"

namespace zhike::warehouse {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kPathMax = 107;
constexpr const char* kSocket = "engine.sock";
constexpr const char* kRecord = "engine.socket";  // holds the path of the short folder
constexpr std::string_view kPrefix = "zhike-engine-";

/// A record may be old, and its name may belong to somebody else by now: only an own, real folder of the
/// expected name is touched, and only the socket in it.
void remove_short_folder(const fs::path& folder) {
  struct stat about{};
  if (!folder.filename().string().starts_with(kPrefix) || ::lstat(folder.c_str(), &about) != 0) return;
  if (!S_ISDIR(about.st_mode) || about.st_uid != ::geteuid()) return;
  ::unlink((folder / kSocket).c_str());
  ::rmdir(folder.c_str());
}

}  // namespace

void clear_socket(const fs::path& data) {
  ::unlink((data / kSocket).c_str());
  const fs::path record = data / kRecord;
  const auto folder = read_file(record);
  if (!folder) return;
  remove_short_folder(*folder);
  ::unlink(record.c_str());
}

Result<fs::path> place_socket(const fs::path& data) {
  clear_socket(data);
  const fs::path here = fs::absolute(data).lexically_normal() / kSocket;
  if (here.native().size() <= kPathMax) return here;
  std::string name = (fs::temp_directory_path() / (std::string(kPrefix) + "XXXXXX")).string();
  if (name.size() + 1 + std::string_view(kSocket).size() > kPathMax)
    name = "/tmp/" + std::string(kPrefix) + "XXXXXX";
  if (::mkdtemp(name.data()) == nullptr) return std::unexpected(file_error("make", name, errno));
  if (auto written = write_file(data / kRecord, name); !written) {
    ::rmdir(name.c_str());
    return std::unexpected(written.error());
  }
  return fs::path(name) / kSocket;
}

}  // namespace zhike::warehouse
