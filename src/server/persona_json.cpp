#include "server/persona_json.h"

#include <utility>

#include "govern/audit.h"
#include "query/where.h"

namespace zhike::server {
namespace {

// Longer ones come this far and are refused by their field.
constexpr std::size_t kTextMax = 20'000;

/// Text that may have lines; Fields::text() takes none.
Result<std::string> lines_in(const Fields& fields, std::string_view name) {
  const json::value* value = fields.object().if_contains(name);
  if (value == nullptr) return std::string();
  if (!value->is_string() || value->get_string().size() > kTextMax)
    return fail(Code::kBadField, "'{}' is not a text", name);
  return std::string(value->get_string());
}

Result<std::int64_t> whole_in(const Fields& fields, std::string_view name) {
  const json::value* value = fields.object().if_contains(name);
  if (value == nullptr) return 0;
  boost::system::error_code wrong;
  const auto out = value->to_number<std::int64_t>(wrong);
  if (wrong || out < 0) return fail(Code::kBadField, "'{}' is not a number from 0", name);
  return out;
}

}  // namespace

external::Personas personas_of(app::App& app) {
  return {app.ledger(), govern::Audit(app.keys()), app.clock()};
}

json::object persona_json(const external::Persona& persona) {
  return {{"key", persona.key},
          {"name_en", persona.name_en},
          {"name_zh", persona.name_zh},
          {"description", persona.description},
          {"goals", persona.goals},
          {"frustrations", persona.frustrations},
          {"quote", persona.quote},
          {"where", persona.where},
          {"position", persona.position},
          {"version", persona.version},
          {"actor", user_or_null(persona.actor)},
          {"changed", time_text(persona.changed)}};
}

Result<external::Persona> persona_wanted(const Fields& fields, std::string key) {
  external::Persona out;
  out.key = std::move(key);
  CX_TRY(out.name_en, lines_in(fields, "name_en"));
  CX_TRY(out.name_zh, lines_in(fields, "name_zh"));
  CX_TRY(out.description, lines_in(fields, "description"));
  CX_TRY(out.goals, lines_in(fields, "goals"));
  CX_TRY(out.frustrations, lines_in(fields, "frustrations"));
  CX_TRY(out.quote, lines_in(fields, "quote"));
  CX_TRY(out.where, lines_in(fields, "where"));
  CX_TRY(out.position, whole_in(fields, "position"));
  CX_TRY(const std::int64_t version, whole_in(fields, "version"));
  out.version = static_cast<std::uint64_t>(version);
  return out;
}

Result<json::object> persona_sizes_json(app::App& app, const Grant& grant, const query::Filter& filter,
                                        const std::vector<external::Persona>& personas) {
  std::vector<query::Expr> conditions;
  for (const auto& one : personas) {
    // A condition that is not kept has no name to be found by.
    if (one.key.empty()) {
      CX_TRY(conditions.emplace_back(), external::persona_condition(one.where));
    } else {
      query::Expr named = query::is(query::Field::kVirtual, {one.key});
      named.condition.name = query::kPersonas;
      conditions.push_back(std::move(named));
    }
  }
  CX_TRY(const auto found,
         external::persona_sizes(app.externals(), app.warehouse(), grant, filter, conditions));
  json::array items;
  for (std::size_t i = 0; i < personas.size(); ++i) {
    const auto& size = found.sizes[i];
    const auto& error = found.errors[i];
    const bool has_share = size && found.customers > 0;
    items.push_back(json::object{
        {"key", personas[i].key},
        {"customers", size ? json::value(*size) : json::value(nullptr)},
        {"share", has_share ? json::value(static_cast<double>(*size) / static_cast<double>(found.customers))
                            : json::value(nullptr)},
        {"problem", error ? info(error->code).id : std::string_view()}});
  }
  return json::object{{"from", time_text(filter.range.from)}, {"to", time_text(filter.range.to)},
                      {"customers", found.customers},         {"in_none", found.in_none},
                      {"in_several", found.in_several},       {"items", std::move(items)}};
}

}  // namespace zhike::server
