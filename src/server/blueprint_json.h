// Service blueprints: questions and their JSON, shared by handlers and the command line.
#pragma once

#include <string_view>
#include <vector>

#include "app/app.h"
#include "event/grant.h"
#include "journey/blueprint.h"
#include "journey/blueprint_values.h"
#include "query/filter.h"
#include "server/api.h"
#include "server/json.h"

namespace zhike::server {

/// add_experience_handlers() adds them.
void add_blueprint_handlers(Handlers& handlers);

[[nodiscard]] journey::Blueprints blueprints_of(app::App& app);

struct BlueprintAnswer {
  journey::Blueprint blueprint;  ///< version 0: a draft from the events of the range
  std::vector<std::vector<journey::BlueprintValue>> values;  ///< of each cell's bindings
  std::uint64_t journeys = 0;
};
/// Of the kind of journey with this key. Errors: kNotFound, those of journey::map() and
/// journey::values_of(), the ledger's.
[[nodiscard]] Result<BlueprintAnswer> ask_blueprint(app::App& app, const Grant& grant,
                                                    const query::Filter& filter, std::string_view key);
[[nodiscard]] json::object blueprint_json(const BlueprintAnswer& answer);
/// Steps, cells and `version` of a body, for put(). Errors: kNotFound (no such kind of journey), kBadField.
[[nodiscard]] Result<journey::Blueprint> blueprint_wanted(app::App& app, std::string_view key,
                                                          const Fields& fields);

}  // namespace zhike::server
