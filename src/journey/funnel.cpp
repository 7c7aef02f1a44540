#include "journey/funnel.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <utility>

#include "journey/sql.h"
#include "query/prepare.h"

namespace zhike::journey {
namespace {

constexpr std::size_t kStepsLeast = 2, kStepsMax = 6, kStepBytesMax = 200;
constexpr std::int64_t kWindowMaxMs = 366 * 86'400'000LL;
constexpr std::string_view kNamePrefix = "name:";
// Events at the steps, by customer: more memory than a number may take.
constexpr warehouse::Limits kLimits{.memory_bytes_max = 1ULL << 30, .time_max = seconds(60)};

Result<void> check_steps(const std::vector<FunnelStep>& steps) {
  if (steps.size() < kStepsLeast || steps.size() > kStepsMax)
    return fail(Code::kBadFilter, "steps: {} to {} are needed", kStepsLeast, kStepsMax);
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (steps[i].touchpoint.empty() == steps[i].name.empty())
      return fail(Code::kBadFilter, "steps: number {} is neither a touchpoint nor a name", i + 1);
    if (std::ranges::count(steps, steps[i]) > 1)
      return fail(Code::kBadFilter, "steps: number {} stands there twice", i + 1);
  }
  return {};
}

Result<query::Prepared> prepared_for(const Grant& grant, const query::Filter& filter,
                                     const FunnelOptions& options, std::string_view ordered,
                                     std::string_view unordered) {
  CX_TRY(check_steps(options.steps));
  if (options.window.value < 1 || options.window.value > kWindowMaxMs)
    return fail(Code::kBadFilter, "the window is not up to 366 days");
  if (options.by != query::By::kNone && options.by != query::By::kChannel && options.by != query::By::kUnit)
    return fail(Code::kBadFilter, "by: none, channel or unit");
  const bool any_order = options.order == FunnelOrder::kUnordered;
  CX_TRY(query::Prepared out,
         query::prepare(grant, Permission::kViewMetrics, filter, any_order ? unordered : ordered));
  std::vector<std::string> places, names;
  for (const FunnelStep& step : options.steps) {
    places.push_back(step.touchpoint);
    names.push_back(step.name);
  }
  out.params.set("places", places).set("names", names).set("window_ms", options.window.value);
  out.params.set("by", query::to_string(options.by));
  if (!any_order) out.params.set("strict", std::uint64_t{options.order == FunnelOrder::kStrict ? 1U : 0U});
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
  CX_TRY(const query::Prepared prepared,
         prepared_for(grant, filter, options, sql::kFunnel, sql::kFunnelUnordered));
  CX_TRY(const warehouse::Table table, client.select(prepared.query(kLimits)));
  const bool is_divided = options.by != query::By::kNone;
  std::map<std::string, FunnelGroup> groups;
  Funnel out;
  out.all.levels.resize(options.steps.size());
  for (const auto& row : table.rows) {
    std::string key = warehouse::as_text(row[0]);
    const std::uint64_t step = warehouse::as_u64(row[1]);
    if (step < 1 || step > options.steps.size()) continue;
    FunnelGroup& group = groups.try_emplace(key, FunnelGroup{.key = key, .levels = {}}).first->second;
    group.levels.resize(options.steps.size());
    FunnelLevel& level = group.levels[step - 1];
    level.customers = warehouse::as_u64(row[2]);
    if (step > 1) {
      level.median_ms = warehouse::as_i64(row[3]);
      level.p90_ms = warehouse::as_i64(row[4]);
    }
    FunnelLevel& whole = out.all.levels[step - 1];
    whole.customers += level.customers;
    if (!is_divided) {
      whole.median_ms = level.median_ms;
      whole.p90_ms = level.p90_ms;
    }
  }
  set_shares(out.all);
  if (!is_divided) return out;
  for (auto& [key, group] : groups) {
    set_shares(group);
    out.groups.push_back(std::move(group));
  }
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
  CX_TRY(query::Prepared prepared,
         prepared_for(grant, filter, options, sql::kFunnelCustomers, sql::kFunnelUnorderedCustomers));
  if (step < 1 || static_cast<std::size_t>(step) > options.steps.size())
    return fail(Code::kBadFilter, "step is not 1 to {}", options.steps.size());
  prepared.params.set("reached", static_cast<std::uint64_t>(step)).set("count", count);
  CX_TRY(const warehouse::Table table, client.select(prepared.query(kLimits)));
  std::vector<Dropped> out;
  for (const auto& row : table.rows)
    out.push_back({.customer = warehouse::as_u64(row[0]), .latest = {warehouse::as_i64(row[1])}});
  return out;
}

}  // namespace zhike::journey
