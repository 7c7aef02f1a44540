// Rows of a file under a header, whatever its format: what a mapping is bound to.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "ingest/bytes.h"
#include "ingest/template.h"

namespace zhike::ingest {

/// One thread.
class RowReader {
 public:
  enum class Next { kRow, kBad, kEnd };
  virtual ~RowReader() = default;
  /// kRow: cells() has as many cells as the header. kBad: problem() says why, without a value of the row.
  /// Errors: kBadFile (the file cannot be read any further), kFileFailed.
  [[nodiscard]] virtual Result<Next> next() = 0;
  [[nodiscard]] virtual const std::vector<std::string>& header() const = 0;
  [[nodiscard]] virtual Cells cells() const = 0;         ///< valid until the next call of next()
  [[nodiscard]] virtual std::uint64_t line() const = 0;  ///< where the row is: line, sheet row or record
  [[nodiscard]] virtual const std::string& problem() const = 0;
  /// Header and row as CSV, so that the row can be read again alone. `places`: columns to add, name and
  /// value.
  [[nodiscard]] virtual std::string raw(
      const std::vector<std::pair<std::string, std::string>>& places) const = 0;
  [[nodiscard]] virtual std::uint64_t bytes_read() const = 0;  ///< of the file as stored, for progress
  [[nodiscard]] virtual std::uint64_t bytes_total() const = 0;
  virtual void add_notes(std::vector<std::string>& notes) const = 0;
  /// What was found of the file; a format without one of them leaves it.
  virtual void describe(std::string& /*encoding*/, std::string& /*delimiter*/, std::string& /*sheet*/) const {
  }
};

/// Opens the same text from its beginning: formats whose columns are spread over the file read it twice.
using OpenText = std::function<Result<std::unique_ptr<TextSource>>()>;

/// Most columns that a file without a header line may show.
inline constexpr std::size_t kColumnsMax = 2000;
/// Most bytes of one row of any format.
inline constexpr std::size_t kRowBytesMax = 1 << 20;

/// Columns in order of their first appearance.
class ColumnSet {
 public:
  /// The place of the column, added when new; kColumnsMax: there is no room for it.
  std::size_t add(std::string_view name);
  /// kColumnsMax: unknown.
  [[nodiscard]] std::size_t find(std::string_view name) const;
  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }

 private:
  std::vector<std::string> names_;
  std::unordered_map<std::string, std::size_t> places_;
};

/// A reader that makes its cells itself.
class MadeRows : public RowReader {
 public:
  const std::vector<std::string>& header() const override { return columns_.names(); }
  Cells cells() const override { return views_; }
  std::uint64_t line() const override { return line_; }
  const std::string& problem() const override { return problem_; }
  std::string raw(const std::vector<std::pair<std::string, std::string>>& places) const override;

 protected:
  void clear_row();                                      ///< all cells empty
  void set(std::string_view column, std::string value);  ///< of an unknown column: nothing
  void show();                                           ///< before kRow: cells() as they are now
  [[nodiscard]] Next bad(std::string why);

  ColumnSet columns_;
  std::vector<std::string> values_;
  std::vector<std::string_view> views_;
  std::uint64_t line_ = 0;
  std::string problem_;
};

/// The cell, quoted where a reader that guesses the delimiter could stumble over it.
void append_csv_cell(std::string& out, std::string_view cell);

}  // namespace zhike::ingest
