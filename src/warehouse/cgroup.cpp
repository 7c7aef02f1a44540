#include "warehouse/cgroup.h"

#include <unistd.h>

#include <fstream>
#include <string>

namespace zhike::warehouse {
namespace {

namespace fs = std::filesystem;

bool write_text(const fs::path& path, const std::string& text) {
  std::ofstream file(path);
  file << text;
  return static_cast<bool>(file.flush());
}

/// The folder of the cgroup we run in: the line "0::/path" of /proc/self/cgroup.
fs::path own_folder() {
  std::ifstream file("/proc/self/cgroup");
  std::string line;
  while (std::getline(file, line))
    if (line.starts_with("0::/")) return fs::path("/sys/fs/cgroup") / line.substr(4);
  return {};
}

}  // namespace

std::optional<MemoryCgroup> MemoryCgroup::create(std::uint64_t bytes_max) {
  const fs::path own = own_folder();
  std::error_code error;
  // Below the root group this would be the machine's own business, not ours.
  if (own.empty() || fs::equivalent(own, "/sys/fs/cgroup", error) || ::access(own.c_str(), W_OK) != 0)
    return std::nullopt;
  std::ifstream controllers(own / "cgroup.subtree_control");
  std::string names;
  std::getline(controllers, names);
  // The memory controller can only be handed down by a group without processes, which systemd's Delegate= and
  // DelegateSubgroup= arrange; we do not move ourselves.
  if (names.find("memory") == std::string::npos) return std::nullopt;
  const fs::path folder = own / ("zhike-engine-" + std::to_string(::getpid()));
  if (!fs::create_directory(folder, error) && error) return std::nullopt;
  MemoryCgroup group(folder);
  if (!write_text(folder / "memory.max", std::to_string(bytes_max))) return std::nullopt;
  write_text(folder / "memory.swap.max", "0");
  return group;
}

MemoryCgroup::MemoryCgroup(MemoryCgroup&& other) noexcept : folder_(std::move(other.folder_)) {
  other.folder_.clear();
}

MemoryCgroup::~MemoryCgroup() {
  std::error_code error;
  if (!folder_.empty()) fs::remove(folder_, error);
}

bool MemoryCgroup::add(pid_t pid) const { return write_text(folder_ / "cgroup.procs", std::to_string(pid)); }

}  // namespace zhike::warehouse
