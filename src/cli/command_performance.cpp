// zhike journey performance: how long cases of a log or of the store take, where they wait, what is done
// again and by whom, how much machines do, and what has changed.
#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/file.h"
#include "cli/journey_commands.h"
#include "cli/opened.h"
#include "cli/progress.h"
#include "cli/step_words.h"
#include "journey/deviations.h"
#include "journey/performance.h"
#include "journey/performance_store.h"
#include "journey/step_file.h"
#include "mining/net.h"
#include "server/design_json.h"
#include "server/journey_json.h"
#include "server/performance_json.h"

namespace zhike::cli {
namespace {

using Rows = std::vector<std::vector<std::string>>;

std::string text(std::string_view words) { return std::string(words); }

void say_cases(Console& console, const journey::Performance& found) {
  console.say(fmt::format(fmt::runtime(console.pick("{} cases, {} steps; {} cases not finished",
                                                    "{} 个案例，{} 个步骤；{} 个案例未完成")),
                          found.cases, found.steps, found.unfinished));
  Rows rows{{"", text(console.pick("median", "中位数")), text(console.pick("mean", "均值")), "P90"}};
  const auto row = [&](std::string_view name, const journey::Spread& of) {
    if (of.n > 0)
      rows.push_back(
          {text(name), times(of.median, of.median_in), times(of.mean, of.mean_in), times(of.p90, of.p90_in)});
  };
  row(console.pick("throughput of a case", "案例周期"), found.throughput);
  row(console.pick("waiting before a step", "步骤前等待"), found.waiting);
  row(console.pick("work at a step", "步骤处理"), found.service);
  console.say(table(rows));
  if (found.with_begin == 0)
    console.say(console.pick("No step has a start time: waiting has the work in it.",
                             "没有步骤带开始时间：等待中包含处理时间。"));
}

void say_bottlenecks(Console& console, const journey::Performance& found, const journey::StepLog& log,
                     std::size_t top) {
  Rows rows{{text(console.pick("waiting before", "等待的步骤")), text(console.pick("steps", "步骤数")),
             text(console.pick("median", "中位数")), "P90", text(console.pick("in all", "合计")),
             text(console.pick("of all waiting", "占全部等待")), text(console.pick("work", "处理"))}};
  for (const auto& row : found.activities) {
    if (rows.size() > top) break;
    rows.push_back({log.activities[row.activity], fmt::format("{}", row.steps),
                    times(row.waiting.median, row.waiting.median_in), duration(row.waiting.p90),
                    duration(row.waiting.total), percent(row.share), duration(row.service.median)});
  }
  console.say(table(rows));
}

void say_rework(Console& console, const journey::Rework& rework, const journey::StepLog& log,
                std::size_t top) {
  if (rework.cases.n == 0) return;
  const auto share = [](double value) { return percent(value); };
  console.say(fmt::format(
      fmt::runtime(console.pick("Done again: {} of {} cases, {}{}", "返工：{} / {} 个案例，{}{}")),
      rework.cases.hits, rework.cases.n, percent(rework.cases.value()), between(rework.cases_in, share)));
  if (rework.activities.empty()) return;
  Rows rows{{text(console.pick("activity", "活动")), text(console.pick("cases", "案例")),
             text(console.pick("repeats", "重复")), text(console.pick("at once", "紧接重复")),
             text(console.pick("from first to last", "首末间隔"))}};
  for (const auto& row : rework.activities) {
    if (rows.size() > top) break;
    rows.push_back({log.activities[row.activity], fmt::format("{}", row.cases),
                    fmt::format("{}", row.repeats), fmt::format("{}", row.self_loops),
                    duration(row.extra.median)});
  }
  console.say(table(rows));
}

std::string refusal(const Console& console, journey::Refused why) {
  switch (why) {
    case journey::Refused::kNo:
      return {};
    case journey::Refused::kMachinesNotNamed:
      return text(console.pick("say with --machine what machines did", "请用 --machine 说明哪些由机器完成"));
    case journey::Refused::kFailuresNotNamed:
      return text(console.pick("say with --failure what failed", "请用 --failure 说明哪些失败"));
    case journey::Refused::kDesignNotNamed:
      return text(
          console.pick("say with --designed what should be automatic", "请用 --designed 说明应自动的活动"));
    case journey::Refused::kNothingKnown:
      return text(console.pick("it is known of no step", "没有步骤可判断"));
  }
  return {};
}

void say_people(Console& console, const journey::Performance& found, const journey::StepLog& log,
                std::size_t top) {
  const auto rate = [&](std::string_view name, const journey::Rate& of) {
    const auto share = [](double value) { return percent(value); };
    console.say(fmt::format("{}: {}", name,
                            of.value ? percent(of.value) + between(of.interval, share)
                                     : "– (" + refusal(console, of.refused) + ")"));
  };
  rate(console.pick("automation rate", "自动化率"), found.rates.automation);
  rate(console.pick("error rate", "差错率"), found.rates.error);
  rate(console.pick("manual rate", "人工干预率"), found.rates.manual);
  if (found.load.employees.empty()) return;
  const auto& handover = found.handover;
  console.say(fmt::format(
      fmt::runtime(console.pick("Handovers: {}, waiting {} at the median, {} without; one adds {} on average",
                                "交接：{} 次，等待中位数 {}，无交接 {}；每次平均增加 {}")),
      handover.handed.n, duration(handover.handed.median), duration(handover.kept.median),
      times(handover.added, handover.added_in)));
  Rows rows{{text(console.pick("employee", "员工")), text(console.pick("steps", "步骤")),
             text(console.pick("cases", "案例")), text(console.pick("days", "天数")),
             text(console.pick("cases a day", "日均案例"))}};
  for (const auto& row : found.load.employees) {
    if (rows.size() > top) break;
    rows.push_back({log.resources[row.resource], fmt::format("{}", row.steps), fmt::format("{}", row.cases),
                    fmt::format("{}", row.active_days), fmt::format("{:.1f}", row.per_day())});
  }
  console.say(table(rows));
}

void say_change(Console& console, const journey::Performance& found) {
  if (!found.comparison) return;
  const journey::Comparison& of = *found.comparison;
  const auto line = [&](std::string_view name, const std::optional<stats::Change>& change, const auto& show) {
    if (change)
      console.say(fmt::format("{}: {}{}{}", name, show(change->difference), between(change->interval, show),
                              change->significant() ? " *" : ""));
  };
  console.say(fmt::format(fmt::runtime(console.pick("Before: {} cases; after: {}. Difference:",
                                                    "之前 {} 个案例，之后 {} 个。差异：")),
                          of.before.cases, of.after.cases));
  const auto time = [](double ms) { return duration(ms); };
  const auto share = [](double value) { return percent(value); };
  line(console.pick("median throughput", "周期中位数"), of.throughput_median, time);
  line(console.pick("mean throughput", "周期均值"), of.throughput_mean, time);
  line(console.pick("cases done again", "返工案例占比"), of.rework, share);
  line(console.pick("automation rate", "自动化率"), of.automation, share);
  line(console.pick("error rate", "差错率"), of.error, share);
  line(console.pick("manual rate", "人工干预率"), of.manual, share);
}

void say_deviations(Console& console, const journey::Deviations& found, std::size_t top) {
  console.say(fmt::format(
      fmt::runtime(console.pick("{} of {} cases follow the designed process", "{} / {} 个案例符合设计流程")),
      found.fitting, found.cases));
  Rows rows{{text(console.pick("deviation", "偏离")), "", text(console.pick("cases", "案例")),
             text(console.pick("longer by", "多用时间")), text(console.pick("in all", "合计")),
             text(console.pick("dearer by", "多花费用")), text(console.pick("in all", "合计"))}};
  for (const auto& row : found.items) {
    if (rows.size() > top) break;
    const auto number = [](std::optional<double> of) { return of ? fmt::format("{:.2f}", *of) : "–"; };
    const auto difference = [](const std::optional<stats::Change>& of) {
      return of ? std::optional(of->difference) : std::nullopt;
    };
    rows.push_back({text(row.kind == journey::DeviationKind::kExtra ? console.pick("extra", "多余")
                                                                    : console.pick("skipped", "跳过")),
                    row.activity, fmt::format("{}", row.cases), duration(difference(row.throughput_ms)),
                    duration(row.total_ms), number(difference(row.cost)), number(row.total_cost)});
  }
  console.say(table(rows));
}

Result<journey::PerformanceOptions> options_of(const PerformanceCommand& command, Zone zone) {
  journey::PerformanceOptions out{.ends = command.ends,
                                  .designed = command.designed,
                                  .batch_window = seconds(command.batch_seconds),
                                  .before = command.before,
                                  .after = command.after,
                                  .zone = zone};
  if (!command.split.empty()) {
    CX_TRY(out.split, parse_time(command.split, zone));
  }
  return out;
}

/// The figures of a log, shown and answered; with a designed process its deviations too.
Result<void> report(Console& console, const PerformanceCommand& command, const journey::StepLog& log,
                    const journey::PerformanceOptions& options, const std::optional<mining::Net>& net,
                    json::object out) {
  CX_TRY(const journey::Performance found, journey::performance(log, options));
  const auto top = static_cast<std::size_t>(command.top);
  note_told(console, log.told);
  say_cases(console, found);
  say_bottlenecks(console, found, log, top);
  say_rework(console, found.rework, log, top);
  say_people(console, found, log, top);
  say_change(console, found);
  for (auto& [key, value] : server::performance_json(found, log, {.top = top})) out[key] = std::move(value);
  out["deviations"] = nullptr;
  if (net) {
    Progress progress(console.on_terminal(), "");
    const auto show = [&](double share) { progress.update(share, 0, command.model); };
    journey::ActivitySet ends;
    for (std::size_t a = 0; !options.ends.empty() && a < log.activities.size(); ++a)
      ends.push_back(std::ranges::find(options.ends, log.activities[a]) != options.ends.end());
    CX_TRY(const journey::Deviations deviations,
           (journey::deviations_of(log, *net, ends,
                                   {.bytes_max = command.memory_max << 20U, .progress = show})));
    progress.clear();
    say_deviations(console, deviations, top);
    out["deviations"] = server::deviations_json(deviations, top);
  }
  console.result(out);
  return {};
}

Result<std::optional<mining::Net>> model_of(const PerformanceCommand& command) {
  if (command.model.empty()) return std::nullopt;
  CX_TRY(const std::string bytes, read_file(command.model));
  CX_TRY(auto net, mining::read_net(bytes, std::filesystem::path(command.model).filename().string()));
  return net;
}

Result<void> of_file(Console& console, const PerformanceCommand& command) {
  Progress progress(console.on_terminal(), "");
  journey::StepOptions steps{.columns = {.case_name = command.case_name,
                                         .activity = command.activity,
                                         .time = command.time,
                                         .start = command.start,
                                         .resource = command.resource,
                                         .transition = command.transition,
                                         .cost = command.cost,
                                         .group = command.group},
                             .bytes_max = command.memory_max << 20U,
                             .progress = [&](double share) { progress.update(share, 0, command.log); }};
  CX_TRY(steps.machine, rule_of(command.machine));
  CX_TRY(steps.failure, rule_of(command.failure));
  CX_TRY(const Zone zone, Zone::find(command.zone));
  CX_TRY(const auto options, options_of(command, zone));
  CX_TRY(const std::optional<mining::Net> net, model_of(command));
  CX_TRY(const journey::StepLog log, journey::read_steps(command.log, steps));
  progress.clear();
  return report(console, command, log, options, net, {{"log", command.log}});
}

Result<void> of_store(Console& console, app::App& app, const PerformanceCommand& command) {
  CX_TRY(const auto filter, filter_of(app, command.filters));
  journey::StoreSteps steps{.resource = command.resource, .cost = command.cost, .group = command.group};
  CX_TRY(steps.level, journey::parse_level(command.level));
  CX_TRY(steps.of, journey::parse_case_of(command.of));
  CX_TRY(steps.machine, rule_of(command.machine));
  CX_TRY(steps.failure, rule_of(command.failure));
  CX_TRY(const auto options, options_of(command, filter.zone));
  CX_TRY(std::optional<mining::Net> net, model_of(command));
  const int named = (net ? 1 : 0) + (command.definition.empty() ? 0 : 1) + (command.design.empty() ? 0 : 1);
  if (named > 1)
    return fail(Code::kBadFilter, "--model, --design, --definition: one of them is the designed process");
  if (!command.design.empty()) {
    CX_TRY(const auto design, server::designs_of(app).find(Grant::owner(), command.design));
    net = mining::net_of(design.process.tree, design.process.names);
    steps.level = design.level;
  }
  if (!command.definition.empty()) {
    CX_TRY(const auto definition, server::definition_of(app, command.definition));
    if (definition.steps.empty()) return fail(Code::kBadFilter, "definition {}: no steps", definition.key);
    net = journey::net_of_steps(definition.steps);
  }
  CX_TRY(const auto stored, journey::stored_steps(app.warehouse(), Grant::owner(), filter, steps));
  return report(console, command, stored.log, options, net,
                {{"stored_cases", stored.cases}, {"stored_steps", stored.steps}});
}

}  // namespace

int journey_performance(Console& console, const PerformanceCommand& command) {
  if (command.log.empty())
    return with_app(console, [&](app::App& app) { return of_store(console, app, command); });
  const Result<void> done = of_file(console, command);
  return done ? kDone : console.failed(done.error());
}

}  // namespace zhike::cli
