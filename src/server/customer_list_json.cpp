#include "server/customer_list_json.h"

#include <boost/json.hpp>
#include <cstdint>

#include "govern/audit.h"

namespace zhike::server {

external::CustomerLists customer_lists_of(app::App& app) {
  return {app.ledger(), govern::Audit(app.keys()), app.clock()};
}

json::object customer_list_json(const external::CustomerList& list, const Grant& grant) {
  boost::system::error_code wrong;
  json::value origin = json::parse(list.origin, wrong);
  if (wrong || !origin.is_object()) origin = json::object{};
  return {{"id", list.id.str()},
          {"name", list.name},
          {"size", list.size},
          {"origin", std::move(origin)},
          {"all_units", list.all_units},
          {"units", texts(list.units)},
          {"actor", user_or_null(list.actor)},
          {"made", time_text(list.made)},
          {"expires", time_text(list.expires)},
          {"removable", list.actor == grant.user || grant.may(Permission::kManageData)}};
}

Result<external::CustomerList> keep_stopped(app::App& app, const Grant& grant, const query::Filter& filter,
                                            const FunnelStop& stop, std::string name, int days) {
  constexpr std::int64_t kHourMs = 3'600'000;
  json::array steps;
  for (const auto& one : stop.options.steps)
    steps.push_back(json::object{{"touchpoint", one.touchpoint}, {"name", one.name}});
  json::object conditions;
  for (const auto& [key, value] : stop.conditions) conditions[key] = value;
  const json::object origin{{"kind", "funnel"},
                            {"definition", stop.definition},
                            {"steps", std::move(steps)},
                            {"step", stop.step},
                            {"converted", static_cast<std::size_t>(stop.step) == stop.options.steps.size()},
                            {"order", journey::to_string(stop.options.order)},
                            {"window_hours", stop.options.window.value / kHourMs},
                            {"from", time_text(filter.range.from)},
                            {"to", time_text(filter.range.to)},
                            {"conditions", std::move(conditions)}};
  CX_TRY(auto customers, journey::stopped_at(app.warehouse(), grant, filter, stop.options, stop.step,
                                             external::CustomerLists::kSizeMax));
  return customer_lists_of(app).make(grant, {.name = std::move(name),
                                             .origin = json::serialize(origin),
                                             .customers = std::move(customers),
                                             .days = days});
}

}  // namespace zhike::server
