// The inside of journey/simulation.h: what is fitted, what a change makes of it, and one replication. Times
// are milliseconds from Model::origin.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "journey/simulation.h"
#include "journey/step_log.h"

namespace zhike::journey::simulated {

inline constexpr std::uint32_t kNoGroup = 0xffffffffU;
inline constexpr std::size_t kHours = 168;      ///< of a week
inline constexpr std::size_t kSlotsAnHour = 4;  ///< quarters: shifts begin and end at them
inline constexpr std::size_t kWeek = kHours * kSlotsAnHour;
inline constexpr double kHourMs = 3'600'000, kMinuteMs = 60'000, kSlotMs = kHourMs / kSlotsAnHour;
using Week = std::array<double, kWeek>;  ///< people at work by quarter hour of the week, Monday 0:00 first

/// How long the work of a step takes.
struct Work {
  std::vector<double> sorted{};  ///< observed; empty: `fixed`
  double fixed = 0;
  bool exponential = false, known = false, given = false, pooled = false;
  double scale = 1;
  [[nodiscard]] double draw(double u) const;  ///< by inversion, u in [0, 1)
  [[nodiscard]] double mean() const;
};

struct Planned {
  std::uint32_t activity = 0, stage = 0;  ///< steps of one stage run together
  std::uint32_t place = 0;                ///< in the observed case: names its random numbers
  std::uint32_t group = kNoGroup;
  double gap = 0;  ///< pause before it that is not for people
};
/// The steps of observed cases: case c has steps offsets[c] to offsets[c + 1].
struct Plans {
  std::vector<Planned> steps{};
  std::vector<std::uint32_t> offsets{0};
  std::vector<bool> from_end{};  ///< the log knows of its first step only the end
  [[nodiscard]] std::size_t size() const { return offsets.size() - 1; }
};

/// How much of what somebody does is of a group.
struct GroupShare {
  std::uint32_t group = 0;
  double share = 0;
};
struct Group {
  std::string name{};
  std::vector<mining::Activity> steps{};
  std::uint64_t resources = 0;
  Week at_work{};
  Week relieved{};  ///< people who leave as a quarter begins and in whose place others come
  double shared =
      0;  ///< of it, that of people who do mostly other work: they come by the hour, not by the day
  std::optional<double> at_once{};
  double in_hand = 1;  ///< steps that one person may have at once: of people seen, as many as they had
};

struct Model {
  std::int64_t origin = 0;                    ///< a full hour of the zone
  std::vector<double> arrivals{};             ///< of the log, ascending
  std::vector<std::uint32_t> hour_of_week{};  ///< of each hour from the origin; goes on from the last
  std::array<double, kHours> rate{};          ///< arrivals in an hour of the week
  double span = 0, warmup = 0;
  Plans plans{};
  std::vector<Work> work{};            ///< by activity
  std::vector<std::uint32_t> group{};  ///< by activity
  std::vector<Group> groups{};
  std::vector<double> hourly{}, each{};  ///< costs by group and by activity
  bool has_costs = false;
  std::uint64_t drawn_from = 0, discarded = 0;
  Spread observed{};                       ///< cycle times of finished cases after the warm-up
  std::vector<Spread> observed_waiting{};  ///< by activity, of all but first steps
  bool first_needs_person = false;         ///< of most cases
};
[[nodiscard]] Result<Model> fit(const StepLog& log, const SimulationOptions& options);

/// A process that can be run: the model with changes.
struct Scenario {
  const Model* model = nullptr;  ///< borrowed
  Plans plans{};
  std::vector<Work> work{};
  std::vector<double> automated{};  ///< share, by activity
  std::vector<Week> at_work{};      ///< by group
  std::vector<Week> relieved{};     ///< by group
  std::vector<double> weight{};     ///< by plan, 1 on average; empty: all alike
  std::vector<double> gained{};     ///< running sums of what weights have above 1
  double arrivals = 1;
  double parallel_cases = 0, removed_cases = 0;
};
[[nodiscard]] Result<Scenario> scenario_of(const Model& model, const StepLog& log, const Redesign& change);
[[nodiscard]] Week week_of(const WorkHours& hours, double people);
[[nodiscard]] double peak_of(const Week& week);
/// So many times as many people of a group.
void scale_people(Scenario& scenario, std::size_t group, double factor);

/// What one replication comes to. Means are of the cases that count.
struct Run {
  double mean = 0, median = 0, p90 = 0, waited = 0, throughput_a_day = 0;
  double seen_mean = 0, seen_p90 = 0;  ///< from the begin of the first step, as the log sees it
  double cost = 0;                     ///< a case that ended
  double within = 0;                   ///< share of cases that wait no longer than asked
  std::vector<double> step_waiting{}, step_working{};  ///< by activity; NaN: none
  std::vector<double> utilisation{};                   ///< by group
  bool stopped = false;                                ///< no figures
  bool piled_up = false;  ///< the work was not done within ten times the span and a year: no figures
};
struct RunOptions {
  std::uint64_t seed = 1;
  int replications = 30;
  Arrivals arrivals = Arrivals::kObserved;
  double wait_max = 0;  ///< for Run::within
  std::size_t threads = 1;
  std::function<void()> done_one = {};  ///< replication; called from one thread at a time
  std::function<bool()> stopped = {};   ///< asked every so many events, from any thread
  bool endless_people = false;          ///< whoever is needed is there whenever somebody works
};
[[nodiscard]] std::vector<Run> run(const Scenario& scenario, const RunOptions& options);

/// Mean and interval over replications; those that are NaN do not count.
[[nodiscard]] Simulated over(const std::vector<double>& values);

[[nodiscard]] Staffing staff(const Scenario& scenario, const StaffTarget& target, RunOptions options,
                             std::uint64_t steps_max);
/// Steps that one replication simulates, about.
[[nodiscard]] double steps_of(const Scenario& scenario);

}  // namespace zhike::journey::simulated
