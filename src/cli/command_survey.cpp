// zhike survey: list, preview, round, rounds.
#include "cli/survey_commands.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/file.h"
#include "cli/opened.h"
#include "feedback/rounds.h"
#include "stats/interval.h"

namespace zhike::cli {

Result<feedback::SurveyHead> find_survey(app::App& app, const std::string& named) {
  CX_TRY(const auto heads, app.surveys().list(Grant::owner()));
  const auto at = std::ranges::find_if(
      heads, [&](const auto& head) { return head.key == named || head.id.str() == named; });
  if (at == heads.end()) return fail(Code::kUnknownSurvey, "{}", named);
  return *at;
}

namespace {

Result<feedback::RoundPlan> plan_of(app::App& app, const SurveyOptions& options) {
  feedback::RoundPlan plan;
  CX_TRY(plan.filter, filter_of(app, options.filters));
  for (const std::string& one : options.filters) plan.filter_text += one + "\n";
  plan.sample = options.sample;
  plan.seed = options.seed;
  plan.silent_days = options.silent_days;
  plan.channel = options.channel;
  if (!options.expires.empty()) {
    CX_TRY(plan.expires, parse_time(options.expires, app.zone()));
  }
  return plan;
}

json::object outcome_json(const feedback::RoundOutcome& outcome) {
  json::object left;
  for (std::size_t i = 0; i < feedback::kLeftCount; ++i)
    left[feedback::to_string(static_cast<feedback::Left>(i))] = outcome.left[i];
  return {{"population", outcome.population},
          {"looked_at", outcome.looked_at},
          {"asked", outcome.asked},
          {"seed", outcome.seed},
          {"left", std::move(left)}};
}

void say(Console& console, const feedback::RoundOutcome& outcome) {
  std::vector<std::vector<std::string>> rows{
      {std::string(console.pick("customers who fit", "符合条件的客户")), std::to_string(outcome.population)}};
  for (std::size_t i = 0; i < feedback::kLeftCount; ++i)
    if (outcome.left[i] != 0)
      rows.push_back({"- " + std::string(feedback::to_string(static_cast<feedback::Left>(i))),
                      std::to_string(outcome.left[i])});
  rows.push_back({std::string(console.pick("asked", "邀请")), std::to_string(outcome.asked)});
  if (outcome.seed != 0)
    rows.push_back({std::string(console.pick("seed", "抽样种子")), std::to_string(outcome.seed)});
  console.say(table(rows));
}

Result<void> make_round(Console& console, app::App& app, const SurveyOptions& options) {
  CX_TRY(const auto head, find_survey(app, options.survey));
  CX_TRY(const auto plan, plan_of(app, options));
  feedback::Rounds& rounds = app.surveys().rounds();
  CX_TRY(const auto round, rounds.make(Grant::owner(), head.id, options.key, plan));
  json::object out = outcome_json(round.outcome);
  out["round"] = round.id.str();
  out["new"] = round.is_new;
  if (!options.out.empty()) {
    CX_TRY(const auto told, rounds.tell(Grant::owner(), head.id, round.id));
    std::string csv = "customer,path\n";
    for (const auto& one : told) csv += fmt::format("{},/s/{}\n", one.customer.str(), one.token);
    CX_TRY(write_file(options.out, csv));
    out["links"] = told.size();
  }
  say(console, round.outcome);
  console.result(out);
  return {};
}

Result<void> list_rounds(Console& console, app::App& app, const SurveyOptions& options) {
  CX_TRY(const auto head, find_survey(app, options.survey));
  CX_TRY(const auto rounds, app.surveys().rounds().list(Grant::owner(), head.id));
  json::array items;
  std::vector<std::vector<std::string>> rows{
      {"round", "channel", "sent", "opened", "started", "completed", "%"}};
  for (const auto& round : rounds) {
    const auto& funnel = round.funnel;
    const auto rate = stats::wilson({.hits = std::min(funnel.completed, funnel.sent), .n = funnel.sent});
    items.push_back(json::object{{"key", round.key},
                                 {"channel", round.channel},
                                 {"sent", funnel.sent},
                                 {"opened", funnel.opened},
                                 {"started", funnel.started},
                                 {"completed", funnel.completed},
                                 {"low", rate ? json::value(rate->low) : json::value(nullptr)},
                                 {"high", rate ? json::value(rate->high) : json::value(nullptr)}});
    rows.push_back({round.key, round.channel, std::to_string(funnel.sent), std::to_string(funnel.opened),
                    std::to_string(funnel.started), std::to_string(funnel.completed),
                    rate ? fmt::format("{:.1f}–{:.1f}", rate->low * 100, rate->high * 100) : "–"});
  }
  console.say(table(rows));
  console.result({{"rounds", std::move(items)}});
  return {};
}

}  // namespace

int survey_list(Console& console) {
  return with_app(console, [&](app::App& app) -> Result<void> {
    CX_TRY(const auto heads, app.surveys().list(Grant::owner()));
    json::array items;
    std::vector<std::vector<std::string>> rows{{"id", "key", "state", "title"}};
    for (const auto& head : heads) {
      items.push_back(
          json::object{{"id", head.id.str()}, {"key", head.key}, {"state", feedback::to_string(head.state)}});
      rows.push_back({head.id.str(), head.key, std::string(feedback::to_string(head.state)),
                      std::string(console.pick(head.title.en.empty() ? head.title.zh : head.title.en,
                                               head.title.zh.empty() ? head.title.en : head.title.zh))});
    }
    console.say(table(rows));
    console.result({{"surveys", std::move(items)}});
    return {};
  });
}

int survey_preview(Console& console, const SurveyOptions& options) {
  return with_app(console, [&](app::App& app) -> Result<void> {
    CX_TRY(const auto head, find_survey(app, options.survey));
    CX_TRY(const auto plan, plan_of(app, options));
    CX_TRY(const auto outcome, app.surveys().rounds().preview(Grant::owner(), head.id, plan));
    say(console, outcome);
    console.result(outcome_json(outcome));
    return {};
  });
}

int survey_round(Console& console, const SurveyOptions& options) {
  return with_app(console, [&](app::App& app) { return make_round(console, app, options); });
}

int survey_rounds(Console& console, const SurveyOptions& options) {
  return with_app(console, [&](app::App& app) { return list_rounds(console, app, options); });
}

}  // namespace zhike::cli
