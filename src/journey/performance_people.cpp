// Batches, handovers, load of employees, arrivals and completions.
#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "journey/performance.h"
#include "stats/clustered.h"

namespace zhike::journey {
namespace {

constexpr std::int64_t kDayMs = 86'400'000;
constexpr int kSpansMax = 400;  // of the flow

std::int64_t day_of(std::int64_t ms, const Zone& zone) {
  const std::int64_t local = zone.to_local_ms({ms});
  return local / kDayMs - (local % kDayMs < 0 ? 1 : 0);
}

/// A step with a resource, as a batch sees it.
struct Begun {
  std::uint32_t resource = 0, of_case = 0;
  std::int64_t at = 0;
  double waiting = 0;
  bool waits = false;  ///< not the first of its case
};

/// Batches of one activity; sorts what begun.
BatchesOf batches_in(std::vector<Begun>& begun, Millis window) {
  BatchesOf out{.activity = 0, .of = begun.size(), .waiting = {}};
  std::ranges::sort(begun, [](const Begun& a, const Begun& b) {
    return std::tie(a.resource, a.at, a.of_case) < std::tie(b.resource, b.at, b.of_case);
  });
  std::vector<double> batched, others;
  std::vector<std::uint32_t> cases;
  for (std::size_t first = 0, next = 0; first < begun.size(); first = next) {
    next = first + 1;
    while (next < begun.size() && begun[next].resource == begun[first].resource &&
           begun[next].at - begun[next - 1].at <= window.value)
      ++next;
    cases.clear();
    for (std::size_t i = first; i < next; ++i) cases.push_back(begun[i].of_case);
    std::ranges::sort(cases);
    const auto repeats = std::ranges::unique(cases);
    const std::size_t different = cases.size() - repeats.size();
    if (different >= 2) {
      ++out.batches;
      out.steps += next - first;
      out.largest = std::max<std::uint64_t>(out.largest, different);
    }
    for (std::size_t i = first; i < next; ++i)
      if (begun[i].waits) (different >= 2 ? batched : others).push_back(begun[i].waiting);
  }
  std::ranges::sort(batched);
  std::ranges::sort(others);
  out.waiting = stats::compare_medians(others, batched);
  return out;
}

/// Handed and kept of one edge.
struct Strata {
  stats::Moments handed, kept;
};

void add_to(stats::Moments& moments, double value) {
  ++moments.n;
  moments.sum += value;
  moments.sum_squares += value * value;
}

void add_added(Handover& out, const std::map<std::pair<mining::Activity, mining::Activity>, Strata>& edges) {
  double total = 0, variance = 0;
  for (const auto& [edge, strata] : edges) {
    if (strata.handed.n < 2 || strata.kept.n < 2) continue;
    const auto weight = static_cast<double>(strata.handed.n);
    out.compared += strata.handed.n;
    total += weight * (strata.handed.mean() - strata.kept.mean());
    variance +=
        weight * weight *
        (strata.handed.variance() / weight + strata.kept.variance() / static_cast<double>(strata.kept.n));
  }
  if (out.compared == 0) return;
  constexpr double kZ = 1.959963984540054;  // two-sided 95 %
  const auto n = static_cast<double>(out.compared);
  out.added = total / n;
  const double half = kZ * std::sqrt(variance) / n;
  out.added_in = stats::Interval{*out.added - half, *out.added + half};
}

}  // namespace

std::vector<BatchesOf> batches_of(const StepLog& log, Millis window) {
  std::vector<std::vector<Begun>> begun(log.activities.size());
  for (std::uint32_t c = 0; c < log.cases(); ++c)
    each_step(log.of(c), [&](const Step& step, const Step* before, double waiting) {
      if (step.resource == kNoName) return;
      begun[step.activity].push_back({.resource = step.resource,
                                      .of_case = c,
                                      .at = step.at(),
                                      .waiting = waiting,
                                      .waits = before != nullptr});
    });
  std::vector<BatchesOf> out;
  for (mining::Activity a = 0; a < begun.size(); ++a) {
    BatchesOf row = batches_in(begun[a], window);
    row.activity = a;
    if (row.batches > 0) out.push_back(row);
  }
  std::ranges::stable_sort(out, [](const BatchesOf& a, const BatchesOf& b) { return a.steps > b.steps; });
  return out;
}

Handover handover_of(const StepLog& log) {
  Handover out;
  std::vector<double> handed, kept;
  std::map<std::pair<mining::Activity, mining::Activity>, Strata> edges;
  std::unordered_map<std::uint64_t, std::vector<double>> pairs;
  for (std::size_t c = 0; c < log.cases(); ++c)
    each_step(log.of(c), [&](const Step& step, const Step* before, double waiting) {
      if (before == nullptr) return;
      if (step.resource == kNoName || before->resource == kNoName) {
        ++out.unknown;
        return;
      }
      Strata& strata = edges[{before->activity, step.activity}];
      if (step.resource == before->resource) {
        kept.push_back(waiting);
        add_to(strata.kept, waiting);
        return;
      }
      handed.push_back(waiting);
      add_to(strata.handed, waiting);
      pairs[std::uint64_t{before->resource} << 32U | step.resource].push_back(waiting);
    });
  out.handed = spread_of(handed);
  out.kept = spread_of(kept);
  out.median = stats::compare_medians(kept, handed);
  add_added(out, edges);
  for (auto& [pair, values] : pairs)
    out.pairs.push_back({.from = static_cast<std::uint32_t>(pair >> 32U),
                         .to = static_cast<std::uint32_t>(pair),
                         .waiting = spread_of(values)});
  std::ranges::sort(out.pairs, [](const HandoverOf& a, const HandoverOf& b) {
    if (a.waiting.total != b.waiting.total) return a.waiting.total > b.waiting.total;
    return std::pair(a.from, a.to) < std::pair(b.from, b.to);
  });
  return out;
}

Load load_of(const StepLog& log, const Zone& zone) {
  struct Work {
    std::uint32_t resource, of_case;
    std::int64_t day;
    auto operator<=>(const Work&) const = default;
  };
  std::vector<Work> works;
  std::vector<LoadOf> rows(log.resources.size());
  for (std::uint32_t c = 0; c < log.cases(); ++c)
    for (const Step& step : log.of(c)) {
      if (step.resource == kNoName || step.machine == Said::kYes) continue;
      ++rows[step.resource].steps;
      works.push_back({step.resource, c, day_of(step.end, zone)});
    }
  std::ranges::sort(works);  // by resource, case, day
  for (std::size_t i = 0; i < works.size(); ++i) {
    LoadOf& row = rows[works[i].resource];
    const bool is_new = i == 0 || works[i - 1].resource != works[i].resource;
    const bool is_other = is_new || works[i - 1].of_case != works[i].of_case;
    row.cases += is_other ? 1U : 0U;
    row.case_days += is_other || works[i - 1].day != works[i].day ? 1U : 0U;
  }
  std::ranges::sort(works, [](const Work& a, const Work& b) {
    return std::tie(a.resource, a.day) < std::tie(b.resource, b.day);
  });
  for (std::size_t i = 0; i < works.size(); ++i)
    if (i == 0 || works[i - 1].resource != works[i].resource || works[i - 1].day != works[i].day)
      ++rows[works[i].resource].active_days;
  Load out;
  stats::ClusterSums sums;
  for (std::uint32_t r = 0; r < rows.size(); ++r) {
    if (rows[r].steps == 0) continue;
    rows[r].resource = r;
    sums.add(static_cast<double>(rows[r].case_days), static_cast<double>(rows[r].active_days));
    out.employees.push_back(rows[r]);
  }
  std::ranges::stable_sort(out.employees, [](const LoadOf& a, const LoadOf& b) { return a.steps > b.steps; });
  if (sums.clusters() > 0) out.per_employee_day = sums.value();
  out.per_employee_day_in = stats::ratio_interval(sums);
  return out;
}

Flow flow_of(const StepLog& log, const ActivitySet& ends, const Zone& zone) {
  std::map<std::int64_t, FlowDay> days;
  for (std::size_t c = 0; c < log.cases(); ++c) {
    const std::int64_t began = log.of(c).front().at();
    ++days[day_of(began, zone)].arrived;
    if (const auto time = throughput_of(log.of(c), ends))
      ++days[day_of(began + static_cast<std::int64_t>(*time), zone)].completed;
  }
  Flow out;
  if (days.empty()) return out;
  const std::int64_t first = days.begin()->first, count = days.rbegin()->first - first + 1;
  out.span_days = static_cast<int>((count + kSpansMax - 1) / kSpansMax);
  out.spans.resize(static_cast<std::size_t>((count + out.span_days - 1) / out.span_days));
  for (std::size_t i = 0; i < out.spans.size(); ++i)
    out.spans[i].day = first + static_cast<std::int64_t>(i) * out.span_days;
  double arrived = 0, completed = 0;
  for (const auto& [day, counts] : days) {
    FlowDay& span = out.spans[static_cast<std::size_t>((day - first) / out.span_days)];
    span.arrived += counts.arrived;
    span.completed += counts.completed;
    arrived += static_cast<double>(counts.arrived);
    completed += static_cast<double>(counts.completed);
  }
  out.arrived_a_day = arrived / static_cast<double>(count);
  out.completed_a_day = completed / static_cast<double>(count);
  return out;
}

}  // namespace zhike::journey
