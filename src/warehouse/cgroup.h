// A memory bound by the kernel, where this process may delegate one (cgroup v2). Linux only; its absence is
// normal.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <optional>

namespace zhike::warehouse {

/// A cgroup of our own below the one we run in. Removed when destroyed (it must be empty by then).
class MemoryCgroup {
 public:
  /// Nothing when cgroups are not delegated to us, which is not an error.
  [[nodiscard]] static std::optional<MemoryCgroup> create(std::uint64_t bytes_max);
  MemoryCgroup(MemoryCgroup&& other) noexcept;
  MemoryCgroup& operator=(MemoryCgroup&&) = delete;
  ~MemoryCgroup();
  /// Moves a process into it. False: the kernel refused.
  [[nodiscard]] bool add(pid_t pid) const;

 private:
  explicit MemoryCgroup(std::filesystem::path folder) : folder_(std::move(folder)) {}
  std::filesystem::path folder_;
};

}  // namespace zhike::warehouse
