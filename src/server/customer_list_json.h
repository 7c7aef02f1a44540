// Kept lists of customers: their JSON, and how one comes about, shared by handlers and the command line.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "app/app.h"
#include "external/customer_lists.h"
#include "journey/funnel.h"
#include "server/api.h"
#include "server/json.h"

namespace zhike::server {

/// Kept lists; add_friction_handlers() adds them.
void add_customer_list_handlers(Handlers& handlers);

/// Borrows from `app`.
[[nodiscard]] external::CustomerLists customer_lists_of(app::App& app);
[[nodiscard]] json::object customer_list_json(const external::CustomerList& list, const Grant& grant);

/// A step of a funnel whose customers are kept.
struct FunnelStop {
  journey::FunnelOptions options;
  int step = 1;
  std::string definition{};                                       ///< key; empty: none was named
  std::vector<std::pair<std::string, std::string>> conditions{};  ///< on events, as they were written
};
/// The list with who stopped there. Errors: those of journey::stopped_at() and
/// external::CustomerLists::make().
[[nodiscard]] Result<external::CustomerList> keep_stopped(app::App& app, const Grant& grant,
                                                          const query::Filter& filter, const FunnelStop& stop,
                                                          std::string name, int days);

}  // namespace zhike::server
