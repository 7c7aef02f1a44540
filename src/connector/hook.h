// The connectors that are called by HTTP.
#pragma once

#include <memory>

#include "connector/connector.h"

namespace zhike::connector {

/// Null for a kind that is not called. Errors: kBadConnector (settings that contradict each other).
[[nodiscard]] Result<std::unique_ptr<Hook>> make_hook(const Connector& connector);

}  // namespace zhike::connector
