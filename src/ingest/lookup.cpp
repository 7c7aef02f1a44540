#include "ingest/lookup.h"
#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "ingest/file_format.h"
#include "ingest/mapping.h"

namespace zhike::ingest {

std::string_view Lookup::keep(std::string_view text) {
  constexpr std::size_t kPage = 1 << 20;
  if (text.size() > page_left_) {
    page_left_ = std::max(kPage, text.size());
    pages_.push_back(std::make_unique<char[]>(page_left_));
    page_at_ = pages_.back().get();
  }
  if (!text.empty()) std::memcpy(page_at_, text.data(), text.size());
  const std::string_view kept(page_at_, text.size());
  page_at_ += text.size();
  page_left_ -= text.size();
  bytes_ += text.size();
  return kept;
}

Result<std::unique_ptr<Lookup>> Lookup::load(const std::filesystem::path& file, const std::string& key,
                                             const FileRule& rule) {
  auto lookup = std::make_unique<Lookup>();
  const FileFormat* format = find_format(rule.format);
  if (format == nullptr) {
    CX_TRY(format, detect_format(file));
  }
  if (format->open == nullptr)
    return fail(Code::kBadFile, "{}: calls of the Segment protocol are no table", file.filename().string());
  CX_TRY(const auto rows, format->open({file, rule}));
  lookup->columns_ = rows->header();
  const auto at = std::ranges::find(rows->header(), key);
  if (at == rows->header().end())
    return fail(Code::kMappingColumns, "{}: {}; the file has {}", file.filename().string(), key,
                fmt::join(rows->header(), ", "));
  const auto key_at = static_cast<std::size_t>(at - rows->header().begin());
  for (;;) {
    CX_TRY(const RowReader::Next next, rows->next());
    if (next == RowReader::Next::kEnd) return lookup;
    if (next == RowReader::Next::kBad) continue;
    const std::string_view name = trim(rows->cells()[key_at]);
    if (name.empty() || lookup->rows_.contains(name)) continue;
    const std::size_t first = lookup->cells_.size();
    for (const std::string_view cell : rows->cells()) lookup->cells_.push_back(lookup->keep(trim(cell)));
    lookup->rows_.emplace(lookup->cells_[first + key_at], first);
    if (lookup->bytes_ > kBytesMax)
      return fail(Code::kBadFile, "{}: a lookup file above {} bytes", file.filename().string(), kBytesMax);
  }
}

const std::string_view* Lookup::find(std::string_view key) const {
  const auto at = rows_.find(key);
  return at == rows_.end() ? nullptr : &cells_[at->second];
}

std::optional<std::filesystem::path> find_file(const std::filesystem::path& folder,
                                               std::string_view pattern) {
  std::vector<std::filesystem::path> found;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(folder, ignored))
    if (entry.is_regular_file(ignored) && matches(pattern, entry.path().filename().string()))
      found.push_back(entry.path());
  if (found.empty()) return std::nullopt;
  return *std::ranges::min_element(found);
}

}  // namespace zhike::ingest
