// Process performance: how long cases take and where they wait, what is done again, in batches and by whom,
// how much machines do, and what has changed. Pure: a log in, figures out; safe from any thread. Times are
// milliseconds, days those of the zone that is given.
//
// Waiting comes before a step: from the end of the step of the case that ended last before it (in the order
// of the log) to its begin, never below 0; where only its end is known, to its end, so that the work is in it
// (ActivityTimes::with_begin says how often it is not). Service is the time from begin to end. Van der Aalst
// (2016), Process Mining: Data Science in Action, 9.3.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "journey/step_log.h"
#include "stats/change.h"
#include "stats/interval.h"

namespace zhike::journey {

/// Of durations or amounts. Intervals at 95 %: of median and p90 by order statistics (Conover 1999, 3.2), of
/// the mean Student's t; none where there are too few.
struct Spread {
  std::uint64_t n = 0;
  double total = 0;
  std::optional<double> median, mean, p90;  ///< none: n is 0
  std::optional<stats::Interval> median_in, mean_in, p90_in;
};
/// Sorts the values. A quantile lies between two order statistics as far as its place does (Hyndman and Fan
/// 1996, type 7).
[[nodiscard]] Spread spread_of(std::vector<double>& values);

struct ActivityTimes {
  mining::Activity activity = 0;
  std::uint64_t steps = 0, with_begin = 0;
  Spread waiting;               ///< before the step; the first of a case waits for nothing
  Spread service;               ///< of those with a begin
  std::optional<double> share;  ///< of all waiting
};
struct EdgeTimes {
  mining::Activity from = 0, to = 0;
  Spread waiting;
  std::optional<double> share;
};

/// A step whose activity the case had before.
struct ReworkOf {
  mining::Activity activity = 0;
  std::uint64_t cases = 0, repeats = 0;
  std::uint64_t self_loops = 0;  ///< repeats right after themselves; the others come back from elsewhere
  Spread extra;                  ///< per case: from the end of the first to the end of the last
};
struct Rework {
  stats::Share cases;  ///< with a repeat, of all
  std::optional<stats::Interval> cases_in;
  std::uint64_t repeats = 0;
  std::optional<stats::Change> throughput;  ///< median of cases with a repeat less that of those without
  std::vector<ReworkOf> activities;         ///< most extra time first
};

/// Several cases whose step of one activity one resource began (or, without a begin, ended) within `window`,
/// each of the one before.
struct BatchesOf {
  mining::Activity activity = 0;
  std::uint64_t batches = 0, steps = 0, largest = 0;  ///< steps: in batches
  std::uint64_t of = 0;                               ///< steps with a resource
  std::optional<stats::Change> waiting;               ///< median of steps in batches less that of the others
};

struct HandoverOf {
  std::uint32_t from = 0, to = 0;  ///< resources
  Spread waiting;
};
/// Steps that another resource does than the step before them (that which ended last).
struct Handover {
  std::uint64_t unknown = 0;            ///< one of the two has no resource
  Spread handed, kept;                  ///< waiting before steps of another, and of the same resource
  std::optional<stats::Change> median;  ///< handed less kept, as they come
  /// What a handover adds on average between the same two activities: mean of handed less kept, weighted by
  /// handovers, over the edges that have at least two of both; a normal interval (stratified sampling,
  /// Cochran 1977, 5.6).
  std::optional<double> added;
  std::optional<stats::Interval> added_in;
  std::uint64_t compared = 0;     ///< handovers of those edges
  std::vector<HandoverOf> pairs;  ///< longest total waiting first
};

struct LoadOf {
  std::uint32_t resource = 0;
  std::uint64_t steps = 0, cases = 0;  ///< cases: different ones
  std::uint64_t active_days = 0;       ///< on which a step of theirs ended
  std::uint64_t case_days = 0;         ///< different pairs of case and day
  [[nodiscard]] double per_day() const {
    return static_cast<double>(case_days) / static_cast<double>(active_days);
  }
};
/// Machines that are known as such are no employees.
struct Load {
  std::vector<LoadOf> employees;                       ///< most steps first
  std::optional<double> per_employee_day;              ///< cases per employee and day; none: no resources
  std::optional<stats::Interval> per_employee_day_in;  ///< employees as clusters
};

struct FlowDay {
  std::int64_t day = 0;  ///< first of the span, days since 1970-01-01
  std::uint64_t arrived = 0, completed = 0;
};
struct Flow {
  int span_days = 1;  ///< of one entry: days, as many as keep the entries few
  std::vector<FlowDay> spans;
  std::optional<double> arrived_a_day, completed_a_day;
};

enum class Refused : std::uint8_t {
  kNo,
  kMachinesNotNamed,
  kFailuresNotNamed,
  kDesignNotNamed,
  kNothingKnown
};
[[nodiscard]] std::string_view to_string(Refused why) noexcept;  ///< "machines_not_named"; kNo: ""
struct Rate {
  Refused refused = Refused::kNo;
  std::uint64_t hits = 0, steps = 0;
  std::uint64_t unknown = 0;                ///< steps of which it is not known; they are not in `steps`
  std::optional<double> value;              ///< 0 to 1
  std::optional<stats::Interval> interval;  ///< cases as clusters (stats/clustered.h)
};
/// automation: steps that machines did. error: steps that failed or whose activity the case had before.
/// manual: steps that a person did though their activity was designed to be automatic. All of all steps.
struct Rates {
  Rate automation, error, manual;
  std::uint64_t failed = 0, repeated = 0;
};

struct Side {
  std::string name;
  std::uint64_t cases = 0, steps = 0;
  Spread throughput;
  std::optional<double> steps_a_case;
  stats::Share rework;
  Rates rates;
};
struct Comparison {
  Side before, after;
  std::optional<stats::Change> throughput_median, throughput_mean, steps_a_case, rework;
  std::optional<stats::Change> automation, error, manual;
};

/// Two activities, once each in a case, that follow each other directly in both orders about as often.
struct Parallel {
  mining::Activity a = 0, b = 0;
  std::uint64_t ab = 0, ba = 0;
  std::optional<stats::Interval> share_in;  ///< of ab in both
};

struct PerformanceOptions {
  std::vector<std::string> ends = {};      ///< activities that complete a case; empty: its last step does
  std::vector<std::string> designed = {};  ///< activities designed to be automatic
  Millis batch_window = minutes(1);
  std::optional<Instant> split = {};    ///< cases that began before it, against the others
  std::string before = {}, after = {};  ///< else: groups of the log
  Zone zone = Zone::utc();
  bool may_lack_designed = false;  ///< activities that are designed but not in the log are no error
};

struct Performance {
  std::uint64_t cases = 0, steps = 0, with_begin = 0;
  std::uint64_t unfinished = 0;  ///< cases without a step at one of the ends; they have no throughput time
  Spread throughput;             ///< of cases: first at() to the last end
  Spread waiting, service;       ///< of steps
  Spread cost;                   ///< of cases with a cost; empty where no cost is named
  std::vector<ActivityTimes> activities;  ///< most waiting first
  std::vector<EdgeTimes> edges;           ///< most waiting first
  Rework rework;
  std::vector<BatchesOf> batches;  ///< most steps in batches first
  Handover handover;
  Load load;
  Flow flow;
  Rates rates;
  std::optional<Comparison> comparison;  ///< none: not asked for
  std::vector<Parallel> parallel;        ///< most frequent first
};

/// Errors: kBadFilter (an end, a designed activity or a group that is not in the log; a window below 0).
[[nodiscard]] Result<Performance> performance(const StepLog& log, const PerformanceOptions& options);

/// The parts of it, for tests and for callers that need one. Flags are by activity; no flags: nothing was
/// named.
using ActivitySet = std::vector<bool>;
/// Calls visit(step, before, waiting) for each step of a case, in order; `before` is null at the first.
template <class Visit>
void each_step(std::span<const Step> steps, const Visit& visit) {
  const Step* latest = nullptr;
  for (const Step& step : steps) {
    double waiting = 0;
    if (latest != nullptr && step.at() > latest->end) waiting = static_cast<double>(step.at() - latest->end);
    visit(step, latest, waiting);
    if (latest == nullptr || step.end >= latest->end) latest = &step;
  }
}
[[nodiscard]] std::optional<double> throughput_of(std::span<const Step> steps, const ActivitySet& ends);
[[nodiscard]] Rework rework_of(const StepLog& log, const ActivitySet& ends);
[[nodiscard]] std::vector<BatchesOf> batches_of(const StepLog& log, Millis window);
[[nodiscard]] Handover handover_of(const StepLog& log);
[[nodiscard]] Load load_of(const StepLog& log, const Zone& zone);
[[nodiscard]] Flow flow_of(const StepLog& log, const ActivitySet& ends, const Zone& zone);
[[nodiscard]] Rates rates_of(const StepLog& log, const ActivitySet& designed);
[[nodiscard]] Result<Comparison> compare_sides(const StepLog& log, const PerformanceOptions& options,
                                               const ActivitySet& ends, const ActivitySet& designed);

}  // namespace zhike::journey
