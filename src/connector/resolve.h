// Names to addresses for the libraries that connect by themselves.
#pragma once

#include <atomic>
#include <string>

#include "base/time.h"
#include "connector/hosts.h"

namespace zhike::connector {

/// The first address of an allowed host, as text; every address that the name has must be allowed. Blocks.
/// Errors: kHostNotAllowed, kConnectorFailed (there is no such name).
[[nodiscard]] Result<std::string> resolve_allowed(const Hosts& hosts, const std::string& host, int port);

/// Whether a TCP connection comes about: for libraries whose own connecting cannot be interrupted. Ends soon
/// after `stopping`. Errors: kConnectorFailed.
[[nodiscard]] Result<void> check_reachable(const std::string& address, int port, Millis patience,
                                           const std::atomic<bool>& stopping);

}  // namespace zhike::connector
