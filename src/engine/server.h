// The needed part of the ClickHouse HTTP interface, on a Unix socket: one thread per connection, bounded.
#pragma once

#include "engine/session.h"

namespace zhike_engine {

/// Serves until stop() or an error of the listening socket. Opens the store first. Returns the exit code.
[[nodiscard]] int serve(const EngineOptions& options);
/// From a signal handler or any thread.
void stop() noexcept;

}  // namespace zhike_engine
