#include "identity/cases.h"

#include <algorithm>
#include <map>
#include <tuple>

namespace zhike::identity {

Result<void> put_case(ledger::Tx& tx, SubjectId subject, const CaseEvent& event) {
  const Instant none{};
  bool is_new = false;
  {
    ledger::Statement& row = tx.sql("SELECT 1 FROM cases WHERE subject = $1 AND case_id = $2");
    CX_TRY(const bool there, row.bind(1, subject).bind(2, event.id).step());
    is_new = !there;
  }
  ledger::Statement& put = tx.sql(
      "INSERT INTO cases (subject, case_id, kind, opened_at, closed_at, last_at) "
      "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (subject, case_id) DO UPDATE SET "
      "kind = CASE WHEN excluded.last_at > cases.last_at OR (excluded.last_at = cases.last_at "
      "AND excluded.kind > cases.kind) THEN excluded.kind ELSE cases.kind END, "
      "opened_at = CASE WHEN excluded.opened_at > cases.opened_at THEN excluded.opened_at "
      "ELSE cases.opened_at END, "
      "closed_at = CASE WHEN excluded.closed_at > cases.closed_at THEN excluded.closed_at "
      "ELSE cases.closed_at END, "
      "last_at = CASE WHEN excluded.last_at > cases.last_at THEN excluded.last_at ELSE cases.last_at END");
  CX_TRY(put.bind(1, subject)
             .bind(2, event.id)
             .bind(3, static_cast<std::int64_t>(event.kind))
             .bind(4, event.step == CaseStep::kOpens ? event.at : none)
             .bind(5, event.step == CaseStep::kCloses ? event.at : none)
             .bind(6, event.at)
             .run());
  if (!is_new) return {};
  CX_TRY(tx.sql("DELETE FROM cases WHERE subject = $1 AND case_id IN (SELECT case_id FROM cases "
                "WHERE subject = $1 ORDER BY last_at DESC, case_id LIMIT 1000 OFFSET $2)")
             .bind(1, subject)
             .bind(2, static_cast<std::int64_t>(kCasesMax))
             .run());
  return {};
}

Result<std::vector<OpenCase>> open_cases(ledger::Tx& tx, CustomerId customer, std::size_t count_max) {
  struct Known {
    OpenCase what;
    Instant closed_at;
  };
  std::map<std::string, Known, std::less<>> known;
  ledger::Statement& row = tx.sql(
      "SELECT c.case_id, c.kind, c.opened_at, c.closed_at, c.last_at FROM subjects s "
      "JOIN cases c ON c.subject = s.id WHERE s.customer = $1");
  row.bind(1, customer);
  for (;;) {
    CX_TRY(const bool more, row.step());
    if (!more) break;
    Known& at = known[std::string(row.text(0))];
    at.what.opened_at = std::max(at.what.opened_at, Instant{row.i64(2)});
    at.closed_at = std::max(at.closed_at, Instant{row.i64(3)});
    const std::pair newest(Instant{row.i64(4)}, static_cast<std::uint32_t>(row.i64(1)));
    if (newest > std::pair(at.what.last_at, at.what.kind)) std::tie(at.what.last_at, at.what.kind) = newest;
  }
  std::vector<OpenCase> out;
  for (auto& [id, one] : known) {
    if (one.what.opened_at <= one.closed_at) continue;
    one.what.id = id;
    out.push_back(std::move(one.what));
  }
  std::ranges::sort(out, std::ranges::greater{},
                    [](const OpenCase& one) { return std::pair(one.last_at, std::string_view(one.id)); });
  if (out.size() > count_max) out.resize(count_max);
  return out;
}

}  // namespace zhike::identity
