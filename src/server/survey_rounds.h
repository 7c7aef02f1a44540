// Handlers of the rounds of surveys; add_survey_handlers() adds them.
#pragma once

#include "server/api.h"

namespace zhike::server {

void add_survey_round_handlers(Handlers& handlers);

}  // namespace zhike::server
