// Automation, error and manual rates, and two sides of a log against each other.
#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "journey/performance.h"
#include "stats/clustered.h"

namespace zhike::journey {
namespace {

/// Of steps, by case.
class RateSums {
 public:
  void add(double hits, double steps, double unknown) {
    unknown_ += unknown;
    if (steps > 0) sums_.add(hits, steps);
  }
  [[nodiscard]] Rate rate(Refused refused) const {
    Rate out{.refused = refused, .value = {}, .interval = {}};
    if (refused != Refused::kNo) return out;
    out.hits = static_cast<std::uint64_t>(sums_.hits());
    out.steps = static_cast<std::uint64_t>(sums_.trials());
    out.unknown = static_cast<std::uint64_t>(unknown_);
    if (sums_.clusters() == 0) {
      out.refused = Refused::kNothingKnown;
      return out;
    }
    out.value = sums_.value();
    out.interval = stats::share_interval(sums_);
    return out;
  }
  [[nodiscard]] const stats::ClusterSums& sums() const { return sums_; }

 private:
  stats::ClusterSums sums_;
  double unknown_ = 0;
};

/// Adds up cases of one side, or of the whole log.
class Counter {
 public:
  Counter(const StepLog& log, const ActivitySet& designed)
      : log_(log), designed_(designed), stamp_(log.activities.size(), 0) {}

  /// Whether an activity of the case was repeated.
  bool add(std::span<const Step> steps) {
    ++cases_;
    double machines = 0, known = 0, by_hand = 0, wrong = 0;
    bool is_repeated = false;
    for (const Step& step : steps) {
      const bool again = std::exchange(stamp_[step.activity], cases_) == cases_;
      is_repeated = is_repeated || again;
      repeated_ += again ? 1U : 0U;
      failed_ += step.failed == Said::kYes ? 1U : 0U;
      wrong += again || step.failed == Said::kYes ? 1 : 0;
      if (step.machine == Said::kUnknown) continue;
      ++known;
      machines += step.machine == Said::kYes ? 1 : 0;
      by_hand += step.machine == Said::kNo && !designed_.empty() && designed_[step.activity] ? 1 : 0;
    }
    const auto count = static_cast<double>(steps.size());
    automation_.add(machines, known, count - known);
    manual_.add(by_hand, known, count - known);
    error_.add(wrong, count, 0);
    return is_repeated;
  }

  [[nodiscard]] Rates rates() const {
    const Refused machines = log_.machines_said ? Refused::kNo : Refused::kMachinesNotNamed;
    Rates out;
    out.automation = automation_.rate(machines);
    out.error = error_.rate(log_.failures_said ? Refused::kNo : Refused::kFailuresNotNamed);
    out.manual = manual_.rate(designed_.empty() ? Refused::kDesignNotNamed : machines);
    out.failed = failed_;
    out.repeated = repeated_;
    return out;
  }
  [[nodiscard]] const RateSums& automation() const { return automation_; }
  [[nodiscard]] const RateSums& error() const { return error_; }
  [[nodiscard]] const RateSums& manual() const { return manual_; }

 private:
  const StepLog& log_;
  const ActivitySet& designed_;
  std::vector<std::uint32_t> stamp_;  // the latest case of each activity, from 1
  std::uint32_t cases_ = 0;
  std::uint64_t failed_ = 0, repeated_ = 0;
  RateSums automation_, error_, manual_;
};

/// One side while it is added up.
struct Sum {
  Sum(const StepLog& log, const ActivitySet& designed) : counter(log, designed) {}

  Side side;
  Counter counter;
  std::vector<double> times;
  stats::Moments steps;

  void add(std::span<const Step> of, const ActivitySet& ends) {
    ++side.cases;
    side.steps += of.size();
    if (const auto time = throughput_of(of, ends)) times.push_back(*time);
    const auto count = static_cast<double>(of.size());
    ++steps.n;
    steps.sum += count;
    steps.sum_squares += count * count;
    ++side.rework.n;
    side.rework.hits += counter.add(of) ? 1U : 0U;
  }
  void close() {
    side.throughput = spread_of(times);
    side.rates = counter.rates();
    if (steps.n > 0) side.steps_a_case = steps.mean();
  }
};

stats::Moments moments_about(const std::vector<double>& values, double middle) {
  stats::Moments out{.n = values.size()};
  for (const double value : values) {
    out.sum += value - middle;
    out.sum_squares += (value - middle) * (value - middle);
  }
  return out;
}

/// The place of a group; kNoName: it is not asked for. Errors: kBadFilter.
Result<std::uint32_t> group_of(const StepLog& log, const std::string& name) {
  if (name.empty()) return kNoName;
  const auto found = std::ranges::find(log.groups, name);
  if (found == log.groups.end())
    return fail(Code::kBadFilter, "no case is of the group {}", std::string_view(name).substr(0, 60));
  return static_cast<std::uint32_t>(found - log.groups.begin());
}

}  // namespace

Rates rates_of(const StepLog& log, const ActivitySet& designed) {
  Counter counter(log, designed);
  for (std::size_t c = 0; c < log.cases(); ++c) counter.add(log.of(c));
  return counter.rates();
}

Result<Comparison> compare_sides(const StepLog& log, const PerformanceOptions& options,
                                 const ActivitySet& ends, const ActivitySet& designed) {
  if (options.split && (!options.before.empty() || !options.after.empty()))
    return fail(Code::kBadFilter, "either a date or two groups divide the cases");
  if (!options.split && (options.before.empty() || options.after.empty()))
    return fail(Code::kBadFilter, "two groups are needed, before and after");
  if (!options.split && options.before == options.after)
    return fail(Code::kBadFilter, "the groups before and after are the same");
  CX_TRY(const std::uint32_t first, group_of(log, options.before));
  CX_TRY(const std::uint32_t second, group_of(log, options.after));
  Sum before(log, designed), after(log, designed);
  before.side.name = options.before;
  after.side.name = options.after;
  for (std::size_t c = 0; c < log.cases(); ++c) {
    const auto steps = log.of(c);
    if (options.split) {
      (steps.front().at() < options.split->ms ? before : after).add(steps, ends);
    } else if (log.group[c] == first) {
      before.add(steps, ends);
    } else if (log.group[c] == second) {
      after.add(steps, ends);
    }
  }
  before.close();
  after.close();
  Comparison out;
  out.before = before.side;
  out.after = after.side;
  out.throughput_median = stats::compare_medians(before.times, after.times);
  const double middle = out.before.throughput.mean.value_or(0);
  out.throughput_mean =
      stats::compare(moments_about(before.times, middle), moments_about(after.times, middle));
  out.steps_a_case = stats::compare(before.steps, after.steps);
  out.rework = stats::compare(out.before.rework, out.after.rework);
  const auto rate = [](const Rate& one, const Rate& other, const RateSums& old_sums,
                       const RateSums& new_sums) -> std::optional<stats::Change> {
    if (!one.value || !other.value) return std::nullopt;
    return stats::compare(old_sums.sums(), new_sums.sums());
  };
  const Rates &old_rates = out.before.rates, &new_rates = out.after.rates;
  out.automation = rate(old_rates.automation, new_rates.automation, before.counter.automation(),
                        after.counter.automation());
  out.error = rate(old_rates.error, new_rates.error, before.counter.error(), after.counter.error());
  out.manual = rate(old_rates.manual, new_rates.manual, before.counter.manual(), after.counter.manual());
  return out;
}

}  // namespace zhike::journey
