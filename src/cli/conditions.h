// Conditions on events as standing rules and triggers take them on the command line. Thread-safe.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "feedback/trigger_plan.h"

namespace zhike::cli {

/// "channel=web" names its field; anything else is words of the filter language, all of which must hold.
[[nodiscard]] feedback::FilterTexts filter_in(const std::vector<std::string>& words);
/// Each "NAME=VALUE,VALUE". Errors: kBadField.
[[nodiscard]] Result<std::map<std::string, std::vector<std::string>>> properties_in(
    const std::vector<std::string>& words);
/// "a,b" as a and b.
[[nodiscard]] std::vector<std::string> values_in(std::string_view text);

}  // namespace zhike::cli
