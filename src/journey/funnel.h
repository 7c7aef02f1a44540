// Funnels: how many customers reach each of a few steps, how long they take, and who stops where.
//
// In order: other events may lie between the steps, and any event at the first step may be the start; a
// customer is at step k when a chain of events at steps 1 to k lies within the window. This is what
// windowFunnel of ClickHouse counts. Strict: no event at another step of the funnel lies between; a
// chain that is broken so does not hinder a later one (its mode strict_order gives up at the first).
// Unordered: k different steps within the window, in any order. Customers are those of today's identity map.
// A start near the end of the range has less than the window.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "event/grant.h"
#include "journey/climb.h"
#include "query/filter.h"
#include "stats/interval.h"
#include "warehouse/client.h"

namespace zhike::journey {

[[nodiscard]] std::string_view to_string(FunnelOrder order) noexcept;  ///< "ordered"
/// Errors: kBadFilter.
[[nodiscard]] Result<FunnelOrder> parse_funnel_order(std::string_view text);

/// A touchpoint, or the name of an event.
struct FunnelStep {
  std::string touchpoint, name;  ///< one of them is empty
  friend bool operator==(const FunnelStep&, const FunnelStep&) = default;
};
/// "cart,checkout,name:Order Completed". Errors: kBadFilter (fewer than 2 steps or more than 6, an empty one,
/// one twice).
[[nodiscard]] Result<std::vector<FunnelStep>> parse_funnel_steps(std::string_view text);

struct FunnelOptions {
  std::vector<FunnelStep> steps{};  ///< 2 to 6, each once; an event counts for the first step that it fits
  FunnelOrder order = FunnelOrder::kOrdered;
  Millis window = Millis{7 * 86'400'000LL};  ///< up to 366 days
  query::By by = query::By::kNone;           ///< kNone, kChannel or kUnit: of the event at the first step
};

struct FunnelLevel {
  std::uint64_t customers = 0;
  std::optional<double> of_first, of_before;         ///< shares; of_before: none at the first step
  std::optional<stats::Interval> of_first_interval;  ///< Wilson's
  std::optional<std::int64_t> median_ms, p90_ms;     ///< from the start; none: nobody, or the first step
};
struct FunnelGroup {
  std::string key;                  ///< channel or unit; empty where it is not divided
  std::vector<FunnelLevel> levels;  ///< one for each step
};
struct Funnel {
  FunnelGroup all;                  ///< times are there only when it is not divided
  std::vector<FunnelGroup> groups;  ///< most customers first; none where it is not divided
};
/// Thread-safe, blocks; permission kViewMetrics. Errors: kPermissionMissing, kBadFilter, and the client's.
[[nodiscard]] Result<Funnel> funnel(warehouse::Client& client, const Grant& grant,
                                    const query::Filter& filter, const FunnelOptions& options);

struct Dropped {
  std::uint64_t customer = 0;
  Instant latest;  ///< event at any step
};
/// Customers who reached `step` (from 1) and not the next one; of the last step: who converted. Newest first,
/// at most `count` (1 to 1,000). Permission: kViewCustomers. Errors: as funnel().
[[nodiscard]] Result<std::vector<Dropped>> dropped(warehouse::Client& client, const Grant& grant,
                                                   const query::Filter& filter, const FunnelOptions& options,
                                                   int step, std::uint64_t count);
/// All of them, in no order. Permission: kViewCustomers. Errors: as funnel(), and kQueryTooLarge (more than
/// `most`).
[[nodiscard]] Result<std::vector<CustomerId>> stopped_at(warehouse::Client& client, const Grant& grant,
                                                         const query::Filter& filter,
                                                         const FunnelOptions& options, int step,
                                                         std::size_t most);

}  // namespace zhike::journey
