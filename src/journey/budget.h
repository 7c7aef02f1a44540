// Budget response (stats/budget_response.h) of what is spent in channels, against an outcome: the periods
// that both cover, made of a file or of the store.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "event/grant.h"
#include "journey/spending.h"
#include "metric/metric.h"
#include "query/filter.h"
#include "stats/budget_response.h"
#include "warehouse/client.h"

namespace zhike::journey {

/// Periods of a kind; weeks begin on that day.
struct PeriodKind {
  stats::Period period = stats::Period::kWeek;
  std::chrono::weekday begins = std::chrono::Monday;
};
/// The one that holds the day.
[[nodiscard]] DayRange period_of(std::int32_t day, const PeriodKind& kind);

/// Spending by channel and period.
struct SpendTable {
  std::vector<DayRange> periods;                       ///< without gaps, all of them whole
  std::vector<stats::BudgetSeries::Channel> channels;  ///< by name; nothing entered where others have: 0
  std::string currency;                                ///< of all of it; empty: not told
  std::vector<stats::BudgetNote> refused;  ///< kNoSpending, kSeveralMoneys, kCoarse, kGap; not empty: no more
};
/// The periods within `days` that the entries cover as a whole. Pure. Errors: kBadField (more channels or
/// periods than stats::budget_response() takes).
[[nodiscard]] Result<SpendTable> spend_table(std::span<const Spending> spending, const PeriodKind& kind,
                                             const std::optional<DayRange>& days = {});

/// What a file says: spending, and the outcome of each of its periods.
struct BudgetRow {
  std::uint64_t line = 0;
  Spending spending{};
  std::optional<double> outcome{};  ///< none: another row of the period has it
};
struct FileBudget {
  PeriodKind kind{};
  SpendTable table{};
  std::vector<double> outcome{};  ///< of table.periods
};
/// `wanted` none: periods as the rows have them: days, weeks, months, or days 7 apart or each the first of a
/// month, which then stand for the period that they begin. Pure. Errors: kBadField (periods of several
/// lengths, a period without an outcome or with two, a channel twice in one).
[[nodiscard]] Result<FileBudget> file_budget(std::vector<BudgetRow> rows,
                                             const std::optional<stats::Period>& wanted);
[[nodiscard]] std::optional<stats::Period> parse_budget_period(std::string_view text);  ///< "week"

inline constexpr query::Range kAllTime{{0}, {7'258'118'400'000}};  // to 2200

struct BudgetQuestion {
  query::Filter filter{};          ///< of which events the outcome is; spending of its units and days
  std::string outcome{"revenue"};  ///< a metric that counts or sums up
  std::string conversion{};        ///< name of events that are the outcome instead; empty: the metric
  stats::Period period = stats::Period::kWeek;
  stats::BudgetOptions options{};
};
struct StoredBudget {
  const metric::Metric* outcome = nullptr;
  std::string outcome_currency{};  ///< of money; empty: none
  SpendTable table{};
  stats::BudgetResponse found{};  ///< `refused` holds what the table refuses, too
};
/// Of the spending that the grant covers, unless conditions on units leave it out, in the periods of which
/// events are stored from beginning to end and which are over. Permission: kViewMetrics. Thread-safe, blocks
/// for up to three queries and the draws. Errors: kUnknownMetric, kBadField (no metric that counts or sums
/// up), those of SpendingBook::list(), spend_table() and metric::compute().
[[nodiscard]] Result<StoredBudget> stored_budget(warehouse::Client& client, const SpendingBook& book,
                                                 const Clock& clock, const Grant& grant,
                                                 const BudgetQuestion& question);
/// Whether conditions on units leave out what belongs to `unit`; other conditions say nothing of it.
[[nodiscard]] bool leaves_out(const query::Expr& where, std::string_view unit);

}  // namespace zhike::journey
