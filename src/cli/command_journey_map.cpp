// zhike journey map and peak-end: what happens in the stages of a kind of journey, and what is remembered.
#include <fmt/format.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/file.h"
#include "cli/conditions.h"
#include "cli/journey_commands.h"
#include "cli/opened.h"
#include "journey/map.h"
#include "journey/map_svg.h"
#include "journey/peak_end.h"
#include "server/journey_json.h"
#include "server/journey_map_json.h"

namespace zhike::cli {
namespace {

std::string text(std::string_view words) { return std::string(words); }

Result<journey::Definition> definition_of(app::App& app, const std::string& kind) {
  return server::definition_of(app, kind == "all" ? std::string_view() : std::string_view(kind));
}

std::string figure(const journey::MapFigure& of, double times, int digits) {
  if (!of.value) return "–";
  if (!of.interval) return fmt::format("{:.{}f} [–]", times * *of.value, digits);
  return fmt::format("{:.{}f} [{:.{}f}, {:.{}f}]", times * *of.value, digits, times * of.interval->low,
                     digits, times * of.interval->high, digits);
}

std::string estimated(const stats::Estimated& of) {
  if (!of.interval) return fmt::format("{:.3f} [–]", of.value);
  return fmt::format("{:.3f} [{:.3f}, {:.3f}]", of.value, of.interval->low, of.interval->high);
}

void say_map(Console& console, const server::MapAnswer& answer) {
  constexpr double kHour = 3'600'000;
  std::vector<std::vector<std::string>> rows{
      {text(console.pick("stage", "阶段")), text(console.pick("journeys", "旅程")),
       text(console.pick("reach, %", "到达 %")),
       text(console.pick("until the next, h", "到下一阶段（小时）")), "P90",
       text(console.pick("steps", "步数")), text(console.pick("feeling", "感受")),
       text(console.pick("pain point", "痛点"))}};
  for (const auto& stage : answer.map.stages) {
    const journey::MapFeeling* felt = stage.feeling();
    const auto pain = [&]() -> std::string {
      if (stage.pains.empty()) return "–";
      const auto& first = stage.pains.front();
      return fmt::format("{} {} ({})", first.name.detector, first.name.place, first.journeys);
    };
    rows.push_back({stage.moments.empty() ? stage.stage : stage.stage + " *",
                    fmt::format("{}", stage.journeys), figure(stage.reach, 100, 1),
                    figure(stage.wait, 1 / kHour, 2), figure(stage.wait_p90, 1 / kHour, 2),
                    figure(stage.effort, 1, 2), felt == nullptr ? "–" : figure(felt->level, 1, 2), pain()});
  }
  console.say(table(rows));
  console.say(
      fmt::format(fmt::runtime(console.pick("{} journeys of {} customers, {} complete; * moment of truth",
                                            "{} 段旅程，{} 位客户，{} 段完成；* 关键时刻")),
                  answer.map.journeys, answer.map.customers, answer.map.complete));
}

void say_differences(Console& console, const server::MapAnswer& answer) {
  if (!answer.other) return;
  std::vector<std::vector<std::string>> rows{
      {text(console.pick("stage", "阶段")), text(console.pick("measure", "指标")),
       text(console.pick("other", "对照")), text(console.pick("this", "本期")),
       text(console.pick("difference", "差异")), ""}};
  for (const auto& one : journey::compare(*answer.other, answer.map))
    rows.push_back(
        {one.stage, text(one.measure), fmt::format("{:.3f}", one.first), fmt::format("{:.3f}", one.second),
         fmt::format("{:.3f} [{:.3f}, {:.3f}]", one.difference, one.interval.low, one.interval.high),
         one.holds() ? "*" : ""});
  console.say(table(rows));
}

Result<void> map(Console& console, app::App& app, const JourneyMapCommand& command) {
  CX_TRY(wait_read(console, app));
  CX_TRY(const auto filter, filter_of(app, command.filters));
  CX_TRY(const auto definition, definition_of(app, command.kind));
  CX_TRY(const auto compare, server::compare_of(command.compare, filter, [&](std::string_view condition) {
           std::vector<std::string> filters;
           for (const auto& [name, value] : filter_in(command.filters))
             if (name != "where" && name != "persona") filters.push_back(fmt::format("{}={}", name, value));
           filters.push_back(fmt::format("({})", condition));
           return filter_of(app, filters);
         }));
  CX_TRY(const auto answer, server::ask_map(app, Grant::owner(), filter, definition, compare));
  if (!command.svg.empty()) {
    const auto language = console.chinese() ? server::Language::kChinese : server::Language::kEnglish;
    CX_TRY(write_file(command.svg, journey::map_svg(answer.map, server::map_words(app, definition, language)),
                      0644));
  }
  say_map(console, answer);
  say_differences(console, answer);
  console.result(server::map_json(answer, definition));
  return {};
}

void say_peak_end(Console& console, const journey::PeakEndReport& report) {
  if (!report.answer.found) {
    console.say(fmt::format(
        fmt::runtime(console.pick(
            "refused: {} journeys with a judgement and two moments or more; {} journeys of {} "
            "customers are needed, and judgements that differ",
            "无法回答：有总体评分且至少两次感受的旅程为 {} 段；至少需要 {} 段、{} 位客户，且评分须有差异")),
        report.used, stats::kPeakEndJourneysLeast, stats::kPeakEndGroupsLeast));
    return;
  }
  const stats::PeakEnd& found = *report.answer.found;
  console.say(table({{text(console.pick("predictor", "预测变量")), "R²"},
                     {text(console.pick("peak", "峰值")), estimated(found.peak_r2)},
                     {text(console.pick("end", "终点")), estimated(found.end_r2)},
                     {text(console.pick("peak and end", "峰终均值")), estimated(found.peak_end_r2)},
                     {text(console.pick("average", "平均")), estimated(found.average_r2)},
                     {text(console.pick("difference", "差异")), estimated(found.difference)}}));
  std::vector<std::vector<std::string>> rows{{text(console.pick("stage", "阶段")),
                                              text(console.pick("peak here, %", "峰值在此 %")),
                                              text(console.pick("end here, %", "终点在此 %")),
                                              text(console.pick("gain of one unit", "提高一单位的收益"))}};
  for (const auto& one : report.stages)
    rows.push_back({one.stage, fmt::format("{:.1f}", 100 * one.peak_share),
                    fmt::format("{:.1f}", 100 * one.end_share), estimated(one.gain)});
  if (!report.stages.empty()) console.say(table(rows));
  console.say(fmt::format(fmt::runtime(console.pick("{} journeys of {} customers, judged by {}",
                                                    "{} 段旅程，{} 位客户，总体评分来自 {}")),
                          found.journeys, found.groups, report.instrument));
}

Result<void> peak_end(Console& console, app::App& app, const JourneyMapCommand& command) {
  CX_TRY(wait_read(console, app));
  CX_TRY(const auto filter, filter_of(app, command.filters));
  CX_TRY(const auto definition, definition_of(app, command.kind));
  CX_TRY(const auto report,
         server::ask_peak_end(app, Grant::owner(), filter, definition, command.instrument));
  say_peak_end(console, report);
  console.result(server::peak_end_json(report));
  return {};
}

}  // namespace

int journey_map(Console& console, const JourneyMapCommand& command) {
  return with_app(console, [&](app::App& app) { return map(console, app, command); });
}
int journey_peak_end(Console& console, const JourneyMapCommand& command) {
  return with_app(console, [&](app::App& app) { return peak_end(console, app, command); });
}

}  // namespace zhike::cli
