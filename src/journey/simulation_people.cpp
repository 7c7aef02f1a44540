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

namespace zhike::journey::simulated {
namespace {

constexpr double kAlike = 0.5;  // cosine
constexpr std::int64_t kDayMs = 86'400'000;
constexpr std::int64_t kThroughNightMax = kDayMs / 2;  // longer steps lie overnight, nobody works on them

using Counts = std::map<std::uint32_t, double>;  // steps by resource

std::int64_t day_of(std::int64_t local) {
  return local >= 0 ? local / kDayMs : -((-local + kDayMs - 1) / kDayMs);
}
/// 1970-01-01 was a Thursday; Monday is 0.
std::size_t weekday_of(std::int64_t day) { return static_cast<std::size_t>(((day + 3) % 7 + 7) % 7); }

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

/// That somebody began a step, or where only its end is known, ended it.
struct Deed {
  std::uint32_t resource = 0;
  std::int64_t local = 0;
  friend auto operator<=>(const Deed&, const Deed&) = default;
};

/// Whoever begins something is at work; who ends it may be at it after hours.
std::vector<Deed> deeds_of(const StepLog& log, const Zone& zone) {
  std::vector<Deed> out;
  for (const Step& step : log.steps) {
    if (!by_person(step)) continue;
    const std::int64_t at = zone.to_local_ms({step.at()}), end = zone.to_local_ms({step.end});
    out.push_back({step.resource, at});
    if (day_of(at) != day_of(end) && end - at < kThroughNightMax) {
      out.push_back({step.resource, day_of(end) * kDayMs - 1});
      out.push_back({step.resource, day_of(end) * kDayMs});
    }
  }
  std::ranges::sort(out);
  return out;
}

/// Adds a day to hours of the week from a time of it to another. That nobody came before
/// the first deed, or after the last, does not say that nobody was there: full hours count.
void add_presence(std::int64_t from, std::int64_t to, Week* week) {
  constexpr std::int64_t kHour = 3'600'000;
  const std::int64_t day = day_of(from);
  const std::int64_t first = (from - day * kDayMs) / kHour, last = (to - day * kDayMs) / kHour;
  for (std::int64_t hour = first; hour <= last; ++hour)
    (*week)[weekday_of(day) * 24 + static_cast<std::size_t>(hour)] += 1;
}

/// How often each day of the week lies between two days.
std::array<double, 7> days_between(std::int64_t first, std::int64_t last) {
  std::array<double, 7> out{};
  for (std::int64_t day = first; day <= last; ++day) ++out[weekday_of(day)];
  return out;
}

/// Shares of each resource's steps by group.
std::vector<std::map<std::uint32_t, double>> shares_of(const StepLog& log, const Model& model) {
  std::vector<std::map<std::uint32_t, double>> out(log.resources.size());
  for (const Step& step : log.steps)
    if (by_person(step) && model.group[step.activity] != kNoGroup)
      ++out[step.resource][model.group[step.activity]];
  for (auto& of : out) {
    const double all = total_of(of);
    for (auto& [group, share] : of) share /= all;
  }
  return out;
}

/// One person's days at work by hour of the week. An hour in which they are there on most of their days they
/// are there on all: that nothing was to do then does not say that they had left (calendars of a log by the
/// confidence of their hours: Camargo, Dumas and Gonzalez-Rojas 2020, Decision Support Systems 134:113284).
class Presence {
 public:
  void add(std::int64_t from, std::int64_t to) {
    add_presence(from, to, &hours_);
    ++days_[weekday_of(day_of(from))];
  }
  [[nodiscard]] Week take() {
    constexpr double kMost = 0.5;
    Week out = std::exchange(hours_, {});
    for (std::size_t h = 0; h < kWeek; ++h)
      if (out[h] > kMost * days_[h / 24]) out[h] = days_[h / 24];
    days_ = {};
    return out;
  }

 private:
  Week hours_{};
  std::array<double, 7> days_{};
};

void fit_hours(const StepLog& log, const Zone& zone, std::size_t given, Model* model) {
  const std::vector<Deed> deeds = deeds_of(log, zone);
  if (deeds.empty()) return;
  const auto shares = shares_of(log, *model);
  std::int64_t first = day_of(deeds.front().local), last = first;
  Presence person;
  for (std::size_t i = 0; i < deeds.size();) {
    const std::uint32_t who = deeds[i].resource;
    const std::int64_t day = day_of(deeds[i].local);
    std::size_t end = i;
    while (end < deeds.size() && deeds[end].resource == who && day_of(deeds[end].local) == day) ++end;
    person.add(deeds[i].local, deeds[end - 1].local);
    first = std::min(first, day);
    last = std::max(last, day);
    i = end;
    if (i < deeds.size() && deeds[i].resource == who) continue;
    const Week hours = person.take();
    for (const auto& [group, share] : shares[who])
      for (std::size_t h = 0; group >= given && h < kWeek; ++h)
        model->groups[group].at_work[h] += share * hours[h];
  }
  const auto days = days_between(first, last);
  for (std::size_t g = given; g < model->groups.size(); ++g)
    for (std::size_t h = 0; h < kWeek; ++h)
      if (days[h / 24] > 0) model->groups[g].at_work[h] /= days[h / 24];
  for (std::size_t r = 0; r < shares.size(); ++r)
    for (const auto& [group, share] : shares[r]) ++model->groups[group].resources;
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

Week week_of(const WorkHours& hours, double people) {
  Week out{};
  for (const int day : hours.days)
    for (int hour = hours.from; hour < hours.to; ++hour)
      out[static_cast<std::size_t>(day) * 24 + static_cast<std::size_t>(hour)] = people;
  return out;
}

double peak_of(const Week& week) { return *std::ranges::max_element(week); }

Result<void> fit_people(const StepLog& log, const SimulationOptions& options, Model* model) {
  model->group.assign(log.activities.size(), kNoGroup);
  CX_TRY(take_given(log, options.groups, model));
  const std::size_t given = model->groups.size();
  join_groups(log, counts_of(log, model->group), model);
  fit_hours(log, options.zone, given, model);
  fit_at_once(log, model);
  return {};
}

}  // namespace zhike::journey::simulated
