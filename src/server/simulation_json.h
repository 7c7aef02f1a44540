// What the API and the command line say of a simulation, in the shape of catalog/endpoints/simulation.json.
#pragma once

#include <boost/json/object.hpp>

#include "journey/simulation.h"
#include "journey/step_log.h"
#include "server/api.h"

namespace zhike::server {

[[nodiscard]] boost::json::object simulation_json(const journey::Simulation& found,
                                                  const journey::StepLog& log);
/// add_performance_handlers() adds it.
void add_simulation_handlers(Handlers& handlers);

}  // namespace zhike::server
