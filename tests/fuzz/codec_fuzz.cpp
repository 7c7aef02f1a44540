// Any bytes are a record or an error; a record that was read is written the same.
#include <cstdint>

#include "ingest/record.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace zhike;
  const auto parsed = ingest::decode_record({reinterpret_cast<const char*>(data), size});
  if (!parsed) return 0;
  const std::string bytes = ingest::encode_record(*parsed);
  const auto again = ingest::decode_record(bytes);
  cx_check(again && ingest::encode_record(*again) == bytes, "what was read is written the same");
  return 0;
}
