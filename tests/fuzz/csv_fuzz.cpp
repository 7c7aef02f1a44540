// Any text is an error or rows; reading ends, and a row has as many cells as the header.
#include <cstdint>

#include "ingest/csv.h"
#include "ingest/detect.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace zhike;
  using ingest::CsvReader;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto csv = CsvReader::open(ingest::TextSource::of(text));
  if (!csv) return 0;
  for (std::size_t rows = 0;; ++rows) {
    cx_check(rows <= text.size() + 1, "reading ends");
    const auto next = (*csv)->next();
    if (!next || *next == CsvReader::Next::kEnd) break;
    if (*next != CsvReader::Next::kRow) continue;
    cx_check((*csv)->cells().size() == (*csv)->header().size(), "a row is as wide as the header");
    for (const std::string_view cell : (*csv)->cells()) {
      const std::string once = ingest::scrub(cell);
      cx_check(once.size() <= cell.size() * 3 + 16, "scrubbing does not blow up");
    }
  }
  return 0;
}
