// Figures of indices and benchmarks as JSON: one form for the API and the command line.
#pragma once

#include <boost/json.hpp>

#include <optional>

#include "feedback/benchmarks.h"
#include "feedback/index_figures.h"
#include "stats/benchmark.h"
#include "stats/raking.h"

namespace zhike::server {

namespace json = boost::json;

/// value, interval, n, effective; null where nobody has a value.
[[nodiscard]] json::object mean_json(const stats::WeightedMean& mean);
[[nodiscard]] json::object benchmark_json(const feedback::Benchmark& one);
[[nodiscard]] json::value difference_json(const std::optional<stats::Difference>& difference);
[[nodiscard]] json::object index_figures_json(const feedback::IndexFigures& found);

}  // namespace zhike::server
