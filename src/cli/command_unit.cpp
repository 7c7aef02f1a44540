// zhike unit.
#include "cli/commands.h"
#include "cli/opened.h"

namespace zhike::cli {
namespace {

json::object unit_json(const app::UnitView& view) {
  return {{"key", view.unit.key},       {"name_en", view.unit.name_en}, {"name_zh", view.unit.name_zh},
          {"parent", view.unit.parent}, {"zone", view.zone.name()},     {"own_zone", view.unit.zone},
          {"listed", view.listed},      {"events", view.events}};
}

}  // namespace

int unit_list(Console& console) {
  return with_app(console, [&](app::App& app) -> Result<void> {
    CX_TRY(const auto views, app.unit_views(Grant::owner()));
    json::array items;
    std::vector<std::vector<std::string>> rows{{"key", "name", "名称", "parent", "zone", "events"}};
    for (const auto& view : views) {
      items.push_back(unit_json(view));
      rows.push_back({view.unit.key, view.unit.name_en, view.unit.name_zh, view.unit.parent, view.zone.name(),
                      std::to_string(view.events)});
    }
    console.say(table(rows));
    console.result({{"units", std::move(items)}});
    return {};
  });
}

int unit_set(Console& console, const UnitOptions& options) {
  return with_app(console, [&](app::App& app) -> Result<void> {
    const auto tree = app.units().current();
    const govern::Unit* known = tree->find(options.key);
    govern::Unit unit = known == nullptr || options.forget ? govern::Unit{.key = options.key} : *known;
    if (!options.forget) {
      unit.name_en = options.name_en.value_or(unit.name_en);
      unit.name_zh = options.name_zh.value_or(unit.name_zh);
      unit.parent = options.parent.value_or(unit.parent);
      unit.zone = options.zone.value_or(unit.zone);
    }
    CX_TRY(app.units().put(UserId{}, {unit}));
    const auto zone = app.units().current()->zone_of(unit.key).name();
    console.say(fmt::format("{}  {}", unit.key, zone));
    console.result({{"key", unit.key},
                    {"name_en", unit.name_en},
                    {"name_zh", unit.name_zh},
                    {"parent", unit.parent},
                    {"zone", zone},
                    {"own_zone", unit.zone}});
    return {};
  });
}

}  // namespace zhike::cli
