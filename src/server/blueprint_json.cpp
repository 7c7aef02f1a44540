#include "server/blueprint_json.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "feedback/readings.h"
#include "govern/audit.h"
#include "journey/map.h"
#include "server/journey_json.h"
#include "server/journey_map_json.h"

namespace zhike::server {
namespace {

json::object value_json(const journey::BlueprintValue& value) {
  return {{"value", number_or_null(value.value)},
          {"low", number_or_null(value.low)},
          {"high", number_or_null(value.high)},
          {"n", value.n},
          {"unit", value.unit},
          {"currency", value.currency}};
}

/// Names of the catalogue in both languages.
journey::BlueprintName name_of(app::App& app, const journey::Definition& definition) {
  return [english = map_words(app, definition, Language::kEnglish),
          chinese = map_words(app, definition, Language::kChinese)](bool in_chinese, bool is_channel,
                                                                    std::string_view key) {
    const auto kind = is_channel ? journey::MapName::kChannel : journey::MapName::kTouchpoint;
    return (in_chinese ? chinese : english).name(kind, key);
  };
}

}  // namespace

journey::Blueprints blueprints_of(app::App& app) {
  return {app.ledger(), govern::Audit(app.keys()), app.clock()};
}

Result<BlueprintAnswer> ask_blueprint(app::App& app, const Grant& grant, const query::Filter& filter,
                                      std::string_view key) {
  CX_TRY(const journey::Definition definition, definition_of(app, key));
  CX_TRY(auto kept, blueprints_of(app).find(definition.key));
  const journey::MapOptions options{
      .definition = definition, .reading = app.readings().status().reading, .order = app.stage_order()};
  CX_TRY(const journey::JourneyMap map, journey::map(app.warehouse(), grant, filter, options));
  BlueprintAnswer out{.blueprint = {}, .values = {}, .journeys = map.journeys};
  out.blueprint = kept ? std::move(*kept) : journey::draft(definition.key, map, name_of(app, definition));
  CX_TRY(out.values, journey::values_of(app.warehouse(), grant, filter, out.blueprint, map));
  return out;
}

json::object blueprint_json(const BlueprintAnswer& answer) {
  json::object out = journey::to_json(answer.blueprint);
  out["definition"] = answer.blueprint.definition;
  out["journeys"] = answer.journeys;
  json::array& cells = out["cells"].as_array();
  for (std::size_t i = 0; i < cells.size(); ++i) {
    json::array values;
    for (const auto& one : answer.values[i]) values.push_back(value_json(one));
    cells[i].as_object()["values"] = std::move(values);
  }
  return out;
}

Result<journey::Blueprint> blueprint_wanted(app::App& app, std::string_view key, const Fields& fields) {
  CX_TRY(const journey::Definition definition, definition_of(app, key));
  CX_TRY(journey::Blueprint out, journey::parse_blueprint(definition.key, fields.object()));
  const json::value* version = fields.object().if_contains("version");
  boost::system::error_code wrong;
  out.version = version == nullptr ? 0 : version->to_number<std::uint64_t>(wrong);
  if (version == nullptr || wrong) return fail(Code::kBadField, "'version' is not a number");
  return out;
}

}  // namespace zhike::server
