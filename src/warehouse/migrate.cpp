#include "warehouse/migrate.h"

#include <algorithm>
#include <map>

#include "base/crypto.h"
#include "base/file.h"

namespace zhike::warehouse {
namespace {

struct Migration {
  std::uint64_t number = 0;
  std::string name;
  std::string text;
  std::string checksum;
};

Result<std::vector<Migration>> read_folder(const std::filesystem::path& folder) {
  std::vector<Migration> found;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    const std::string name = entry.path().filename().string();
    if (entry.path().extension() != ".sql" || name.size() < 6 || name[4] != '_') continue;
    if (!std::all_of(name.begin(), name.begin() + 4, [](char c) { return c >= '0' && c <= '9'; })) continue;
    CX_TRY(std::string text, read_file(entry.path()));
    const auto hash = crypto::fingerprint(text);
    found.push_back({std::stoull(name.substr(0, 4)), name, std::move(text),
                     fmt::format("{:016x}{:016x}", hash.high, hash.low)});
  }
  if (error) return fail(Code::kFileFailed, "{}: {}", folder.string(), error.message());
  if (found.empty()) return fail(Code::kFileFailed, "{}: no migrations", folder.string());
  std::ranges::sort(found, {}, &Migration::number);
  for (std::size_t i = 0; i < found.size(); ++i)
    if (found[i].number != i + 1)
      return fail(Code::kFileFailed, "{}: expected number {}", found[i].name, i + 1);
  return found;
}

Result<std::map<std::uint64_t, std::string>> applied(Client& client) {
  CX_TRY(client.execute(
      {.sql = "CREATE TABLE IF NOT EXISTS migrations (number UInt32, name String, checksum String, "
              "applied_at DateTime64(3, 'UTC') DEFAULT now64(3)) "
              "ENGINE = ReplacingMergeTree ORDER BY number"}));
  CX_TRY(const Table table,
         client.select({.sql = "SELECT number, checksum FROM migrations FINAL ORDER BY number"}));
  std::map<std::uint64_t, std::string> out;
  for (const auto& row : table.rows) out[as_u64(row[0])] = as_text(row[1]);
  return out;
}

Result<void> apply(Client& client, const Migration& migration) {
  std::size_t number = 0;
  for (const std::string& statement : split_statements(migration.text)) {
    ++number;
    const auto done = client.execute({.sql = statement, .limits = {.time_max = minutes(60)}});
    if (!done)
      return std::unexpected(Error{done.error().code, fmt::format("{}, statement {}: {}", migration.name,
                                                                  number, done.error().detail)});
  }
  RowWriter row;
  row.u32(static_cast<std::uint32_t>(migration.number));
  row.text(migration.name);
  row.text(migration.checksum);
  return client.insert({.table = "migrations", .columns = "number, name, checksum"}, row.bytes());
}

}  // namespace

std::vector<std::string> split_statements(std::string_view text) {
  std::vector<std::string> out;
  std::string statement;
  const auto finish = [&] {
    const auto from = statement.find_first_not_of(" \n\t");
    if (from != std::string::npos) out.push_back(statement.substr(from));
    statement.clear();
  };
  while (!text.empty()) {
    const auto end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    if (line.starts_with("--")) continue;
    while (line.ends_with(' ') || line.ends_with('\r')) line.remove_suffix(1);
    const bool last = line.ends_with(';');
    if (last) line.remove_suffix(1);
    statement += line;
    if (last)
      finish();
    else
      statement += '\n';
  }
  finish();
  return out;
}

Result<std::size_t> migrate(Client& client, const std::filesystem::path& folder) {
  CX_TRY(const auto files, read_folder(folder));
  CX_TRY(const auto done, applied(client));
  if (!done.empty() && done.rbegin()->first > files.size())
    return fail(Code::kMigrationNewer, "the warehouse has migration {}, this version knows {}",
                done.rbegin()->first, files.size());
  std::size_t count = 0;
  for (const Migration& file : files) {
    if (const auto at = done.find(file.number); at != done.end()) {
      if (at->second != file.checksum) return fail(Code::kMigrationChanged, "{}", file.name);
      continue;
    }
    CX_TRY(apply(client, file));
    ++count;
  }
  return count;
}

}  // namespace zhike::warehouse
