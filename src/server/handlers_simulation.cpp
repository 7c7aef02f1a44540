// A redesign of the store's process, simulated.
#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "journey/kind_steps.h"
#include "journey/performance_store.h"
#include "journey/simulation.h"
#include "journey/simulation_document.h"
#include "server/api.h"
#include "server/journey_json.h"
#include "server/simulation_json.h"

namespace zhike::server {
namespace {

constexpr std::string_view kOwn[] = {"level", "of", "kind", "resource", "machine"};

/// The cases that are asked for: of a kind of journey, else as process performance has them.
Result<journey::StoredSteps> steps_of_call(const Call& call, const query::Filter& filter) {
  if (!call.param("kind").empty()) {
    if (!call.param("level").empty() || !call.param("of").empty() || !call.param("resource").empty() ||
        !call.param("machine").empty())
      return fail(Code::kBadFilter, "kind: without level, of, resource and machine");
    CX_TRY(const auto definition, definition_of(call.app, call.param("kind")));
    return journey::kind_steps(call.app.warehouse(), call.grant, filter, definition);
  }
  journey::StoreSteps steps{.resource = std::string(call.param("resource"))};
  if (!call.param("level").empty()) {
    CX_TRY(steps.level, journey::parse_level(call.param("level")));
  }
  if (!call.param("of").empty()) {
    CX_TRY(steps.of, journey::parse_case_of(call.param("of")));
  }
  if (!call.param("machine").empty()) {
    CX_TRY(steps.machine, journey::parse_step_rule(call.param("machine")));
  }
  return journey::stored_steps(call.app.warehouse(), call.grant, filter, steps);
}

Result<Response> simulate(Call& call) {
  CX_TRY(const auto fields, Fields::parse(call.request.body));
  CX_TRY(const auto filter, call.filter(kOwn));
  journey::SimulationOptions options{
      .zone = filter.zone,
      .steps_max = static_cast<std::uint64_t>(call.app.config().integer("journeys.simulation_steps_max")),
      .threads = 1,
      .stopped = [&call] { return call.request.is_abandoned(); }};
  CX_TRY(journey::read_simulation(fields.object(), &options));
  CX_TRY(const auto stored, steps_of_call(call, filter));
  CX_TRY(const auto found, journey::simulate(stored.log, options));
  json::object out = simulation_json(found, stored.log);
  out["stored_cases"] = stored.cases;
  out["stored_steps"] = stored.steps;
  return answer(std::move(out));
}

}  // namespace

void add_simulation_handlers(Handlers& handlers) { handlers["simulateRedesign"] = simulate; }

}  // namespace zhike::server
