#include "journey/case_list.h"

#include <array>
#include <utility>

#include "journey/case_tally.h"
#include "journey/customer_rows.h"
#include "journey/sql.h"
#include "journey/tallied.h"
#include "query/prepare.h"

namespace zhike::journey {
namespace {

constexpr std::array<std::pair<CaseState, std::string_view>, 3> kStates{
    {{CaseState::kRunning, "running"}, {CaseState::kComplete, "complete"}, {CaseState::kLeft, "left"}}};
constexpr std::array<std::pair<CaseOrder, std::string_view>, 4> kOrders{{{CaseOrder::kQuiet, "quiet"},
                                                                         {CaseOrder::kBegan, "began"},
                                                                         {CaseOrder::kSteps, "steps"},
                                                                         {CaseOrder::kFailures, "failures"}}};
constexpr warehouse::Limits kReadLimits{
    .memory_bytes_max = 1ULL << 30, .time_max = seconds(60), .result_rows_max = 1ULL << 28};

template <class Value, std::size_t kCount>
Result<Value> parse(const std::array<std::pair<Value, std::string_view>, kCount>& names,
                    std::string_view text) {
  for (const auto& [value, name] : names)
    if (name == text) return value;
  return fail(Code::kBadFilter, "'{}' is none of them", text.substr(0, 60));
}
template <class Value, std::size_t kCount>
std::string_view name_of(const std::array<std::pair<Value, std::string_view>, kCount>& names, Value value) {
  for (const auto& [one, name] : names)
    if (one == value) return name;
  return {};
}

struct KeptRow : CaseRow {
  static constexpr std::array<std::string_view, 9> kColumns{"UInt64", "Int64",  "Int64",  "Int64", "UInt32",
                                                            "UInt32", "UInt32", "UInt32", "UInt8"};
};

/// Cases as they are kept; of all events, so for those who may see all.
Result<void> read_kept(warehouse::Client& client, std::uint32_t cut, const query::Range& range,
                       CaseTally& tally) {
  warehouse::Params params;
  params.set("cut", std::uint64_t{cut}).set("since", range.from.ms).set("until", range.to.ms);
  return stream_rows<KeptRow>(
      client, {.sql = sql::kKeptCases, .params = params, .limits = kReadLimits},
      [](warehouse::NativeRow& row, KeptRow& out) {
        std::uint8_t is_complete = 0;
        row.number(out.customer);
        for (const auto ms : {&CaseRow::began_ms, &CaseRow::stepped_ms, &CaseRow::last_ms})
          row.number(out.*ms);
        for (const auto number :
             {&CaseRow::steps, &CaseRow::failures, &CaseRow::first_kind, &CaseRow::last_kind})
          row.number(out.*number);
        row.number(is_complete);
        out.is_complete = is_complete != 0;
      },
      [&](const KeptRow& row) { tally.take(row); });
}

}  // namespace

std::string_view to_string(CaseState state) noexcept { return name_of(kStates, state); }
std::string_view to_string(CaseOrder order) noexcept { return name_of(kOrders, order); }
Result<CaseState> parse_case_state(std::string_view text) { return parse(kStates, text); }
Result<CaseOrder> parse_case_order(std::string_view text) { return parse(kOrders, text); }

Result<CaseReport> cases(warehouse::Client& client, CaseBook* book, const Grant& grant,
                         const query::Filter& filter, const CaseQuestion& question) {
  if (question.offset + question.limit > CaseQuestion::kListedMax)
    return fail(Code::kBadFilter, "a list holds {} cases at most", CaseQuestion::kListedMax);
  query::Filter ever = filter;
  ever.range = kEver;
  ever.by_wall_clock = false;
  CX_TRY(CaseStream stream, CaseStream::open(client, grant, ever, question.definition, ""));
  const CaseTally empty(stream.kinds(), question, filter);
  if (book != nullptr && grant.all_units && filter.where == query::Expr{}) {
    CX_TRY(const auto kept, book->kept(question.definition));
    if (kept) {
      CaseTally tally = empty;
      CX_TRY(read_kept(client, kept->cut, filter.range, tally));
      CaseReport out = tally.report();
      out.kept_upto = kept->upto;
      return out;
    }
  }
  CX_TRY(CaseTally tally, tallied(stream, empty, [&](CaseTally& one, std::uint64_t customer, auto every) {
           one.take(case_row(stream.kinds(), customer, every));
         }));
  return tally.report();
}

}  // namespace zhike::journey
