// zhike simulate.
#include "cli/commands.h"
#include "cli/progress.h"
#include "world/world.h"

namespace zhike::cli {

int simulate(Console& console, const SimulateOptions& options) {
  world::Options world;
  world.customers = static_cast<std::uint32_t>(options.customers);
  world.days = static_cast<std::uint32_t>(options.days);
  world.seed = options.seed;
  Progress progress(console.on_terminal(), std::string(console.pick("customers", "客户")));
  const auto summary = world::simulate(world, options.out, [&](std::uint64_t done, std::uint64_t all) {
    progress.update(static_cast<double>(done) / static_cast<double>(std::max<std::uint64_t>(all, 1)), done,
                    "");
    return true;
  });
  progress.clear();
  if (!summary) return console.failed(summary.error());
  json::array files;
  std::vector<std::vector<std::string>> rows{{"file", "rows", "broken", "bytes"}};
  for (const auto& file : summary->files) {
    files.push_back(json::object{
        {"name", file.name}, {"rows", file.rows}, {"broken", file.broken}, {"bytes", file.bytes}});
    rows.push_back(
        {file.name, std::to_string(file.rows), std::to_string(file.broken), std::to_string(file.bytes)});
  }
  console.say(table(rows));
  console.result({{"folder", options.out},
                  {"files", std::move(files)},
                  {"customers", summary->customers},
                  {"orders", summary->orders},
                  {"late_deliveries", summary->late_deliveries},
                  {"contacts", summary->contacts},
                  {"complaints", summary->complaints},
                  {"answers", summary->answers}});
  return kDone;
}

}  // namespace zhike::cli
