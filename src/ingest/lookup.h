// A reference file whole in memory: rows by key, for mappings that need a column of another file.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"

namespace zhike::ingest {

struct FileRule;

/// Immutable once loaded; borrowed views live as long as it.
class Lookup {
 public:
  /// At most kBytesMax of text. The first row of a key counts. Errors: kBadFile, kMappingColumns,
  /// kFileFailed.
  /// `rule`: how the file is read, of any format; its events mean nothing here.
  [[nodiscard]] static Result<std::unique_ptr<Lookup>> load(const std::filesystem::path& file,
                                                            const std::string& key, const FileRule& rule);
  static constexpr std::size_t kBytesMax = 1ULL << 30;

  [[nodiscard]] const std::vector<std::string>& columns() const { return columns_; }
  /// The cells of a key's row; empty when there is none.
  [[nodiscard]] const std::string_view* find(std::string_view key) const;

 private:
  [[nodiscard]] std::string_view keep(std::string_view text);
  std::vector<std::string> columns_;
  std::vector<std::unique_ptr<char[]>> pages_;
  std::size_t page_left_ = 0, bytes_ = 0;
  char* page_at_ = nullptr;
  std::vector<std::string_view> cells_;
  std::unordered_map<std::string_view, std::size_t> rows_;  // key → first cell
};

/// The file in `folder` that `pattern` matches (the first by name); nothing when there is none.
[[nodiscard]] std::optional<std::filesystem::path> find_file(const std::filesystem::path& folder,
                                                             std::string_view pattern);

}  // namespace zhike::ingest
