#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "journey/performance.h"
#include "journey/simulation_model.h"
#include "journey/simulation_people.h"

namespace zhike::journey::simulated {
namespace {

constexpr std::size_t kWorkMin = 5;  // observed durations that make a distribution

std::vector<bool> flags_of(const StepLog& log, const std::vector<mining::Activity>& places) {
  std::vector<bool> out(log.activities.size(), false);
  for (const mining::Activity a : places) out[a] = true;
  return out;
}

/// Whether the step waits for a person: its activity was given to a group, or somebody did it.
bool needs_person(const Step& step, const Model& model, std::size_t given) {
  if (step.machine == Said::kYes || model.group[step.activity] == kNoGroup) return false;
  return model.group[step.activity] < given || by_person(step);
}

void plan_case(std::span<const Step> steps, const std::vector<bool>& paused, std::size_t given,
               Model* model) {
  std::int64_t stage_end = 0;
  std::uint32_t stage = 0, place = 0;
  each_step(steps, [&](const Step& step, const Step* before, double waiting) {
    // One that began before the others of the stage had ended ran beside them.
    const bool beside = before != nullptr && step.has_begin() && step.begin < stage_end;
    if (before != nullptr && !beside) ++stage;
    stage_end = beside ? std::max(stage_end, step.end) : step.end;
    const bool staffed = needs_person(step, *model, given);
    model->plans.steps.push_back({.activity = step.activity,
                                  .stage = stage,
                                  .place = place++,
                                  .group = staffed ? model->group[step.activity] : kNoGroup,
                                  .gap = !staffed || paused[step.activity] ? waiting : 0});
  });
  model->plans.offsets.push_back(static_cast<std::uint32_t>(model->plans.steps.size()));
  model->plans.from_end.push_back(!steps.front().has_begin());
}

Result<void> fit_plans(const StepLog& log, const SimulationOptions& options, Model* model) {
  CX_TRY(const auto ends, places_of(log, options.ends, "ends"));
  CX_TRY(const auto paused, paused_of(log, options.customer_waits));
  const std::vector<bool> is_end = flags_of(log, ends);
  std::uint64_t staffed_first = 0;
  for (std::size_t c = 0; c < log.cases(); ++c) {
    const auto steps = log.of(c);
    if (!ends.empty() && std::ranges::none_of(steps, [&](const Step& of) { return is_end[of.activity]; }))
      continue;
    plan_case(steps, paused, options.groups.size(), model);
    staffed_first += model->plans.steps[model->plans.offsets.end()[-2]].group != kNoGroup ? 1U : 0U;
  }
  model->drawn_from = model->plans.size();
  if (model->drawn_from < 2) return fail(Code::kBadLog, "fewer than two finished cases");
  model->first_needs_person = 2 * staffed_first > model->drawn_from;
  return {};
}

Result<void> take_given(const StepLog& log, const std::vector<GivenService>& given, Model* model) {
  const auto set = [](const GivenService& of, Work* work) {
    *work = {.fixed = of.minutes * kMinuteMs, .exponential = of.exponential, .known = true, .given = true};
  };
  for (const GivenService& of : given) {
    if (!(of.minutes >= 0 && of.minutes <= 1e7))
      return fail(Code::kBadSimulation, "service: minutes of '{}' are not possible", of.step);
    if (of.step == "*") continue;
    CX_TRY(const auto places, places_of(log, {of.step}, "service"));
    set(of, &model->work[places.front()]);
  }
  const auto any = std::ranges::find(given, "*", &GivenService::step);
  for (Work& work : model->work)
    if (any != given.end() && !work.known) set(*any, &work);
  return {};
}

/// An activity with few durations takes those of its group; one that needs nobody takes what there is.
Result<void> pool_work(const StepLog& log, std::vector<std::vector<double>>& seen, Model* model) {
  std::string unknown;
  std::vector<std::vector<double>> pools(model->groups.size());
  for (std::size_t a = 0; a < seen.size(); ++a)
    if (model->group[a] != kNoGroup)
      pools[model->group[a]].insert(pools[model->group[a]].end(), seen[a].begin(), seen[a].end());
  for (auto& pool : pools) std::ranges::sort(pool);
  std::vector<bool> asked(seen.size(), false);
  for (const Planned& step : model->plans.steps)
    if (step.group != kNoGroup) asked[step.activity] = true;
  for (std::size_t a = 0; a < seen.size(); ++a) {
    Work& work = model->work[a];
    if (work.known || (!asked[a] && seen[a].size() < kWorkMin)) continue;
    if (pools[model->group[a]].size() < kWorkMin) {
      unknown += (unknown.empty() ? "" : ", ") + log.activities[a];
      continue;
    }
    work = {.sorted = pools[model->group[a]], .known = true, .pooled = true};
  }
  if (!unknown.empty()) return fail(Code::kServiceUnknown, "no start times: {}", unknown);
  return {};
}

Result<void> fit_work(const StepLog& log, const SimulationOptions& options, Model* model) {
  model->work.assign(log.activities.size(), {});
  std::vector<std::vector<double>> seen(log.activities.size());
  for (const Step& step : log.steps)
    if (step.has_begin()) seen[step.activity].push_back(static_cast<double>(step.end - step.begin));
  for (std::size_t a = 0; a < seen.size(); ++a) {
    std::ranges::sort(seen[a]);
    // Without a group nothing stands in for what is missing, so that few durations are better than none.
    if (seen[a].size() >= kWorkMin || (model->group[a] == kNoGroup && !seen[a].empty()))
      model->work[a] = {.sorted = seen[a], .known = true};
  }
  CX_TRY(take_given(log, options.service, model));
  return pool_work(log, seen, model);
}

void fit_arrivals(const StepLog& log, const Zone& zone, Model* model) {
  std::vector<std::int64_t> at;
  for (std::size_t c = 0; c < log.cases(); ++c) at.push_back(log.of(c).front().at());
  std::ranges::sort(at);
  const auto hour = static_cast<std::int64_t>(kHourMs);
  const std::int64_t local = zone.to_local_ms({at.front()});
  model->origin = at.front() - ((local % hour) + hour) % hour;
  for (const std::int64_t time : at) model->arrivals.push_back(static_cast<double>(time - model->origin));
  model->span = model->arrivals.back();
  const auto hours = static_cast<std::size_t>(model->span / kHourMs) + 1;
  std::array<double, kHours> seen{}, counted{};
  for (std::size_t k = 0; k < hours; ++k) {
    const std::int64_t then = zone.to_local_ms({model->origin + static_cast<std::int64_t>(k) * hour}) / hour;
    model->hour_of_week.push_back(static_cast<std::uint32_t>(((then + 72) % 168 + 168) % 168));
    ++seen[model->hour_of_week.back()];
  }
  for (const double time : model->arrivals)
    ++counted[model->hour_of_week[static_cast<std::size_t>(time / kHourMs)]];
  // The last hour is seen only up to the last arrival.
  const double last = model->span / kHourMs - static_cast<double>(hours - 1);
  seen[model->hour_of_week.back()] -= 1 - std::max(last, 1e-3);
  for (std::size_t h = 0; h < kHours; ++h) model->rate[h] = seen[h] > 0 ? counted[h] / seen[h] : 0;
}

/// Cycle times and waits of the log, of finished cases after the warm-up.
void fit_observed(const StepLog& log, const SimulationOptions& options, Model* model) {
  ActivitySet ends;
  for (std::size_t a = 0; !options.ends.empty() && a < log.activities.size(); ++a)
    ends.push_back(std::ranges::find(options.ends, log.activities[a]) != options.ends.end());
  std::vector<std::pair<double, double>> cycles;  // arrival, cycle time
  std::vector<double> all, counted;
  std::vector<std::vector<double>> waits(log.activities.size());
  for (std::size_t c = 0; c < log.cases(); ++c) {
    const auto steps = log.of(c);
    each_step(steps, [&](const Step& step, const Step* before, double waiting) {
      if (before != nullptr) waits[step.activity].push_back(waiting);
    });
    if (!ends.empty() && std::ranges::none_of(steps, [&](const Step& of) { return ends[of.activity]; }))
      continue;
    const auto end = std::ranges::max_element(steps, {}, &Step::end)->end;
    cycles.emplace_back(static_cast<double>(steps.front().at() - model->origin),
                        static_cast<double>(end - steps.front().at()));
    all.push_back(cycles.back().second);
  }
  model->warmup = std::min(spread_of(all).p90.value_or(0), model->span / 5);
  for (const auto& [arrival, cycle] : cycles)
    if (arrival >= model->warmup) counted.push_back(cycle);
  model->discarded = static_cast<std::uint64_t>(
      std::ranges::count_if(model->arrivals, [&](double at) { return at < model->warmup; }));
  model->observed = spread_of(counted);
  for (auto& of : waits) model->observed_waiting.push_back(spread_of(of));
}

/// Steps of `parallel` that follow each other directly, each once, become one stage. Whether there were any.
bool run_together(std::vector<Planned>& steps, const std::vector<bool>& parallel) {
  bool touched = false;
  std::uint32_t merged = 0;  // stages that were taken away so far
  std::set<std::uint32_t> in_run;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const bool new_stage = i == 0 || steps[i].stage != steps[i - 1].stage + merged;
    const bool joins = i > 0 && new_stage && parallel[steps[i].activity] && !in_run.empty() &&
                       !in_run.contains(steps[i].activity);
    if (joins) {
      ++merged;
      touched = true;
    }
    if (!parallel[steps[i].activity] || (new_stage && !joins)) in_run.clear();
    if (parallel[steps[i].activity]) in_run.insert(steps[i].activity);
    steps[i].stage -= merged;
  }
  return touched;
}

/// Steps without those removed; stages are numbered anew.
bool remove_steps(std::vector<Planned>& steps, const std::vector<bool>& removed) {
  const auto gone = std::erase_if(steps, [&](const Planned& of) { return removed[of.activity]; });
  std::uint32_t stage = 0, old = 0;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (i > 0 && steps[i].stage != old) ++stage;
    old = std::exchange(steps[i].stage, stage);
  }
  return gone > 0;
}

Result<void> change_plans(const StepLog& log, const Redesign& change, Scenario* out) {
  if (change.remove.empty() && change.parallel.empty()) return {};
  CX_TRY(const auto removed, places_of(log, change.remove, "remove"));
  std::vector<std::vector<bool>> together;
  for (const auto& set : change.parallel) {
    if (set.size() < 2) return fail(Code::kBadSimulation, "parallel: two steps are needed");
    CX_TRY(const auto places, places_of(log, set, "parallel"));
    together.push_back(flags_of(log, places));
  }
  const std::vector<bool> gone = flags_of(log, removed);
  Plans plans{.from_end = out->plans.from_end};
  double removed_cases = 0, parallel_cases = 0;
  for (std::size_t c = 0; c < out->plans.size(); ++c) {
    std::vector<Planned> steps(out->plans.steps.begin() + out->plans.offsets[c],
                               out->plans.steps.begin() + out->plans.offsets[c + 1]);
    removed_cases += remove_steps(steps, gone) ? 1 : 0;
    bool touched = false;
    for (const auto& set : together) touched = run_together(steps, set) || touched;
    parallel_cases += touched ? 1 : 0;
    plans.steps.insert(plans.steps.end(), steps.begin(), steps.end());
    plans.offsets.push_back(static_cast<std::uint32_t>(plans.steps.size()));
  }
  const auto cases = static_cast<double>(plans.size());
  out->removed_cases = removed_cases / cases;
  out->parallel_cases = parallel_cases / cases;
  out->plans = std::move(plans);
  return {};
}

/// Which cases have each step whose share is changed.
Result<std::vector<std::vector<bool>>> having(const StepLog& log, const Redesign& change,
                                              const Plans& plans) {
  std::vector<std::vector<bool>> out;
  for (const ChangedRoute& of : change.routing) {
    if (!(of.share >= 0 && of.share <= 1))
      return fail(Code::kBadSimulation, "routing: the share of '{}' is not from 0 to 1", of.step);
    CX_TRY(const auto places, places_of(log, {of.step}, "routing"));
    std::vector<bool> has(plans.size(), false);
    for (std::size_t c = 0; c < plans.size(); ++c)
      for (std::uint32_t s = plans.offsets[c]; s < plans.offsets[c + 1]; ++s)
        if (plans.steps[s].activity == places.front()) has[c] = true;
    out.push_back(std::move(has));
  }
  return out;
}

/// One round of fitting: weights of cases with and without the step brought to its share. How far it was off.
Result<double> fit_share(const ChangedRoute& of, const std::vector<bool>& has, std::vector<double>* weight) {
  double with = 0, all = 0;
  for (std::size_t c = 0; c < has.size(); ++c) {
    all += (*weight)[c];
    if (has[c]) with += (*weight)[c];
  }
  const double now = with / all;
  if ((with <= 0 && of.share > 0) || (with >= all && of.share < 1))
    return fail(Code::kBadSimulation, "routing: {} of the cases to draw from has '{}'",
                with <= 0 ? "none" : "every one", of.step);
  for (std::size_t c = 0; c < has.size(); ++c) {
    const double factor = has[c] ? of.share / now : (1 - of.share) / (1 - now);
    if ((*weight)[c] > 0) (*weight)[c] *= factor / all * static_cast<double>(has.size());
  }
  return std::abs(now - of.share);
}

/// Shares of cases with a step, several at a time (iterative proportional fitting).
Result<void> change_routing(const StepLog& log, const Redesign& change, Scenario* out) {
  if (change.routing.empty()) return {};
  constexpr int kRoundsMax = 500;
  constexpr double kNear = 1e-6;
  CX_TRY(const auto has, having(log, change, out->plans));
  out->weight.assign(out->plans.size(), 1);
  double off = 1;
  for (int round = 0; round < kRoundsMax && off > kNear; ++round) {
    off = 0;
    for (std::size_t i = 0; i < has.size(); ++i) {
      CX_TRY(const double before, fit_share(change.routing[i], has[i], &out->weight));
      off = std::max(off, before);
    }
  }
  if (off > kNear) return fail(Code::kBadSimulation, "routing: no mixture of cases has all of these shares");
  double sum = 0;
  for (const double weight : out->weight) out->gained.push_back(sum += std::max(0.0, weight - 1));
  if (sum <= 0) out->weight.clear();
  return {};
}

Result<void> change_work(const StepLog& log, const Redesign& change, Scenario* out) {
  for (const ChangedDuration& of : change.durations) {
    CX_TRY(const auto places, places_of(log, {of.step}, "duration"));
    Work& work = out->work[places.front()];
    if (of.factor.has_value() == of.minutes.has_value() || of.factor.value_or(of.minutes.value_or(0)) < 0)
      return fail(Code::kBadSimulation, "duration: '{}' needs a factor or minutes, not below 0", of.step);
    if (of.factor) {
      if (!work.known) return fail(Code::kServiceUnknown, "duration: '{}' has no start times", of.step);
      work.scale *= *of.factor;
    } else if (work.mean() > 0) {
      work.scale *= *of.minutes * kMinuteMs / work.mean();
    } else {
      work = {.fixed = *of.minutes * kMinuteMs, .known = true, .given = true};
    }
  }
  for (const AutomatedShare& of : change.automate) {
    if (!(of.share >= 0 && of.share <= 1))
      return fail(Code::kBadSimulation, "automate: the share of '{}' is not from 0 to 1", of.step);
    CX_TRY(const auto places, places_of(log, {of.step}, "automate"));
    out->automated[places.front()] = of.share;
  }
  return {};
}

Result<std::size_t> group_named(const Model& model, std::string_view name) {
  const auto at = std::ranges::find(model.groups, name, &Group::name);
  if (at == model.groups.end()) return fail(Code::kBadSimulation, "no group '{}'", name);
  return static_cast<std::size_t>(at - model.groups.begin());
}

Result<void> change_people(const Redesign& change, Scenario* out) {
  for (const ChangedHours& of : change.hours) {
    CX_TRY(const std::size_t g, group_named(*out->model, of.group));
    out->at_work[g] = week_of(of.hours, peak_of(out->at_work[g]));
    out->relieved[g] = {};  // all leave at once
  }
  for (const ChangedPeople& of : change.people) {
    CX_TRY(const std::size_t g, group_named(*out->model, of.group));
    const double peak = peak_of(out->at_work[g]);
    if (peak + of.add <= 0)
      return fail(Code::kBadSimulation, "people: nobody of '{}' is left ({:.1f} at work)", of.group, peak);
    scale_people(*out, g, (peak + of.add) / peak);
  }
  std::vector<bool> asked(out->at_work.size(), false);
  for (const Planned& step : out->plans.steps)
    if (step.group != kNoGroup && out->automated[step.activity] < 1) asked[step.group] = true;
  for (std::size_t g = 0; g < asked.size(); ++g)
    if (asked[g] && peak_of(out->at_work[g]) <= 0)
      return fail(Code::kBadSimulation, "nobody of '{}' is ever at work", out->model->groups[g].name);
  return {};
}

Result<void> take_costs(const StepLog& log, const SimulationOptions& options, Model* model) {
  model->hourly.assign(model->groups.size(), 0);
  model->each.assign(log.activities.size(), 0);
  model->has_costs = !options.hourly.empty() || !options.each.empty();
  for (const HourlyCost& of : options.hourly) {
    CX_TRY(const std::size_t g, group_named(*model, of.group));
    model->hourly[g] = of.amount;
  }
  for (const StepCost& of : options.each) {
    CX_TRY(const auto places, places_of(log, {of.step}, "step_cost"));
    model->each[places.front()] = of.amount;
  }
  return {};
}

}  // namespace

Result<Model> fit(const StepLog& log, const SimulationOptions& options) {
  Model out;
  if (log.cases() < 2) return fail(Code::kBadLog, "fewer than two cases");
  CX_TRY(fit_people(log, options, &out));
  CX_TRY(fit_plans(log, options, &out));
  CX_TRY(fit_work(log, options, &out));
  CX_TRY(take_costs(log, options, &out));
  fit_arrivals(log, options.zone, &out);
  if (out.arrivals.back() == out.arrivals.front()) return fail(Code::kBadLog, "all cases come at one time");
  fit_observed(log, options, &out);
  return out;
}

void scale_people(Scenario& scenario, std::size_t group, double factor) {
  for (double& slot : scenario.at_work[group]) slot *= factor;
  for (double& slot : scenario.relieved[group]) slot *= factor;
}

Result<Scenario> scenario_of(const Model& model, const StepLog& log, const Redesign& change) {
  if (!(change.arrivals > 0 && change.arrivals <= 100))
    return fail(Code::kBadSimulation, "arrivals: a number above 0, up to 100");
  Scenario out{.model = &model,
               .plans = model.plans,
               .work = model.work,
               .automated = std::vector<double>(log.activities.size(), 0),
               .arrivals = change.arrivals};
  for (const Group& group : model.groups) {
    out.at_work.push_back(group.at_work);
    out.relieved.push_back(group.relieved);
  }
  CX_TRY(change_routing(log, change, &out));
  CX_TRY(change_plans(log, change, &out));
  CX_TRY(change_work(log, change, &out));
  CX_TRY(change_people(change, &out));
  return out;
}

}  // namespace zhike::journey::simulated
