// Key drivers of customers and the service-profit chain; add_survey_analysis_handlers() adds them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "server/api.h"

namespace zhike::server {

void add_driver_handlers(Handlers& handlers);

/// "a,b": empty parts are left out.
[[nodiscard]] std::vector<std::string> words(std::string_view text);

}  // namespace zhike::server
