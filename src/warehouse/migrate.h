// Forward-only migrations of the warehouse: files NNNN_name.sql of one folder, applied in order, each
// recorded with its checksum in the table `migrations`.
#pragma once

#include <filesystem>
#include <vector>

#include "base/result.h"
#include "warehouse/client.h"

namespace zhike::warehouse {

/// Applies what is missing and returns how many files that were. The store has no transactions over DDL, so a
/// file that failed half-way is applied again from its start: statements must bear that (IF NOT EXISTS).
/// Errors: kMigrationChanged (an applied file differs or is gone), kMigrationNewer (the store has a later
/// one), kFileFailed, and those of the client; detail names file and statement.
[[nodiscard]] Result<std::size_t> migrate(Client& client, const std::filesystem::path& folder);

/// The statements of a file: separated by a semicolon at the end of a line, without comment lines.
[[nodiscard]] std::vector<std::string> split_statements(std::string_view text);

}  // namespace zhike::warehouse
