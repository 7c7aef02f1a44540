// Key drivers from what is known of each customer: what moves its last answer, or how much it orders.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "event/grant.h"
#include "feedback/customer_columns.h"
#include "feedback/survey_drivers.h"
#include "stats/drivers.h"
#include "warehouse/client.h"

namespace zhike::feedback {

/// How much a column can say of the customers in a filter.
struct ColumnState {
  std::string key;
  std::uint64_t known = 0;  ///< customers of whom it is known
  bool varies = false;
};

struct CustomerOutline {
  std::uint64_t customers = 0;  ///< with the outcome, where it is an answer; else all
  bool is_cut = false;
  std::string currency;              ///< of money; empty: none
  std::vector<ColumnState> columns;  ///< in the order of the table
  /// What to begin with. Outcome: recommendation, satisfaction, effort, reviews, the first with enough
  /// customers, else orders. Drivers: usual columns that vary and that four in five customers have; other
  /// answers are none. Empty: nothing to begin with.
  DriverChoice usual;
};

struct CustomerDrivers {
  CustomerOutline outline;
  std::string outcome;
  std::vector<std::string> drivers;
  std::uint64_t complete = 0;  ///< customers with the outcome and all drivers
  int resamples = 0;           ///< draws behind the intervals of the shares
  stats::DriverAnalysis found;
};

struct CustomerQuestion {
  query::Filter filter;
  DriverChoice choice;              ///< empty, or a part of it: as CustomerOutline::usual
  std::vector<TraitColumn> traits;  ///< of those that the choice names
};

/// Thread-safe; blocks for some queries. Where the outcome is an answer, drivers are counted up to that
/// answer alone; where it is something done, over the whole range, which says nothing of what came first.
/// Permission: kViewMetrics. Errors: kPermissionMissing, kBadField (a key that is no column; an outcome that
/// is a driver too), kBadFilter, and the client's.
[[nodiscard]] Result<CustomerOutline> customer_outline(warehouse::Client& client, const Grant& grant,
                                                       const CustomerQuestion& question);
/// Errors: also kTooFewRows, kBadDrivers.
[[nodiscard]] Result<CustomerDrivers> customer_drivers(warehouse::Client& client, const Grant& grant,
                                                       const CustomerQuestion& question);

/// The same of a table that is read already; `columns`: the outcome, then the drivers. Pure.
[[nodiscard]] Result<CustomerDrivers> customer_drivers_of(const CustomerTable& table,
                                                          const DriverChoice& choice);
[[nodiscard]] CustomerOutline outline_of(const CustomerTable& table, std::string_view outcome);

}  // namespace zhike::feedback
