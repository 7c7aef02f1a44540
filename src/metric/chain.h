// The service-profit chain (stats/chain.h) over metrics of the catalogue: units, or segments, by period.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "metric/cells.h"
#include "metric/metric.h"
#include "stats/chain.h"

namespace zhike::metric {

struct ChainStage {
  const Metric* metric = nullptr;
  bool is_log = false;  ///< its natural logarithm: slopes are then shares; values of 0 and less are not known
};

struct ChainWish {
  std::vector<ChainStage> stages;  ///< 2 to stats::kChainStagesMax, each metric once
  query::Grain grain = query::Grain::kMonth;
  std::size_t lags = 3;
  std::vector<std::optional<std::size_t>> fixed{};  ///< stats::ChainOptions::fixed
};

/// "on_time_share,csat_mean,repeat_rate,log(revenue)", and lags by link, "1,,0" (empty: chosen). Errors:
/// kBadField (too few or many, twice the same, a lag that is none or too long), kUnknownMetric.
[[nodiscard]] Result<std::vector<ChainStage>> parse_stages(std::span<const std::string> words);
[[nodiscard]] Result<std::vector<std::optional<std::size_t>>> parse_lags(std::string_view text,
                                                                         std::size_t links, std::size_t lags);

/// More units are not looked at: those with most values count.
inline constexpr std::size_t kChainGroupsMax = 1000;

struct MetricChain {
  std::vector<ChainStage> stages;
  std::vector<std::uint64_t> known;   ///< by stage: cells with a value
  std::vector<std::string> units;     ///< by key; with any value
  std::vector<std::int32_t> periods;  ///< starts, epoch days of the local date
  stats::Chain found;
};

/// From the cells of each stage. A cell counts when the metric has enough observations there and its period
/// lies in the range as a whole. Pure; any thread. Errors: those of stats::chain().
[[nodiscard]] Result<MetricChain> chain_of(std::span<const std::vector<Cell>> cells,
                                           const query::Filter& filter, const ChainWish& wish);

}  // namespace zhike::metric
