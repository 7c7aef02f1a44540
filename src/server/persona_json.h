// Personas: their JSON, shared by handlers and the command line.
#pragma once

#include <vector>

#include "app/app.h"
#include "external/personas.h"
#include "query/filter.h"
#include "server/api.h"
#include "server/json.h"

namespace zhike::server {

/// Personas; add_friction_handlers() adds them.
void add_persona_handlers(Handlers& handlers);

/// Borrows from `app`.
[[nodiscard]] external::Personas personas_of(app::App& app);
[[nodiscard]] json::object persona_json(const external::Persona& persona);
/// PersonaChange, with `key` from elsewhere; what is wrong with it is external::Personas::put()'s business.
/// Errors: kBadField.
[[nodiscard]] Result<external::Persona> persona_wanted(const Fields& fields, std::string key);

/// How many customers each persona has. Errors: those of external::persona_sizes().
[[nodiscard]] Result<json::object> persona_sizes_json(app::App& app, const Grant& grant,
                                                      const query::Filter& filter,
                                                      const std::vector<external::Persona>& personas);

}  // namespace zhike::server
