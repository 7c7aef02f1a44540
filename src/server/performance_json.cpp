#include "server/performance_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/json.h"

namespace zhike::server {
namespace {

json::value end_of(const std::optional<stats::Interval>& interval, double stats::Interval::* side) {
  return interval ? number_or_null((*interval).*side) : json::value(nullptr);
}

json::object estimate(std::optional<double> value, const std::optional<stats::Interval>& interval) {
  return {{"value", number_or_null(value)},
          {"low", end_of(interval, &stats::Interval::low)},
          {"high", end_of(interval, &stats::Interval::high)}};
}

json::object spread_json(const journey::Spread& of) {
  return {{"n", of.n},
          {"total", of.total},
          {"median", estimate(of.median, of.median_in)},
          {"mean", estimate(of.mean, of.mean_in)},
          {"p90", estimate(of.p90, of.p90_in)}};
}

json::value change_or_null(const std::optional<stats::Change>& of) {
  if (!of) return nullptr;
  return json::object{{"difference", of->difference},
                      {"low", end_of(of->interval, &stats::Interval::low)},
                      {"high", end_of(of->interval, &stats::Interval::high)},
                      {"p_value", of->p_value},
                      {"shown", of->significant()}};
}

json::object rate_json(const journey::Rate& of) {
  json::object out = estimate(of.value, of.interval);
  out["hits"] = of.hits;
  out["steps"] = of.steps;
  out["unknown"] = of.unknown;
  out["refused"] = journey::to_string(of.refused);
  return out;
}

json::object rates_json(const journey::Rates& of) {
  return {{"automation", rate_json(of.automation)},
          {"error", rate_json(of.error)},
          {"manual", rate_json(of.manual)},
          {"failed", of.failed},
          {"repeated", of.repeated}};
}

json::object told_json(const journey::Told& told) {
  return {{"without_activity", told.left_out.without_activity},
          {"without_case", told.left_out.without_case},
          {"without_time", told.left_out.without_time},
          {"end_before_start", told.end_before_start},
          {"never_completed", told.never_completed},
          {"other_transitions", told.other_transitions},
          {"without_resource", told.without_resource},
          {"bad_costs", told.bad_costs}};
}

/// The first rows of a list as `make` writes them.
template <class Rows, class Make>
json::array first(const Rows& rows, std::size_t top, const Make& make) {
  json::array out;
  for (const auto& row : rows) {
    if (out.size() == top) break;
    out.push_back(make(row));
  }
  return out;
}

json::object rework_json(const journey::Rework& of, const journey::StepLog& log, std::size_t top) {
  const std::optional<double> share =
      of.cases.n > 0 ? std::optional(of.cases.value()) : std::optional<double>();
  json::object out = estimate(share, of.cases_in);
  out["cases"] = of.cases.hits;
  out["of"] = of.cases.n;
  out["repeats"] = of.repeats;
  out["throughput"] = change_or_null(of.throughput);
  out["items"] = first(of.activities, top, [&](const journey::ReworkOf& row) {
    return json::object{{"activity", log.activities[row.activity]},
                        {"cases", row.cases},
                        {"repeats", row.repeats},
                        {"self_loops", row.self_loops},
                        {"extra", spread_json(row.extra)}};
  });
  return out;
}

/// Names of resources, or numbers in order of first appearance.
class Resources {
 public:
  Resources(const journey::StepLog& log, bool names) : log_(log), names_(names) {}
  std::string operator()(std::uint32_t resource) const {
    return names_ ? log_.resources[resource] : fmt::format("#{}", resource + 1);
  }

 private:
  const journey::StepLog& log_;
  bool names_;
};

json::object handover_json(const journey::Handover& of, const Resources& name, std::size_t top) {
  return {{"handed", spread_json(of.handed)},
          {"kept", spread_json(of.kept)},
          {"unknown", of.unknown},
          {"median", change_or_null(of.median)},
          {"added", estimate(of.added, of.added_in)},
          {"compared", of.compared},
          {"items", first(of.pairs, top, [&](const journey::HandoverOf& row) {
             return json::object{
                 {"from", name(row.from)}, {"to", name(row.to)}, {"waiting", spread_json(row.waiting)}};
           })}};
}

json::object load_json(const journey::Load& of, const Resources& name, std::size_t top) {
  json::object out = estimate(of.per_employee_day, of.per_employee_day_in);
  out["employees"] = of.employees.size();
  out["items"] = first(of.employees, top, [&](const journey::LoadOf& row) {
    return json::object{{"resource", name(row.resource)},
                        {"steps", row.steps},
                        {"cases", row.cases},
                        {"active_days", row.active_days},
                        {"per_day", row.per_day()}};
  });
  return out;
}

json::object flow_json(const journey::Flow& of) {
  constexpr std::int64_t kDayMs = 86'400'000;
  return {{"span_days", of.span_days},
          {"arrived_a_day", number_or_null(of.arrived_a_day)},
          {"completed_a_day", number_or_null(of.completed_a_day)},
          {"spans", first(of.spans, of.spans.size(), [&](const journey::FlowDay& row) {
             return json::object{{"day", std::string_view(format_utc({row.day * kDayMs})).substr(0, 10)},
                                 {"arrived", row.arrived},
                                 {"completed", row.completed}};
           })}};
}

json::object side_json(const journey::Side& of) {
  return {{"name", of.name},
          {"cases", of.cases},
          {"steps", of.steps},
          {"throughput", spread_json(of.throughput)},
          {"steps_a_case", number_or_null(of.steps_a_case)},
          {"rework", of.rework.n > 0 ? json::value(of.rework.value()) : json::value(nullptr)},
          {"rates", rates_json(of.rates)}};
}

json::value comparison_or_null(const std::optional<journey::Comparison>& of) {
  if (!of) return nullptr;
  return json::object{{"before", side_json(of->before)},
                      {"after", side_json(of->after)},
                      {"throughput_median", change_or_null(of->throughput_median)},
                      {"throughput_mean", change_or_null(of->throughput_mean)},
                      {"steps_a_case", change_or_null(of->steps_a_case)},
                      {"rework", change_or_null(of->rework)},
                      {"automation", change_or_null(of->automation)},
                      {"error", change_or_null(of->error)},
                      {"manual", change_or_null(of->manual)}};
}

}  // namespace

json::object performance_json(const journey::Performance& found, const journey::StepLog& log,
                              const PerformanceView& view) {
  const Resources resource(log, view.names_resources);
  const auto activity = [&](mining::Activity a) { return log.activities[a]; };
  json::object out{{"cases", found.cases},
                   {"steps", found.steps},
                   {"with_begin", found.with_begin},
                   {"unfinished", found.unfinished},
                   {"throughput", spread_json(found.throughput)},
                   {"waiting", spread_json(found.waiting)},
                   {"service", spread_json(found.service)},
                   {"cost", found.cost.n > 0 ? json::value(spread_json(found.cost)) : json::value(nullptr)}};
  out["activities"] = first(found.activities, view.top, [&](const journey::ActivityTimes& row) {
    return json::object{{"activity", activity(row.activity)},  {"steps", row.steps},
                        {"with_begin", row.with_begin},        {"waiting", spread_json(row.waiting)},
                        {"service", spread_json(row.service)}, {"share", number_or_null(row.share)}};
  });
  out["edges"] = first(found.edges, view.top, [&](const journey::EdgeTimes& row) {
    return json::object{{"from", activity(row.from)},
                        {"to", activity(row.to)},
                        {"waiting", spread_json(row.waiting)},
                        {"share", number_or_null(row.share)}};
  });
  out["rework"] = rework_json(found.rework, log, view.top);
  out["batches"] = first(found.batches, view.top, [&](const journey::BatchesOf& row) {
    return json::object{{"activity", activity(row.activity)},
                        {"batches", row.batches},
                        {"steps", row.steps},
                        {"of", row.of},
                        {"largest", row.largest},
                        {"waiting", change_or_null(row.waiting)}};
  });
  out["handover"] = handover_json(found.handover, resource, view.top);
  out["load"] = load_json(found.load, resource, view.top);
  out["flow"] = flow_json(found.flow);
  out["rates"] = rates_json(found.rates);
  out["comparison"] = comparison_or_null(found.comparison);
  out["parallel"] = first(found.parallel, view.top, [&](const journey::Parallel& row) {
    return json::object{{"a", activity(row.a)}, {"b", activity(row.b)}, {"ab", row.ab}, {"ba", row.ba}};
  });
  out["told"] = told_json(log.told);
  return out;
}

json::object deviations_json(const journey::Deviations& found, std::size_t top) {
  return {{"cases", found.cases},
          {"fitting", found.fitting},
          {"items", first(found.items, top, [](const journey::Deviation& row) {
             return json::object{{"kind", row.kind == journey::DeviationKind::kExtra ? "extra" : "skipped"},
                                 {"activity", row.activity},
                                 {"cases", row.cases},
                                 {"times", row.times},
                                 {"throughput", change_or_null(row.throughput_ms)},
                                 {"cost", change_or_null(row.cost)},
                                 {"total_ms", number_or_null(row.total_ms)},
                                 {"total_cost", number_or_null(row.total_cost)}};
           })}};
}

}  // namespace zhike::server
