// zhike survey: triggers, trigger, trigger-preview, trigger-state, revoke.
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "app/connectors.h"
#include "cli/conditions.h"
#include "cli/opened.h"
#include "cli/survey_commands.h"
#include "connector/kinds.h"
#include "feedback/trigger_presets.h"
#include "feedback/triggers.h"

namespace zhike::cli {
namespace {

Result<void> read_when(const SurveyOptions& options, feedback::TriggerPlan& plan) {
  plan.filter = filter_in(options.filters);
  plan.delay = minutes(options.delay_minutes);
  if (!options.preset.empty()) {
    const auto presets = feedback::trigger_presets();
    const auto at = std::ranges::find(presets, options.preset, &feedback::TriggerPreset::key);
    if (at == presets.end()) return fail(Code::kBadField, "--preset: there is no '{}'", options.preset);
    if (!plan.filter.empty()) return fail(Code::kBadField, "either --preset or --where");
    plan.filter = at->filter;
    if (options.delay_minutes == 0) plan.delay = at->delay;
  }
  CX_TRY(plan.properties, properties_in(options.properties));
  return {};
}

Result<feedback::TriggerPlan> plan_of(app::App& app, const SurveyOptions& options) {
  feedback::TriggerPlan plan;
  CX_TRY(read_when(options, plan));
  plan.fresh =
      options.within_hours == 0 ? Millis{plan.delay.value + days(1).value} : hours(options.within_hours);
  plan.share = options.share;
  if (!options.quiet.empty()) {
    const std::string_view text = options.quiet;
    const auto dash = std::min(text.find('-'), text.size());
    const auto from = feedback::parse_minute(text.substr(0, dash));
    const auto to = feedback::parse_minute(text.substr(std::min(dash + 1, text.size())));
    if (!from || !to) return fail(Code::kBadField, "--quiet: write 21:00-09:00");
    plan.quiet = feedback::QuietHours{.from = *from, .to = *to};
  }
  CX_TRY(const auto known, app.connectors().find(connector::ConnectorId{options.connector}));
  if (!known.connector->kind->writes) return fail(Code::kBadField, "--connector writes to nobody");
  plan.ask.connector = options.connector;
  plan.ask.channel = options.channel;
  return plan;
}

json::object trigger_json(const feedback::Trigger& one) {
  json::object left;
  for (const auto& [why, count] : one.left) left[why] = count;
  const auto& funnel = one.round.funnel;
  return {{"id", one.id.str()},
          {"key", one.key},
          {"state", feedback::to_string(one.state)},
          {"events", one.matched},
          {"waiting", one.waiting},
          {"asked", one.asked},
          {"left", std::move(left)},
          {"sent", funnel.sent},
          {"opened", funnel.opened},
          {"started", funnel.started},
          {"completed", funnel.completed},
          {"error", one.error}};
}

Result<void> list(Console& console, app::App& app, const SurveyOptions& options) {
  CX_TRY(const auto head, find_survey(app, options.survey));
  CX_TRY(const auto triggers, app.surveys().triggers().list(Grant::owner(), head.id));
  json::array items, presets;
  std::vector<std::vector<std::string>> rows{
      {"trigger", "state", "events", "waiting", "asked", "sent", "completed"}};
  for (const auto& one : triggers) {
    items.push_back(trigger_json(one));
    rows.push_back({one.key, std::string(feedback::to_string(one.state)), std::to_string(one.matched),
                    std::to_string(one.waiting), std::to_string(one.asked),
                    std::to_string(one.round.funnel.sent), std::to_string(one.round.funnel.completed)});
  }
  console.say(table(rows));
  std::vector<std::vector<std::string>> ready{{"preset", "title"}};
  for (const auto& one : feedback::trigger_presets()) {
    presets.push_back(json::object{{"key", one.key}, {"delay_minutes", one.delay.value / minutes(1).value}});
    ready.push_back({one.key, std::string(console.pick(one.title.en, one.title.zh))});
  }
  console.say(table(ready));
  console.result({{"triggers", std::move(items)}, {"presets", std::move(presets)}});
  return {};
}

Result<void> preview(Console& console, app::App& app, const SurveyOptions& options) {
  CX_TRY(const auto head, find_survey(app, options.survey));
  CX_TRY(const auto plan, plan_of(app, options));
  CX_TRY(const auto found, app.surveys().triggers().preview(Grant::owner(), head.id, plan));
  console.say(
      table({{std::string(console.pick("events in 30 days", "30 天内的事件")), std::to_string(found.events)},
             {std::string(console.pick("of customers", "涉及客户")), std::to_string(found.customers)},
             {std::string(console.pick("of the share", "抽中")), std::to_string(found.drawn)},
             {std::string(console.pick("would have asked", "会邀请")), std::to_string(found.asked)}}));
  console.result({{"events", found.events},
                  {"customers", found.customers},
                  {"drawn", found.drawn},
                  {"asked", found.asked},
                  {"cut", found.is_cut}});
  return {};
}

Result<void> make(Console& console, app::App& app, const SurveyOptions& options) {
  CX_TRY(const auto head, find_survey(app, options.survey));
  CX_TRY(auto plan, plan_of(app, options));
  CX_TRY(const auto made,
         app.surveys().triggers().make(Grant::owner(), head.id, options.key, std::move(plan)));
  json::object out = trigger_json(made);
  out["new"] = made.is_new;
  console.say(fmt::format("{} {}", made.key, feedback::to_string(made.state)));
  console.result(out);
  return {};
}

Result<void> move(Console& console, app::App& app, const SurveyOptions& options) {
  CX_TRY(const auto head, find_survey(app, options.survey));
  const auto to = feedback::parse_trigger_state(options.state);
  if (!to) return fail(Code::kBadField, "--to: on, paused or ended");
  CX_TRY(const auto triggers, app.surveys().triggers().list(Grant::owner(), head.id));
  const auto at = std::ranges::find(triggers, options.key, &feedback::Trigger::key);
  if (at == triggers.end()) return fail(Code::kNotFound, "trigger {}", options.key);
  CX_TRY(const auto moved, app.surveys().triggers().move(Grant::owner(), head.id, at->id, *to));
  console.say(fmt::format("{} {}", moved.key, feedback::to_string(moved.state)));
  console.result(trigger_json(moved));
  return {};
}

}  // namespace

int survey_triggers(Console& console, const SurveyOptions& options) {
  return with_app(console, [&](app::App& app) { return list(console, app, options); });
}

int survey_trigger_preview(Console& console, const SurveyOptions& options) {
  return with_app(console, [&](app::App& app) { return preview(console, app, options); });
}

int survey_trigger(Console& console, const SurveyOptions& options) {
  return with_app(console, [&](app::App& app) { return make(console, app, options); });
}

int survey_trigger_move(Console& console, const SurveyOptions& options) {
  return with_app(console, [&](app::App& app) { return move(console, app, options); });
}

int survey_revoke(Console& console, const SurveyOptions& options) {
  return with_app(console, [&](app::App& app) -> Result<void> {
    CX_TRY(const auto head, find_survey(app, options.survey));
    std::string token = options.link.substr(0, options.link.find_first_of("?#"));
    if (const auto at = token.rfind('/'); at != std::string::npos) token = token.substr(at + 1);
    CX_TRY(app.surveys().revoke(Grant::owner(), head.id, token));
    console.say(console.pick("the link was taken back", "链接已收回"));
    console.result({{"revoked", true}});
    return {};
  });
}

}  // namespace zhike::cli
