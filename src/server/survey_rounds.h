// Handlers of the rounds of surveys; add_survey_handlers() adds them.
#pragma once

#include <cstdint>
#include <string_view>

#include "feedback/rounds.h"
#include "server/api.h"

namespace zhike::server {

void add_survey_round_handlers(Handlers& handlers);
void add_survey_trigger_handlers(Handlers& handlers);
void add_benchmark_handlers(Handlers& handlers);

/// Of handlers_survey_rounds.cpp, for triggers too.
/// A whole number from 0 to `most`; absent: `otherwise`. Errors: kBadField.
[[nodiscard]] Result<std::uint64_t> whole(const Fields& fields, std::string_view name,
                                          std::uint64_t otherwise, std::uint64_t most);
/// How they are told: channel, connector, reminders, remind_days, subject, text, messages. Errors: kBadField,
/// kUnknownConnector.
[[nodiscard]] Result<void> read_how(const Call& call, const Fields& fields, feedback::RoundPlan& plan);
[[nodiscard]] json::object funnel_json(const feedback::AskedFunnel& funnel);

}  // namespace zhike::server
