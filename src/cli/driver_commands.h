// The service-profit chain and the key drivers of customers (see commands.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/console.h"

namespace zhike::cli {

struct ChainCommand {
  std::string file;                 ///< empty: the store
  std::string unit, period;         ///< columns of the file
  std::vector<std::string> stages;  ///< "quality=sum(COLUMN)" of a file; of the store keys of metrics
  std::string grain = "month", by, fixed;
  std::vector<std::string> filters;  ///< of the store
  std::uint32_t lags = 3;
  double confidence = 0.95;
  std::optional<int> resamples;  ///< none: as many as take about a second
  std::uint64_t seed = 1;
};
[[nodiscard]] int chain(Console& console, const ChainCommand& command);

struct CustomerDriversCommand {
  std::string outcome;
  std::vector<std::string> drivers, filters;
};
/// Key drivers from what the store knows of each customer.
[[nodiscard]] int customer_drivers(Console& console, const CustomerDriversCommand& command);

}  // namespace zhike::cli
