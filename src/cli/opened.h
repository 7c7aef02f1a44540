// The data folder opened for one command.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "app/app.h"
#include "cli/console.h"
#include "query/filter.h"

namespace zhike::cli {

/// Errors: those of the settings and of App::open.
[[nodiscard]] Result<std::unique_ptr<app::App>> open_app(Console& console, std::string write_key = {});
/// The same with settings changed by the command line.
[[nodiscard]] Result<std::unique_ptr<app::App>> open_app(Console& console, Config config,
                                                         std::string write_key);

/// What --where says: "channel=web", or text as query/where.h has it. Errors: those of query::parse_filter
/// and of external::Externals::resolve.
[[nodiscard]] Result<query::Filter> filter_of(app::App& app, const std::vector<std::string>& filters);

/// Until all comments that are stored have been read; says how many are left. Errors: kWarehouseDown.
[[nodiscard]] Result<void> wait_read(Console& console, app::App& app);

/// Opens the store, runs `work` (App& to Result<void>), shows its error, answers the exit code.
template <class Work>
int with_app(Console& console, Work work) {
  auto app = open_app(console);
  if (!app) return console.failed(app.error());
  const Result<void> done = work(**app);
  return done ? kDone : console.failed(done.error());
}

}  // namespace zhike::cli
