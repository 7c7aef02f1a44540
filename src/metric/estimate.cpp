#include "metric/estimate.h"

#include "stats/change.h"
#include "stats/interval.h"

namespace zhike::metric {

namespace {

stats::NpsCounts nps_counts(const Parts& parts) {
  return {.promoters = parts.promoters,
          .passives = parts.n - parts.promoters - parts.detractors,
          .detractors = parts.detractors};
}
stats::Moments moments(const Parts& parts) {
  return {.n = parts.n, .sum = parts.total, .sum_squares = parts.squares};
}
stats::CountRatio ratio(const Parts& parts) { return {.above = parts.above, .below = parts.n}; }

std::optional<double> point(const Metric& metric, const Parts& parts) {
  switch (metric.estimator) {
    case Estimator::kCount:
      return static_cast<double>(parts.n);
    case Estimator::kSum:
      return parts.total;
    case Estimator::kShare:
      return stats::Share{parts.hits, parts.n}.value();
    case Estimator::kNps:
      return stats::nps(nps_counts(parts));
    case Estimator::kMean:
      return moments(parts).mean();
    case Estimator::kMedian:
      if (parts.grid.empty()) return std::nullopt;
      return parts.grid[parts.grid.size() / 2];
    case Estimator::kRatio:
      return static_cast<double>(parts.above) / static_cast<double>(parts.n);
  }
  return std::nullopt;
}

std::optional<stats::Interval> interval(const Metric& metric, const Parts& parts) {
  switch (metric.estimator) {
    case Estimator::kCount:
    case Estimator::kSum:
      return std::nullopt;
    case Estimator::kShare:
      return stats::wilson({parts.hits, parts.n});
    case Estimator::kNps:
      return stats::nps_interval(nps_counts(parts));
    case Estimator::kMean:
      return stats::mean_interval(moments(parts));
    case Estimator::kMedian:
      return stats::quantile_interval(parts.grid, parts.n, 0.5);
    case Estimator::kRatio:
      return stats::ratio_interval(ratio(parts));
  }
  return std::nullopt;
}

std::optional<stats::Change> compare(const Metric& metric, const Parts& before, const Parts& after) {
  switch (metric.estimator) {
    case Estimator::kShare:
      return stats::compare(stats::Share{before.hits, before.n}, stats::Share{after.hits, after.n});
    case Estimator::kNps:
      return stats::compare(nps_counts(before), nps_counts(after));
    case Estimator::kMean:
      return stats::compare(moments(before), moments(after));
    case Estimator::kRatio:
      return stats::compare(ratio(before), ratio(after));
    case Estimator::kCount:
    case Estimator::kSum:
    case Estimator::kMedian:
      break;
  }
  return std::nullopt;
}

}  // namespace

void add(Parts& whole, const Parts& part) {
  whole.n += part.n;
  whole.hits += part.hits;
  whole.promoters += part.promoters;
  whole.detractors += part.detractors;
  whole.above += part.above;
  whole.total += part.total;
  whole.squares += part.squares;
}

Value estimate(const Metric& metric, const Parts& parts) {
  Value out{.value = {}, .low = {}, .high = {}, .n = parts.n, .enough = parts.n >= metric.minimum};
  const bool counts = metric.estimator == Estimator::kCount || metric.estimator == Estimator::kSum;
  if (!out.enough || (parts.n == 0 && !counts)) return out;
  if (const auto value = point(metric, parts)) out.value = *value * metric.scale;
  if (const auto limits = interval(metric, parts)) {
    out.low = limits->low * metric.scale;
    out.high = limits->high * metric.scale;
  }
  return out;
}

std::optional<Change> change(const Metric& metric, const Parts& before, const Parts& after) {
  const Value old_value = estimate(metric, before), new_value = estimate(metric, after);
  if (!old_value.value || !new_value.value) return std::nullopt;
  Change out{.value = *new_value.value - *old_value.value, .low = {}, .high = {}, .significant = false};
  if (const auto compared = compare(metric, before, after)) {
    out.significant = compared->significant();
    if (compared->interval) {
      out.low = compared->interval->low * metric.scale;
      out.high = compared->interval->high * metric.scale;
    }
  } else if (metric.estimator == Estimator::kMedian && old_value.low && new_value.low) {
    // Intervals of 95 % that do not touch: stricter than a test at 5 %.
    out.significant = *new_value.low > *old_value.high || *new_value.high < *old_value.low;
  }
  return out;
}

}  // namespace zhike::metric
