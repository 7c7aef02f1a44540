// JSON of frictions, funnels and kinds of journeys, shared by their handlers and the command line.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "journey/case_counts.h"
#include "journey/definitions.h"
#include "journey/friction.h"
#include "journey/funnel.h"
#include "server/api.h"
#include "server/json.h"

namespace zhike::server {

/// Friction, funnels, kinds of journeys; process performance; add_journey_handlers() adds them.
void add_friction_handlers(Handlers& handlers);
void add_performance_handlers(Handlers& handlers);
void add_journey_kind_handlers(Handlers& handlers);
void add_journey_case_handlers(Handlers& handlers);

[[nodiscard]] json::value integer_or_null(std::optional<std::int64_t> value);
[[nodiscard]] journey::Definitions definitions_of(app::App& app);
[[nodiscard]] json::object friction_json(const journey::FrictionReport& report);
[[nodiscard]] json::object funnel_json(const journey::Funnel& funnel, const journey::FunnelOptions& options);
[[nodiscard]] json::object definitions_json(const journey::DefinitionBook& book);

/// `items` of JourneyDefinitionChanges. Errors: kBadField.
[[nodiscard]] Result<std::vector<journey::Definition>> definitions_wanted(const Fields& fields);
/// One JourneyDefinitionChange, whose faults are journey::faults_of()'s business. Errors: kBadField.
[[nodiscard]] Result<journey::Definition> definition_wanted(const json::value& item);
[[nodiscard]] json::object case_counts_json(const journey::CaseCounts& counts);
/// Of the key; empty: all journeys. Errors: kNotFound, the ledger's.
[[nodiscard]] Result<journey::Definition> definition_of(app::App& app, std::string_view key);
/// Parameters of a funnel: definition, steps, order, by, window_hours. Errors: kNotFound, kBadFilter,
/// kBadField.
[[nodiscard]] Result<journey::FunnelOptions> funnel_options(const Call& call);
/// The steps that are asked for, else those of the definition's design. Errors: those of
/// journey::parse_funnel_steps.
[[nodiscard]] Result<std::vector<journey::FunnelStep>> steps_of(const journey::Definition& definition,
                                                                std::string_view asked);

}  // namespace zhike::server
