// What the fuzz targets of file formats demand of every reader.
#pragma once

#include "base/error.h"
#include "ingest/row_reader.h"

namespace zhike {

/// Reads to the end: it comes, rows are as wide as the header, and what a reject keeps is bounded.
inline void read_all(Result<std::unique_ptr<ingest::RowReader>> opened, std::size_t input_bytes) {
  using ingest::RowReader;
  if (!opened) return;
  RowReader& rows = **opened;
  for (std::size_t n = 0;; ++n) {
    cx_check(n <= input_bytes * 1100 + 1, "reading ends");
    const auto next = rows.next();
    if (!next || *next == RowReader::Next::kEnd) break;
    if (*next == RowReader::Next::kRow)
      cx_check(rows.cells().size() == rows.header().size(), "a row is as wide as the header");
    if (n < 100) static_cast<void>(rows.raw({{"@file", "f"}, {"@row", "1"}}));
  }
}

}  // namespace zhike
