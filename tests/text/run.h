// Runs the steps of one file against a store.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "parse.h"
#include "query/filter.h"
#include "warehouse/client.h"

namespace zhike::text_test {

struct Outcome {
  int passed = 0, failed = 0;         ///< cases
  std::vector<std::string> messages;  ///< "line 7: expected ..."
};

class Runner {
 public:
  /// Borrows the client. `queries` holds the composed queries as MODULE/sql/NAME.sql (tools/embed_sql.py).
  Runner(warehouse::Client& client, std::filesystem::path queries);
  [[nodiscard]] Outcome run(std::string_view text);

 private:
  struct Expectation {
    bool unordered = false;
    std::vector<std::string> columns;
    std::string code, text;  ///< of an error
    std::vector<query::UnitZone> zones;
  };
  [[nodiscard]] Result<void> step(const Step& step);
  [[nodiscard]] Result<void> reset();
  [[nodiscard]] Result<void> load(const Step& step);
  [[nodiscard]] Result<void> query(const Step& asked);
  [[nodiscard]] Result<std::string> sql_of(const Step& step) const;
  [[nodiscard]] Result<warehouse::Params> params_of(const Step& step, const std::string& sql,
                                                    warehouse::Params params) const;
  [[nodiscard]] std::string with_lets(std::string sql) const;
  [[nodiscard]] Result<const std::map<std::string, std::string>*> types_of(const std::string& table);

  warehouse::Client& client_;
  std::filesystem::path queries_;
  std::map<std::string, std::map<std::string, std::string>> types_;  // table, column, type
  std::map<std::string, std::string> lets_;
  Expectation next_;
  std::uint64_t counter_ = 0;
};

}  // namespace zhike::text_test
