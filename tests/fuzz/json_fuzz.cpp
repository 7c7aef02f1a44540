// Any text is an error or rows: as JSON objects, as a list within a document, as an object-centric log.
#include <cstdint>
#include <string>

#include "ingest/json_rows.h"
#include "ingest/ocel.h"
#include "rows.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace zhike;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const ingest::OpenText open = [&]() -> Result<std::unique_ptr<ingest::TextSource>> {
    return ingest::TextSource::of(text);
  };
  read_all(ingest::open_json_rows(open, ""), size);
  read_all(ingest::open_json_rows(open, "data.items"), size);
  read_all(ingest::open_ocel(open, "f"), size);
  return 0;
}
