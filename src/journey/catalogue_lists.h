// What the metric catalogue counts as an order, a contact, a resolution: said there alone, used by the
// queries of journeys.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace zhike::journey {

/// Touchpoints of what follows from an order or asks about it: no move of the customer's.
inline const std::vector<std::string> kPassiveTouchpoints{"shipping", "delivery", "survey", "recovery"};

/// A list that a metric has as a parameter; empty: it has none of that name. Thread-safe. Errors:
/// kUnknownMetric.
[[nodiscard]] Result<std::vector<std::string>> list_of(std::string_view key, std::string_view param);

}  // namespace zhike::journey
