#include "stats/priority.h"

#include "base/error.h"

namespace zhike::stats {

namespace {

bool lies_on_one_side(const std::optional<Interval>& interval, double line) {
  return interval && (interval->low > line || interval->high < line);
}

Quadrant quadrant_of(bool important, bool strong) {
  if (important) return strong ? Quadrant::kKeepUp : Quadrant::kConcentrate;
  return strong ? Quadrant::kOverkill : Quadrant::kLowPriority;
}

}  // namespace

std::string_view to_string(Quadrant quadrant) noexcept {
  switch (quadrant) {
    case Quadrant::kConcentrate:
      return "concentrate";
    case Quadrant::kKeepUp:
      return "keep_up";
    case Quadrant::kLowPriority:
      return "low_priority";
    case Quadrant::kOverkill:
      return "overkill";
  }
  return {};
}

Priorities priorities(std::span<const Standing> drivers) {
  cx_check(!drivers.empty(), "one driver or more");
  Priorities out;
  for (const Standing& driver : drivers) {
    out.importance_line += driver.importance / static_cast<double>(drivers.size());
    out.performance_line += driver.performance / static_cast<double>(drivers.size());
  }
  for (const Standing& driver : drivers)
    out.places.push_back({.quadrant = quadrant_of(driver.importance >= out.importance_line,
                                                  driver.performance >= out.performance_line),
                          .clear = lies_on_one_side(driver.importance_interval, out.importance_line) &&
                                   lies_on_one_side(driver.performance_interval, out.performance_line)});
  return out;
}

}  // namespace zhike::stats
