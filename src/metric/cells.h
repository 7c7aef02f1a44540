// A metric for each group in each period: the panel that analyses over units and time need.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "metric/metric.h"

namespace zhike::metric {

struct Cell {
  std::string group;       ///< key of the channel, touchpoint, stage or unit; empty without `by`
  std::int32_t start = 0;  ///< of the period: epoch day of the local date
  Value value;
};

/// One query. Groups without a key are left out where there is a `by`. Of money, the currency with most
/// observations counts. Thread-safe. Permission: kViewMetrics. Errors: as compute().
[[nodiscard]] Result<std::vector<Cell>> cells(warehouse::Client& client, const Grant& grant,
                                              const Metric& metric, const query::Filter& filter,
                                              query::Grain grain, query::By by);

/// The periods that lie in the filter's range as a whole, by the clock of its zone: part of a month is no
/// month. In order, without gaps. Grain::kNone has none.
[[nodiscard]] std::vector<std::int32_t> whole_periods(const query::Filter& filter, query::Grain grain);

}  // namespace zhike::metric
