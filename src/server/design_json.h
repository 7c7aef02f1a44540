// Designed processes: their JSON and files, shared by handlers and the command line.
#pragma once

#include <string>

#include "app/app.h"
#include "journey/designs.h"
#include "server/api.h"
#include "server/json.h"

namespace zhike::server {

/// Designed processes; add_performance_handlers() adds them.
void add_design_handlers(Handlers& handlers);

/// Borrows from `app`.
[[nodiscard]] journey::Designs designs_of(app::App& app);
[[nodiscard]] json::object design_json(const journey::Design& design);
/// The field `block`. Errors: kBadField.
[[nodiscard]] Result<journey::Process> process_in(const Fields& fields);
/// BPMN 2.0, or PNML of its net.
[[nodiscard]] std::string design_file(const journey::Design& design, bool as_bpmn);

}  // namespace zhike::server
