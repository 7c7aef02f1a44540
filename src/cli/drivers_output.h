// What `zhike drivers` prints.
#pragma once

#include <boost/json/object.hpp>

#include <optional>
#include <string>
#include <vector>

#include "cli/console.h"
#include "cli/number_files.h"
#include "stats/drivers.h"
#include "stats/reliability.h"

namespace zhike::cli {

/// A driver as it was asked for.
struct DriverOutline {
  std::string name, symbol;        ///< symbol: of the satisfaction model; else empty
  std::vector<std::string> items;  ///< its columns
  std::optional<stats::Reliability> reliability;
};

struct DriversReport {
  std::string target;
  double confidence = stats::kConfidence;
  std::vector<DriverOutline> drivers;
  NumberColumns read;  ///< without the values
  std::uint64_t complete = 0;
  stats::DriverAnalysis found;
};

/// The table, and below it what the numbers do not carry.
void say_drivers(Console& console, const DriversReport& report);
[[nodiscard]] json::object drivers_json(const DriversReport& report);

}  // namespace zhike::cli
