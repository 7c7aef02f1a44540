// Columns of numbers from a file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "ingest/file_format.h"
#include "ingest/row_reader.h"
#include "stats/drivers.h"

namespace zhike::cli {

struct WantedColumn {
  std::string name;                   ///< whatever the case of its letters
  std::optional<stats::Scale> scale;  ///< a value outside counts as missing
};

struct NumberColumn {
  std::string name;  ///< as the header has it
  std::vector<double>
      values;  ///< of the complete rows; finite. With Missing::kKeep: of all, NaN where missing
  std::uint64_t empty = 0, not_numbers = 0, outside = 0;
};

struct NumberColumns {
  std::vector<NumberColumn> columns;  ///< as wanted
  std::uint64_t rows = 0;             ///< read, complete or not
  std::uint64_t unreadable = 0;       ///< and those that the reader could not read
  std::vector<std::string> notes;
  [[nodiscard]] std::uint64_t complete() const { return columns.empty() ? 0 : columns[0].values.size(); }
};

enum class Missing {
  kLeaveOut,  ///< a row that lacks a value in one of the columns is left out of all
  kKeep,
};

/// Any format and encoding that an import reads. Numbers have a decimal point; NaN and infinity are none.
/// Errors: those of the readers, kDriverColumnMissing.
[[nodiscard]] Result<NumberColumns> read_numbers(const std::filesystem::path& file,
                                                 std::span<const WantedColumn> wanted,
                                                 Missing missing = Missing::kLeaveOut);

/// Whatever the case of its letters. Errors: kDriverColumnMissing, with the columns there are.
[[nodiscard]] Result<std::size_t> place_of_column(const std::vector<std::string>& header,
                                                  std::string_view name, const std::filesystem::path& file);
/// The rows of a file of any format that has rows; `rule` must outlive them. Errors: those of the readers.
[[nodiscard]] Result<std::unique_ptr<ingest::RowReader>> open_table(const std::filesystem::path& file,
                                                                    const ingest::FileRule& rule);

/// The cells of columns as texts, by column, then by row, without blanks around them. Errors: as
/// read_numbers(). `notes`: of rows that cannot be read, which are left out.
[[nodiscard]] Result<std::vector<std::vector<std::string>>> read_cells(const std::filesystem::path& file,
                                                                       std::span<const std::string> names,
                                                                       std::vector<std::string>& notes);

/// Names of columns, of which FIRST:LAST means all from one to the other as they stand in the file. A column
/// that is really called so is meant first. Errors: as read_numbers().
[[nodiscard]] Result<std::vector<std::string>> expand_columns(const std::filesystem::path& file,
                                                              std::span<const std::string> words);

}  // namespace zhike::cli
