// A store for tests of what is streamed: it has rows already written, puts them into small blocks of columns,
// refuses an answer longer than the limit as the real one does, and cuts its stream into small pieces.
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
  /// `types` of the columns; `rows`: RowBinary, each beginning with the customer; `table`: what every select
  /// answers.
  TestStore(std::vector<std::string> types, std::vector<std::string> rows,
            std::vector<boost::json::array> table = {})
      : types_(std::move(types)), rows_(std::move(rows)), table_(std::move(table)) {}

  Result<void> stream(const warehouse::Query& query, std::string_view format,
                      const std::function<bool(std::string_view)>& sink) override {
    EXPECT_EQ(format, "Native");
    ++asked;
    std::uint64_t parts = 1, part = 0, count = 0;
    for (const auto& [name, value] : query.params.encoded()) {
      if (name == "parts") parts = std::stoull(value);
      if (name == "part") part = std::stoull(value);
    }
    std::string bytes;
    std::vector<std::string_view> block;
    for (const std::string& row : rows_) {
      std::uint64_t customer = 0;
      std::memcpy(&customer, row.data(), sizeof customer);
      if (customer % parts != part) continue;
      if (++count > query.limits.result_rows_max) return fail(Code::kQueryTooLarge, "rows");
      block.push_back(row);
      if (block.size() < kBlock) continue;
      bytes += block_of(std::exchange(block, {}));
    }
    if (!block.empty()) bytes += block_of(std::move(block));
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
  static constexpr std::size_t kBlock = 5;

  /// Takes the first value of the type off the row.
  static std::string_view next(std::string_view& row, std::string_view type) {
    const std::size_t size = type == "String"  ? 1 + static_cast<unsigned char>(row.front())  // a short one
                             : type == "UInt8" ? 1
                             : type.ends_with("32") ? 4
                                                    : 8;
    const std::string_view value = row.substr(0, size);
    row.remove_prefix(size);
    return value;
  }
  [[nodiscard]] std::string block_of(std::vector<std::string_view> rows) const {
    warehouse::RowWriter head;
    head.length(types_.size());
    head.length(rows.size());
    std::string out = head.take();
    for (const std::string& type : types_) {
      head = {};
      head.text("a");
      head.text(type);
      out += head.bytes();
      for (std::string_view& row : rows) out += next(row, type);
    }
    return out;
  }

  std::vector<std::string> types_;
  std::vector<std::string> rows_;
  std::vector<boost::json::array> table_;
};

}  // namespace zhike::journey
