// What the API and the command line say of spending and of what it brings, in the shapes of
// catalog/endpoints/ channel_budget.json.
#pragma once

#include <boost/json/object.hpp>
#include <string_view>
#include <vector>

#include "app/app.h"
#include "journey/budget.h"
#include "journey/spending.h"
#include "stats/budget_response.h"

namespace zhike::server {

[[nodiscard]] journey::SpendingBook spending_book(app::App& app);

/// Periods, refusals, notes and channels of a table that was asked of `found`.
[[nodiscard]] boost::json::object budget_json(const journey::SpendTable& table,
                                              const stats::BudgetResponse& found);
/// The same with what the outcome is.
[[nodiscard]] boost::json::object budget_json(const journey::StoredBudget& budget,
                                              const journey::BudgetQuestion& question);
/// The newest `limit` entries of a channel (empty: all), how many there are, and what each channel sums up
/// to.
[[nodiscard]] boost::json::object spending_json(const std::vector<journey::Spending>& spending,
                                                std::string_view channel, std::size_t limit);
/// How many are stored, and the first rows that were refused.
[[nodiscard]] boost::json::object spending_stored_json(const journey::SpendingFile& file);

}  // namespace zhike::server
