// Any text is an error or events of a log.
#include <cstdint>
#include <string>

#include "ingest/xes.h"
#include "rows.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace zhike;
  const std::string text(reinterpret_cast<const char*>(data), size);
  read_all(
      ingest::open_xes(
          [&]() -> Result<std::unique_ptr<ingest::TextSource>> { return ingest::TextSource::of(text); }, "f"),
      size);
  return 0;
}
