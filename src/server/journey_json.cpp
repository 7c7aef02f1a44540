#include "server/journey_json.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <utility>

#include "govern/audit.h"

namespace zhike::server {
namespace {

constexpr std::size_t kTextMax = 1'000;
constexpr std::int64_t kDayHours = 24, kWindowHoursMax = 366 * kDayHours, kHourMs = 3'600'000;

json::value limit_or_null(const std::optional<stats::Interval>& interval, double stats::Interval::* end) {
  if (!interval) return nullptr;
  return (*interval).*end;
}

json::value loss_json(const std::optional<journey::FrictionLoss>& loss) {
  if (!loss) return nullptr;
  return json::object{{"value", loss->value},
                      {"low", limit_or_null(loss->interval, &stats::Interval::low)},
                      {"high", limit_or_null(loss->interval, &stats::Interval::high)},
                      {"with", loss->with},
                      {"without", loss->without},
                      {"unmatched", loss->unmatched},
                      {"p_value", loss->p_value}};
}

json::value harm_json(const journey::Friction& one) {
  if (!one.harm) return nullptr;
  return json::object{{"value", *one.harm},
                      {"low", limit_or_null(one.harm_interval, &stats::Interval::low)},
                      {"high", limit_or_null(one.harm_interval, &stats::Interval::high)}};
}

json::object levels_json(const journey::FunnelGroup& group) {
  json::array levels;
  for (const auto& level : group.levels)
    levels.push_back(json::object{{"customers", level.customers},
                                  {"of_first", number_or_null(level.of_first)},
                                  {"low", limit_or_null(level.of_first_interval, &stats::Interval::low)},
                                  {"high", limit_or_null(level.of_first_interval, &stats::Interval::high)},
                                  {"of_before", number_or_null(level.of_before)},
                                  {"median_ms", integer_or_null(level.median_ms)},
                                  {"p90_ms", integer_or_null(level.p90_ms)}});
  return {{"key", group.key}, {"levels", std::move(levels)}};
}

Result<std::vector<journey::StageOwner>> owners_of(const Fields& fields) {
  std::vector<journey::StageOwner> out;
  const json::value* list = fields.object().if_contains("owners");
  if (list == nullptr) return out;
  if (!list->is_array()) return fail(Code::kBadField, "'owners' is not a list");
  for (const json::value& item : list->get_array()) {
    CX_TRY(const auto one, Fields::of(item, "owners"));
    journey::StageOwner& owner = out.emplace_back();
    CX_TRY(owner.stage, one.text("stage", kTextMax));
    CX_TRY(owner.owner, one.text("owner", kTextMax));
  }
  return out;
}

}  // namespace

json::value integer_or_null(std::optional<std::int64_t> value) {
  if (!value) return nullptr;
  return *value;
}

journey::Definitions definitions_of(app::App& app) {
  return {app.ledger(), govern::Audit(app.keys()), app.clock()};
}

json::object friction_json(const journey::FrictionReport& report) {
  json::array items;
  for (const auto& one : report.items) {
    json::array examples;
    for (const auto& example : one.examples)
      examples.push_back(json::object{{"customer", CustomerId{example.customer}.str()},
                                      {"began", time_text(example.began)},
                                      {"at", time_text(example.at)}});
    items.push_back(json::object{{"detector", one.name.detector},
                                 {"place", one.name.place},
                                 {"other", one.name.other},
                                 {"journeys", one.journeys},
                                 {"customers", one.customers},
                                 {"value", money_or_null(std::llround(one.value), report.currency)},
                                 {"moment", one.moment},
                                 {"loss", loss_json(one.loss)},
                                 {"holds", one.holds},
                                 {"harm", harm_json(one)},
                                 {"examples", std::move(examples)}});
  }
  return {{"journeys", report.journeys},   {"customers", report.customers},   {"complete", report.complete},
          {"median_ms", report.median_ms}, {"instrument", report.instrument}, {"answers", report.answers},
          {"currency", report.currency},   {"found", report.found},           {"items", std::move(items)}};
}

json::object funnel_json(const journey::Funnel& funnel, const journey::FunnelOptions& options) {
  json::array steps, groups;
  for (const auto& step : options.steps)
    steps.push_back(json::object{{"touchpoint", step.touchpoint}, {"name", step.name}});
  for (const auto& group : funnel.groups) groups.push_back(levels_json(group));
  return {{"steps", std::move(steps)},
          {"order", journey::to_string(options.order)},
          {"window_hours", options.window.value / kHourMs},
          {"by", query::to_string(options.by)},
          {"all", levels_json(funnel.all)},
          {"groups", std::move(groups)}};
}

json::object definitions_json(const journey::DefinitionBook& book) {
  json::array items;
  for (const auto& of : book.items) {
    json::array owners;
    for (const auto& one : of.owners)
      owners.push_back(json::object{{"stage", one.stage}, {"owner", one.owner}});
    items.push_back(json::object{{"key", of.key},
                                 {"name_en", of.name_en},
                                 {"name_zh", of.name_zh},
                                 {"starts", texts(of.starts)},
                                 {"ends", texts(of.ends)},
                                 {"stages", texts(of.stages)},
                                 {"steps", texts(of.steps)},
                                 {"moments", texts(of.moments)},
                                 {"gap_days", of.gap_days},
                                 {"owners", std::move(owners)}});
  }
  return {{"version", book.version}, {"items", std::move(items)}};
}

Result<journey::Definition> definition_wanted(const json::value& item) {
  CX_TRY(const auto fields, Fields::of(item, "items"));
  journey::Definition out;
  CX_TRY(out.key, fields.text_or("key", "", kTextMax));
  CX_TRY(out.name_en, fields.text_or("name_en", "", kTextMax));
  CX_TRY(out.name_zh, fields.text_or("name_zh", "", kTextMax));
  CX_TRY(out.starts, fields.list_or_empty("starts", journey::kPlacesMax));
  CX_TRY(out.ends, fields.list_or_empty("ends", journey::kPlacesMax));
  CX_TRY(out.stages, fields.list_or_empty("stages", journey::kPlacesMax));
  CX_TRY(out.steps, fields.list_or_empty("steps", journey::kPlacesMax));
  CX_TRY(out.moments, fields.list_or_empty("moments", journey::kPlacesMax));
  if (const json::value* days = fields.object().if_contains("gap_days")) {
    if (!days->is_int64()) return fail(Code::kBadField, "'gap_days' is not a whole number");
    constexpr std::int64_t kLeast = 0, kMost = journey::kGapDaysMax + 1;  // either is a fault
    out.gap_days = static_cast<int>(std::clamp(days->get_int64(), kLeast, kMost));
  }
  CX_TRY(out.owners, owners_of(fields));
  return out;
}

json::object case_counts_json(const journey::CaseCounts& counts) {
  return {{"journeys", counts.journeys},
          {"customers", counts.customers},
          {"complete", counts.complete},
          {"median_ms", integer_or_null(counts.median_ms)},
          {"steps", number_or_null(counts.steps)}};
}

Result<std::vector<journey::Definition>> definitions_wanted(const Fields& fields) {
  const json::value* items = fields.object().if_contains("items");
  if (items == nullptr || !items->is_array()) return fail(Code::kBadField, "'items' is not a list");
  std::vector<journey::Definition> out;
  for (const json::value& item : items->get_array()) {
    CX_TRY(out.emplace_back(), definition_wanted(item));
  }
  return out;
}

Result<journey::Definition> definition_of(app::App& app, std::string_view key) {
  if (key.empty()) return journey::Definition{};
  CX_TRY(const journey::DefinitionBook book, definitions_of(app).current());
  const journey::Definition* found = book.find(key);
  if (found == nullptr) return fail(Code::kNotFound, "definition {}", key.substr(0, 60));
  return *found;
}

Result<journey::FunnelOptions> funnel_options(const Call& call) {
  CX_TRY(const auto definition, definition_of(call.app, call.param("definition")));
  journey::FunnelOptions out;
  CX_TRY(out.steps, steps_of(definition, call.param("steps")));
  if (!call.param("order").empty()) {
    CX_TRY(out.order, journey::parse_funnel_order(call.param("order")));
  }
  if (!call.param("by").empty()) {
    CX_TRY(out.by, query::parse_by(call.param("by")));
  }
  CX_TRY(const auto hours, call.number("window_hours", definition.gap_days * kDayHours, 1, kWindowHoursMax));
  out.window = Millis{hours * kHourMs};
  return out;
}

Result<std::vector<journey::FunnelStep>> steps_of(const journey::Definition& definition,
                                                  std::string_view asked) {
  if (!asked.empty()) return journey::parse_funnel_steps(asked);
  std::vector<journey::FunnelStep> out;
  for (const std::string& step : definition.steps) out.push_back({.touchpoint = step, .name = {}});
  if (out.empty()) return fail(Code::kBadFilter, "steps are missing");
  return out;
}

}  // namespace zhike::server
