// A text with columns in braces: "order:{order_id}:paid". What every value of a mapping is.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace zhike::ingest {

/// Where the cells of a row come from: the file's own columns first, then those of the lookups.
class Columns {
 public:
  explicit Columns(std::vector<std::string> names) : names_(std::move(names)) {}
  /// The place of a column, or -1; a column that was not found is remembered, for the error message.
  [[nodiscard]] int find(std::string_view name);
  [[nodiscard]] const std::vector<std::string>& missing() const { return missing_; }
  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }
  /// Whether somebody looked for the column, and it was there.
  [[nodiscard]] bool was_found(std::string_view name) const;
  void add(std::string name) { names_.push_back(std::move(name)); }
  /// Every name that begins so is a column, at the end: of a lookup whose file is not there.
  void allow(std::string prefix) { allowed_.push_back(std::move(prefix)); }

 private:
  std::vector<std::string> names_, missing_, allowed_, found_;
};

using Cells = std::span<const std::string_view>;

class Template {
 public:
  /// "{{" is a brace. Errors: kBadMapping (a brace that is not closed).
  [[nodiscard]] static Result<Template> parse(std::string_view text);

  void bind(Columns& columns);  ///< once, before render
  /// Literal and cells joined, cells without the blanks around them.
  [[nodiscard]] std::string render(Cells cells) const;
  /// The same into `out`; false, and `out` empty, when any of the cells is empty.
  bool render_whole(Cells cells, std::string& out) const;
  [[nodiscard]] bool is_empty() const { return pieces_.empty(); }
  [[nodiscard]] bool is_literal() const { return pieces_.size() == 1 && pieces_[0].column.empty(); }
  [[nodiscard]] const std::string& literal() const { return pieces_[0].literal; }
  [[nodiscard]] const std::string& text() const { return text_; }  ///< as it was declared

 private:
  struct Piece {
    std::string literal, column;  // one of the two
    int at = -1;
  };
  std::vector<Piece> pieces_;
  std::string text_;
};

/// Without the blanks around it.
[[nodiscard]] std::string_view trim(std::string_view text) noexcept;

}  // namespace zhike::ingest
