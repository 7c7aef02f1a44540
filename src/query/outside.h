// Questions to tables that lie elsewhere (virtual sources): the SQL of the system that holds them.
// Identifiers are quoted by its rules, values travel as its parameters; neither values nor secrets are in the
// text.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "query/filter.h"

namespace zhike::query {

enum class Dialect { kPostgres, kMysql, kEngine };  ///< kEngine: files, read by zhike-engine

enum class OutsideType { kText, kNumber, kTime, kFlag };
[[nodiscard]] std::string_view to_string(OutsideType type) noexcept;  ///< "text"
/// Errors: kBadFilter.
[[nodiscard]] Result<OutsideType> parse_outside_type(std::string_view text);

struct OutsideColumn {
  std::string name;
  OutsideType type = OutsideType::kText;
  std::string native{};  ///< as its system calls the type: "character varying"
};

/// `op` on a column, with values as Condition has them.
struct OutsideCondition {
  OutsideColumn column;
  Op op = Op::kIn;
  std::vector<std::string> values{};
};

struct OutsideQuestion {
  Dialect dialect = Dialect::kPostgres;
  std::string relation;                        ///< see quoted_table(); of kEngine: a fixed text of ours
  std::vector<OutsideColumn> columns{};        ///< answered as texts, in this order; empty: the count of rows
  std::vector<OutsideCondition> conditions{};  ///< all must hold
  std::uint64_t rows_max = 0;                  ///< 0: all
};

/// Values by position: $1, ?, or {p1:Array(String)}. An array for kPostgres ("{...}") and kEngine ("[...]"),
/// where `array` says so; kMysql has single ones only.
struct OutsideSql {
  std::string sql;
  struct Value {
    std::vector<std::string> texts;
    bool array = false;
  };
  std::vector<Value> values;
  std::size_t columns = 1;  ///< of the answer
};

/// Errors: kBadFilter (a value that is not of its column's type, an operator that the type does not have, a
/// name that cannot be one).
[[nodiscard]] Result<OutsideSql> outside(const OutsideQuestion& question);

/// Errors: kBadFilter (empty, longer than 128 bytes, NUL).
[[nodiscard]] Result<std::string> quoted_name(Dialect dialect, std::string_view name);
/// `schema` may be empty: the connection's own.
[[nodiscard]] Result<std::string> quoted_table(Dialect dialect, std::string_view schema,
                                               std::string_view table);

/// {"a","b\"c"}: an array literal of PostgreSQL.
[[nodiscard]] std::string postgres_array(std::span<const std::string> texts);

}  // namespace zhike::query
