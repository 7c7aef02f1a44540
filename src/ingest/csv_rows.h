// CSV, and what is turned into CSV on its way in (Parquet, by the engine), as rows of a file.
#pragma once

#include <filesystem>

#include "ingest/csv.h"
#include "ingest/row_reader.h"

namespace zhike::ingest {

/// Errors: those of CsvReader::open.
[[nodiscard]] Result<std::unique_ptr<RowReader>> open_csv_rows(std::unique_ptr<TextSource> source,
                                                               CsvOptions options);
/// line() counts rows, from 1. Errors: kBadFile, kEngineFailed, kFileFailed.
[[nodiscard]] Result<std::unique_ptr<RowReader>> open_parquet_rows(const std::filesystem::path& file);

}  // namespace zhike::ingest
