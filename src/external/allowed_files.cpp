#include "external/allowed_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <climits>
#include <system_error>
#include <utility>

namespace zhike::external {
namespace {

namespace fs = std::filesystem;

bool is_within(const fs::path& path, std::span<const fs::path> folders) {
  return std::ranges::any_of(folders, [&](const fs::path& folder) {
    return std::ranges::mismatch(folder, path).in1 == folder.end();
  });
}

std::unexpected<Error> not_allowed(const fs::path& path) {
  return fail(Code::kVirtualFolderNotAllowed, "{}", path.string());
}

/// Where an open descriptor really lies, whatever links led there.
fs::path place_of(const Fd& fd) {
  std::array<char, PATH_MAX> text;
  const ssize_t size =
      ::readlink(("/proc/self/fd/" + std::to_string(fd.get())).c_str(), text.data(), text.size());
  return size <= 0 ? fs::path() : fs::path(std::string_view(text.data(), static_cast<std::size_t>(size)));
}

/// `named`: by its own name, so that it must be there.
Result<bool> open_one(const fs::path& path, std::span<const fs::path> folders, bool named,
                      std::vector<OpenedFile>& out) {
  // First without touching it: opening a device or a pipe does something.
  const Fd place(::open(path.c_str(), O_PATH | O_CLOEXEC));
  if (!place.is_open()) {
    if (named) return fail(Code::kVirtualTableMissing, "{}", path.string());
    return false;  // gone since the folder was listed, or a link to nothing
  }
  if (!is_within(place_of(place), folders)) return not_allowed(path);
  struct stat info{};
  if (::fstat(place.get(), &info) != 0 || !S_ISREG(info.st_mode)) {
    if (named) return fail(Code::kVirtualTableMissing, "{} is not a file", path.string());
    return false;
  }
  Fd fd(::open(("/proc/self/fd/" + std::to_string(place.get())).c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.is_open()) return fail(Code::kVirtualRefused, "{} cannot be opened", path.string());
  if (out.size() == kFilesMax) return fail(Code::kVirtualTooLarge, "more than {} files", kFilesMax);
  out.push_back({.fd = std::move(fd),
                 .name = path.filename().string(),
                 .bytes = static_cast<std::uint64_t>(info.st_size)});
  return true;
}

}  // namespace

bool fits_pattern(std::string_view pattern, std::string_view name) {
  std::size_t p = 0, n = 0, star = std::string_view::npos, after = 0;
  const auto character = [&](std::size_t at) {
    do ++at;
    while (at < name.size() && (static_cast<unsigned char>(name[at]) & 0xc0U) == 0x80U);
    return at;
  };
  while (n < name.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      after = n;
    } else if (p < pattern.size() && pattern[p] == '?') {
      ++p;
      n = character(n);
    } else if (p < pattern.size() && pattern[p] == name[n]) {
      ++p;
      ++n;
    } else if (star != std::string_view::npos) {  // the last * takes one more
      p = star + 1;
      n = after = character(after);
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

Result<std::vector<OpenedFile>> open_allowed(std::string_view text, std::span<const fs::path> folders) {
  const fs::path path(text);
  const bool climbs = std::ranges::any_of(path, [](const fs::path& part) { return part == ".."; });
  if (!path.is_absolute() || climbs || !path.has_filename())
    return fail(Code::kVirtualFolderNotAllowed, "'path' must be absolute, without '..': {}", text);
  std::error_code error;
  const fs::path folder = fs::canonical(path.parent_path(), error);
  if (error) {
    if (is_within(fs::weakly_canonical(path.parent_path(), error), folders))
      return fail(Code::kVirtualTableMissing, "{}", path.parent_path().string());
    return not_allowed(path);
  }
  if (!is_within(folder, folders)) return not_allowed(path);
  std::vector<OpenedFile> out;
  const std::string pattern = path.filename().string();
  if (find_wildcard(pattern) == pattern.npos) {
    CX_TRY(open_one(folder / pattern, folders, true, out));
    return out;
  }
  std::vector<std::string> names;
  constexpr std::size_t kLookedAtMax = 100'000;
  std::size_t looked_at = 0;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    if (++looked_at > kLookedAtMax) return fail(Code::kVirtualTooLarge, "the folder has too many entries");
    std::string name = at->path().filename().string();
    const bool is_hidden = name.starts_with('.') && !pattern.starts_with('.');
    if (!is_hidden && fits_pattern(pattern, name)) names.push_back(std::move(name));
  }
  if (error) return fail(Code::kVirtualRefused, "{} cannot be listed", folder.string());
  std::ranges::sort(names);
  for (const std::string& name : names) CX_TRY(open_one(folder / name, folders, false, out));
  if (out.empty()) return fail(Code::kVirtualTableMissing, "{}", text);
  return out;
}

}  // namespace zhike::external
