#include "journey/simulation_people.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <map>
#include <numeric>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "journey/simulation_calendar.h"

namespace zhike::journey::simulated {
namespace {

constexpr double kAlike = 0.5;                   // cosine
using Counts = std::map<std::uint32_t, double>;  // steps by resource, or by group

std::vector<Counts> counts_of(const StepLog& log, const std::vector<std::uint32_t>& given) {
  std::vector<Counts> out(log.activities.size());
  for (const Step& step : log.steps)
    if (by_person(step) && given[step.activity] == kNoGroup) ++out[step.activity][step.resource];
  return out;
}

double cosine(const Counts& a, const Counts& b) {
  double both = 0, first = 0, second = 0;
  for (const auto& [resource, count] : a) {
    first += count * count;
    if (const auto at = b.find(resource); at != b.end()) both += count * at->second;
  }
  for (const auto& [resource, count] : b) second += count * count;
  return both == 0 ? 0 : both / std::sqrt(first * second);
}

std::uint32_t root_of(std::vector<std::uint32_t>& parent, std::uint32_t at) {
  while (parent[at] != at) at = parent[at] = parent[parent[at]];
  return at;
}

double total_of(const Counts& counts) {
  return std::accumulate(counts.begin(), counts.end(), 0.0,
                         [](double sum, const auto& of) { return sum + of.second; });
}

/// Activities joined where their workers are alike; groups in order of their first activity.
void join_groups(const StepLog& log, const std::vector<Counts>& counts, Model* model) {
  std::vector<std::uint32_t> parent(counts.size());
  std::iota(parent.begin(), parent.end(), 0U);
  for (std::uint32_t a = 0; a < counts.size(); ++a)
    for (std::uint32_t b = a + 1; b < counts.size(); ++b)
      if (!counts[a].empty() && !counts[b].empty() && cosine(counts[a], counts[b]) >= kAlike)
        parent[root_of(parent, b)] = root_of(parent, a);
  std::map<std::uint32_t, std::uint32_t> place;
  for (std::uint32_t a = 0; a < counts.size(); ++a) {
    if (counts[a].empty()) continue;
    const auto [at, made] =
        place.emplace(root_of(parent, a), static_cast<std::uint32_t>(model->groups.size()));
    if (made) model->groups.emplace_back();
    model->groups[at->second].steps.push_back(a);
    model->group[a] = at->second;
  }
  for (Group& group : model->groups) {
    if (!group.name.empty()) continue;
    const auto most = std::ranges::max_element(group.steps, {}, [&](auto a) { return total_of(counts[a]); });
    group.name = log.activities[*most];
  }
}

/// Shares of each resource's steps by group.
std::vector<std::vector<GroupShare>> shares_of(const StepLog& log, const Model& model) {
  std::vector<Counts> counts(log.resources.size());
  for (const Step& step : log.steps)
    if (by_person(step) && model.group[step.activity] != kNoGroup)
      ++counts[step.resource][model.group[step.activity]];
  std::vector<std::vector<GroupShare>> out(counts.size());
  for (std::size_t r = 0; r < counts.size(); ++r) {
    const double all = total_of(counts[r]);
    for (const auto& [group, count] : counts[r]) out[r].push_back({group, count / all});
  }
  return out;
}

/// Work of a group in hand over time with at least one step in hand, each person for themselves.
void fit_at_once(const StepLog& log, Model* model) {
  struct Span {
    std::uint32_t resource;
    std::int64_t begin, end;
    std::uint32_t group;
  };
  std::vector<Span> spans;
  for (const Step& step : log.steps)
    if (by_person(step) && step.has_begin() && model->group[step.activity] != kNoGroup)
      spans.push_back({step.resource, step.begin, step.end, model->group[step.activity]});
  std::ranges::sort(spans, [](const Span& a, const Span& b) {
    return std::tie(a.group, a.resource, a.begin, a.end) < std::tie(b.group, b.resource, b.begin, b.end);
  });
  std::vector<double> in_hand(model->groups.size()), busy(model->groups.size());
  for (std::size_t i = 0; i < spans.size(); ++i) {
    const bool same =
        i > 0 && spans[i - 1].group == spans[i].group && spans[i - 1].resource == spans[i].resource;
    const Span& of = spans[i];
    in_hand[of.group] += static_cast<double>(of.end - of.begin);
    const std::int64_t from = same ? std::max(of.begin, spans[i - 1].end) : of.begin;
    if (of.end > from) busy[of.group] += static_cast<double>(of.end - from);
    if (same) spans[i].end = std::max(spans[i].end, spans[i - 1].end);  // the latest end so far
  }
  for (std::size_t g = 0; g < busy.size(); ++g)
    if (busy[g] > 0) model->groups[g].at_once = in_hand[g] / busy[g];
}

Result<void> take_given(const StepLog& log, const std::vector<GivenGroup>& groups, Model* model) {
  std::set<std::string_view> names;
  for (const GivenGroup& of : groups) {
    if (!(of.people > 0 && of.people <= 100'000))
      return fail(Code::kBadSimulation, "group {}: people must be above 0", of.name);
    if (!names.insert(of.name).second) return fail(Code::kBadSimulation, "group {} stands twice", of.name);
    CX_TRY(const auto steps, places_of(log, of.steps, "groups"));
    if (steps.empty()) return fail(Code::kBadSimulation, "group {} has no steps", of.name);
    for (const mining::Activity step : steps) {
      if (model->group[step] != kNoGroup)
        return fail(Code::kBadSimulation, "step {} is in two groups", log.activities[step]);
      model->group[step] = static_cast<std::uint32_t>(model->groups.size());
    }
    model->groups.push_back(
        {.name = of.name,
         .steps = steps,
         .at_work = week_of(of.hours.value_or(WorkHours{{0, 1, 2, 3, 4, 5, 6}}), of.people)});
  }
  return {};
}

}  // namespace

Result<std::vector<mining::Activity>> places_of(const StepLog& log, const std::vector<std::string>& names,
                                                std::string_view what) {
  std::vector<mining::Activity> out;
  for (const std::string& name : names) {
    const auto at = std::ranges::find(log.activities, name);
    if (at == log.activities.end())
      return fail(Code::kBadSimulation, "{}: no step '{}' in the log", what, name);
    out.push_back(static_cast<mining::Activity>(std::distance(log.activities.begin(), at)));
  }
  return out;
}

Result<std::vector<bool>> paused_of(const StepLog& log, std::vector<std::string> names) {
  const bool all = std::erase(names, "*") > 0;
  CX_TRY(const auto places, places_of(log, names, "customer_waits"));
  std::vector<bool> out(log.activities.size(), all);
  for (const mining::Activity a : places) out[a] = true;
  return out;
}

Week week_of(const WorkHours& hours, double people) {
  Week out{};
  for (const int day : hours.days)
    for (int hour = hours.from; hour < hours.to; ++hour)
      for (std::size_t slot = 0; slot < kSlotsAnHour; ++slot)
        out[static_cast<std::size_t>(day * 24 + hour) * kSlotsAnHour + slot] = people;
  return out;
}

double peak_of(const Week& week) { return *std::ranges::max_element(week); }

Result<void> fit_people(const StepLog& log, const SimulationOptions& options, Model* model) {
  model->group.assign(log.activities.size(), kNoGroup);
  CX_TRY(take_given(log, options.groups, model));
  const std::size_t given = model->groups.size();
  join_groups(log, counts_of(log, model->group), model);
  const auto shares = shares_of(log, *model);
  for (const auto& of : shares)
    for (const GroupShare& one : of) ++model->groups[one.group].resources;
  CX_TRY(const auto paused, paused_of(log, options.customer_waits));
  fit_calendar(log, options.zone, shares, paused, given, model);
  fit_at_once(log, model);
  for (std::size_t g = given; g < model->groups.size(); ++g)
    model->groups[g].in_hand = std::max(1.0, model->groups[g].at_once.value_or(1));
  return {};
}

}  // namespace zhike::journey::simulated
