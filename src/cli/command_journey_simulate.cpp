// zhike journey simulate: what a redesign would change, of a log or of the store.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "base/file.h"
#include "cli/journey_commands.h"
#include "cli/opened.h"
#include "cli/progress.h"
#include "cli/step_words.h"
#include "journey/kind_steps.h"
#include "journey/performance_store.h"
#include "journey/simulation.h"
#include "journey/simulation_document.h"
#include "journey/step_file.h"
#include "server/journey_json.h"
#include "server/simulation_json.h"

namespace zhike::cli {
namespace {

using Rows = std::vector<std::vector<std::string>>;

std::string text(std::string_view words) { return std::string(words); }

std::string time_of(const journey::Simulated& of) {
  if (std::isnan(of.value)) return "–";
  return times(of.value, of.interval);
}
template <class Show>
std::string shown(const journey::Simulated& of, const Show& show) {
  if (std::isnan(of.value)) return "–";
  return show(of.value) + between(of.interval, show);
}

template <class Show>
std::vector<std::string> row_of(std::string_view name, const journey::Sides& of, const Show& show) {
  return {text(name), shown(of.before, show), shown(of.after, show), shown(of.difference, show)};
}

void say_cases(Console& console, const journey::Simulation& found) {
  console.say(fmt::format(fmt::runtime(console.pick("{} cases, {} steps; {} replications, 95 % intervals",
                                                    "{} 个案例，{} 个步骤；重复 {} 次，95% 区间")),
                          found.cases, found.steps, found.replications));
  const auto time = [](double ms) { return duration(ms); };
  const auto number = [](double value) { return fmt::format("{:.2f}", value); };
  Rows rows{{"", text(console.pick("before", "改造前")), text(console.pick("after", "改造后")),
             text(console.pick("difference", "差异"))}};
  rows.push_back(row_of(console.pick("cycle time, mean", "周期均值"), found.mean, time));
  rows.push_back(row_of(console.pick("cycle time, median", "周期中位数"), found.median, time));
  rows.push_back(row_of(console.pick("cycle time, P90", "周期 P90"), found.p90, time));
  rows.push_back(row_of(console.pick("in queues, mean", "排队均值"), found.waited, time));
  rows.push_back(row_of(console.pick("cases done a day", "日均完成案例"), found.throughput_a_day, number));
  if (found.cost_a_case)
    rows.push_back(row_of(console.pick("cost of a case", "每案例费用"), *found.cost_a_case, number));
  console.say(table(rows));
}

void say_groups(Console& console, const journey::Simulation& found) {
  if (found.groups.empty()) return;
  Rows rows{{text(console.pick("group", "人员组")), text(console.pick("people seen", "出现人数")),
             text(console.pick("at work", "在岗")), text(console.pick("after", "改造后")),
             text(console.pick("utilisation", "利用率")), text(console.pick("after", "改造后"))}};
  const auto share = [](double value) { return percent(value); };
  for (const journey::SimulatedGroup& of : found.groups)
    rows.push_back({of.name, fmt::format("{}", of.resources), fmt::format("{:.1f}", of.people),
                    fmt::format("{:.1f}", of.people_after), shown(of.utilisation.before, share),
                    shown(of.utilisation.after, share)});
  console.say(table(rows));
}

void say_steps(Console& console, const journey::Simulation& found, const journey::StepLog& log,
               std::size_t top) {
  std::vector<const journey::SimulatedStep*> order;
  for (const journey::SimulatedStep& of : found.by_step) order.push_back(&of);
  const auto total = [](const journey::SimulatedStep* of) {
    return std::isnan(of->waiting.before.value)
               ? 0
               : of->waiting.before.value * static_cast<double>(of->observed);
  };
  std::ranges::stable_sort(order, std::ranges::greater(), total);
  Rows rows{{text(console.pick("step", "步骤")), text(console.pick("group", "人员组")),
             text(console.pick("waits in the log", "日志等待")), text(console.pick("before", "改造前")),
             text(console.pick("after", "改造后")), text(console.pick("work", "处理"))}};
  for (const journey::SimulatedStep* of : order) {
    if (rows.size() > top) break;
    rows.push_back({log.activities[of->activity], of->group ? found.groups[*of->group].name : "–",
                    duration(of->observed_waiting), time_of(of->waiting.before), time_of(of->waiting.after),
                    time_of(of->working.after)});
  }
  console.say(table(rows));
}

std::string_view words_of(const Console& console, journey::Doubt why) {
  using journey::Doubt;
  switch (why) {
    case Doubt::kMeanOff:
      return console.pick("the mean cycle time is not that of the log", "周期均值与日志不符");
    case Doubt::kP90Off:
      return console.pick("the P90 of cycle times is not that of the log", "周期 P90 与日志不符");
    case Doubt::kFewCases:
      return console.pick("too few cases to hold it against the log", "案例太少，无法与日志比对");
    case Doubt::kWaitsUnexplained:
      return console.pick("waits are longer than queues explain: name them under customer_waits (\"*\": all)",
                          "等待时间超出排队所能解释：请在 customer_waits 中列出（\"*\" 表示全部）");
    case Doubt::kSeveralAtOnce:
      return console.pick("people had several steps in hand at once: real work is shorter than it seems",
                          "人员同时处理多个步骤：实际处理时间短于日志所示");
    case Doubt::kQueueGrows:
      return console.pick("a group has less time than work: its queue grows",
                          "某组工时少于工作量：队列不断增长");
    case Doubt::kArrivalUnseen:
      return console.pick(
          "cases are first seen at their first work: how long they waited for it is not in the log",
          "案例在首次处理时才出现：此前的等待不在日志中");
    case Doubt::kNoPeople:
      return console.pick("nobody is known to work: there are no queues; name --resource, or groups",
                          "不知道由谁处理：没有排队；请指定 --resource 或 groups");
  }
  return {};
}

void say_fit(Console& console, const journey::BaselineFit& fit) {
  const auto observed = [](const std::optional<double>& value) { return duration(value); };
  console.say(fmt::format(
      fmt::runtime(console.pick("Held against the log ({} cases): mean {} for {}, P90 {} for {}: {}",
                                "与日志比对（{} 个案例）：均值 {}，日志 {}；P90 {}，日志 {}：{}")),
      fit.cases, time_of(fit.mean), observed(fit.observed.mean), time_of(fit.p90), observed(fit.observed.p90),
      fit.reproduced ? console.pick("reproduced", "已重现") : console.pick("NOT reproduced", "未能重现")));
  for (const journey::Doubt why : fit.doubts) console.say(fmt::format("! {}", words_of(console, why)));
}

void say_staffing(Console& console, const journey::Simulation& found) {
  if (!found.staffing) return;
  const journey::Staffing& of = *found.staffing;
  const auto reached = [&](const journey::Simulated& value) {
    return of.target.p90_ms ? time_of(value) : shown(value, [](double share) { return percent(share); });
  };
  switch (of.refused) {
    case journey::StaffRefused::kNoPeople:
      console.say(console.pick("Staffing: nobody is known to work.", "人员配置：不知道由谁处理。"));
      return;
    case journey::StaffRefused::kNotReachable:
      console.say(fmt::format(fmt::runtime(console.pick("Staffing: not reached with any number of people: {}",
                                                        "人员配置：任何人数都无法达到：{}")),
                              reached(of.at_best)));
      return;
    case journey::StaffRefused::kTooMuchWork:
      console.say(console.pick("Staffing: not found within the steps that may be simulated.",
                               "人员配置：在允许的模拟步骤内未找到。"));
      return;
    case journey::StaffRefused::kNo:
      break;
  }
  Rows rows{{text(console.pick("fewest people", "最少人员")),
             text(console.pick("in the busiest hour", "最忙时段"))}};
  for (const journey::StaffedGroup& one : of.groups)
    rows.push_back({found.groups[one.group].name, fmt::format("{}", one.people)});
  console.say(table(rows));
  console.say(fmt::format(fmt::runtime(console.pick("They reach {}.", "可达到 {}。")), reached(of.reached)));
}

Result<journey::SimulationOptions> options_of(const JourneySimulateCommand& command, const Zone& zone) {
  journey::SimulationOptions out{.zone = zone, .threads = std::max(1U, std::thread::hardware_concurrency())};
  if (!command.changes.empty()) {
    CX_TRY(const std::string bytes, read_file(command.changes));
    if (command.changes.ends_with(".json")) {
      CX_TRY(const auto fields, server::Fields::parse(bytes));
      CX_TRY(journey::read_simulation(fields.object(), &out));
    } else {
      CX_TRY(journey::read_simulation_toml(bytes, &out));
    }
  }
  if (command.replications > 0) out.replications = command.replications;
  if (command.seed >= 0) out.seed = static_cast<std::uint64_t>(command.seed);
  if (command.service_minutes >= 0) out.service.push_back({.step = "*", .minutes = command.service_minutes});
  if (!command.target.empty()) {
    CX_TRY(out.target, journey::parse_target(command.target));
  }
  return out;
}

Result<void> report(Console& console, const JourneySimulateCommand& command, const journey::StepLog& log,
                    journey::SimulationOptions options, json::object out) {
  Progress progress(console.on_terminal(), "");
  options.progress = [&](double share) { progress.update(share, 0, ""); };
  CX_TRY(const journey::Simulation found, journey::simulate(log, options));
  progress.clear();
  note_told(console, log.told);
  say_cases(console, found);
  say_groups(console, found);
  say_steps(console, found, log, static_cast<std::size_t>(command.top));
  say_fit(console, found.fit);
  say_staffing(console, found);
  for (auto& [key, value] : server::simulation_json(found, log)) out[key] = std::move(value);
  console.result(out);
  return {};
}

Result<void> of_file(Console& console, const JourneySimulateCommand& command) {
  Progress progress(console.on_terminal(), "");
  journey::StepOptions steps{.columns = {.case_name = command.case_name,
                                         .activity = command.activity,
                                         .time = command.time,
                                         .start = command.start,
                                         .resource = command.resource,
                                         .transition = command.transition,
                                         .cost = {},
                                         .group = {}},
                             .bytes_max = command.memory_max << 20U,
                             .progress = [&](double share) { progress.update(share, 0, command.log); }};
  CX_TRY(steps.machine, rule_of(command.machine));
  CX_TRY(const Zone zone, Zone::find(command.zone));
  CX_TRY(auto options, options_of(command, zone));
  CX_TRY(const Config config, console.config());
  options.steps_max = static_cast<std::uint64_t>(config.integer("journeys.simulation_steps_max"));
  CX_TRY(const journey::StepLog log, journey::read_steps(command.log, steps));
  progress.clear();
  return report(console, command, log, std::move(options), {{"log", command.log}});
}

Result<journey::StoredSteps> steps_of_store(app::App& app, const JourneySimulateCommand& command,
                                            const query::Filter& filter) {
  if (!command.kind.empty()) {
    CX_TRY(const auto definition, server::definition_of(app, command.kind));
    return journey::kind_steps(app.warehouse(), Grant::owner(), filter, definition);
  }
  journey::StoreSteps steps{.resource = command.resource};
  CX_TRY(steps.level, journey::parse_level(command.level));
  CX_TRY(steps.of, journey::parse_case_of(command.of));
  CX_TRY(steps.machine, rule_of(command.machine));
  return journey::stored_steps(app.warehouse(), Grant::owner(), filter, steps);
}

Result<void> of_store(Console& console, app::App& app, const JourneySimulateCommand& command) {
  CX_TRY(const auto filter, filter_of(app, command.filters));
  CX_TRY(auto options, options_of(command, filter.zone));
  options.steps_max = static_cast<std::uint64_t>(app.config().integer("journeys.simulation_steps_max"));
  CX_TRY(const auto stored, steps_of_store(app, command, filter));
  return report(console, command, stored.log, std::move(options),
                {{"stored_cases", stored.cases}, {"stored_steps", stored.steps}});
}

}  // namespace

int journey_simulate(Console& console, const JourneySimulateCommand& command) {
  if (command.log.empty())
    return with_app(console, [&](app::App& app) { return of_store(console, app, command); });
  const Result<void> done = of_file(console, command);
  return done ? kDone : console.failed(done.error());
}

}  // namespace zhike::cli
