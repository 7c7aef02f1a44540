// JSON of rules that open complaints, shared by their handlers and the command line. Thread-safe.
#pragma once

#include "desk/rules.h"
#include "server/api.h"

namespace zhike::server {

/// Of handlers_complaint_rules.cpp; add_complaint_report_handlers() adds them.
void add_complaint_rule_handlers(Handlers& handlers);

/// Errors: kBadField, kBadId.
[[nodiscard]] Result<desk::RulePlan> rule_plan_in(const Fields& fields);
/// `owner` as it is shown.
[[nodiscard]] json::object rule_json(const desk::Rule& rule, json::object owner);
/// `names`: of the customers of the examples, in their order.
[[nodiscard]] json::object rule_preview_json(const desk::RulePreview& preview,
                                             const std::vector<std::string>& names);

}  // namespace zhike::server
