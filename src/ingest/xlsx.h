// Excel workbooks (.xlsx, ECMA-376): the rows of one sheet. The first row with text is the header. Dates,
// told by the style of their cell, become "2024-03-01 09:30:00" (a wall-clock time), times of day "09:30:00",
// numbers what Excel shows of them: 15 digits. A cell of a formula is its last result.
#pragma once

#include "ingest/row_reader.h"

namespace zhike::ingest {

struct XlsxLimits {
  static constexpr std::size_t kEntriesMax = 10'000;           ///< files in the archive
  static constexpr std::size_t kPartBytesMax = 16ULL << 20;    ///< workbook, relations, styles, unpacked
  static constexpr std::size_t kTextsBytesMax = 512ULL << 20;  ///< shared strings, unpacked
  static constexpr std::size_t kSheetBytesMax = 4ULL << 30;    ///< the sheet, unpacked; it is streamed
  static constexpr std::size_t kCellBytesMax = 128 * 1024;
  static constexpr std::uint64_t kRowsMax = 1'048'576;  ///< of Excel itself
  static constexpr std::size_t kColumnsMax = 16'384;    ///< of Excel itself
};

/// `sheet`: its name; empty: the first that is not hidden. Errors: kBadFile (not a workbook, encrypted, no
/// such sheet, above XlsxLimits, no header, a repeated column name), kFileFailed.
[[nodiscard]] Result<std::unique_ptr<RowReader>> open_xlsx(const std::string& file, std::string_view sheet);
/// The same of a workbook in memory.
[[nodiscard]] Result<std::unique_ptr<RowReader>> open_xlsx_bytes(std::string bytes, std::string_view sheet);

/// A serial number of Excel as a time; `has_date`, `has_time`: what the cell shows. Pure.
[[nodiscard]] std::string excel_time(double serial, bool from_1904, bool has_date, bool has_time);
/// Whether a number format shows a date or a time ("yyyy-mm-dd hh:mm").
struct ExcelTimeFormat {
  bool has_date = false, has_time = false;
};
[[nodiscard]] ExcelTimeFormat excel_time_format(unsigned id, std::string_view code);

}  // namespace zhike::ingest
