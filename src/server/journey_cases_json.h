// JSON of where cases of journeys stand, shared by the handlers and the command line.
#pragma once

#include <string_view>

#include "app/app.h"
#include "journey/case_list.h"
#include "query/filter.h"
#include "server/json.h"

namespace zhike::server {

struct CasesAnswer {
  query::Range range;
  journey::CaseQuestion question{};
  journey::CaseReport report{};
};
/// Cases still run, or do not, as of now; where nothing has come since the newest event, as of that: a store
/// that gets no events must not turn all its customers away. Errors: those of journey::cases().
[[nodiscard]] Result<CasesAnswer> ask_cases(app::App& app, const Grant& grant, const query::Filter& filter,
                                            journey::CaseQuestion question);
[[nodiscard]] json::object cases_json(const CasesAnswer& answer);
/// Without names of customers.
[[nodiscard]] json::object case_list_json(const CasesAnswer& answer);

}  // namespace zhike::server
