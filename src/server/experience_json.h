// The digital-experience score: questions and their JSON, shared by handlers and the command line.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/app.h"
#include "event/grant.h"
#include "journey/definitions.h"
#include "journey/experience_store.h"
#include "query/filter.h"
#include "server/api.h"
#include "server/journey_map_json.h"
#include "server/json.h"

namespace zhike::server {

/// The score and its settings, service blueprints; add_journey_map_handlers() adds them.
void add_experience_handlers(Handlers& handlers);

[[nodiscard]] journey::ExperienceBook experience_book(app::App& app);

struct ProcessAnswer {
  journey::Definition definition;
  journey::ExperienceReport report;
};
struct ExperienceAnswer {
  std::string compare;  ///< as it was asked
  journey::ExperienceSettings settings;
  std::vector<ProcessAnswer> items;
};
/// Of the kind of journey with this key; empty: of each kind. Errors: kNotFound, those of
/// journey::experience() and the ledger's.
[[nodiscard]] Result<ExperienceAnswer> ask_experience(app::App& app, const Grant& grant,
                                                      const query::Filter& filter, std::string_view key,
                                                      const MapCompare& compare);
[[nodiscard]] json::object experience_json(const ExperienceAnswer& answer);

}  // namespace zhike::server
