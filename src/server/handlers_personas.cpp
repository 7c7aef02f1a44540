// Personas: which there are, making, changing and removing one, and how many customers each has.
#include <string>
#include <string_view>
#include <utility>

#include "external/personas.h"
#include "server/api.h"
#include "server/persona_json.h"

namespace zhike::server {
namespace {

constexpr std::string_view kOwn[] = {"condition"};

std::string key_of(const Call& call) {
  for (const auto& [name, value] : call.params)
    if (name == "key") return std::string(value);
  return {};
}

Result<Response> list_personas(Call& call) {
  CX_TRY(const auto found, personas_of(call.app).list(call.grant));
  json::array items;
  for (const auto& one : found) items.push_back(persona_json(one));
  return answer(json::object{{"items", std::move(items)}});
}

Result<Response> put_persona(Call& call) {
  CX_TRY(const auto fields, Fields::parse(call.request.body));
  CX_TRY(auto wish, persona_wanted(fields, key_of(call)));
  CX_TRY(const auto made, personas_of(call.app).put(call.grant, std::move(wish)));
  return answer(persona_json(made));
}

Result<Response> delete_persona(Call& call) {
  CX_TRY(personas_of(call.app).remove(call.grant, key_of(call)));
  return no_content();
}

Result<Response> get_sizes(Call& call) {
  CX_TRY(const auto filter, call.filter(kOwn));
  std::vector<external::Persona> personas;
  if (const auto condition = call.param("condition"); !condition.empty()) {
    external::Persona asked;
    asked.where = std::string(condition);
    personas.push_back(std::move(asked));
  } else {
    CX_TRY(personas, personas_of(call.app).list(call.grant));
  }
  CX_TRY(auto sizes, persona_sizes_json(call.app, call.grant, filter, personas));
  return answer(sizes);
}

}  // namespace

void add_persona_handlers(Handlers& handlers) {
  handlers["listPersonas"] = list_personas;
  handlers["putPersona"] = put_persona;
  handlers["deletePersona"] = delete_persona;
  handlers["getPersonaSizes"] = get_sizes;
}

}  // namespace zhike::server
