// Friction, funnels and kinds of journeys, with the customers behind them.
#include <cstdint>
#include <string>
#include <utility>

#include "journey/definitions.h"
#include "journey/friction.h"
#include "journey/funnel.h"
#include "server/api.h"
#include "server/customer_list_json.h"
#include "server/journey_json.h"
#include "server/journey_map_json.h"
#include "server/persona_json.h"

namespace zhike::server {
namespace {

constexpr std::string_view kOwn[] = {"definition", "instrument", "top",   "detector",     "place", "other",
                                     "limit",      "steps",      "order", "window_hours", "by",    "step"};
constexpr std::int64_t kTop = 30, kTopMax = 200;

Result<journey::FrictionOptions> friction_options(const Call& call) {
  journey::FrictionOptions out;
  CX_TRY(out.definition, definition_of(call.app, call.param("definition")));
  out.instrument = call.param("instrument");
  CX_TRY(const auto top, call.number("top", kTop, 1, kTopMax));
  out.top = static_cast<int>(top);
  return out;
}

/// A customer of a list, by name as far as it may be shown.
Result<json::object> customer_json(const Call& call, std::uint64_t id) {
  const CustomerId customer{id};
  json::object out{{"customer", customer.str()}, {"name", ""}};
  const auto found = call.app.profiles().find(call.grant, customer);
  if (found)
    out["name"] = found->name;
  else if (found.error().code != Code::kNotFound)
    return std::unexpected(found.error());
  return out;
}

Result<Response> get_friction(Call& call) {
  CX_TRY(const auto filter, call.filter(kOwn));
  CX_TRY(const auto options, friction_options(call));
  CX_TRY(const auto report, journey::friction(call.app.warehouse(), call.grant, filter, options));
  return answer(friction_json(report));
}

Result<Response> list_affected(Call& call) {
  CX_TRY(const auto filter, call.filter(kOwn));
  CX_TRY(const auto options, friction_options(call));
  CX_TRY(const auto count, call.limit());
  const journey::FrictionName name{.detector = std::string(call.param("detector")),
                                   .place = std::string(call.param("place")),
                                   .other = std::string(call.param("other"))};
  CX_TRY(const auto found, journey::affected(call.app.warehouse(), call.grant, filter, options, name, count));
  json::array items;
  for (const auto& one : found) {
    CX_TRY(json::object row, customer_json(call, one.customer));
    row["began"] = time_text(one.began);
    row["at"] = time_text(one.at);
    row["journeys"] = one.journeys;
    items.push_back(std::move(row));
  }
  return answer(json::object{{"items", std::move(items)}});
}

Result<Response> get_funnel(Call& call) {
  CX_TRY(const auto filter, call.filter(kOwn));
  CX_TRY(const auto options, funnel_options(call));
  CX_TRY(const auto funnel, journey::funnel(call.app.warehouse(), call.grant, filter, options));
  return answer(funnel_json(funnel, options));
}

Result<Response> list_dropped(Call& call) {
  CX_TRY(const auto filter, call.filter(kOwn));
  CX_TRY(const auto options, funnel_options(call));
  CX_TRY(const auto count, call.limit());
  CX_TRY(const auto step, call.number("step", 1, 1, static_cast<std::int64_t>(options.steps.size())));
  CX_TRY(const auto found,
         journey::dropped(call.app.warehouse(), call.grant, filter, options, static_cast<int>(step), count));
  json::array items;
  for (const auto& one : found) {
    CX_TRY(json::object row, customer_json(call, one.customer));
    row["at"] = time_text(one.latest);
    items.push_back(std::move(row));
  }
  return answer(json::object{{"items", std::move(items)}});
}

Result<Response> get_definitions(Call& call) {
  CX_TRY(const auto book, definitions_of(call.app).current());
  return answer(definitions_json(book));
}

Result<Response> put_definitions(Call& call) {
  CX_TRY(const auto fields, Fields::parse(call.request.body));
  CX_TRY(auto wanted, definitions_wanted(fields));
  const json::value* version = fields.object().if_contains("version");
  boost::system::error_code wrong;
  const std::uint64_t based_on = version == nullptr ? 0 : version->to_number<std::uint64_t>(wrong);
  if (version == nullptr || wrong) return fail(Code::kBadField, "'version' is not a number");
  CX_TRY(definitions_of(call.app).put(call.grant, std::move(wanted), based_on));
  return get_definitions(call);
}

}  // namespace

void add_friction_handlers(Handlers& handlers) {
  handlers["getFriction"] = get_friction;
  handlers["listFrictionCustomers"] = list_affected;
  handlers["getFunnel"] = get_funnel;
  handlers["listFunnelCustomers"] = list_dropped;
  handlers["listJourneyDefinitions"] = get_definitions;
  handlers["putJourneyDefinitions"] = put_definitions;
  add_customer_list_handlers(handlers);
  add_persona_handlers(handlers);
  add_journey_kind_handlers(handlers);
  add_journey_case_handlers(handlers);
  add_journey_map_handlers(handlers);
}

}  // namespace zhike::server
