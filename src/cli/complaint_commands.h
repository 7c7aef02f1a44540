// zhike complaint: standing rules and limits.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/console.h"

namespace zhike::cli {

struct ComplaintRuleOptions {
  std::string name;
  std::vector<std::string> filters, properties, labels;
  double sentiment_max = 1;  ///< 1: any
  std::string aspect, aspect_sentiment;
  std::string category, severity, owner, unit;
  std::uint32_t quiet_days = 7, within_days = 7;
  std::string state;  ///< on, off or removed
};
[[nodiscard]] int complaint_rules(Console& console);
[[nodiscard]] int complaint_rule(Console& console, const ComplaintRuleOptions& options);
[[nodiscard]] int complaint_rule_preview(Console& console, const ComplaintRuleOptions& options);
[[nodiscard]] int complaint_rule_state(Console& console, const ComplaintRuleOptions& options);

struct ComplaintLimitOptions {
  std::string role, currency;
  std::string complaint = "none", day = "none";  ///< amounts; none: without end
  bool remove = false, reset = false;
};
[[nodiscard]] int complaint_limits(Console& console);
[[nodiscard]] int complaint_limit(Console& console, const ComplaintLimitOptions& options);

}  // namespace zhike::cli
