// The text format of README.md, read into steps.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace zhike::text_test {

/// A word of a line. `kind` tells null from "null" and 1 from "1".
struct Cell {
  enum class Kind { kWord, kQuoted, kNull, kJson, kAny } kind = Kind::kWord;
  std::string text;
};
using Row = std::vector<Cell>;

/// One instruction with the indented lines that belong to it.
struct Step {
  enum class Kind { kCase, kTable, kDo, kLet, kQuery, kSql, kUnordered, kColumns, kZones, kError } kind{};
  int line = 0;
  std::string name;                                  ///< title, table, MODULE/NAME, let name, error code
  std::string text;                                  ///< SQL, let text, error text, zones as JSON
  std::vector<std::string> columns;                  ///< of a table, or expected
  std::vector<std::pair<std::string, Cell>> params;  ///< of a query
  std::vector<std::pair<int, Row>> rows;             ///< with their lines
};

/// Errors: kBadValue-like problems come as kInternal with "line N: ..." in detail.
[[nodiscard]] Result<std::vector<Step>> parse(std::string_view text);

/// A line's words. Errors: as parse().
[[nodiscard]] Result<Row> split(std::string_view line);

}  // namespace zhike::text_test
