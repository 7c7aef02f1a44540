#include "journey/performance_store.h"

#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "journey/sql.h"
#include "query/prepare.h"

namespace zhike::journey {
namespace {

constexpr std::int64_t kPauseMs = 7 * 86'400'000LL;  // as in journey.cpp
constexpr std::size_t kColumnBytesMax = 100;
constexpr warehouse::Limits kLimits{.memory_bytes_max = 1ULL << 30, .time_max = seconds(60)};

Result<void> check_columns(const StoreSteps& options) {
  for (const std::string& column :
       {options.resource, options.cost, options.group, options.machine ? options.machine->column : "",
        options.failure ? options.failure->column : ""})
    if (column.size() > kColumnBytesMax) return fail(Code::kBadFilter, "the name of a property is too long");
  return {};
}

Said said(const boost::json::array& column, std::size_t i) {
  if (i >= column.size()) return Said::kUnknown;
  return static_cast<Said>(warehouse::as_u64(column[i]));
}

/// Adds a row: one case.
Result<void> add(StepBuilder& builder, const boost::json::array& row) {
  const auto& times = row[0].as_array();
  const auto& nodes = row[1].as_array();
  const auto& resources = row[2].as_array();
  const auto& costs = row[5].as_array();
  for (std::size_t i = 0; i < times.size(); ++i) {
    const std::string node = warehouse::as_text(nodes[i]);
    const std::string resource = i < resources.size() ? warehouse::as_text(resources[i]) : std::string();
    CX_TRY(builder.add(
        {.activity = node,
         .resource = resource,
         .end = warehouse::as_i64(times[i]),
         .cost = i < costs.size() ? warehouse::as_double(costs[i]) : std::numeric_limits<double>::quiet_NaN(),
         .machine = said(row[3].as_array(), i),
         .failed = said(row[4].as_array(), i)}));
  }
  return builder.end_case(warehouse::as_text(row[6]));
}

}  // namespace

std::string_view to_string(CaseOf of) noexcept { return of == CaseOf::kCase ? "case" : "journey"; }

Result<CaseOf> parse_case_of(std::string_view text) {
  for (const CaseOf of : {CaseOf::kJourney, CaseOf::kCase})
    if (to_string(of) == text) return of;
  return fail(Code::kBadFilter, "of {}: journey or case", text.substr(0, 40));
}

Result<StoredSteps> stored_steps(warehouse::Client& client, const Grant& grant, const query::Filter& filter,
                                 const StoreSteps& options) {
  CX_TRY(check_columns(options));
  CX_TRY(query::Prepared prepared,
         query::prepare(grant, Permission::kViewMetrics, filter, sql::kPerformance));
  const StepRule none;
  const StepRule &machine = options.machine ? *options.machine : none,
                 &failure = options.failure ? *options.failure : none;
  prepared.params.set("level", to_string(options.level))
      .set("pause_ms", kPauseMs)
      .set("by", to_string(options.of))
      .set("resource", options.resource)
      .set("cost", options.cost)
      .set("group_by", options.group)
      .set("machine", machine.column)
      .set("machines", machine.values)
      .set("failure", failure.column)
      .set("failures", failure.values)
      .set("steps_max", kStoredStepsMax);
  CX_TRY(const warehouse::Table table, client.select(prepared.query(kLimits)));
  StoredSteps out;
  const auto say = [&] {
    out.log.machines_said = options.machine.has_value();
    out.log.failures_said = options.failure.has_value();
  };
  say();
  if (table.rows.empty()) return out;
  out.cases = warehouse::as_u64(table.rows[0][7]);
  out.steps = warehouse::as_u64(table.rows[0][8]);
  StepBuilder builder;
  for (const auto& row : table.rows) {
    CX_TRY(add(builder, row));
  }
  CX_TRY(out.log, builder.finish("store"));
  say();
  return out;
}

}  // namespace zhike::journey
