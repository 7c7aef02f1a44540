#include "server/journey_cases_json.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/day_range.h"
#include "base/ids.h"

namespace zhike::server {
namespace {

json::object duration_json(const journey::CaseDuration& of) {
  const auto& range = of.median_range;
  return {{"n", of.n},
          {"median_ms", number_or_null(of.median_ms)},
          {"low_ms", range ? json::value(range->low) : json::value(nullptr)},
          {"high_ms", range ? json::value(range->high) : json::value(nullptr)},
          {"p90_ms", number_or_null(of.p90_ms)}};
}

json::object head_json(const CasesAnswer& answer) {
  return {{"from", time_text(answer.range.from)},
          {"to", time_text(answer.range.to)},
          {"as_of", time_text(answer.question.now)},
          {"source", answer.report.kept_upto ? "kept" : "computed"}};
}

}  // namespace

Result<CasesAnswer> ask_cases(app::App& app, const Grant& grant, const query::Filter& filter,
                              journey::CaseQuestion question) {
  question.now = app.clock().now();
  CX_TRY(const query::Stored stored, app.stored(grant));
  if (stored.newest) question.now = std::min(question.now, *stored.newest);
  CasesAnswer out{.range = filter.range, .question = std::move(question)};
  CX_TRY(out.report, journey::cases(app.warehouse(), &app.cases(), grant, filter, out.question));
  return out;
}

json::object cases_json(const CasesAnswer& answer) {
  const journey::CaseReport& of = answer.report;
  json::array places, days;
  for (const journey::CasePlace& one : of.places)
    places.push_back(json::object{{"stage", one.stage},
                                  {"touchpoint", one.touchpoint},
                                  {"running", one.running},
                                  {"complete", one.complete},
                                  {"left", one.left},
                                  {"quiet", duration_json(one.quiet)}});
  for (const journey::CaseDay& one : of.days)
    days.push_back(json::object{
        {"day", format_day(one.day)}, {"began", one.began}, {"complete", one.complete}, {"left", one.left}});
  json::value completion = nullptr;
  if (of.completion)
    completion =
        json::object{{"share", static_cast<double>(of.complete) / static_cast<double>(of.complete + of.left)},
                     {"low", of.completion->low},
                     {"high", of.completion->high}};
  json::object out = head_json(answer);
  out["has_ends"] = !answer.question.definition.ends.empty();
  out["customers"] = of.customers;
  out["cases"] = of.running + of.complete + of.left;
  out["running"] = of.running;
  out["complete"] = of.complete;
  out["left"] = of.left;
  out["completion"] = std::move(completion);
  out["took"] = duration_json(of.took);
  out["quiet"] = duration_json(of.quiet);
  out["places"] = std::move(places);
  out["days"] = std::move(days);
  return out;
}

json::object case_list_json(const CasesAnswer& answer) {
  json::array items;
  for (const journey::CaseItem& one : answer.report.items)
    items.push_back(json::object{{"customer", CustomerId{one.row.customer}.str()},
                                 {"name", ""},
                                 {"state", journey::to_string(one.state)},
                                 {"began", time_text({one.row.began_ms})},
                                 {"stepped", time_text({one.row.stepped_ms})},
                                 {"last", time_text({one.row.last_ms})},
                                 {"stage", one.stage},
                                 {"touchpoint", one.touchpoint},
                                 {"channel", one.channel},
                                 {"first_channel", one.first_channel},
                                 {"steps", one.row.steps},
                                 {"failures", one.row.failures}});
  json::object out = head_json(answer);
  out["listed"] = answer.report.listed;
  out["items"] = std::move(items);
  return out;
}

}  // namespace zhike::server
