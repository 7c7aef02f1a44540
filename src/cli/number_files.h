// Columns of numbers from a file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "stats/drivers.h"

namespace zhike::cli {

struct WantedColumn {
  std::string name;                   ///< whatever the case of its letters
  std::optional<stats::Scale> scale;  ///< a value outside counts as missing
};

struct NumberColumn {
  std::string name;            ///< as the header has it
  std::vector<double> values;  ///< of the complete rows; finite
  std::uint64_t empty = 0, not_numbers = 0, outside = 0;
};

struct NumberColumns {
  std::vector<NumberColumn> columns;  ///< as wanted
  std::uint64_t rows = 0;             ///< read, complete or not
  std::uint64_t unreadable = 0;       ///< and those that the reader could not read
  std::vector<std::string> notes;
  [[nodiscard]] std::uint64_t complete() const { return columns.empty() ? 0 : columns[0].values.size(); }
};

/// Any format and encoding that an import reads. A row that lacks a value in one of the columns is left out
/// of all. Numbers have a decimal point; NaN and infinity are none. Errors: those of the readers,
/// kDriverColumnMissing.
[[nodiscard]] Result<NumberColumns> read_numbers(const std::filesystem::path& file,
                                                 std::span<const WantedColumn> wanted);

}  // namespace zhike::cli
