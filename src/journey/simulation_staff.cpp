// The fewest people with whom a target is met.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "journey/simulation_model.h"

namespace zhike::journey::simulated {
namespace {

constexpr double kPeopleMax = 100'000;

/// Tries numbers of people, as many as the work allowed lets it.
class Search {
 public:
  Search(const Scenario& scenario, const StaffTarget& target, const RunOptions& options, double budget)
      : scenario_(scenario), target_(target), options_(options), left_(budget) {
    for (const Week& week : scenario.at_work) shape_.push_back(peak_of(week));
  }

  struct Tried {
    bool met = false;
    Simulated reached;
    std::vector<double> waiting;  ///< by group, all of it
  };
  [[nodiscard]] bool has_budget() const { return left_ > 0; }
  [[nodiscard]] int tried() const { return tried_; }

  Tried with_endless() {
    RunOptions options = options_;
    options.endless_people = true;
    return judge(scenario_, options);
  }
  Tried with(const std::vector<int>& people) {
    ++tried_;
    Scenario next = scenario_;
    for (std::size_t g = 0; g < people.size(); ++g)
      scale_people(next, g, shape_[g] > 0 ? people[g] / shape_[g] : 0);
    return judge(next, options_);
  }

 private:
  Tried judge(const Scenario& of, const RunOptions& options) {
    left_ -= steps_of(of) * options.replications;
    const std::vector<Run> runs = run(of, options);
    std::vector<double> values;
    Tried out;
    out.waiting.assign(of.at_work.size(), 0);
    std::vector<double> steps(of.work.size(), 0);
    for (const Planned& step : of.plans.steps) ++steps[step.activity];
    bool no_figures = false;
    for (const Run& one : runs) {
      no_figures = no_figures || one.piled_up || one.stopped;
      if (one.stopped) left_ = 0;
      values.push_back(target_.wait_ms ? one.within : one.p90);
      for (std::size_t a = 0; a < one.step_waiting.size(); ++a)
        if (of.model->group[a] != kNoGroup && !std::isnan(one.step_waiting[a]))
          out.waiting[of.model->group[a]] += one.step_waiting[a] * steps[a];
    }
    if (no_figures) return out;
    out.reached = over(values);
    if (!out.reached.interval) return out;
    out.met = target_.wait_ms ? out.reached.interval->low >= target_.share
                              : out.reached.interval->high <= *target_.p90_ms;
    return out;
  }

  const Scenario& scenario_;
  const StaffTarget& target_;
  const RunOptions& options_;
  std::vector<double> shape_;
  double left_;
  int tried_ = 0;
};

/// People without whom the work is more than the time there is: the least anything can be done with.
std::vector<int> least_people(const Scenario& of) {
  std::vector<double> work(of.at_work.size(), 0);
  for (const Planned& step : of.plans.steps)
    if (step.group != kNoGroup)
      work[step.group] += of.work[step.activity].mean() * (1 - of.automated[step.activity]);
  const double cases =
      static_cast<double>(of.model->arrivals.size()) * of.arrivals / static_cast<double>(of.plans.size());
  std::vector<int> out;
  for (std::size_t g = 0; g < work.size(); ++g) {
    double slots = 0;
    const double peak = peak_of(of.at_work[g]);
    for (const double slot : of.at_work[g]) slots += peak > 0 ? slot / peak : 0;
    const double time = of.model->span * slots / static_cast<double>(kWeek);
    const double load = time > 0 ? work[g] * cases / time : 1;
    // Half of what the mean asks for: within a span that ends, a queue may grow and still meet a target.
    out.push_back(static_cast<int>(std::clamp(std::floor(load / 2), 1.0, kPeopleMax)));
  }
  return out;
}

/// Of each group, how many it may go down to with the others as they are, by halving.
void take_away(Search& search, std::vector<int>* people, Search::Tried* best) {
  for (std::size_t g = 0; g < people->size(); ++g) {
    int low = 0, high = (*people)[g];  // met with `high`; not, or not possible, with `low`
    while (high - low > 1 && search.has_budget()) {
      auto next = *people;
      next[g] = low + (high - low) / 2;
      const Search::Tried tried = search.with(next);
      if (tried.met) {
        high = next[g];
        *best = tried;
      } else {
        low = next[g];
      }
    }
    (*people)[g] = high;
  }
}

}  // namespace

Staffing staff(const Scenario& scenario, const StaffTarget& target, RunOptions options,
               std::uint64_t steps_max) {
  Staffing out{.target = target};
  if (scenario.at_work.empty()) {
    out.refused = StaffRefused::kNoPeople;
    return out;
  }
  options.wait_max = target.wait_ms.value_or(0);
  Search search(scenario, target, options, static_cast<double>(steps_max));
  const Search::Tried endless = search.with_endless();
  out.at_best = endless.reached;
  if (!endless.met) {
    out.refused = StaffRefused::kNotReachable;
    return out;
  }
  std::vector<int> people = least_people(scenario);
  Search::Tried tried = search.with(people);
  // More people where most is waited, a tenth more at a time, until it is met; then fewer again.
  while (!tried.met && search.has_budget()) {
    const auto most =
        static_cast<std::size_t>(std::ranges::max_element(tried.waiting) - tried.waiting.begin());
    const bool nothing = tried.waiting[most] <= 0;
    for (std::size_t g = 0; g < people.size(); ++g)
      if (nothing || g == most) people[g] += std::max(1, people[g] / 5);
    tried = search.with(people);
  }
  if (tried.met) take_away(search, &people, &tried);
  out.tried = search.tried();
  if (!tried.met || !search.has_budget()) {
    out.refused = StaffRefused::kTooMuchWork;
    return out;
  }
  out.reached = tried.reached;
  for (std::uint32_t g = 0; g < people.size(); ++g) out.groups.push_back({g, people[g]});
  return out;
}

}  // namespace zhike::journey::simulated
