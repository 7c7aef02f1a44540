// zhike journey experience: the digital-experience score of business processes, and its settings.
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/file.h"
#include "cli/journey_commands.h"
#include "cli/opened.h"
#include "server/experience_json.h"

namespace zhike::cli {
namespace {

std::string text(std::string_view words) { return std::string(words); }

std::string why(Console& console, journey::ExperienceRefusal refused) {
  switch (refused) {
    case journey::ExperienceRefusal::kNone:
      return {};
    case journey::ExperienceRefusal::kNoEnd:
      return text(console.pick("no end is defined", "未定义终点"));
    case journey::ExperienceRefusal::kNoData:
      return text(console.pick("no such events", "没有此类事件"));
    case journey::ExperienceRefusal::kTooFew:
      return text(console.pick("too few customers", "客户太少"));
    case journey::ExperienceRefusal::kNoErrorKind:
      return text(console.pick("no event reports errors", "没有上报错误的事件"));
    case journey::ExperienceRefusal::kLittleWeight:
      return text(console.pick("too little weight has data", "有数据的权重不足"));
  }
  return {};
}

std::string figure(Console& console, const journey::ExperienceFigure& of, int digits) {
  if (!of.value) return fmt::format("– ({})", why(console, of.refused));
  if (!of.interval) return fmt::format("{:.{}f} [–]", *of.value, digits);
  return fmt::format("{:.{}f} [{:.{}f}, {:.{}f}]", *of.value, digits, of.interval->low, digits,
                     of.interval->high, digits);
}

std::string_view part_name(Console& console, journey::Part part) {
  switch (part) {
    case journey::Part::kSteps:
      return console.pick("steps", "步骤");
    case journey::Part::kLoad:
      return console.pick("load", "加载");
    case journey::Part::kFindability:
      return console.pick("findability", "可查找性");
    case journey::Part::kErrors:
      return console.pick("errors", "差错");
    case journey::Part::kInterface:
      return console.pick("interface", "界面");
    case journey::Part::kPersonalisation:
      return console.pick("personalisation", "个性化");
  }
  return {};
}

void say_process(Console& console, const server::ProcessAnswer& answer) {
  const journey::ExperienceScore& all = answer.report.found.all;
  const std::string_view name = console.pick(answer.definition.name_en, answer.definition.name_zh);
  console.say(fmt::format("{} ({}): {}", name, answer.definition.key, figure(console, all.score, 1)));
  std::vector<std::vector<std::string>> rows{
      {text(console.pick("component", "分项")), "0–100", text(console.pick("observations", "观测数")),
       text(console.pick("weight, %", "权重 %")), text(console.pick("of the score, %", "占总分 %"))}};
  for (const auto& one : all.parts)
    rows.push_back({text(part_name(console, one.part)), figure(console, one.figure, 1),
                    fmt::format("{}", one.figure.n), fmt::format("{:.1f}", one.weight),
                    fmt::format("{:.1f}", one.counts)});
  for (const auto& [words, of] : {std::pair{console.pick("effort, answers", "费力度（回答）"), &all.effort},
                                  std::pair{console.pick("effort, steps", "费力度（步数）"), &all.steps},
                                  std::pair{console.pick("load, seconds", "加载（秒）"), &all.seconds}})
    rows.push_back({text(words), figure(console, *of, 2), fmt::format("{}", of->n), "", ""});
  console.say(table(rows));
  const auto& shortest = answer.report.found.shortest;
  console.say(fmt::format(
      fmt::runtime(
          console.pick("{} cases of {} customers, {} complete; shortest way: {} steps; the score stands on "
                       "{:.0f} % of the weights",
                       "{} 个案例，{} 位客户，{} 个完成；最短路径 {} 步；总分依据 {:.0f} % 的权重")),
      all.cases, all.customers, all.complete, shortest ? fmt::format("{}", *shortest) : "–", all.weight));
}

void say_changes(Console& console, const journey::ExperienceReport& report) {
  if (!report.other) return;
  std::vector<std::vector<std::string>> rows{
      {text(console.pick("measure", "指标")), text(console.pick("other", "对照")),
       text(console.pick("this", "本期")), text(console.pick("difference", "差异")), ""}};
  for (const auto& one : report.changes)
    rows.push_back({text(one.what), fmt::format("{:.2f}", one.first), fmt::format("{:.2f}", one.second),
                    fmt::format("{:.2f} [{:.2f}, {:.2f}]", one.change.difference, one.change.interval.low,
                                one.change.interval.high),
                    one.change.holds() ? "*" : ""});
  console.say(table(rows));
}

Result<void> set_settings(app::App& app, const std::string& file) {
  CX_TRY(const std::string bytes, read_file(file));
  CX_TRY(const auto fields, server::Fields::parse(bytes));
  CX_TRY(auto wanted, journey::parse_experience_settings(fields.object()));
  journey::ExperienceBook book = server::experience_book(app);
  CX_TRY(const auto before, book.current());
  wanted.version = before.version;
  return book.put(Grant::owner(), wanted);
}

Result<void> experience(Console& console, app::App& app, const ExperienceCommand& command) {
  if (!command.set.empty()) {
    CX_TRY(set_settings(app, command.set));
  }
  if (command.settings || !command.set.empty()) {
    CX_TRY(const auto settings, server::experience_book(app).current());
    for (const journey::Part part : journey::kAllParts)
      console.say(fmt::format("{}: {:.1f} %", part_name(console, part),
                              settings.weights[static_cast<std::size_t>(part)]));
    console.result(journey::to_json(settings));
    return {};
  }
  std::vector<std::string> filters = command.filters;
  if (!command.since.empty()) filters.push_back("from=" + command.since);
  if (!command.before.empty()) filters.push_back("to=" + command.before);
  CX_TRY(const auto filter, filter_of(app, filters));
  CX_TRY(const auto compare, server::compare_of(command.compare, filter, [&](std::string_view condition) {
           std::vector<std::string> other;
           for (const std::string& one : filters)
             if (one.starts_with("from=") || one.starts_with("to=")) other.push_back(one);
           other.emplace_back(fmt::format("({})", condition));
           return filter_of(app, other);
         }));
  CX_TRY(const auto found, server::ask_experience(app, Grant::owner(), filter, command.kind, compare));
  for (const auto& one : found.items) {
    say_process(console, one);
    say_changes(console, one.report);
  }
  console.result(server::experience_json(found));
  return {};
}

}  // namespace

int journey_experience(Console& console, const ExperienceCommand& command) {
  return with_app(console, [&](app::App& app) { return experience(console, app, command); });
}

}  // namespace zhike::cli
