// Any bytes are an error or rows: no workbook hangs, or fills the memory.
#include <cstdint>
#include <string>

#include "ingest/xlsx.h"
#include "rows.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace zhike;
  read_all(ingest::open_xlsx_bytes(std::string(reinterpret_cast<const char*>(data), size), ""), size);
  return 0;
}
