// zhike journey cases: where the cases of a kind of journey stand, and those that wait longest.
#include <fmt/format.h>
#include <boost/json.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/journey_commands.h"
#include "cli/kept_commands.h"
#include "cli/opened.h"
#include "journey/case_book.h"
#include "server/journey_cases_json.h"
#include "server/journey_json.h"

namespace zhike::cli {
namespace {

constexpr double kHourMs = 3'600'000;

std::string hours_of(std::optional<double> ms) { return ms ? fmt::format("{:.1f}", *ms / kHourMs) : "–"; }

std::string median_of(const journey::CaseDuration& of) {
  if (!of.median_range) return hours_of(of.median_ms);
  return fmt::format("{} [{:.1f}, {:.1f}]", hours_of(of.median_ms), of.median_range->low / kHourMs,
                     of.median_range->high / kHourMs);
}

void say_places(Console& console, const server::CasesAnswer& answer) {
  const auto& of = answer.report;
  std::vector<std::vector<std::string>> rows{
      {std::string(console.pick("stage", "阶段")), std::string(console.pick("touchpoint", "触点")),
       std::string(console.pick("running", "进行中")), std::string(console.pick("quiet, h", "静默（小时）")),
       "P90", std::string(console.pick("complete", "完成")), std::string(console.pick("left", "离开"))}};
  for (const auto& one : of.places)
    rows.push_back({one.stage, one.touchpoint, fmt::format("{}", one.running), median_of(one.quiet),
                    hours_of(one.quiet.p90_ms), fmt::format("{}", one.complete),
                    fmt::format("{}", one.left)});
  console.say(table(rows));
  console.say(fmt::format(
      fmt::runtime(console.pick("{} running, {} complete, {} left, of {} customers; complete after {} h",
                                "进行中 {}，完成 {}，离开 {}，客户 {} 位；完成用时 {} 小时")),
      of.running, of.complete, of.left, of.customers, median_of(of.took)));
  if (of.completion)
    console.say(
        fmt::format(fmt::runtime(console.pick("complete, of those that are over: {:.1f} % [{:.1f}, {:.1f}]",
                                              "已结束旅程的完成率：{:.1f} %［{:.1f}，{:.1f}］")),
                    100 * static_cast<double>(of.complete) / static_cast<double>(of.complete + of.left),
                    100 * of.completion->low, 100 * of.completion->high));
}

void say_list(Console& console, const server::CasesAnswer& answer) {
  std::vector<std::vector<std::string>> rows{
      {std::string(console.pick("customer", "客户")), std::string(console.pick("state", "状态")),
       std::string(console.pick("began", "开始")), std::string(console.pick("last event", "最近事件")),
       std::string(console.pick("touchpoint", "触点")), std::string(console.pick("steps", "步数"))}};
  for (const auto& one : answer.report.items)
    rows.push_back({CustomerId{one.row.customer}.str(), std::string(journey::to_string(one.state)),
                    format_utc({one.row.began_ms}), format_utc({one.row.last_ms}), one.touchpoint,
                    fmt::format("{}", one.row.steps)});
  console.say(table(rows));
}

Result<void> cases(Console& console, app::App& app, const JourneyCasesCommand& command) {
  CX_TRY(app.cases().follow());  // a command does not wait for what goes on behind
  CX_TRY(const auto filter, filter_of(app, command.filters));
  journey::CaseQuestion question;
  CX_TRY(question.definition,
         server::definition_of(app,
                               command.kind == "all" ? std::string_view() : std::string_view(command.kind)));
  if (!command.state.empty()) {
    CX_TRY(question.state, journey::parse_case_state(command.state));
  }
  if (!command.order.empty()) {
    CX_TRY(question.order, journey::parse_case_order(command.order));
  }
  question.stage = command.stage;
  question.touchpoint = command.touchpoint;
  question.quiet_least = hours(command.quiet_hours);
  question.limit = command.list;
  CX_TRY(const auto answer, server::ask_cases(app, Grant::owner(), filter, std::move(question)));
  say_places(console, answer);
  if (command.list > 0) say_list(console, answer);
  json::object out = server::cases_json(answer);
  json::object list = server::case_list_json(answer);
  out["listed"] = list["listed"];
  out["items"] = list["items"];
  console.result(out);
  return {};
}

}  // namespace

int journey_cases(Console& console, const JourneyCasesCommand& command) {
  return with_app(console, [&](app::App& app) { return cases(console, app, command); });
}

}  // namespace zhike::cli
