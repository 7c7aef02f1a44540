// A streaming CSV reader: delimiter found by itself, quoted newlines, CRLF, blank lines skipped. A bad row is
// reported with its line and reason, and reading goes on at the next line.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/bytes.h"

namespace zhike::ingest {

struct CsvOptions {
  char delimiter = 0;  ///< 0: the one of , ; tab | that divides the first lines evenly
  char quote = '"';    ///< 0: quotes mean nothing
  std::size_t row_bytes_max = 1 << 20;
};

/// One thread.
class CsvReader {
 public:
  /// Reads the header. Errors: kBadFile (empty, no header, repeated column names), and those of the source.
  [[nodiscard]] static Result<std::unique_ptr<CsvReader>> open(std::unique_ptr<TextSource> source,
                                                               CsvOptions options = {});

  enum class Next { kRow, kBad, kEnd };
  /// kRow: cells() has as many cells as the header. kBad: problem() says why. Both: line() and raw().
  [[nodiscard]] Result<Next> next();

  [[nodiscard]] const std::vector<std::string>& header() const { return header_; }
  [[nodiscard]] std::string_view header_raw() const { return header_raw_; }
  /// Valid until the next call of next().
  [[nodiscard]] std::span<const std::string_view> cells() const { return cells_; }
  [[nodiscard]] std::string_view raw() const { return raw_; }
  [[nodiscard]] std::uint64_t line() const { return line_; }
  [[nodiscard]] const std::string& problem() const { return problem_; }
  [[nodiscard]] const TextSource& source() const { return *source_; }
  [[nodiscard]] char delimiter() const { return options_.delimiter; }
  [[nodiscard]] char quote() const { return options_.quote; }

 private:
  CsvReader(std::unique_ptr<TextSource> source, CsvOptions options);
  enum class Scan { kRow, kBad, kMore };
  Result<bool> refill();
  Result<Next> read_row();
  Scan scan(bool at_end);
  Scan scan_quoted(std::size_t& at, std::size_t start, bool at_end);
  void add_cell(std::size_t from, std::size_t to);
  void build_cells();
  void skip_line();
  char detect_delimiter() const;

  struct Cell {
    std::size_t from, to;
    bool escaped;  // holds doubled quotes
  };

  std::unique_ptr<TextSource> source_;
  CsvOptions options_;
  bool special_[256] = {};
  std::string buffer_;
  std::size_t begin_ = 0, row_end_ = 0, after_ = 0;
  bool finished_ = false;
  std::uint64_t next_line_ = 1, line_ = 0, row_lines_ = 0;
  std::vector<std::string> header_;
  std::string header_raw_, scratch_, problem_;
  std::vector<Cell> spans_;
  std::vector<std::string_view> cells_;
  std::string_view raw_;
};

}  // namespace zhike::ingest
