// Files in the folders that the administrator allowed, opened so that what is read is what was checked.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "base/result.h"

namespace zhike::external {

struct OpenedFile {
  Fd fd;
  std::string name;  ///< without its folder
  std::uint64_t bytes = 0;
};

inline constexpr std::size_t kFilesMax = 100;

/// * stands for any characters, ? for one; anything else for itself. Time: pattern times name at most.
[[nodiscard]] bool fits_pattern(std::string_view pattern, std::string_view name);
/// Where the first * or ? is; npos: nowhere.
[[nodiscard]] inline std::size_t find_wildcard(std::string_view text) { return text.find_first_of("*?"); }

/// "/srv/exports/sales.csv", or with * and ? in the name of the file; by name. Each lies, links followed, in
/// one of `folders`, which are resolved. Looks at nothing outside them but links. Errors:
/// kVirtualFolderNotAllowed (also for what cannot be looked at, so that an answer does not tell what is
/// elsewhere), kVirtualTableMissing, kVirtualTooLarge (more than kFilesMax).
[[nodiscard]] Result<std::vector<OpenedFile>> open_allowed(std::string_view path,
                                                           std::span<const std::filesystem::path> folders);

}  // namespace zhike::external
