// Serving an opened store until a signal comes; shared by serve and demo.
#pragma once

#include "app/app.h"
#include "cli/commands.h"

namespace zhike::cli {

/// The settings, with what the command line changes. Errors: kBadSetting.
[[nodiscard]] Result<Config> serve_config(Console& console, const ServeOptions& options);
/// Prints the address, the one-time link and the first write key; returns after SIGINT or SIGTERM.
[[nodiscard]] Result<int> run_server(Console& console, app::App& app);

}  // namespace zhike::cli
