// zhike journey designs: designed processes, from and to files.
#include <fmt/format.h>
#include <boost/json.hpp>

#include <string>
#include <utility>
#include <vector>

#include "base/file.h"
#include "cli/kept_commands.h"
#include "cli/opened.h"
#include "journey/designs.h"
#include "mining/tree.h"
#include "server/design_json.h"

namespace zhike::cli {
namespace {

/// A version more of the one of that name, else a new one.
Result<journey::Design> put(const journey::Designs& designs, const std::string& file) {
  constexpr std::size_t kTextMax = 200;
  CX_TRY(const std::string bytes, read_file(file));
  CX_TRY(const auto fields, server::Fields::parse(bytes));
  journey::DesignWish wish;
  CX_TRY(wish.name, fields.text("name", kTextMax));
  CX_TRY(const auto level, fields.text_or("level", "touchpoint", kTextMax));
  CX_TRY(wish.level, journey::parse_level(level));
  CX_TRY(wish.process, server::process_in(fields));
  const auto before = designs.find(Grant::owner(), wish.name);
  if (before) {
    wish.id = before->id;
    wish.based_on = before->latest;
  } else if (before.error().code != Code::kNotFound) {
    return std::unexpected(before.error());
  }
  return designs.put(Grant::owner(), wish);
}

Result<void> show(Console& console, const journey::Design& of) {
  console.say(fmt::format("{} · {} {} · {}", of.name, console.pick("version", "版本"), of.version,
                          mining::to_string(of.process.tree, of.process.names)));
  console.result(server::design_json(of));
  return {};
}

Result<void> list(Console& console, const journey::Designs& designs) {
  CX_TRY(const auto found, designs.list(Grant::owner()));
  std::vector<std::vector<std::string>> rows{{"id", std::string(console.pick("name", "名称")),
                                              std::string(console.pick("version", "版本")),
                                              std::string(console.pick("process", "流程"))}};
  json::array items;
  for (const auto& one : found) {
    rows.push_back({one.id.str(), one.name, fmt::format("{}", one.version),
                    mining::to_string(one.process.tree, one.process.names)});
    items.push_back(server::design_json(one));
  }
  console.say(table(rows));
  console.result({{"items", std::move(items)}});
  return {};
}

Result<void> run(Console& console, app::App& app, const DesignsCommand& command) {
  const journey::Designs designs = server::designs_of(app);
  if (!command.put.empty()) {
    CX_TRY(const auto made, put(designs, command.put));
    return show(console, made);
  }
  if (command.name.empty()) return list(console, designs);
  CX_TRY(const auto found, designs.find(Grant::owner(), command.name));
  if (command.remove) {
    CX_TRY(designs.remove(Grant::owner(), found.id));
    return list(console, designs);
  }
  if (!command.out.empty()) {
    const bool is_bpmn = command.out.ends_with(".bpmn");
    if (!is_bpmn && !command.out.ends_with(".pnml"))
      return fail(Code::kBadField, "--out: a file named .pnml or .bpmn");
    CX_TRY(write_file(command.out, server::design_file(found, is_bpmn), 0644));
  }
  return show(console, found);
}

}  // namespace

int journey_designs(Console& console, const DesignsCommand& command) {
  return with_app(console, [&](app::App& app) { return run(console, app, command); });
}

}  // namespace zhike::cli
