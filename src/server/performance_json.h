// What the API and the command line say of process performance, in the shapes of
// catalog/endpoints/performance.json.
#pragma once

#include <boost/json/object.hpp>

#include <cstddef>

#include "journey/deviations.h"
#include "journey/performance.h"
#include "journey/step_log.h"

namespace zhike::server {

struct PerformanceView {
  std::size_t top = 30;         ///< rows of each list
  bool names_resources = true;  ///< false: who may not see people sees numbers in their place
};

[[nodiscard]] boost::json::object performance_json(const journey::Performance& found,
                                                   const journey::StepLog& log, const PerformanceView& view);
[[nodiscard]] boost::json::object deviations_json(const journey::Deviations& found, std::size_t top);

}  // namespace zhike::server
