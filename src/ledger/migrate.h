// Migrations: a folder of NNNN_name.sql, numbered from 1 without gaps, applied in order, each in a
// transaction of its own, and never changed afterwards: the table schema_migrations keeps their checksums.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "ledger/sqlite.h"

namespace zhike::ledger {

/// Errors: kMigrationChanged, kMigrationNewer, kLedgerFailed (names the file), kFileFailed.
[[nodiscard]] Result<void> migrate(SqliteConnection& connection, const std::filesystem::path& folder);

/// The common subset as SQLite takes it; see Db::open.
[[nodiscard]] std::string to_sqlite(std::string_view sql);

}  // namespace zhike::ledger
