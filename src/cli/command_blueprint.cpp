// zhike journey blueprint: the service blueprint of a kind of journey, shown, exported and imported.
#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/file.h"
#include "cli/journey_commands.h"
#include "cli/opened.h"
#include "server/blueprint_json.h"

namespace zhike::cli {
namespace {

std::string_view lane_name(Console& console, journey::Lane lane) {
  switch (lane) {
    case journey::Lane::kEvidence:
      return console.pick("physical evidence", "有形展示");
    case journey::Lane::kCustomer:
      return console.pick("customer actions", "客户行为");
    case journey::Lane::kFrontstage:
      return console.pick("frontstage", "前台");
    case journey::Lane::kBackstage:
      return console.pick("backstage", "后台");
    case journey::Lane::kSupport:
      return console.pick("support processes", "支持过程");
  }
  return {};
}

std::string number(const journey::Binding& binding, const journey::BlueprintValue& value) {
  if (!value.value) return fmt::format("{} –", binding.key);
  if (!value.low || !value.high) return fmt::format("{} {:.4g}", binding.key, *value.value);
  return fmt::format("{} {:.4g} [{:.4g}, {:.4g}]", binding.key, *value.value, *value.low, *value.high);
}

void say(Console& console, const server::BlueprintAnswer& answer) {
  std::vector<std::vector<std::string>> rows{
      {std::string(console.pick("lane", "泳道")), std::string(console.pick("step", "步骤")),
       std::string(console.pick("what", "内容")), std::string(console.pick("owner", "负责人")),
       std::string(console.pick("numbers", "数值"))}};
  for (const journey::Lane lane : journey::kLanes)
    for (const auto& step : answer.blueprint.steps)
      for (std::size_t i = 0; i < answer.blueprint.cells.size(); ++i) {
        const journey::BlueprintCell& cell = answer.blueprint.cells[i];
        if (cell.lane != lane || cell.step != step.key) continue;
        std::string numbers;
        for (std::size_t j = 0; j < cell.bindings.size(); ++j)
          numbers += (j == 0 ? "" : "; ") + number(cell.bindings[j], answer.values[i][j]);
        const std::string_view text = console.pick(cell.text_en, cell.text_zh);
        rows.push_back({std::string(lane_name(console, lane)), cell.step,
                        std::string(text.empty() ? console.pick(cell.text_zh, cell.text_en) : text),
                        cell.owner, numbers});
      }
  console.say(table(rows));
  console.say(fmt::format(fmt::runtime(answer.blueprint.version == 0
                                           ? console.pick("a draft from {} journeys; import it to keep it",
                                                          "由 {} 段旅程生成的草稿；导入后保存")
                                           : console.pick("numbers of {} journeys", "数值来自 {} 段旅程")),
                          answer.journeys));
}

Result<void> import(app::App& app, const BlueprintCommand& command) {
  CX_TRY(const std::string bytes, read_file(command.file));
  CX_TRY(const auto fields, server::Fields::parse(bytes));
  CX_TRY(auto wanted, server::blueprint_wanted(app, command.kind, fields));
  journey::Blueprints kept = server::blueprints_of(app);
  CX_TRY(const auto before, kept.find(wanted.definition));
  wanted.version = before ? before->version : 0;
  return kept.put(Grant::owner(), wanted);
}

Result<void> blueprint(Console& console, app::App& app, const BlueprintCommand& command) {
  if (command.action != "show" && command.file.empty()) return fail(Code::kBadField, "--file is missing");
  if (command.action == "import") {
    CX_TRY(import(app, command));
  }
  CX_TRY(wait_read(console, app));
  CX_TRY(const auto filter, filter_of(app, command.filters));
  CX_TRY(const auto found, server::ask_blueprint(app, Grant::owner(), filter, command.kind));
  if (command.action == "export") {
    CX_TRY(write_file(command.file, boost::json::serialize(journey::to_json(found.blueprint)) + "\n", 0644));
  }
  say(console, found);
  console.result(server::blueprint_json(found));
  return {};
}

}  // namespace

int journey_blueprint(Console& console, const BlueprintCommand& command) {
  return with_app(console, [&](app::App& app) { return blueprint(console, app, command); });
}

}  // namespace zhike::cli
