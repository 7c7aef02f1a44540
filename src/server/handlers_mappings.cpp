// Mappings of messages to begin with.
#include "ingest/presets.h"
#include "server/api.h"

namespace zhike::server {
namespace {

Result<Response> list_message_presets(Call&) {
  json::array items;
  for (const auto& preset : ingest::message_presets())
    items.push_back(json::object{{"key", preset.key},
                                 {"name_en", preset.name_en},
                                 {"name_zh", preset.name_zh},
                                 {"mapping", preset.mapping},
                                 {"payload", preset.payload}});
  return answer(json::object{{"items", std::move(items)}});
}

}  // namespace

void add_mapping_handlers(Handlers& handlers) { handlers["listMessagePresets"] = list_message_presets; }

}  // namespace zhike::server
