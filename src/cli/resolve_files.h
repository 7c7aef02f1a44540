// Files of records to be matched, and what is known of them: labels.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "match/evaluate.h"
#include "match/table.h"

namespace zhike::cli {

struct RecordFiles {
  std::vector<std::filesystem::path> files;
  std::string
      id_column;  ///< empty: one named id, unique_id ... if each row has its own; else the row's number
  std::string truth_column;  ///< empty: none
};

struct Records {
  match::Table table;
  std::vector<std::string> names;    ///< by source
  std::vector<std::uint32_t> truth;  ///< by record; 0: not known. Empty without a truth column
  std::vector<std::string> notes;    ///< rows that could not be read, encodings, ids made up
  std::string id_column;             ///< that was used; empty: rows are numbered
};

/// Told now and then which share of the bytes is read. False: stop. Empty: nobody asks.
using WatchReading = std::function<bool(double share)>;

/// Columns of several files are joined by name. Errors: those of the readers, kBadRecordId,
/// kMatchColumnMissing, kStopping.
[[nodiscard]] Result<Records> read_records(const RecordFiles& from, const WatchReading& watch);

/// Reads the named columns of a file, row by row: cells without blanks at their ends, and the row's number
/// from 1. Rows that cannot be read are left out, the same each time. False from `use` ends it. Errors: those
/// of the readers, kMatchColumnMissing, kStopping.
[[nodiscard]] Result<void> each_row(
    const std::filesystem::path& file, std::span<const std::string> columns,
    const std::function<bool(std::span<const std::string_view>, std::size_t)>& use,
    const WatchReading& watch = {});

struct Labels {
  std::vector<match::Label> pairs;
  std::size_t contradictory = 0;  ///< pairs labelled both ways: left out
  std::size_t unknown = 0;        ///< labels whose id no record has
};

/// CSV with id_l, id_r and optionally is_match; also "unique_id_l", "label" and the like. Errors: kBadLabels.
[[nodiscard]] Result<Labels> read_labels(const std::filesystem::path& file, const match::Table& table);

}  // namespace zhike::cli
