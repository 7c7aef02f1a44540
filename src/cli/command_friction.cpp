// zhike journey friction, funnel and definitions: what goes wrong in the journeys of the store.
#include <fmt/format.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/file.h"
#include "cli/conditions.h"
#include "cli/journey_commands.h"
#include "cli/kept_commands.h"
#include "cli/opened.h"
#include "external/customer_lists.h"
#include "journey/definitions.h"
#include "journey/friction.h"
#include "journey/funnel.h"
#include "server/customer_list_json.h"
#include "server/journey_json.h"

namespace zhike::cli {
namespace {

std::string text(std::string_view words) { return std::string(words); }

std::string detector_name(const Console& console, std::string_view detector) {
  if (detector == "loop") return text(console.pick("loop", "循环"));
  if (detector == "back_and_forth") return text(console.pick("back and forth", "来回往返"));
  if (detector == "rage") return text(console.pick("rage repeats", "狂按重复"));
  if (detector == "dead_end") return text(console.pick("dead end", "死胡同"));
  if (detector == "ivr_loop") return text(console.pick("menu loop", "菜单循环"));
  if (detector == "channel_bounce") return text(console.pick("channel bounce", "渠道弹跳"));
  if (detector == "repeated_contact") return text(console.pick("repeated contact", "重复联系"));
  if (detector == "wait") return text(console.pick("abnormal wait", "异常等待"));
  return text(console.pick("abandoned", "中途放弃"));
}

std::string within(double value, const std::optional<stats::Interval>& interval) {
  if (!interval) return fmt::format("{:.2f} [–]", value);
  return fmt::format("{:.2f} [{:.2f}, {:.2f}]", value, interval->low, interval->high);
}

void say_friction(Console& console, const journey::FrictionReport& report) {
  std::vector<std::vector<std::string>> rows{
      {text(console.pick("friction", "摩擦")), text(console.pick("where", "位置")),
       text(console.pick("journeys", "旅程")), text(console.pick("customers", "客户")),
       text(console.pick("lost", "满意度损失")), text(console.pick("harm", "危害")), ""}};
  for (const auto& one : report.items)
    rows.push_back({detector_name(console, one.name.detector),
                    one.name.other.empty() ? one.name.place : one.name.place + " · " + one.name.other,
                    fmt::format("{}", one.journeys), fmt::format("{}", one.customers),
                    one.loss ? within(one.loss->value, one.loss->interval) : "–",
                    one.harm ? fmt::format("{:.3f}", *one.harm) : "–", one.holds ? "*" : ""});
  console.say(table(rows));
  console.say(fmt::format(
      fmt::runtime(console.pick("{} journeys of {} customers, {} with an answer ({}); {} frictions",
                                "{} 段旅程，{} 位客户，{} 段有评分（{}）；{} 处摩擦")),
      report.journeys, report.customers, report.answers, report.instrument, report.found));
  console.say(console.pick("* more than chance, among all frictions", "* 在全部摩擦中显著"));
}

Result<void> friction(Console& console, app::App& app, const FrictionCommand& command) {
  CX_TRY(const auto filter, filter_of(app, command.filters));
  journey::FrictionOptions options{.instrument = command.instrument, .top = command.top};
  CX_TRY(options.definition, server::definition_of(app, command.definition));
  CX_TRY(const auto report, journey::friction(app.warehouse(), Grant::owner(), filter, options));
  say_friction(console, report);
  console.result(server::friction_json(report));
  return {};
}

std::string duration(std::optional<std::int64_t> ms) {
  if (!ms) return "–";
  constexpr double kHour = 3'600'000, kDay = 24 * kHour;
  const auto value = static_cast<double>(*ms);
  return value >= 2 * kDay ? fmt::format("{:.1f} d", value / kDay) : fmt::format("{:.2f} h", value / kHour);
}

void say_group(const Console& console, std::vector<std::vector<std::string>>& rows,
               const journey::FunnelGroup& group, const journey::FunnelOptions& options) {
  for (std::size_t i = 0; i < group.levels.size(); ++i) {
    const journey::FunnelLevel& level = group.levels[i];
    const journey::FunnelStep& step = options.steps[i];
    const auto share = [](std::optional<double> of) { return of ? fmt::format("{:.1f}", 100 * *of) : "–"; };
    rows.push_back({group.key.empty() ? text(console.pick("all", "全部")) : group.key,
                    options.order == journey::FunnelOrder::kUnordered
                        ? fmt::format("{}/{}", i + 1, options.steps.size())
                        : (step.name.empty() ? step.touchpoint : step.name),
                    fmt::format("{}", level.customers), share(level.of_first), share(level.of_before),
                    duration(level.median_ms), duration(level.p90_ms)});
  }
}

Result<external::CustomerList> keep(Console& console, app::App& app, const FrictionCommand& command,
                                    const query::Filter& filter, const journey::FunnelOptions& options) {
  server::FunnelStop stop{.options = options,
                          .step = command.stopped_at,
                          .definition = command.definition,
                          .conditions = filter_in(command.filters)};
  if (stop.step == 0) stop.step = static_cast<int>(options.steps.size());
  std::erase_if(stop.conditions, [](const auto& one) { return one.first == "from" || one.first == "to"; });
  CX_TRY(auto list, server::keep_stopped(app, Grant::owner(), filter, stop, command.keep, command.days));
  console.say(fmt::format(fmt::runtime(console.pick("kept {} customers as '{}' until {}",
                                                    "已将 {} 位客户存为名单“{}”，保留至 {}")),
                          list.size, list.name, format_utc(list.expires)));
  return list;
}

Result<void> funnel(Console& console, app::App& app, const FrictionCommand& command) {
  constexpr std::int64_t kHourMs = 3'600'000;
  CX_TRY(const auto filter, filter_of(app, command.filters));
  CX_TRY(const auto definition, server::definition_of(app, command.definition));
  journey::FunnelOptions options;
  CX_TRY(options.steps, server::steps_of(definition, command.steps));
  if (!command.order.empty()) {
    CX_TRY(options.order, journey::parse_funnel_order(command.order));
  }
  if (!command.by.empty()) {
    CX_TRY(options.by, query::parse_by(command.by));
  }
  options.window =
      Millis{(command.window_hours > 0 ? command.window_hours : definition.gap_days * 24) * kHourMs};
  CX_TRY(const auto found, journey::funnel(app.warehouse(), Grant::owner(), filter, options));
  std::vector<std::vector<std::string>> rows{{"", text(console.pick("step", "步骤")),
                                              text(console.pick("customers", "客户")),
                                              text(console.pick("of the first, %", "占首步 %")),
                                              text(console.pick("of the one before, %", "占上一步 %")),
                                              text(console.pick("median time", "中位用时")), "P90"}};
  say_group(console, rows, found.all, options);
  for (const auto& group : found.groups) say_group(console, rows, group, options);
  console.say(table(rows));
  json::object result = server::funnel_json(found, options);
  if (!command.keep.empty()) {
    CX_TRY(const auto list, keep(console, app, command, filter, options));
    result["list"] = server::customer_list_json(list, Grant::owner());
  }
  console.result(result);
  return {};
}

Result<void> definitions(Console& console, app::App& app, const FrictionCommand& command) {
  journey::Definitions kept = server::definitions_of(app);
  if (!command.set.empty()) {
    CX_TRY(const std::string bytes, read_file(command.set));
    CX_TRY(const auto fields, server::Fields::parse(bytes));
    CX_TRY(auto wanted, server::definitions_wanted(fields));
    CX_TRY(const auto before, kept.current());
    CX_TRY(kept.put(Grant::owner(), std::move(wanted), before.version));
  }
  CX_TRY(const auto book, kept.current());
  console.say(definitions_table(console, book));
  console.result(server::definitions_json(book));
  return {};
}

}  // namespace

std::string definitions_table(const Console& console, const journey::DefinitionBook& book) {
  const auto joined = [](const std::vector<std::string>& places) {
    std::string out;
    for (const std::string& place : places) out += (out.empty() ? "" : ", ") + place;
    return out;
  };
  std::vector<std::vector<std::string>> rows{
      {text(console.pick("key", "标识")), text(console.pick("name", "名称")),
       text(console.pick("starts", "起点")), text(console.pick("ends", "终点")),
       text(console.pick("pause, days", "间隔（天）")), text(console.pick("moments of truth", "关键时刻"))}};
  for (const auto& of : book.items) {
    const std::string_view name = console.pick(of.name_en, of.name_zh);
    rows.push_back({of.key, text(name.empty() ? console.pick(of.name_zh, of.name_en) : name),
                    joined(of.starts), joined(of.ends), fmt::format("{}", of.gap_days), joined(of.moments)});
  }
  return table(rows);
}

int journey_friction(Console& console, const FrictionCommand& command) {
  return with_app(console, [&](app::App& app) { return friction(console, app, command); });
}
int journey_funnel(Console& console, const FrictionCommand& command) {
  return with_app(console, [&](app::App& app) { return funnel(console, app, command); });
}
int journey_definitions(Console& console, const FrictionCommand& command) {
  return with_app(console, [&](app::App& app) { return definitions(console, app, command); });
}

}  // namespace zhike::cli
