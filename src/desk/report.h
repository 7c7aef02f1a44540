// How complaints are dealt with: how many and of what, how long, how well, at what cost, and from what
// causes. Values in, values out; what customers said of it afterwards is satisfaction.h's.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "desk/complaints.h"
#include "stats/interval.h"
#include "stats/survival.h"

namespace zhike::desk {

/// A share of cases with Wilson's interval; nothing of none.
struct CaseShare {
  std::uint64_t hits = 0, n = 0;
  std::optional<double> value, low, high;
};
struct CaseCount {
  std::string key;
  std::uint64_t count = 0;
};
struct CauseBar {
  CauseClass cause_class = CauseClass::kNone;
  std::string cause;
  std::uint64_t count = 0;
  double share = 0, cumulative = 0;  ///< of all with a cause
};
struct CostSum {
  Currency currency;
  std::int64_t given = 0, waiting = 0;  ///< minor units
  std::uint64_t complaints = 0;         ///< that cost something
};
/// Hours from the opening to the last resolution, by the wall clock; what is open counts for as long as it is
/// open.
struct RecoveryTime {
  std::uint64_t n = 0, ended = 0;
  stats::SurvivalQuantile half, three_quarters, nine_tenths;
};
struct ComplaintReport {
  std::uint64_t opened = 0, open = 0, overdue = 0, reopened = 0;
  std::vector<CaseCount> states, categories, channels, severities,
      causes;                    ///< most first; states in their order
  std::vector<CauseBar> pareto;  ///< most first
  std::uint64_t without_cause = 0;
  RecoveryTime recovery;
  CaseShare accepted_in_time, in_time;  ///< of those that are done or past the clock
  /// Of complaints first resolved at least `days` ago, of customers who are known: never reopened, and no
  /// further one of the same customer and category within `days`.
  CaseShare first_time_right;
  /// Of those closed at least `days` ago, of customers who are known: such a further one after the closing.
  CaseShare recurrence;
  int days = 0;
  std::vector<CostSum> costs;  ///< by currency
  /// Chosen by people where something had been suggested: the suggestion was the same.
  CaseShare suggested_right;
};
struct ReportQuestion {
  std::optional<Instant> from{}, to{};  ///< opened; repeats are looked for beyond
  Instant now{};
  int days = 30;
};
/// `all`: also what was opened before and after, in which repeats are found. `customer_of` by place in it;
/// unset: nobody known. O(n log n).
[[nodiscard]] ComplaintReport report_of(const Complaints::Everything& all,
                                        const std::vector<CustomerId>& customers,
                                        const ReportQuestion& question);

}  // namespace zhike::desk
