#include "journey/performance.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <span>
#include <unordered_map>
#include <utility>

#include "stats/clustered.h"

namespace zhike::journey {
namespace {

constexpr double kP90 = 0.9;

double quantile_of(std::span<const double> sorted, double q) {
  const double place = q * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  if (below + 1 >= sorted.size()) return sorted.back();
  return sorted[below] + (place - static_cast<double>(below)) * (sorted[below + 1] - sorted[below]);
}

std::optional<stats::Interval> between_ranks(std::span<const double> sorted, double q) {
  const auto ranks = stats::quantile_ranks(sorted.size(), q);
  if (!ranks) return std::nullopt;
  return stats::Interval{sorted[ranks->low - 1], sorted[ranks->high - 1]};
}

/// Flags of the activities that are named; none where none are. Errors: kBadFilter.
Result<ActivitySet> set_of(const StepLog& log, const std::vector<std::string>& names, std::string_view what,
                           bool may_lack) {
  if (names.empty()) return ActivitySet{};
  ActivitySet out(log.activities.size(), false);
  for (const std::string& name : names) {
    const auto found = std::ranges::find(log.activities, name);
    if (found == log.activities.end() && may_lack) continue;
    if (found == log.activities.end())
      return fail(Code::kBadFilter, "{}: no step is called {}", what, std::string_view(name).substr(0, 60));
    out[static_cast<std::size_t>(found - log.activities.begin())] = true;
  }
  return out;
}

/// Times of each activity and of each edge, and of all steps.
void add_times(Performance& out, const StepLog& log) {
  std::vector<std::vector<double>> waits(log.activities.size()), services(log.activities.size());
  std::vector<std::uint64_t> steps(log.activities.size(), 0);
  std::unordered_map<std::uint64_t, std::vector<double>> edges;
  std::vector<double> all_waits, all_services;
  for (std::size_t c = 0; c < log.cases(); ++c)
    each_step(log.of(c), [&](const Step& step, const Step* before, double waiting) {
      ++steps[step.activity];
      if (step.has_begin()) {
        services[step.activity].push_back(static_cast<double>(step.end - step.begin));
        all_services.push_back(services[step.activity].back());
      }
      if (before == nullptr) return;
      waits[step.activity].push_back(waiting);
      all_waits.push_back(waiting);
      edges[std::uint64_t{before->activity} << 32U | step.activity].push_back(waiting);
    });
  out.with_begin = all_services.size();
  out.waiting = spread_of(all_waits);
  out.service = spread_of(all_services);
  const auto share = [&](double total) -> std::optional<double> {
    if (out.waiting.total <= 0) return std::nullopt;
    return total / out.waiting.total;
  };
  for (mining::Activity a = 0; a < steps.size(); ++a) {
    if (steps[a] == 0) continue;  // of starts that were never completed alone
    ActivityTimes row;
    row.activity = a;
    row.steps = steps[a];
    row.with_begin = services[a].size();
    row.waiting = spread_of(waits[a]);
    row.service = spread_of(services[a]);
    row.share = share(row.waiting.total);
    out.activities.push_back(std::move(row));
  }
  for (auto& [pair, values] : edges) {
    EdgeTimes row;
    row.from = static_cast<mining::Activity>(pair >> 32U);
    row.to = static_cast<mining::Activity>(pair);
    row.waiting = spread_of(values);
    row.share = share(row.waiting.total);
    out.edges.push_back(std::move(row));
  }
  std::ranges::sort(out.activities, [](const ActivityTimes& a, const ActivityTimes& b) {
    return a.waiting.total != b.waiting.total ? a.waiting.total > b.waiting.total : a.activity < b.activity;
  });
  std::ranges::sort(out.edges, [](const EdgeTimes& a, const EdgeTimes& b) {
    if (a.waiting.total != b.waiting.total) return a.waiting.total > b.waiting.total;
    return std::pair(a.from, a.to) < std::pair(b.from, b.to);
  });
}

void add_cases(Performance& out, const StepLog& log, const ActivitySet& ends) {
  std::vector<double> times, costs;
  for (std::size_t c = 0; c < log.cases(); ++c) {
    const auto time = throughput_of(log.of(c), ends);
    if (time)
      times.push_back(*time);
    else
      ++out.unfinished;
    double cost = 0;
    bool has_cost = false;
    for (const Step& step : log.of(c)) {
      if (std::isnan(step.cost)) continue;
      cost += step.cost;
      has_cost = true;
    }
    if (has_cost) costs.push_back(cost);
  }
  out.throughput = spread_of(times);
  out.cost = spread_of(costs);
}

/// Pairs that follow each other directly, in both orders: it must be shown that either comes first about as
/// often. Steps that their case has once alone count: a loop between two steps has both orders too, one after
/// the other.
std::vector<Parallel> parallel_of(const StepLog& log) {
  constexpr double kLow = 0.4, kHigh = 0.6;
  std::map<std::pair<mining::Activity, mining::Activity>, std::uint64_t> counts;
  std::vector<std::uint32_t> times(log.activities.size(), 0);
  for (std::size_t c = 0; c < log.cases(); ++c) {
    for (const Step& step : log.of(c)) ++times[step.activity];
    each_step(log.of(c), [&](const Step& step, const Step* before, double) {
      if (before != nullptr && times[step.activity] == 1 && times[before->activity] == 1)
        ++counts[{before->activity, step.activity}];
    });
    for (const Step& step : log.of(c)) times[step.activity] = 0;
  }
  std::vector<Parallel> out;
  for (const auto& [pair, ab] : counts) {
    const auto back = counts.find({pair.second, pair.first});
    if (pair.first >= pair.second || back == counts.end()) continue;
    Parallel row{.a = pair.first, .b = pair.second, .ab = ab, .ba = back->second, .share_in = {}};
    row.share_in = stats::wilson({.hits = row.ab, .n = row.ab + row.ba});
    if (row.share_in && row.share_in->low >= kLow && row.share_in->high <= kHigh) out.push_back(row);
  }
  std::ranges::stable_sort(out,
                           [](const Parallel& x, const Parallel& y) { return x.ab + x.ba > y.ab + y.ba; });
  return out;
}

}  // namespace

Spread spread_of(std::vector<double>& values) {
  Spread out;
  out.n = values.size();
  if (values.empty()) return out;
  std::ranges::sort(values);
  for (const double value : values) out.total += value;
  // Squares about the mean: durations are long and alike, and the squares of both would cancel.
  const double mean = out.total / static_cast<double>(values.size());
  stats::Moments about{.n = values.size()};
  for (const double value : values) {
    about.sum += value - mean;
    about.sum_squares += (value - mean) * (value - mean);
  }
  out.mean = mean;
  if (auto interval = stats::mean_interval(about))
    out.mean_in = stats::Interval{mean + interval->low, mean + interval->high};
  out.median = stats::median_of(values);
  out.p90 = quantile_of(values, kP90);
  out.median_in = between_ranks(values, 0.5);
  out.p90_in = between_ranks(values, kP90);
  return out;
}

std::optional<double> throughput_of(std::span<const Step> steps, const ActivitySet& ends) {
  const bool any_end = std::ranges::find(ends, true) == ends.end();
  const Step* last = nullptr;
  for (const Step& step : steps)
    if ((any_end || ends[step.activity]) && (last == nullptr || step.end >= last->end)) last = &step;
  if (last == nullptr) return std::nullopt;
  return static_cast<double>(last->end - steps.front().at());
}

namespace {

/// The first and the latest end of each activity in a case, and how often it came.
struct Seen {
  std::uint32_t stamp = 0;  ///< case + 1
  std::uint32_t times = 0;
  std::int64_t first = 0, last = 0;
};

}  // namespace

Rework rework_of(const StepLog& log, const ActivitySet& ends) {
  Rework out;
  std::vector<ReworkOf> rows(log.activities.size());
  std::vector<std::vector<double>> extra(log.activities.size());
  std::vector<Seen> seen(log.activities.size());
  std::vector<double> with, without;
  std::vector<mining::Activity> again;
  for (std::uint32_t c = 0; c < log.cases(); ++c) {
    again.clear();
    each_step(log.of(c), [&](const Step& step, const Step* before, double) {
      Seen& of = seen[step.activity];
      if (of.stamp != c + 1) {
        of = {.stamp = c + 1, .times = 1, .first = step.end, .last = step.end};
        return;
      }
      if (++of.times == 2) again.push_back(step.activity);
      of.last = std::max(of.last, step.end);
      of.first = std::min(of.first, step.end);
      ++rows[step.activity].repeats;
      rows[step.activity].self_loops += before->activity == step.activity ? 1U : 0U;
    });
    ++out.cases.n;
    out.cases.hits += again.empty() ? 0U : 1U;
    for (const mining::Activity a : again) {
      ++rows[a].cases;
      extra[a].push_back(static_cast<double>(seen[a].last - seen[a].first));
    }
    if (const auto time = throughput_of(log.of(c), ends)) (again.empty() ? without : with).push_back(*time);
  }
  for (mining::Activity a = 0; a < rows.size(); ++a) {
    if (rows[a].repeats == 0) continue;
    out.repeats += rows[a].repeats;
    rows[a].activity = a;
    rows[a].extra = spread_of(extra[a]);
    out.activities.push_back(std::move(rows[a]));
  }
  std::ranges::stable_sort(
      out.activities, [](const ReworkOf& a, const ReworkOf& b) { return a.extra.total > b.extra.total; });
  out.cases_in = stats::wilson(out.cases);
  std::ranges::sort(with);
  std::ranges::sort(without);
  out.throughput = stats::compare_medians(without, with);
  return out;
}

std::string_view to_string(Refused why) noexcept {
  switch (why) {
    case Refused::kNo:
      return "";
    case Refused::kMachinesNotNamed:
      return "machines_not_named";
    case Refused::kFailuresNotNamed:
      return "failures_not_named";
    case Refused::kDesignNotNamed:
      return "design_not_named";
    case Refused::kNothingKnown:
      return "nothing_known";
  }
  return "";
}

Result<Performance> performance(const StepLog& log, const PerformanceOptions& options) {
  if (options.batch_window.value < 0) return fail(Code::kBadFilter, "the window of batches is below 0");
  CX_TRY(const ActivitySet ends, set_of(log, options.ends, "ends", false));
  CX_TRY(const ActivitySet designed, set_of(log, options.designed, "designed", options.may_lack_designed));
  Performance out;
  out.cases = log.cases();
  out.steps = log.steps.size();
  add_times(out, log);
  add_cases(out, log, ends);
  out.rework = rework_of(log, ends);
  out.batches = batches_of(log, options.batch_window);
  out.handover = handover_of(log);
  out.load = load_of(log, options.zone);
  out.flow = flow_of(log, ends, options.zone);
  out.rates = rates_of(log, designed);
  if (options.split || !options.before.empty() || !options.after.empty()) {
    CX_TRY(out.comparison, compare_sides(log, options, ends, designed));
  }
  out.parallel = parallel_of(log);
  return out;
}

}  // namespace zhike::journey
