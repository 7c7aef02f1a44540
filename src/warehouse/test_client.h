// A warehouse that answers from prepared tables, for tests of what reads them.
#pragma once

#include <fmt/format.h>

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "warehouse/client.h"

namespace zhike::warehouse {

/// Answers each query with the next prepared table, and keeps what was asked: its parameters.
class Canned final : public Client {
 public:
  std::vector<Table> answers;
  std::vector<std::string> asked;
  Result<Table> select(const Query& query) override {
    std::string text;
    for (const auto& [name, value] : query.params.encoded()) text += fmt::format("{}={};", name, value);
    asked.push_back(text);
    if (asked.size() > answers.size()) return fail(Code::kWarehouseDown);
    return answers[asked.size() - 1];
  }
  Result<void> stream(const Query&, std::string_view, const std::function<bool(std::string_view)>&) override {
    return {};
  }
  Result<void> insert(const Insert&, std::string_view) override { return {}; }
  Result<void> execute(const Query&) override { return {}; }
  Result<void> cancel(std::string_view) override { return {}; }
};

/// A table of which only the cells count.
inline Table rows(std::vector<boost::json::array> cells) {
  Table out;
  out.rows = std::move(cells);
  return out;
}

}  // namespace zhike::warehouse
