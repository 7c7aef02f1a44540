#include "ledger/migrate.h"

#include <algorithm>
#include <charconv>
#include <vector>

#include "base/crypto.h"
#include "base/file.h"
#include "base/time.h"

namespace zhike::ledger {
namespace {

struct Migration {
  std::int64_t number = 0;
  std::string name;
  std::string text;
  std::string checksum;
};

constexpr std::string_view kTable =
    "CREATE TABLE IF NOT EXISTS schema_migrations (number BIGINT NOT NULL, name TEXT NOT NULL, "
    "checksum TEXT NOT NULL, applied_at BIGINT NOT NULL, PRIMARY KEY (number))";

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
}

std::string checksum_of(std::string_view text) {
  const crypto::Hash128 hash = crypto::fingerprint(text);
  return fmt::format("{:016x}{:016x}", hash.high, hash.low);
}

Result<std::vector<Migration>> load(const std::filesystem::path& folder) {
  std::vector<Migration> out;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    if (entry.path().extension() != ".sql") continue;
    Migration migration;
    migration.name = entry.path().stem().string();
    const std::string_view name = migration.name;
    const auto [end, status] = std::from_chars(name.data(), name.data() + name.size(), migration.number);
    if (status != std::errc{} || end == name.data() + name.size() || *end != '_')
      return fail(Code::kLedgerFailed, "{}: not NNNN_name.sql", entry.path().string());
    CX_TRY(migration.text, read_file(entry.path()));
    migration.checksum = checksum_of(migration.text);
    out.push_back(std::move(migration));
  }
  if (error) return std::unexpected(file_error("read", folder, error.value()));
  std::ranges::sort(out, {}, &Migration::number);
  for (std::size_t i = 0; i < out.size(); ++i)
    if (out[i].number != static_cast<std::int64_t>(i) + 1)
      return fail(Code::kLedgerFailed, "{}: migration {} is missing or doubled", folder.string(), i + 1);
  return out;
}

Result<std::size_t> check_applied(Tx& tx, const std::vector<Migration>& known) {
  Statement& row = tx.sql("SELECT number, name, checksum FROM schema_migrations ORDER BY number");
  std::size_t applied = 0;
  for (;;) {
    CX_TRY(const bool more, row.step());
    if (!more) return applied;
    if (applied >= known.size()) return fail(Code::kMigrationNewer, "{}", row.text(1));
    const Migration& expected = known[applied++];
    if (row.i64(0) != expected.number || row.text(2) != expected.checksum)
      return fail(Code::kMigrationChanged, "{}", expected.name);
  }
}

}  // namespace

std::string to_sqlite(std::string_view sql) {
  std::string out(sql);
  replace_all(out, "BIGINT PRIMARY KEY", "INTEGER PRIMARY KEY");
  replace_all(out, "BYTEA", "BLOB");
  for (std::size_t at = 0; (at = out.find("/*sqlite ", at)) != std::string::npos;) {
    const std::size_t end = out.find("*/", at);
    if (end == std::string::npos) break;
    out.erase(end, 2);
    out.erase(at, 9);
  }
  return out;
}

Result<void> migrate(SqliteConnection& connection, const std::filesystem::path& folder) {
  CX_TRY(const std::vector<Migration> known, load(folder));
  std::size_t applied = 0;
  CX_TRY(connection.transact("BEGIN IMMEDIATE", [&](Tx& tx) -> Result<void> {
    CX_TRY(tx.sql(kTable).run());
    CX_TRY(applied, check_applied(tx, known));
    return {};
  }));
  for (const Migration& migration : std::span(known).subspan(applied)) {
    const auto done = connection.transact("BEGIN IMMEDIATE", [&](Tx& tx) -> Result<void> {
      CX_TRY(connection.execute(to_sqlite(migration.text)));
      CX_TRY(
          tx.sql("INSERT INTO schema_migrations (number, name, checksum, applied_at) VALUES ($1, $2, $3, $4)")
              .bind(1, migration.number)
              .bind(2, migration.name)
              .bind(3, migration.checksum)
              .bind(4, Clock::system().now())
              .run());
      return {};
    });
    if (!done) return std::unexpected(Error{done.error().code, migration.name + ": " + done.error().detail});
  }
  return {};
}

}  // namespace zhike::ledger
