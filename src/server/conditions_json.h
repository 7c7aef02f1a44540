// Conditions on events as standing rules and triggers have them, between JSON and values. Thread-safe.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "feedback/trigger_plan.h"
#include "server/api.h"

namespace zhike::server {

/// The field "filter": {"name": "Call Ended", "channel": "phone"}; absent: none. Errors: kBadField.
[[nodiscard]] Result<feedback::FilterTexts> filter_in(const Fields& fields);
/// The field "properties": {"resolved": ["false", "no"]}; absent: none. Errors: kBadField.
[[nodiscard]] Result<std::map<std::string, std::vector<std::string>>> properties_in(const Fields& fields);

[[nodiscard]] json::object conditions_json(const feedback::FilterTexts& filter);
[[nodiscard]] json::object properties_json(const std::map<std::string, std::vector<std::string>>& properties);

}  // namespace zhike::server
