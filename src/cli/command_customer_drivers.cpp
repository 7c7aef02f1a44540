// zhike customer drivers: what moves the last answer of customers, or what they do.
#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "app/driver_analyses.h"
#include "cli/driver_commands.h"
#include "cli/drivers_output.h"
#include "cli/opened.h"
#include "feedback/customer_drivers.h"
#include "server/analysis_json.h"

namespace zhike::cli {
namespace {

Result<void> run(Console& console, app::App& app, const CustomerDriversCommand& command) {
  CX_TRY(auto filter, filter_of(app, command.filters));
  CX_TRY(const auto question,
         app::customer_question(app, Grant::owner(), std::move(filter),
                                {.outcome = command.outcome, .drivers = command.drivers}));
  CX_TRY(auto found, feedback::customer_drivers(app.warehouse(), Grant::owner(), question));
  DriversReport report{.target = found.outcome,
                       .confidence = found.found.regression.confidence,
                       .drivers = {},
                       .read = {},
                       .complete = found.complete,
                       .found = std::move(found.found)};
  for (const std::string& driver : found.drivers)
    report.drivers.push_back({.name = driver, .symbol = {}, .items = {driver}, .reliability = {}});
  say_drivers(console, report);
  console.say(
      fmt::format(fmt::runtime(console.pick("{} of {} customers are complete.", "{} / {} 位客户数据完整。")),
                  found.complete, found.outline.customers));
  json::array drivers;
  for (std::size_t d = 0; d < report.drivers.size(); ++d) {
    json::object one = server::driver_json(report.found, d);
    one["name"] = report.drivers[d].name;
    drivers.push_back(std::move(one));
  }
  json::object out = server::analysis_json(report.found);
  out["target"] = report.target;
  out["customers"] = found.outline.customers;
  out["complete"] = found.complete;
  out["resamples"] = found.resamples;
  out["drivers"] = std::move(drivers);
  console.result(out);
  return {};
}

}  // namespace

int customer_drivers(Console& console, const CustomerDriversCommand& command) {
  return with_app(console, [&](app::App& app) { return run(console, app, command); });
}

}  // namespace zhike::cli
