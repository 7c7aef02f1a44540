#include "ingest/lookup.h"
#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "ingest/csv.h"
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

Result<std::unique_ptr<Lookup>> Lookup::load(const std::filesystem::path& file, const std::string& key) {
  auto lookup = std::make_unique<Lookup>();
  CX_TRY(auto source, TextSource::open(file));
  CX_TRY(const auto csv, CsvReader::open(std::move(source)));
  lookup->columns_ = csv->header();
  const auto at = std::ranges::find(csv->header(), key);
  if (at == csv->header().end())
    return fail(Code::kMappingColumns, "{}: {}; the file has {}", file.filename().string(), key,
                fmt::join(csv->header(), ", "));
  const auto key_at = static_cast<std::size_t>(at - csv->header().begin());
  for (;;) {
    CX_TRY(const CsvReader::Next next, csv->next());
    if (next == CsvReader::Next::kEnd) return lookup;
    if (next == CsvReader::Next::kBad) continue;
    const std::string_view name = trim(csv->cells()[key_at]);
    if (name.empty() || lookup->rows_.contains(name)) continue;
    const std::size_t first = lookup->cells_.size();
    for (const std::string_view cell : csv->cells()) lookup->cells_.push_back(lookup->keep(trim(cell)));
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
