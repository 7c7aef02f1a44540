// Any text is an error, events, items or rejects; what became an event is within limits and survives its
// record.
#include <cstdint>

#include "ingest/admit.h"
#include "ingest/record.h"
#include "ingest/sensors.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace zhike;
  static ingest::SensorsParser parser;
  const std::string_view records(reinterpret_cast<const char*>(data), size);
  auto parsed = parser.parse(records, {.now = {1'700'000'000'000}});
  if (!parsed) return 0;
  for (RawEvent& event : parsed->events)
    cx_check(!ingest::admit(event), "an admitted event is admitted again");
  const auto back = ingest::decode_record(ingest::encode_record(*parsed));
  cx_check(back && back->events.size() == parsed->events.size() &&
               back->rejects.size() == parsed->rejects.size() && back->items.size() == parsed->items.size(),
           "the record keeps all");
  return 0;
}
