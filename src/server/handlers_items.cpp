// Items: what events are about, as their sources describe them.
#include "profile/items.h"
#include "server/api.h"

namespace zhike::server {
namespace {

Result<Response> list_items(Call& call) {
  CX_TRY(const auto before, call.cursor());
  CX_TRY(const auto count, call.limit());
  profile::ItemQuestion question{.type = std::string(call.param("type")),
                                 .text = std::string(call.param("q")),
                                 .source = {},
                                 .gone = call.param("gone") == "true"};
  if (const auto text = call.param("source"); !text.empty()) {
    CX_TRY(question.source, parse_id<SourceId>(text));
  }
  CX_TRY(const auto page, profile::items(call.app.warehouse(), call.grant, question, before, count));
  json::array items;
  for (const auto& item : page.items) {
    json::object properties;
    for (const auto& [key, value] : item.properties) properties[key] = value;
    json::value at = nullptr;
    if (item.at) at = json::string(time_text(*item.at));
    items.push_back(json::object{{"type", item.type},
                                 {"id", item.id},
                                 {"source", item.source.str()},
                                 {"gone", item.gone},
                                 {"at", std::move(at)},
                                 {"properties", std::move(properties)}});
  }
  return answer(json::object{{"items", std::move(items)}, {"next_cursor", next_cursor(page.next)}});
}

Result<Response> list_item_types(Call& call) {
  CX_TRY(const auto types, profile::item_types(call.app.warehouse(), call.grant));
  json::array items;
  for (const auto& type : types)
    items.push_back(json::object{{"type", type.type}, {"items", type.items}, {"gone", type.gone}});
  return answer(json::object{{"items", std::move(items)}});
}

}  // namespace

void add_item_handlers(Handlers& handlers) {
  handlers["listItems"] = list_items;
  handlers["listItemTypes"] = list_item_types;
}

}  // namespace zhike::server
