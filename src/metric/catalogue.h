// The metrics of catalog/metrics, read once from what the build embedded.
#pragma once

#include <string_view>
#include <vector>

#include "metric/metric.h"

namespace zhike::metric {

/// Aborts on a catalogue that contradicts itself: the build checks it.
[[nodiscard]] std::vector<Metric> read_catalogue();
/// The text of a file of src/metric/sql.
[[nodiscard]] std::string_view sql_named(std::string_view name);

}  // namespace zhike::metric
