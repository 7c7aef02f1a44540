// The metric catalogue (catalog/metrics) computed: every number of the product is declared once, as data, and
// has the same value wherever it is shown.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "event/grant.h"
#include "query/filter.h"
#include "warehouse/client.h"

namespace zhike::metric {

/// How the columns that a metric's SQL answers become a value and its interval.
enum class Estimator {
  kCount,   ///< n
  kSum,     ///< n, total (and currency, for money)
  kShare,   ///< hits, n: Wilson
  kNps,     ///< promoters, detractors, n: adjusted Wald
  kMean,    ///< n, total, squares: Student's t (and currency, for money)
  kMedian,  ///< n, grid: order statistics
  kRatio,   ///< above, n: exact Poisson
};

/// A parameter of the metric's SQL beside the standard ones.
struct Param {
  std::string name;
  std::vector<std::string> texts;  ///< Array(String), when is_list
  std::string text;
  std::optional<double> number;
  bool is_list = false;
  friend bool operator==(const Param&, const Param&) = default;
};

struct Metric {
  std::string key;
  int version = 1;
  std::string name_en, name_zh;
  std::string group;      ///< experience, volume, commerce, service, digital
  std::string unit;       ///< points, share, score, count, ratio, money, seconds, hours, days
  std::string direction;  ///< up, down, none: which way is good
  std::string formula_en, formula_zh, source, interval;
  std::string sql;  ///< file in src/metric/sql
  Estimator estimator = Estimator::kCount;
  bool additive = false;      ///< parts of a range add up to the range
  std::uint64_t minimum = 1;  ///< observations below which no value is given
  double scale = 1;           ///< the value is multiplied by it: seconds to hours
  std::vector<Param> params;
  query::Expr events;  ///< the events that the metric counts: for drilling down
};

/// All metrics, by group, then in order of importance. Lives for the process.
[[nodiscard]] std::span<const Metric> list();
/// Errors: kUnknownMetric.
[[nodiscard]] Result<const Metric*> find(std::string_view key);

/// `value` is absent (never a number to be ignored) when there is nothing, or too little, to compute from.
struct Value {
  std::optional<double> value, low, high;  ///< 95 % interval; absent where the number is no estimate
  std::uint64_t n = 0;                     ///< observations
  bool enough = false;                     ///< n reaches the metric's minimum
};
struct Change {
  double value = 0;                 ///< now - before, in the metric's unit
  std::optional<double> low, high;  ///< 95 % interval
  bool significant = false;         ///< at 5 %; always false for counts and sums, which are no samples
};
struct Point {
  Instant at;  ///< start of the day, week or month in the filter's zone
  Value value;
};
struct Group {
  std::string key;
  Value value;
};
struct Answer {
  const Metric* metric = nullptr;
  query::Range range;
  query::Grain grain = query::Grain::kNone;
  Value value;
  std::optional<Change>
      change;                 ///< absent without comparison, when either side has too little, or when nothing
                              ///< at all is stored of the range compared with: that is no count of 0
  std::string currency;       ///< of money: the one with most observations; the others are not counted
  std::vector<Point> series;  ///< one for each day, week or month of the range; empty without grain
  std::vector<Group> groups;  ///< most observations first, at most kGroupsMax; empty without `by`
};
inline constexpr std::size_t kGroupsMax = 50;

struct Question {
  query::Filter filter;
  query::Grain grain = query::Grain::kNone;
  query::By by = query::By::kNone;
  query::Compare compare = query::Compare::kNone;
};

/// Thread-safe; blocks for one to five queries, one after the other. Permission: kViewMetrics.
/// Errors: kPermissionMissing, kBadFilter, and the client's.
[[nodiscard]] Result<Answer> compute(warehouse::Client& client, const Grant& grant, const Metric& metric,
                                     const Question& question);

/// The same for metrics that read the same rows (equal SQL and parameters, such as revenue and the value of
/// an order), for the queries of one; answers in their order. Aborts on metrics that do not, and on none.
[[nodiscard]] Result<std::vector<Answer>> compute_alike(warehouse::Client& client, const Grant& grant,
                                                        std::span<const Metric* const> metrics,
                                                        const Question& question);
/// Whether compute_alike() takes them together.
[[nodiscard]] bool alike(const Metric& a, const Metric& b);

}  // namespace zhike::metric
