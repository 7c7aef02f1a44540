#include "server/simulation_json.h"

#include <cmath>
#include <optional>
#include <string_view>
#include <utility>

#include "server/json.h"

namespace zhike::server {
namespace {

json::object bounded(std::optional<double> value, const std::optional<stats::Interval>& interval) {
  return {{"value", number_or_null(value)},
          {"low", interval ? number_or_null(interval->low) : json::value(nullptr)},
          {"high", interval ? number_or_null(interval->high) : json::value(nullptr)}};
}
json::object bounded(const journey::Simulated& of) { return bounded(of.value, of.interval); }

json::object sides(const journey::Sides& of) {
  return {
      {"before", bounded(of.before)}, {"after", bounded(of.after)}, {"difference", bounded(of.difference)}};
}

json::array steps_json(const journey::Simulation& found, const journey::StepLog& log) {
  json::array out;
  for (const journey::SimulatedStep& of : found.by_step)
    out.push_back(
        json::object{{"activity", log.activities[of.activity]},
                     {"observed", of.observed},
                     {"group", of.group ? json::value(found.groups[*of.group].name) : json::value(nullptr)},
                     {"observed_waiting", number_or_null(of.observed_waiting)},
                     {"waiting", sides(of.waiting)},
                     {"working", sides(of.working)},
                     {"given", of.given},
                     {"pooled", of.pooled}});
  return out;
}

json::array groups_json(const journey::Simulation& found, const journey::StepLog& log) {
  json::array out;
  for (const journey::SimulatedGroup& of : found.groups) {
    json::array steps;
    for (const mining::Activity step : of.steps) steps.emplace_back(log.activities[step]);
    out.push_back(json::object{{"name", of.name},
                               {"steps", std::move(steps)},
                               {"resources", of.resources},
                               {"people", of.people},
                               {"people_after", of.people_after},
                               {"hours_a_week", of.hours_a_week},
                               {"at_once", number_or_null(of.at_once)},
                               {"utilisation", sides(of.utilisation)}});
  }
  return out;
}

json::object fit_json(const journey::BaselineFit& fit) {
  json::array doubts;
  for (const journey::Doubt why : fit.doubts) doubts.emplace_back(journey::to_string(why));
  return {{"cases", fit.cases},
          {"reproduced", fit.reproduced},
          {"within", journey::kFitWithin},
          {"observed_mean", bounded(fit.observed.mean, fit.observed.mean_in)},
          {"observed_p90", bounded(fit.observed.p90, fit.observed.p90_in)},
          {"mean", bounded(fit.mean)},
          {"p90", bounded(fit.p90)},
          {"doubts", std::move(doubts)}};
}

json::value staffing_or_null(const journey::Simulation& found) {
  if (!found.staffing) return nullptr;
  const journey::Staffing& of = *found.staffing;
  json::array groups;
  for (const journey::StaffedGroup& one : of.groups)
    groups.push_back(json::object{{"group", found.groups[one.group].name}, {"people", one.people}});
  const bool is_known = of.refused == journey::StaffRefused::kNo;
  return json::object{{"wait_ms", number_or_null(of.target.wait_ms)},
                      {"share", of.target.wait_ms ? json::value(of.target.share) : json::value(nullptr)},
                      {"p90_ms", number_or_null(of.target.p90_ms)},
                      {"refused", journey::to_string(of.refused)},
                      {"groups", std::move(groups)},
                      {"reached", is_known ? bounded(of.reached) : bounded(std::nullopt, {})},
                      {"at_best", of.refused == journey::StaffRefused::kNoPeople ? bounded(std::nullopt, {})
                                                                                 : bounded(of.at_best)},
                      {"tried", of.tried}};
}

}  // namespace

json::object simulation_json(const journey::Simulation& found, const journey::StepLog& log) {
  return {{"cases", found.cases},
          {"steps", found.steps},
          {"drawn_from", found.drawn_from},
          {"discarded", found.discarded},
          {"warmup_ms", found.warmup_ms},
          {"span_ms", found.span_ms},
          {"replications", found.replications},
          {"arrivals", journey::to_string(found.arrivals)},
          {"parallel_cases", found.parallel_cases},
          {"removed_cases", found.removed_cases},
          {"mean", sides(found.mean)},
          {"median", sides(found.median)},
          {"p90", sides(found.p90)},
          {"waited", sides(found.waited)},
          {"throughput_a_day", sides(found.throughput_a_day)},
          {"cost_a_case", found.cost_a_case ? json::value(sides(*found.cost_a_case)) : json::value(nullptr)},
          {"by_step", steps_json(found, log)},
          {"groups", groups_json(found, log)},
          {"fit", fit_json(found.fit)},
          {"staffing", staffing_or_null(found)}};
}

}  // namespace zhike::server
