// A store for tests of what is streamed: it has rows already written, refuses an answer longer than the limit
// as the real one does, and cuts its stream into small pieces.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "warehouse/client.h"

namespace zhike::journey {

class TestStore : public warehouse::Client {
 public:
  /// `rows`: RowBinary, each beginning with the customer; `table`: what every select answers.
  explicit TestStore(std::vector<std::string> rows, std::vector<boost::json::array> table = {})
      : rows_(std::move(rows)), table_(std::move(table)) {}

  Result<void> stream(const warehouse::Query& query, std::string_view format,
                      const std::function<bool(std::string_view)>& sink) override {
    EXPECT_EQ(format, "RowBinary");
    ++asked;
    std::uint64_t parts = 1, part = 0, count = 0;
    for (const auto& [name, value] : query.params.encoded()) {
      if (name == "parts") parts = std::stoull(value);
      if (name == "part") part = std::stoull(value);
    }
    std::string bytes;
    for (const std::string& row : rows_) {
      std::uint64_t customer = 0;
      std::memcpy(&customer, row.data(), sizeof customer);
      if (customer % parts != part) continue;
      if (++count > query.limits.result_rows_max) return fail(Code::kQueryTooLarge, "rows");
      bytes += row;
    }
    if (is_torn) bytes.pop_back();
    for (std::size_t at = 0; at < bytes.size(); at += piece)
      if (!sink(std::string_view(bytes).substr(at, piece))) return fail(Code::kQueryCancelled, "the sink");
    return {};
  }
  Result<warehouse::Table> select(const warehouse::Query&) override {
    return warehouse::Table{.columns = {}, .rows = table_};
  }
  Result<void> insert(const warehouse::Insert&, std::string_view) override { return {}; }
  Result<void> execute(const warehouse::Query&) override { return {}; }
  Result<void> cancel(std::string_view) override { return {}; }

  int asked = 0;
  bool is_torn = false;
  std::size_t piece = 7;  ///< bytes

 private:
  std::vector<std::string> rows_;
  std::vector<boost::json::array> table_;
};

}  // namespace zhike::journey
