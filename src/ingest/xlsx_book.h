// What is said once for a whole workbook: sheets, shared strings, which styles show dates.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/xlsx.h"
#include "ingest/zip_file.h"

namespace zhike::ingest {

/// The texts that cells refer to by number, in one piece of memory.
class SharedTexts {
 public:
  void add(std::string_view text) {
    bytes_ += text;
    ends_.push_back(bytes_.size());
  }
  [[nodiscard]] std::size_t size() const { return ends_.size(); }
  [[nodiscard]] std::string_view at(std::size_t n) const {
    const std::size_t from = n == 0 ? 0 : ends_[n - 1];
    return std::string_view(bytes_).substr(from, ends_[n] - from);
  }

 private:
  std::string bytes_;
  std::vector<std::size_t> ends_;
};

struct XlsxBook {
  std::string sheet;                ///< name
  std::string sheet_part;           ///< "xl/worksheets/sheet1.xml"
  std::vector<std::string> sheets;  ///< the names of all
  bool from_1904 = false;
  std::vector<ExcelTimeFormat> styles;  ///< by the style of a cell
  SharedTexts texts;

  [[nodiscard]] static Result<XlsxBook> read(ZipFile& zip, std::string_view sheet);
};

}  // namespace zhike::ingest
