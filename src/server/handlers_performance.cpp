// Process performance of the store.
#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "journey/deviations.h"
#include "journey/performance.h"
#include "journey/performance_store.h"
#include "mining/net.h"
#include "server/api.h"
#include "server/design_json.h"
#include "server/journey_json.h"
#include "server/performance_json.h"
#include "server/simulation_json.h"

namespace zhike::server {
namespace {

constexpr std::string_view kOwn[] = {
    "level", "of",    "resource", "cost",  "machine",       "failure", "designed",
    "split", "group", "before",   "after", "batch_seconds", "top",     "definition"};
constexpr std::int64_t kTop = 20, kTopMax = 200, kBatchSeconds = 60, kDaySeconds = 86'400;
constexpr std::size_t kPnmlBytesMax = 1'000'000, kNameBytesMax = 120;

Result<std::optional<journey::StepRule>> rule_of(std::string_view given) {
  if (given.empty()) return std::nullopt;
  CX_TRY(auto rule, journey::parse_step_rule(given));
  return rule;
}

std::vector<std::string> keys_of(std::string_view given) {
  std::vector<std::string> out;
  while (!given.empty()) {
    const std::size_t comma = std::min(given.find(','), given.size());
    if (comma > 0) out.emplace_back(given.substr(0, comma));
    given.remove_prefix(std::min(comma + 1, given.size()));
  }
  return out;
}

Result<journey::StoreSteps> steps_of_call(const Call& call) {
  journey::StoreSteps out{.resource = std::string(call.param("resource")),
                          .cost = std::string(call.param("cost")),
                          .group = std::string(call.param("group"))};
  if (!call.param("level").empty()) {
    CX_TRY(out.level, journey::parse_level(call.param("level")));
  }
  if (!call.param("of").empty()) {
    CX_TRY(out.of, journey::parse_case_of(call.param("of")));
  }
  CX_TRY(out.machine, rule_of(call.param("machine")));
  CX_TRY(out.failure, rule_of(call.param("failure")));
  return out;
}

Result<journey::PerformanceOptions> options_of(const Call& call, const Zone& zone) {
  journey::PerformanceOptions out{.designed = keys_of(call.param("designed")),
                                  .before = std::string(call.param("before")),
                                  .after = std::string(call.param("after")),
                                  .zone = zone,
                                  .may_lack_designed = true};
  CX_TRY(const auto batch, call.number("batch_seconds", kBatchSeconds, 0, kDaySeconds));
  out.batch_window = seconds(batch);
  if (!call.param("split").empty()) {
    CX_TRY(out.split, parse_time(call.param("split"), zone));
  }
  return out;
}

Result<Response> get_performance(Call& call) {
  CX_TRY(const auto filter, call.filter(kOwn));
  CX_TRY(const auto steps, steps_of_call(call));
  CX_TRY(const auto options, options_of(call, filter.zone));
  CX_TRY(const auto top, call.number("top", kTop, 1, kTopMax));
  CX_TRY(const auto definition, definition_of(call.app, call.param("definition")));
  CX_TRY(const auto stored, journey::stored_steps(call.app.warehouse(), call.grant, filter, steps));
  CX_TRY(const auto found, journey::performance(stored.log, options));
  const PerformanceView view{.top = static_cast<std::size_t>(top),
                             .names_resources = call.grant.may(Permission::kViewCustomers)};
  json::object out = performance_json(found, stored.log, view);
  out["stored_cases"] = stored.cases;
  out["stored_steps"] = stored.steps;
  out["level"] = journey::to_string(steps.level);
  out["of"] = journey::to_string(steps.of);
  out["deviations"] = nullptr;
  if (!definition.steps.empty()) {
    const mining::Net net = journey::net_of_steps(definition.steps);
    CX_TRY(const auto deviations, journey::deviations_of(stored.log, net, {}));
    out["deviations"] = deviations_json(deviations, view.top);
  }
  return answer(std::move(out));
}

/// With the line ends that Fields::text() refuses.
Result<std::string> pnml_in(const Fields& fields) {
  const json::value* text = fields.object().if_contains("pnml");
  if (text == nullptr || !text->is_string()) return fail(Code::kBadField, "'pnml' is not a text");
  if (text->get_string().size() > kPnmlBytesMax)
    return fail(Code::kBadField, "'pnml' is longer than {} bytes", kPnmlBytesMax);
  return std::string(text->get_string());
}

/// The names of its steps, each once.
std::set<std::string> activities_of(const mining::Net& net) {
  std::set<std::string> out;
  for (const mining::Transition& one : net.transitions)
    if (one.label != mining::Transition::kSilent) out.insert(net.labels[one.label]);
  return out;
}

/// Of `block`, else of `pnml`.
Result<mining::Net> net_in(const Fields& fields) {
  if (fields.has("block")) {
    CX_TRY(const auto process, process_in(fields));
    return mining::net_of(process.tree, process.names);
  }
  CX_TRY(const std::string pnml, pnml_in(fields));
  CX_TRY(const std::string name, fields.text_or("name", "pnml", kNameBytesMax));
  return mining::read_net(pnml, name);
}

Result<Response> find_deviations(Call& call) {
  CX_TRY(const auto fields, Fields::parse(call.request.body));
  CX_TRY(const mining::Net net, net_in(fields));
  CX_TRY(const auto filter, call.filter(kOwn));
  CX_TRY(const auto steps, steps_of_call(call));
  CX_TRY(const auto top, call.number("top", kTop, 1, kTopMax));
  CX_TRY(const auto stored, journey::stored_steps(call.app.warehouse(), call.grant, filter, steps));
  CX_TRY(const auto deviations, journey::deviations_of(stored.log, net, {}));
  json::array activities, unseen;
  for (const std::string& one : activities_of(net)) {
    activities.emplace_back(one);
    if (std::ranges::find(stored.log.activities, one) == stored.log.activities.end())
      unseen.emplace_back(one);
  }
  return answer(json::object{{"activities", std::move(activities)},
                             {"unseen", std::move(unseen)},
                             {"stored_cases", stored.cases},
                             {"deviations", deviations_json(deviations, static_cast<std::size_t>(top))}});
}

}  // namespace

void add_performance_handlers(Handlers& handlers) {
  handlers["getPerformance"] = get_performance;
  handlers["findDeviations"] = find_deviations;
  add_design_handlers(handlers);
  add_simulation_handlers(handlers);
}

}  // namespace zhike::server
