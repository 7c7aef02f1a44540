// What a redesign of a process would change: cases are simulated through its steps, with queues and people,
// before and after. A discrete-event simulation (Law 2015, Simulation Modeling and Analysis, 1.3): events in
// the order of time, the same seed gives the same answer on every machine and for any number of threads.
//
// What is taken from a log:
//   arrivals      as observed, or Poisson by hour of the week
//   routing       each case takes the steps of an observed case, drawn with replacement; none is invented.
//                 Steps of a case that overlapped run in parallel. A changed share of cases with a step
//                 weights the observed cases (iterative proportional fitting, Deming and Stephan 1940)
//   work          drawn from the observed durations (begin to end) of the activity, else given
//   groups        activities whose workers are much the same (cosine of steps by worker >= 0.5); a person
//                 counts in each by their share of steps
//   hours         of each quarter of an hour of the week, the mean number of people at work: between the
//   first
//                 and the last step that they begin, and before and after as likely as what they refused
//                 meanwhile allows (journey/simulation_calendar.h). A queue is served first come, first
//                 served, by whoever is at work; a fraction of a person is there on so many of the days, of
//                 people who do mostly other work in so many of the hours. Who had several steps in hand at
//                 once has so many
//   no person     a step that a machine did, or nobody that is known, comes after the pause that was observed
// Who began a step ends it, also after hours; one person does one step at a time.
//
// Times are milliseconds. Values own their data. Pure: safe from any thread; simulate() starts threads of its
// own. Intervals at 95 %, Student's t over replications; differences are paired: both sides use the same
// random numbers (Law 2015, 11.2).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "journey/performance.h"
#include "journey/step_log.h"
#include "stats/interval.h"

namespace zhike::journey {

enum class Arrivals : std::uint8_t { kObserved, kHourOfWeek };
[[nodiscard]] std::string_view to_string(Arrivals of) noexcept;  ///< "observed", "hour_of_week"

/// Of each day that is named, Monday is 0: from an hour to another, 0 to 24.
struct WorkHours {
  std::vector<int> days{};
  int from = 0, to = 24;
};
struct GivenService {
  std::string step{};  ///< "*": each step whose work is not known
  double minutes = 0;
  bool exponential = false;  ///< else always the same
};
struct GivenGroup {
  std::string name{};
  std::vector<std::string> steps{};
  double people = 1;
  std::optional<WorkHours> hours = {};  ///< none: always
};

struct ChangedDuration {
  std::string step{};
  std::optional<double> factor{}, minutes{};  ///< one of them; minutes: the new mean, spread in proportion
};
struct AutomatedShare {
  std::string step{};
  double share = 0;  ///< of its steps: without a person, in no time
};
struct ChangedPeople {
  std::string group{};
  double add = 0;  ///< below 0: taken away
};
struct ChangedHours {
  std::string group{};
  WorkHours hours{};
};
struct ChangedRoute {
  std::string step{};
  double share = 0;  ///< of cases that have the step, as it was before other changes
};
struct Redesign {
  std::vector<std::string> remove{};
  std::vector<std::vector<std::string>> parallel{};  ///< steps that follow each other directly run together
  std::vector<ChangedDuration> durations{};
  std::vector<AutomatedShare> automate{};
  std::vector<ChangedPeople> people{};
  std::vector<ChangedHours> hours{};
  std::vector<ChangedRoute> routing{};
  double arrivals = 1;  ///< times as many
  [[nodiscard]] bool empty() const {
    return remove.empty() && parallel.empty() && durations.empty() && automate.empty() && people.empty() &&
           hours.empty() && routing.empty() && arrivals == 1;
  }
};

/// In a unit of the user's own.
struct HourlyCost {
  std::string group{};
  double amount = 0;  ///< of an hour that a person is at work, busy or not
};
struct StepCost {
  std::string step{};
  double amount = 0;  ///< each time it is done, by whom- or whatever
};

/// A share of cases that wait no longer than so long in all queues together, or the p90 of cycle times.
struct StaffTarget {
  std::optional<double> wait_ms{}, p90_ms{};  ///< one of them
  double share = 0.8;                         ///< with wait_ms
};

inline constexpr int kReplicationsMin = 2, kReplicationsMax = 1000;
struct SimulationOptions {
  std::uint64_t seed = 1;
  int replications = 30;
  Arrivals arrivals = Arrivals::kObserved;
  std::vector<GivenService> service = {};
  std::vector<GivenGroup> groups = {};           ///< in place of those seen, for their steps
  std::vector<std::string> customer_waits = {};  ///< steps before which the observed pause stays; "*": all
  std::vector<std::string> ends = {};            ///< only cases with a step of these are drawn; empty: all
  std::vector<HourlyCost> hourly = {};
  std::vector<StepCost> each = {};
  Redesign change = {};
  std::optional<StaffTarget> target = {};  ///< of the process with its changes
  Zone zone = Zone::utc();
  std::uint64_t steps_max = 400'000'000;  ///< that may be simulated, the search for people included
  std::size_t threads = 2;
  std::function<void(double share)> progress = {};  ///< of both sides; called from one thread at a time
  std::function<bool()> stopped = {};  ///< whether nobody waits for the answer; asked often, from any thread
};

/// Of a simulated figure: its mean over replications.
struct Simulated {
  double value = 0;
  std::optional<stats::Interval> interval{};
};
struct Sides {
  Simulated before{}, after{}, difference{};  ///< after less before
};
struct SimulatedStep {
  mining::Activity activity = 0;
  std::uint64_t observed = 0;                ///< steps in the log
  std::optional<std::uint32_t> group{};      ///< place in Simulation::groups; none: needs no person
  std::optional<double> observed_waiting{};  ///< mean of the log
  Sides waiting{}, working{};                ///< mean of a step
  bool given = false, pooled = false;  ///< work: given; or of all steps of the group, for lack of its own
};
struct SimulatedGroup {
  std::string name{};  ///< that was given, else of its most frequent step
  std::vector<mining::Activity> steps{};
  std::uint64_t resources = 0;          ///< people who did a step of it
  double people = 0, people_after = 0;  ///< at work in the busiest hour of the week
  double hours_a_week = 0;              ///< of work, of all of them
  std::optional<double> at_once{};      ///< steps that a person had in hand while at one; none: not known
  Sides utilisation{};                  ///< time at work that is spent on steps; overtime may lift it over 1
};

/// Why the answer may not be relied on. Permanent.
enum class Doubt : std::uint8_t {
  kMeanOff,           ///< simulated mean cycle time is not that of the log
  kP90Off,            ///< nor its p90
  kFewCases,          ///< fewer than kCasesMin are held against each other
  kWaitsUnexplained,  ///< waits were longer than queues explain: people also do other work, or nobody is
                      ///< waited for
  kSeveralAtOnce,     ///< people had several steps in hand at once
  kQueueGrows,        ///< a group has less time than work
  kArrivalUnseen,  ///< cases come into the log with their first work: how long they waited for it is not in
                   ///< it
  kNoPeople        ///< nobody is known to work: no queues
};
[[nodiscard]] std::string_view to_string(Doubt why) noexcept;  ///< "mean_off" ...
inline constexpr std::uint64_t kCasesMin = 30;
inline constexpr double kFitWithin = 0.15, kAtOnceMax = 1.1, kUtilisationMax = 0.98;

/// The process as it is, held against the log, from the begin of a case's first step. It is reproduced where
/// mean and p90 each are within kFitWithin of those of the log, or inside their interval, of kCasesMin cases.
struct BaselineFit {
  std::uint64_t cases = 0;
  Spread observed{};
  Simulated mean{}, p90{};
  bool reproduced = false;
  std::vector<Doubt> doubts{};
};

enum class StaffRefused : std::uint8_t { kNo, kNoPeople, kNotReachable, kTooMuchWork };
[[nodiscard]] std::string_view to_string(StaffRefused why) noexcept;  ///< "not_reachable"; kNo: ""
struct StaffedGroup {
  std::uint32_t group = 0;
  int people = 0;  ///< at work in the busiest hour, the other hours in proportion
};
/// The fewest people with whom the target is met at the worse end of its interval: taking one from any group
/// would miss it. Other mixtures of as many people may meet it too.
struct Staffing {
  StaffTarget target{};
  StaffRefused refused = StaffRefused::kNo;
  std::vector<StaffedGroup> groups{};
  Simulated reached{};  ///< share of cases, or p90
  Simulated at_best{};  ///< with people without end
  int tried = 0;        ///< numbers of people that were simulated
};

struct Simulation {
  std::uint64_t cases = 0, steps = 0;  ///< of the log
  std::uint64_t drawn_from = 0;        ///< cases that are finished
  std::uint64_t discarded = 0;         ///< that come in the warm-up, which is simulated and not counted
  double warmup_ms = 0, span_ms = 0;   ///< the p90 of cycle times, at most a fifth of the span
  int replications = 0;
  Arrivals arrivals = Arrivals::kObserved;
  double parallel_cases = 0,
         removed_cases = 0;              ///< shares, as the log has them, of cases that a change touches
  Sides mean{}, median{}, p90{};         ///< cycle time, from arrival to the end of the last step
  Sides waited{};                        ///< of a case in queues, mean
  Sides throughput_a_day{};              ///< cases that end while cases arrive
  std::optional<Sides> cost_a_case{};    ///< of those; none: no cost was given
  std::vector<SimulatedStep> by_step{};  ///< as in the log
  std::vector<SimulatedGroup> groups{};
  BaselineFit fit{};
  std::optional<Staffing> staffing{};  ///< none: no target
};

/// Errors: kBadSimulation (a step, a group that is not there; a number that cannot be; nobody left to do the
/// work), kServiceUnknown (a step needs a person and how long is not known), kSimulationTooLarge, kBadLog
/// (fewer than two cases, or all at one time), kQueryCancelled (it was stopped).
[[nodiscard]] Result<Simulation> simulate(const StepLog& log, const SimulationOptions& options);

}  // namespace zhike::journey
