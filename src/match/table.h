// Records to be matched, column by column: every column keeps its distinct values once, so that what is
// computed of a value is computed once however many records share it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/mix.h"

namespace zhike::match {

/// Distinct texts in order of first appearance; number 0 is the empty one: missing.
class Dictionary {
 public:
  Dictionary();
  std::uint32_t add(std::string_view text);
  [[nodiscard]] std::size_t size() const { return texts_.size(); }
  [[nodiscard]] const std::string& text(std::uint32_t code) const { return texts_[code]; }

 private:
  void grow();
  std::vector<std::string> texts_;
  std::vector<std::uint32_t> hashes_;
  std::vector<std::uint32_t> slots_;  ///< code + 1; 0: free
};

inline constexpr std::size_t kNoColumn = static_cast<std::size_t>(-1);

struct Column {
  std::string name;
  Dictionary values;
  std::vector<std::uint32_t> codes;  ///< by record
};

/// One thread while it is built; read from any afterwards.
struct Table {
  std::vector<Column> columns;
  std::vector<std::string> ids;       ///< by record
  std::vector<std::uint8_t> sources;  ///< by record: 0 for the first file, 1 for the second ...
  std::size_t source_count = 1;

  [[nodiscard]] std::size_t rows() const { return ids.size(); }
  /// Null: there is none of that name.
  [[nodiscard]] const Column* find(std::string_view name) const;
};

/// What people write where nothing is known: "", "NA", "null", "-", "未知" ... Case does not matter.
[[nodiscard]] bool is_missing(std::string_view text) noexcept;

using zhike::mix;

}  // namespace zhike::match
