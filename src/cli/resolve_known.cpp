#include "cli/resolve_known.h"

#include <algorithm>
#include <unordered_map>

#include "base/ascii.h"

namespace zhike::cli {
namespace {

std::string key_of(std::string_view source, std::string_view id) {
  std::string out(source);
  out.push_back('\0');
  return out += id;
}

}  // namespace

Result<Known> read_known(const std::filesystem::path& file, const Records& records) {
  const match::Table& table = records.table;
  std::unordered_map<std::string, std::uint32_t> rows, clusters;
  for (std::uint32_t row = 0; row < table.rows(); ++row)
    rows.emplace(key_of(records.names[table.sources[row]], table.ids[row]), row);
  Known out;
  out.of.assign(table.rows(), 0);
  const std::vector<std::string> columns{"id", "source", "cluster_id"};
  CX_TRY(each_row(file, columns, [&](std::span<const std::string_view> cells, std::size_t) {
    const auto row = rows.find(key_of(cells[1], cells[0]));
    if (row == rows.end() || cells[2].empty()) return ++out.gone, true;
    const auto [cluster, is_new] =
        clusters.try_emplace(std::string(cells[2]), static_cast<std::uint32_t>(out.names.size()));
    if (is_new) out.names.emplace_back(cells[2]);
    out.of[row->second] = cluster->second + 1;
    return true;
  }));
  return out;
}

std::vector<std::string> name_clusters(const match::Clusters& clusters, const Known& known,
                                       std::size_t& merged) {
  std::vector<std::uint32_t> first(clusters.count, 0);  // known cluster + 1
  std::vector<std::pair<std::uint32_t, std::uint32_t>> seen;
  for (std::size_t row = 0; row < clusters.of.size(); ++row) {
    if (known.of.empty() || known.of[row] == 0) continue;
    std::uint32_t& at = first[clusters.of[row]];
    if (at == 0) at = known.of[row];
    seen.emplace_back(clusters.of[row], known.of[row]);
  }
  std::ranges::sort(seen);
  const auto twice = std::ranges::unique(seen);
  seen.erase(twice.begin(), twice.end());
  merged =
      seen.size() - static_cast<std::size_t>(std::ranges::count_if(first, [](auto at) { return at != 0; }));
  std::uint64_t last = 0;
  for (const std::string& name : known.names)
    last = std::max(last, ascii::parse_number<std::uint64_t>(name).value_or(0));
  std::vector<std::string> out;
  out.reserve(clusters.count);
  for (const std::uint32_t at : first) out.push_back(at != 0 ? known.names[at - 1] : std::to_string(++last));
  return out;
}

}  // namespace zhike::cli
