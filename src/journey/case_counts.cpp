#include "journey/case_counts.h"

#include "journey/cases.h"
#include "journey/sql.h"
#include "query/prepare.h"

namespace zhike::journey {

Result<CaseCounts> case_counts(warehouse::Client& client, const Grant& grant, const query::Filter& filter,
                               const Definition& definition) {
  CX_TRY(query::Prepared prepared, query::prepare(grant, Permission::kViewMetrics, filter, sql::kCaseCounts));
  set_cases(prepared.params, definition);
  prepared.params.set("instrument", "");
  CX_TRY(const warehouse::Table table, client.select(prepared.query(kCaseLimits)));
  CaseCounts out;
  if (table.rows.empty()) return out;
  const auto& row = table.rows.front();
  out.journeys = warehouse::as_u64(row[0]);
  out.customers = warehouse::as_u64(row[1]);
  out.complete = warehouse::as_u64(row[2]);
  if (out.journeys == 0) return out;
  out.median_ms = warehouse::as_i64(row[3]);
  out.steps = static_cast<double>(warehouse::as_u64(row[4])) / static_cast<double>(out.journeys);
  return out;
}

}  // namespace zhike::journey
