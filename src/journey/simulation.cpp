#include "journey/simulation.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "journey/simulation_model.h"

namespace zhike::journey {
namespace {

using simulated::Model;
using simulated::over;
using simulated::Run;
using simulated::Scenario;

Result<void> check(const SimulationOptions& options) {
  if (options.replications < kReplicationsMin || options.replications > kReplicationsMax)
    return fail(Code::kBadSimulation, "replications: {} to {}", kReplicationsMin, kReplicationsMax);
  if (!options.target) return {};
  const StaffTarget& target = *options.target;
  if (target.wait_ms.has_value() == target.p90_ms.has_value())
    return fail(Code::kBadSimulation, "target: either a wait with a share of cases, or a p90");
  if (target.wait_ms.value_or(target.p90_ms.value_or(0)) < 0 || !(target.share > 0 && target.share < 1))
    return fail(Code::kBadSimulation, "target: a time not below 0, and a share between 0 and 1");
  return {};
}

Result<void> check_size(const Scenario& before, const Scenario& after, const SimulationOptions& options) {
  const double steps = (simulated::steps_of(before) + simulated::steps_of(after)) * options.replications;
  if (steps > static_cast<double>(options.steps_max))
    return fail(Code::kSimulationTooLarge, "{:.0f} steps, of at most {}", steps, options.steps_max);
  return {};
}

template <class Figure>
Sides sides_of(const std::vector<Run>& before, const std::vector<Run>& after, const Figure& figure) {
  std::vector<double> first, second, difference;
  for (std::size_t r = 0; r < before.size(); ++r) {
    first.push_back(figure(before[r]));
    second.push_back(figure(after[r]));
    difference.push_back(second.back() - first.back());
  }
  return {over(first), over(second), over(difference)};
}

bool fits(double simulated, double observed, const std::optional<stats::Interval>& interval) {
  if (std::abs(simulated - observed) <= kFitWithin * observed) return true;
  return interval && simulated >= interval->low && simulated <= interval->high;
}

/// What would explain that the log is not reproduced, and what limits the answer anyway.
void add_doubts(const Model& model, const std::vector<SimulatedGroup>& groups, BaselineFit* out) {
  const auto doubt = [&](Doubt why, bool holds) {
    if (holds) out->doubts.push_back(why);
  };
  doubt(Doubt::kWaitsUnexplained,
        !out->reproduced && out->observed.mean && out->mean.value < *out->observed.mean);
  doubt(Doubt::kSeveralAtOnce,
        std::ranges::any_of(groups, [](const auto& of) { return of.at_once.value_or(1) > kAtOnceMax; }));
  doubt(Doubt::kQueueGrows, std::ranges::any_of(groups, [](const auto& of) {
          return of.utilisation.before.value > kUtilisationMax;
        }));
  doubt(Doubt::kArrivalUnseen, model.first_needs_person);
  doubt(Doubt::kNoPeople, groups.empty());
}

BaselineFit fit_of(const Model& model, const std::vector<Run>& runs,
                   const std::vector<SimulatedGroup>& groups) {
  std::vector<double> means, p90s;
  for (const Run& one : runs) {
    means.push_back(one.seen_mean);
    p90s.push_back(one.seen_p90);
  }
  BaselineFit out{
      .cases = model.observed.n, .observed = model.observed, .mean = over(means), .p90 = over(p90s)};
  const bool few = out.cases < kCasesMin || std::isnan(out.mean.value);
  const bool mean = !few && fits(out.mean.value, *out.observed.mean, out.observed.mean_in);
  const bool p90 = !few && fits(out.p90.value, *out.observed.p90, out.observed.p90_in);
  out.reproduced = mean && p90;
  if (few) {
    out.doubts.push_back(Doubt::kFewCases);
  } else {
    if (!mean) out.doubts.push_back(Doubt::kMeanOff);
    if (!p90) out.doubts.push_back(Doubt::kP90Off);
  }
  add_doubts(model, groups, &out);
  return out;
}

void add_groups(const Scenario& before, const Scenario& after, const std::vector<Run>& old_runs,
                const std::vector<Run>& new_runs, Simulation* out) {
  const Model& model = *before.model;
  for (std::size_t g = 0; g < model.groups.size(); ++g) {
    const simulated::Group& of = model.groups[g];
    double hours = 0;
    for (const double slot : before.at_work[g]) hours += slot / simulated::kSlotsAnHour;
    out->groups.push_back({.name = of.name,
                           .steps = of.steps,
                           .resources = of.resources,
                           .people = simulated::peak_of(before.at_work[g]),
                           .people_after = simulated::peak_of(after.at_work[g]),
                           .hours_a_week = hours,
                           .at_once = of.at_once,
                           .utilisation = sides_of(old_runs, new_runs, [g](const Run& of_run) {
                             return of_run.utilisation[g];
                           })});
  }
}

void add_steps(const StepLog& log, const Model& model, const std::vector<Run>& before,
               const std::vector<Run>& after, Simulation* out) {
  std::vector<std::uint64_t> observed(log.activities.size(), 0);
  for (const Step& step : log.steps) ++observed[step.activity];
  for (mining::Activity a = 0; a < log.activities.size(); ++a) {
    SimulatedStep step{
        .activity = a, .observed = observed[a], .given = model.work[a].given, .pooled = model.work[a].pooled};
    if (model.group[a] != simulated::kNoGroup) step.group = model.group[a];
    step.observed_waiting = model.observed_waiting[a].mean;
    step.waiting = sides_of(before, after, [a](const Run& of) { return of.step_waiting[a]; });
    step.working = sides_of(before, after, [a](const Run& of) { return of.step_working[a]; });
    out->by_step.push_back(std::move(step));
  }
}

Result<void> check_done(const std::vector<Run>& runs, std::string_view side) {
  if (std::ranges::any_of(runs, &Run::stopped)) return fail(Code::kQueryCancelled, "{}", side);
  if (std::ranges::any_of(runs, &Run::piled_up))
    return fail(Code::kBadSimulation, "{}: the work piles up without end, there are too few people for it",
                side);
  return {};
}

}  // namespace

std::string_view to_string(Arrivals of) noexcept {
  return of == Arrivals::kObserved ? "observed" : "hour_of_week";
}

std::string_view to_string(Doubt why) noexcept {
  switch (why) {
    case Doubt::kMeanOff:
      return "mean_off";
    case Doubt::kP90Off:
      return "p90_off";
    case Doubt::kFewCases:
      return "few_cases";
    case Doubt::kWaitsUnexplained:
      return "waits_unexplained";
    case Doubt::kSeveralAtOnce:
      return "several_at_once";
    case Doubt::kQueueGrows:
      return "queue_grows";
    case Doubt::kArrivalUnseen:
      return "arrival_unseen";
    case Doubt::kNoPeople:
      return "no_people";
  }
  return {};
}

std::string_view to_string(StaffRefused why) noexcept {
  switch (why) {
    case StaffRefused::kNo:
      return "";
    case StaffRefused::kNoPeople:
      return "no_people";
    case StaffRefused::kNotReachable:
      return "not_reachable";
    case StaffRefused::kTooMuchWork:
      return "too_much_work";
  }
  return {};
}

Result<Simulation> simulate(const StepLog& log, const SimulationOptions& options) {
  CX_TRY(check(options));
  CX_TRY(const Model model, simulated::fit(log, options));
  CX_TRY(const Scenario before, simulated::scenario_of(model, log, {}));
  CX_TRY(const Scenario after, simulated::scenario_of(model, log, options.change));
  CX_TRY(check_size(before, after, options));
  std::size_t done = 0;
  simulated::RunOptions how{.seed = options.seed,
                            .replications = options.replications,
                            .arrivals = options.arrivals,
                            .threads = options.threads,
                            .stopped = options.stopped};
  if (options.progress)
    how.done_one = [&] { options.progress(static_cast<double>(++done) / (2.0 * options.replications)); };
  const std::vector<Run> old_runs = simulated::run(before, how);
  CX_TRY(check_done(old_runs, "before"));
  const std::vector<Run> new_runs = options.change.empty() ? old_runs : simulated::run(after, how);
  CX_TRY(check_done(new_runs, "after"));
  Simulation out{.cases = log.cases(),
                 .steps = log.steps.size(),
                 .drawn_from = model.drawn_from,
                 .discarded = model.discarded,
                 .warmup_ms = model.warmup,
                 .span_ms = model.span,
                 .replications = options.replications,
                 .arrivals = options.arrivals,
                 .parallel_cases = after.parallel_cases,
                 .removed_cases = after.removed_cases};
  out.mean = sides_of(old_runs, new_runs, [](const Run& of) { return of.mean; });
  out.median = sides_of(old_runs, new_runs, [](const Run& of) { return of.median; });
  out.p90 = sides_of(old_runs, new_runs, [](const Run& of) { return of.p90; });
  out.waited = sides_of(old_runs, new_runs, [](const Run& of) { return of.waited; });
  out.throughput_a_day = sides_of(old_runs, new_runs, [](const Run& of) { return of.throughput_a_day; });
  if (model.has_costs) out.cost_a_case = sides_of(old_runs, new_runs, [](const Run& of) { return of.cost; });
  add_steps(log, model, old_runs, new_runs, &out);
  add_groups(before, after, old_runs, new_runs, &out);
  out.fit = fit_of(model, old_runs, out.groups);
  if (options.target) {
    how.done_one = {};
    const double spent = (simulated::steps_of(before) + simulated::steps_of(after)) * options.replications;
    out.staffing =
        simulated::staff(after, *options.target, how, options.steps_max - static_cast<std::uint64_t>(spent));
    if (options.stopped && options.stopped()) return fail(Code::kQueryCancelled, "staffing");
  }
  return out;
}

}  // namespace zhike::journey
