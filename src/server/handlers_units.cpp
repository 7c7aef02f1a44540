// Units: branches, brands and regions with their names and time zones.
#include "server/api.h"

namespace zhike::server {
namespace {

Result<Response> unit_list(Call& call) {
  CX_TRY(const auto views, call.app.unit_views(call.grant));
  json::array items;
  for (const auto& view : views)
    items.push_back(json::object{{"key", view.unit.key},
                                 {"name_en", view.unit.name_en},
                                 {"name_zh", view.unit.name_zh},
                                 {"parent", view.unit.parent},
                                 {"zone", view.zone.name()},
                                 {"own_zone", view.unit.zone},
                                 {"listed", view.listed},
                                 {"events", view.events}});
  return answer(json::object{{"items", std::move(items)}});
}

Result<govern::Unit> read_unit(const json::value& value) {
  CX_TRY(const auto fields, Fields::of(value, "items"));
  govern::Unit unit;
  CX_TRY(unit.key, fields.text("key", 1000));
  CX_TRY(unit.name_en, fields.text_or("name_en", "", 1000));
  CX_TRY(unit.name_zh, fields.text_or("name_zh", "", 1000));
  CX_TRY(unit.parent, fields.text_or("parent", "", 1000));
  CX_TRY(unit.zone, fields.text_or("zone", "", 100));
  return unit;
}

Result<Response> put_units(Call& call) {
  CX_TRY(const auto fields, Fields::parse(call.request.body));
  const json::value* items = fields.object().if_contains("items");
  if (items == nullptr || !items->is_array()) return fail(Code::kBadField, "'items' is not a list");
  std::vector<govern::Unit> units;
  for (const json::value& item : items->as_array()) {
    CX_TRY(units.emplace_back(), read_unit(item));
  }
  CX_TRY(call.app.units().put(call.grant.user, units));
  return unit_list(call);
}

}  // namespace

void add_unit_handlers(Handlers& handlers) {
  handlers["listUnits"] = unit_list;
  handlers["putUnits"] = put_units;
}

}  // namespace zhike::server
