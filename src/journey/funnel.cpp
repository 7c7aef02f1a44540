#include "journey/funnel.h"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "journey/funnel_marks.h"
#include "journey/sql.h"
#include "journey/tallies.h"
#include "query/prepare.h"

namespace zhike::journey {
namespace {

constexpr std::size_t kStepsLeast = 2, kStepBytesMax = 200;
constexpr std::int64_t kWindowMaxMs = 366 * 86'400'000LL;
constexpr std::string_view kNamePrefix = "name:";

Result<void> check_steps(const std::vector<FunnelStep>& steps) {
  if (steps.size() < kStepsLeast || steps.size() > kFunnelStepsMax)
    return fail(Code::kBadFilter, "steps: {} to {} are needed", kStepsLeast, kFunnelStepsMax);
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (steps[i].touchpoint.empty() == steps[i].name.empty())
      return fail(Code::kBadFilter, "steps: number {} is neither a touchpoint nor a name", i + 1);
    if (std::ranges::count(steps, steps[i]) > 1)
      return fail(Code::kBadFilter, "steps: number {} stands there twice", i + 1);
  }
  return {};
}

Result<void> check_step(const FunnelOptions& options, int step) {
  if (step < 1 || static_cast<std::size_t>(step) > options.steps.size())
    return fail(Code::kBadFilter, "step is not 1 to {}", options.steps.size());
  return {};
}

Result<query::Prepared> prepared_for(const Grant& grant, const query::Filter& filter,
                                     const FunnelOptions& options) {
  CX_TRY(check_steps(options.steps));
  if (options.window.value < 1 || options.window.value > kWindowMaxMs)
    return fail(Code::kBadFilter, "the window is not up to 366 days");
  if (options.by != query::By::kNone && options.by != query::By::kChannel && options.by != query::By::kUnit)
    return fail(Code::kBadFilter, "by: none, channel or unit");
  CX_TRY(query::Prepared out, query::prepare(grant, Permission::kViewMetrics, filter, sql::kFunnelMarks));
  std::vector<std::string> places, names;
  for (const FunnelStep& step : options.steps) {
    places.push_back(step.touchpoint);
    names.push_back(step.name);
  }
  out.params.set("places", places).set("names", names).set("by", query::to_string(options.by));
  return out;
}

/// Climbs of one group: how long it took to each step, in no order.
using Times = std::vector<std::vector<std::int64_t>>;

/// The customers are handed out on two threads, each of which takes climbs into a `Found` of its own:
/// take(found, customer, climb).
template <class Found, class Take>
Result<std::vector<Found>> climbed(warehouse::Client& client, query::Prepared& asked,
                                   std::vector<std::string>& names, const FunnelOptions& options,
                                   const Take& take) {
  std::vector<Found> out(2);
  std::vector<EachCustomer> workers;
  for (Found& found : out)
    workers.emplace_back([&](std::uint64_t customer, std::span<const FunnelMark> marks) {
      take(found, customer, climb(marks, options.order, options.window));
    });
  CX_TRY(each_climber(client, asked, names, workers));
  return out;
}

void add(std::vector<Times>& to, std::vector<Times>&& more) {
  if (to.size() < more.size()) to.swap(more);
  for (std::size_t group = 0; group < more.size(); ++group)
    for (std::size_t step = 0; step < more[group].size(); ++step) {
      const std::vector<std::int64_t>& of = more[group][step];
      to[group][step].insert(to[group][step].end(), of.begin(), of.end());
    }
}

std::vector<FunnelLevel> levels_of(Times& times) {
  std::vector<FunnelLevel> out(times.size());
  for (std::size_t i = 0; i < times.size(); ++i) {
    out[i].customers = times[i].size();
    if (i == 0) continue;
    out[i].median_ms = time_quantile(times[i], 0.5);
    out[i].p90_ms = time_quantile(times[i], 0.9);
  }
  return out;
}

void set_shares(FunnelGroup& group) {
  for (std::size_t i = 0; i < group.levels.size(); ++i) {
    FunnelLevel& level = group.levels[i];
    const auto share = [&](std::uint64_t whole) -> std::optional<double> {
      if (whole == 0) return std::nullopt;
      return static_cast<double>(level.customers) / static_cast<double>(whole);
    };
    level.of_first = share(group.levels.front().customers);
    if (level.of_first)
      level.of_first_interval = stats::wilson({.hits = level.customers, .n = group.levels.front().customers});
    if (i > 0) level.of_before = share(group.levels[i - 1].customers);
  }
}

}  // namespace

std::string_view to_string(FunnelOrder order) noexcept {
  switch (order) {
    case FunnelOrder::kOrdered:
      return "ordered";
    case FunnelOrder::kStrict:
      return "strict";
    case FunnelOrder::kUnordered:
      return "unordered";
  }
  return {};
}

Result<FunnelOrder> parse_funnel_order(std::string_view text) {
  for (const auto order : {FunnelOrder::kOrdered, FunnelOrder::kStrict, FunnelOrder::kUnordered})
    if (to_string(order) == text) return order;
  return fail(Code::kBadFilter, "order {}", text.substr(0, 40));
}

Result<std::vector<FunnelStep>> parse_funnel_steps(std::string_view text) {
  std::vector<FunnelStep> out;
  for (;;) {
    const std::size_t end = std::min(text.find(','), text.size());
    std::string_view one = text.substr(0, end);
    if (one.size() > kStepBytesMax)
      return fail(Code::kBadFilter, "steps: a step is longer than {} bytes", kStepBytesMax);
    const bool is_name = one.starts_with(kNamePrefix);
    if (is_name) one.remove_prefix(kNamePrefix.size());
    out.push_back({.touchpoint = std::string(is_name ? std::string_view() : one),
                   .name = std::string(is_name ? one : std::string_view())});
    if (end == text.size()) break;
    text.remove_prefix(end + 1);
  }
  CX_TRY(check_steps(out));
  return out;
}

Result<Funnel> funnel(warehouse::Client& client, const Grant& grant, const query::Filter& filter,
                      const FunnelOptions& options) {
  CX_TRY(query::Prepared asked, prepared_for(grant, filter, options));
  const std::size_t steps = options.steps.size();
  std::vector<std::string> names;
  using ByGroup = std::vector<Times>;
  CX_TRY(
      std::vector<ByGroup> found,
      climbed<ByGroup>(client, asked, names, options, [steps](ByGroup& to, std::uint64_t, const Climb& made) {
        if (made.level == 0) return;
        if (to.size() <= made.group) to.resize(std::size_t{made.group} + 1, Times(steps));
        for (std::size_t i = 0; i < made.level; ++i) to[made.group][i].push_back(made.took[i]);
      }));
  ByGroup times = std::move(found.front());
  for (std::size_t i = 1; i < found.size(); ++i) add(times, std::move(found[i]));
  Funnel out;
  out.all.levels.resize(steps);
  for (std::size_t group = 0; group < times.size(); ++group) {
    FunnelGroup made{.key = names[group], .levels = levels_of(times[group])};
    if (made.levels.front().customers == 0) continue;
    set_shares(made);
    for (std::size_t i = 0; i < steps; ++i) out.all.levels[i].customers += made.levels[i].customers;
    out.groups.push_back(std::move(made));
  }
  if (options.by == query::By::kNone) {
    if (!out.groups.empty()) out.all = std::move(out.groups.front());
    out.groups.clear();
  }
  set_shares(out.all);
  std::ranges::sort(out.groups, [](const FunnelGroup& a, const FunnelGroup& b) {
    const std::uint64_t left = a.levels.front().customers, right = b.levels.front().customers;
    return left != right ? left > right : a.key < b.key;
  });
  return out;
}

Result<std::vector<Dropped>> dropped(warehouse::Client& client, const Grant& grant,
                                     const query::Filter& filter, const FunnelOptions& options, int step,
                                     std::uint64_t count) {
  if (!grant.may(Permission::kViewCustomers)) return fail(Code::kPermissionMissing, "view_customers");
  if (count < 1 || count > 1'000) return fail(Code::kBadFilter, "count is not 1 to 1000");
  CX_TRY(query::Prepared asked, prepared_for(grant, filter, options));
  CX_TRY(check_step(options, step));
  std::vector<std::string> names;
  const auto newest_first = [](const Dropped& a, const Dropped& b) {
    return a.latest != b.latest ? a.latest > b.latest : a.customer < b.customer;
  };
  using Heap = std::vector<Dropped>;  // of the newest `count`, the oldest of them on top
  CX_TRY(
      std::vector<Heap> found,
      climbed<Heap>(client, asked, names, options, [&](Heap& to, std::uint64_t customer, const Climb& made) {
        if (made.level != step) return;
        to.push_back({.customer = customer, .latest = {made.latest}});
        std::ranges::push_heap(to, newest_first);
        if (to.size() <= count) return;
        std::ranges::pop_heap(to, newest_first);
        to.pop_back();
      }));
  Heap out = std::move(found.front());
  for (std::size_t i = 1; i < found.size(); ++i) out.insert(out.end(), found[i].begin(), found[i].end());
  std::ranges::sort(out, newest_first);
  out.resize(std::min<std::size_t>(out.size(), count));
  return out;
}

Result<std::vector<CustomerId>> stopped_at(warehouse::Client& client, const Grant& grant,
                                           const query::Filter& filter, const FunnelOptions& options,
                                           int step, std::size_t most) {
  if (!grant.may(Permission::kViewCustomers)) return fail(Code::kPermissionMissing, "view_customers");
  CX_TRY(query::Prepared asked, prepared_for(grant, filter, options));
  CX_TRY(check_step(options, step));
  std::vector<std::string> names;
  using Stopped = std::vector<CustomerId>;
  std::atomic<std::size_t> seen{0};
  CX_TRY(std::vector<Stopped> found,
         climbed<Stopped>(client, asked, names, options,
                          [&](Stopped& to, std::uint64_t customer, const Climb& made) {
                            if (made.level == step && seen++ < most) to.push_back({customer});
                          }));
  if (seen > most) return fail(Code::kQueryTooLarge, "more than {} customers", most);
  Stopped out = std::move(found.front());
  for (std::size_t i = 1; i < found.size(); ++i) out.insert(out.end(), found[i].begin(), found[i].end());
  return out;
}

}  // namespace zhike::journey
