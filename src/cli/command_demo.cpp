// zhike demo: a small simulated world, loaded through the same import as anybody's files, then served.
#include <filesystem>

#include "base/log.h"
#include "base/memory.h"
#include "cli/commands.h"
#include "cli/load.h"
#include "cli/opened.h"
#include "cli/progress.h"
#include "cli/serving.h"
#include "ingest/presets.h"
#include "world/world.h"

namespace zhike::cli {
namespace {

constexpr std::string_view kDemoUser = "demo";
constexpr std::string_view kDemoPassword = "zhike-demo-2026";

Result<std::vector<std::filesystem::path>> simulate_files(Console& console, const SimulateOptions& options,
                                                          const std::filesystem::path& folder) {
  world::Options world;
  world.customers = static_cast<std::uint32_t>(options.customers);
  world.days = static_cast<std::uint32_t>(options.days);
  world.seed = options.seed;
  world.end = world::last_midnight(Clock::system().now());  // so that the last 30 days are not empty
  Progress progress(console.on_terminal(), std::string(console.pick("customers", "客户")));
  CX_TRY(const auto summary, world::simulate(world, folder, [&](std::uint64_t done, std::uint64_t all) {
           progress.update(static_cast<double>(done) / static_cast<double>(std::max<std::uint64_t>(all, 1)),
                           done, console.pick("simulating", "正在模拟"));
           return true;
         }));
  std::vector<std::filesystem::path> files;
  for (const auto& file : summary.files) files.push_back(folder / file.name);
  return files;
}

Result<void> fill(Console& console, app::App& app, const DemoOptions& options) {
  CX_TRY(const auto files, simulate_files(console, options.world, app.data() / "demo-files"));
  CX_TRY(const auto mapping, ingest::preset("world"));
  CX_TRY(const auto report, load(console, app, files, mapping));
  print_report(console, report.files);
  CX_TRY(app.units().put(UserId{},
                         {{.key = "china", .name_en = "China", .name_zh = "中国"},
                          {.key = "east", .name_en = "East China", .name_zh = "华东", .parent = "china"},
                          {.key = "north", .name_en = "North China", .name_zh = "华北", .parent = "china"},
                          {.key = "south", .name_en = "South China", .name_zh = "华南", .parent = "china"},
                          {.key = "west", .name_en = "West China", .name_zh = "西部", .parent = "china"},
                          {.key = "overseas", .name_en = "Overseas", .name_zh = "海外"}}));
  return app.add_administrator(kDemoUser, "Demo", kDemoPassword);
}

void print_summary(Console& console, app::App& app) {
  const auto totals = app.totals();
  const auto day = [](const std::optional<Instant>& at) {
    return at ? format_utc(*at).substr(0, 10) : std::string("–");
  };
  console.say(table({{std::string(console.pick("customers", "客户")), std::to_string(totals.customers)},
                     {std::string(console.pick("events", "事件")), std::to_string(totals.events)},
                     {std::string(console.pick("quarantined", "隔离")), std::to_string(totals.quarantined)},
                     {std::string(console.pick("from", "起")), day(totals.stored.oldest)},
                     {std::string(console.pick("to", "止")), day(totals.stored.newest)},
                     {std::string(console.pick("sign in as", "登录名")), std::string(kDemoUser)},
                     {std::string(console.pick("password", "密码")), std::string(kDemoPassword)}}));
}

Result<int> run(Console& console, const DemoOptions& options) {
  CX_TRY(auto config, serve_config(console, options.serve));
  log::set_level(log::Level::kWarning);
  CX_TRY(auto app, open_app(console, std::move(config), options.serve.write_key));
  const auto marker = app->data() / "demo-loaded";
  if (!std::filesystem::exists(marker)) {
    CX_TRY(fill(console, *app, options));
    CX_TRY(write_file(marker, "the demo's files were imported\n"));
  }
  print_summary(console, *app);
  give_back_memory();
  if (!options.stop_after_load) return run_server(console, *app);
  const auto totals = app->totals();
  console.result(
      {{"customers", totals.customers}, {"events", totals.events}, {"quarantined", totals.quarantined}});
  return kDone;
}

}  // namespace

int demo(Console& console, const DemoOptions& options) {
  const auto done = run(console, options);
  return done ? *done : console.failed(done.error());
}

}  // namespace zhike::cli
