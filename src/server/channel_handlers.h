// The handlers of channels that stand in files of their own; add_channel_handlers() of server/api.h calls
// them.
#pragma once

#include "server/api.h"

namespace zhike::server {

void add_channel_best_handlers(Handlers& handlers);
void add_channel_budget_handlers(Handlers& handlers);

}  // namespace zhike::server
