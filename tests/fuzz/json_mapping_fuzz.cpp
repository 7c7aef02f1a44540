// Any text is a mapping or an error; by a mapping of every kind of rule any body is an error, events, rejects
// or left out, what became an event is within limits, and a reject can be read again.
#include <cstdint>

#include "ingest/admit.h"
#include "ingest/json_mapping.h"
#include "ingest/record.h"

namespace {

constexpr std::string_view kMapping =
    R"({"each": "/all", "zone": "Asia/Shanghai", "currency": "CNY", "rules": [
  {"when": [{"at": "/k", "one_of": ["a", "b"]}, {"at": "^/test", "present": false}], "name": "N {/k}", "id": "{/id}:{/k}",
   "time": ["/t", "^/t"], "identifiers": [{"kind": "user_id", "value": ["/u/id", "$header/u"]}, {"kind": "phone", "value": "/p"}],
   "amount": {"value": "/v", "currency": "/c"}, "score": {"value": "/s", "min": 0, "max": 10}, "text": "{/x} {/y/0}",
   "properties": {"*": "/d", "l": "/l", "z": "^"}, "traits": "/d", "context": {"h": "$header/h"}},
  {"when": [{"at": "/k", "one_of": ["c"]}], "ignore": true},
  {"when": [{"at": "/u"}], "type": "identify", "identifiers": [{"kind": "email", "value": "/u/mail"}],
   "amount": {"value": "/v", "minor": true}, "traits": "/u"}]})";

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace zhike;
  using ingest::JsonMapping;
  constexpr Instant kNow{1'700'000'000'000};
  static const auto mapping = *JsonMapping::parse(kMapping);
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  [[maybe_unused]] const auto other = JsonMapping::parse(text);
  const std::vector<std::pair<std::string, std::string>> told{{"header/u", "li"},
                                                              {"header/h", std::string(text)}};
  auto outcome = mapping->apply(text, told, kNow, "connector/1");
  if (!outcome) return 0;
  for (RawEvent& event : outcome->parsed.events)
    cx_check(!ingest::admit(event), "an admitted event is admitted again");
  for (ingest::Reject& reject : outcome->parsed.rejects) {
    reject.received_at = kNow;
    cx_check(!mapping->again(reject), "what was rejected is rejected again");
  }
  const auto back = ingest::decode_record(ingest::encode_record(outcome->parsed));
  cx_check(back && back->events.size() == outcome->parsed.events.size(), "the record keeps all");
  return 0;
}
