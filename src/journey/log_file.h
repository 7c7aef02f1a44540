// Event logs from files: XES, and tables (CSV, Excel, Parquet, OCEL ...) with a column each of case, activity
// and time.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "ingest/row_reader.h"
#include "mining/log.h"

namespace zhike::journey {

struct LogColumns {
  /// Of a table: columns, whatever the case of their letters. Of XES: attributes, of the trace, and of
  /// events. Empty: as XES names them (case:concept:name, concept:name, time:timestamp).
  std::string case_name, activity, time;
};

struct LogOptions {
  LogColumns columns = {};
  std::size_t bytes_max = mining::LogBuilder::kBytesMax;  ///< how much memory the log may take
  std::function<void(double share)> progress = {};        ///< of the file as stored
};

/// A time of a table without an offset is UTC. Rows that cannot be read count as events without a case.
/// Errors: kBadFile, kFileFailed, kDriverColumnMissing, kBadLog (no event is left), kLogTooLarge.
[[nodiscard]] Result<mining::EventLog> read_log(const std::filesystem::path& file,
                                                const LogOptions& options = {});

/// The rows of a log that is a table; null: it is XES. Errors: kBadFile, kFileFailed.
[[nodiscard]] Result<std::unique_ptr<ingest::RowReader>> rows_of_log(const std::filesystem::path& file);

}  // namespace zhike::journey
