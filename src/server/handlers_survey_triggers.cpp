// Triggers of surveys: which events ask, what they would have done, and what they did.
#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "feedback/trigger_presets.h"
#include "feedback/triggers.h"
#include "server/conditions_json.h"
#include "server/survey_rounds.h"

namespace zhike::server {
namespace {

using feedback::SurveyId;
using feedback::TriggerId;
using Limits = feedback::TriggerLimits;

constexpr std::uint64_t kMinutesMax = Limits::kDelayMax.value / minutes(1).value;
constexpr std::uint64_t kHoursMax = Limits::kFreshMax.value / hours(1).value;

Result<std::optional<feedback::QuietHours>> quiet_in(const Fields& fields) {
  const json::value* quiet = fields.object().if_contains("quiet");
  if (quiet == nullptr) return std::nullopt;
  CX_TRY(const auto hours, Fields::of(*quiet, "quiet"));
  CX_TRY(const auto from_text, hours.text("from", 5));
  CX_TRY(const auto to_text, hours.text("to", 5));
  const auto from = feedback::parse_minute(from_text), to = feedback::parse_minute(to_text);
  if (!from || !to) return fail(Code::kBadField, "'quiet': times as 21:00");
  return feedback::QuietHours{.from = *from, .to = *to};
}

Result<feedback::TriggerPlan> read_plan(const Call& call, const Fields& fields) {
  feedback::TriggerPlan out;
  CX_TRY(out.filter, filter_in(fields));
  CX_TRY(out.properties, properties_in(fields));
  CX_TRY(const auto delay, whole(fields, "delay_minutes", 0, kMinutesMax));
  out.delay = minutes(static_cast<std::int64_t>(delay));
  CX_TRY(const auto fresh, whole(fields, "within_hours", 24, kHoursMax));
  out.fresh = std::max(hours(static_cast<std::int64_t>(fresh)),
                       fields.has("within_hours") ? Millis{} : Millis{out.delay.value + days(1).value});
  if (const json::value* share = fields.object().if_contains("share"); share != nullptr) {
    if (!share->is_number()) return fail(Code::kBadField, "'share' is not a number");
    out.share = share->to_number<double>();
  }
  CX_TRY(out.quiet, quiet_in(fields));
  CX_TRY(const auto expires, whole(fields, "expires_days", 30, feedback::Rounds::kDaysMax));
  out.expires_days = static_cast<std::uint32_t>(expires);
  CX_TRY(read_how(call, fields, out.ask));
  return out;
}

json::object plan_json(const feedback::TriggerPlan& plan) {
  json::object properties;
  for (const auto& [name, values] : plan.properties) properties[name] = texts(values);
  json::value quiet;
  if (plan.quiet)
    quiet = json::object{{"from", feedback::minute_text(plan.quiet->from)},
                         {"to", feedback::minute_text(plan.quiet->to)}};
  return {{"filter", conditions_json(plan.filter)},
          {"properties", std::move(properties)},
          {"delay_minutes", plan.delay.value / minutes(1).value},
          {"within_hours", plan.fresh.value / hours(1).value},
          {"share", plan.share},
          {"quiet", std::move(quiet)},
          {"expires_days", plan.expires_days},
          {"reminders", plan.ask.reminders},
          {"remind_days", plan.ask.remind_days},
          {"channel", plan.ask.channel.empty() ? "web" : plan.ask.channel},
          {"connector", std::to_string(plan.ask.connector)}};
}

json::object trigger_json(const feedback::Trigger& trigger) {
  json::object out = plan_json(trigger.plan);
  json::array left;
  for (const auto& [why, count] : trigger.left) left.push_back(json::object{{"why", why}, {"count", count}});
  out["id"] = trigger.id.str();
  out["key"] = trigger.key;
  out["state"] = feedback::to_string(trigger.state);
  out["created"] = time_text(trigger.created);
  out["by"] = user_or_null(trigger.actor);
  out["events"] = trigger.matched;
  out["waiting"] = trigger.waiting;
  out["asked"] = trigger.asked;
  out["left"] = std::move(left);
  out["funnel"] = funnel_json(trigger.round.funnel);
  out["unsent"] = trigger.round.waiting;
  out["reminded"] = trigger.round.reminded;
  out["given_up"] = trigger.round.given_up;
  out["error"] = trigger.error;
  return out;
}

json::array presets_json() {
  json::array out;
  for (const feedback::TriggerPreset& one : feedback::trigger_presets())
    out.push_back(json::object{{"key", one.key},
                               {"title", json::object{{"zh", one.title.zh}, {"en", one.title.en}}},
                               {"template", one.survey},
                               {"filter", conditions_json(one.filter)},
                               {"delay_minutes", one.delay.value / minutes(1).value}});
  return out;
}

Result<Response> list_triggers(Call& call) {
  CX_TRY(const auto id, call.id<SurveyId>("id"));
  CX_TRY(const auto triggers, call.app.surveys().triggers().list(call.grant, id));
  json::array items;
  for (const auto& one : triggers) items.push_back(trigger_json(one));
  return answer(json::object{{"items", std::move(items)}, {"presets", presets_json()}});
}

Result<Response> preview_trigger(Call& call) {
  CX_TRY(const auto id, call.id<SurveyId>("id"));
  CX_TRY(const auto fields, Fields::parse(call.request.body));
  CX_TRY(const auto plan, read_plan(call, fields));
  CX_TRY(const auto found, call.app.surveys().triggers().preview(call.grant, id, plan));
  json::array by_day;
  for (const std::uint64_t count : found.by_day) by_day.push_back(count);
  return answer(json::object{{"events", found.events},
                             {"customers", found.customers},
                             {"drawn", found.drawn},
                             {"asked", found.asked},
                             {"by_day", std::move(by_day)},
                             {"cut", found.is_cut}});
}

Result<Response> create_trigger(Call& call) {
  CX_TRY(const auto id, call.id<SurveyId>("id"));
  CX_TRY(const auto fields, Fields::parse(call.request.body));
  CX_TRY(const auto key, fields.text("key", 80));
  CX_TRY(auto plan, read_plan(call, fields));
  CX_TRY(const auto made, call.app.surveys().triggers().make(call.grant, id, key, std::move(plan)));
  return answer(trigger_json(made), made.is_new ? 201 : 200);
}

Result<Response> move_trigger(Call& call) {
  CX_TRY(const auto id, call.id<SurveyId>("id"));
  CX_TRY(const auto trigger, call.id<TriggerId>("trigger"));
  CX_TRY(const auto fields, Fields::parse(call.request.body));
  CX_TRY(const auto text, fields.text("state", 20));
  const auto state = feedback::parse_trigger_state(text);
  if (!state) return fail(Code::kBadField, "'state' is none of on, paused, ended");
  CX_TRY(const auto moved, call.app.surveys().triggers().move(call.grant, id, trigger, *state));
  return answer(trigger_json(moved));
}

}  // namespace

void add_survey_trigger_handlers(Handlers& handlers) {
  handlers["listSurveyTriggers"] = list_triggers;
  handlers["previewSurveyTrigger"] = preview_trigger;
  handlers["createSurveyTrigger"] = create_trigger;
  handlers["moveSurveyTrigger"] = move_trigger;
}

}  // namespace zhike::server
