// The data folder opened for one command.
#pragma once

#include <memory>

#include "app/app.h"
#include "cli/console.h"

namespace zhike::cli {

/// Errors: those of the settings and of App::open.
[[nodiscard]] Result<std::unique_ptr<app::App>> open_app(Console& console, std::string write_key = {});
/// The same with settings changed by the command line.
[[nodiscard]] Result<std::unique_ptr<app::App>> open_app(Console& console, Config config,
                                                         std::string write_key);

/// Opens the store, runs `work` (App& to Result<void>), shows its error, answers the exit code.
template <class Work>
int with_app(Console& console, Work work) {
  auto app = open_app(console);
  if (!app) return console.failed(app.error());
  const Result<void> done = work(**app);
  return done ? kDone : console.failed(done.error());
}

}  // namespace zhike::cli
