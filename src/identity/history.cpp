#include "identity/history.h"

#include <algorithm>
#include <set>

#include "identity/obstacle.h"

namespace zhike::identity {
namespace {

JoinView join_of(const ledger::Statement& row) {
  JoinView out{.version = row.u64(0),
               .left = {row.u64(1)},
               .right = {row.u64(2)},
               .evidence = static_cast<Evidence>(row.i64(3)),
               .source = {row.u64(4)},
               .at = {row.i64(5)},
               .undone = {}};
  if (!row.is_null(6)) out.undone = row.u64(6);
  return out;
}

DecisionRow decision_of(const ledger::Statement& row) {
  return {.version = row.u64(0),
          .kind = static_cast<DecisionKind>(row.i64(1)),
          .actor = {row.u64(2)},
          .source = {row.u64(3)},
          .at = {row.i64(4)},
          .left = {row.u64(5)},
          .right = {row.u64(6)},
          .reason = std::string(row.text(7))};
}

template <class Row, class Read>
Result<void> collect(ledger::Statement& statement, std::vector<Row>& out, Read read) {
  for (;;) {
    CX_TRY(const bool more, statement.step());
    if (!more) return {};
    out.push_back(read(statement));
  }
}

// Joins that hold are found by the map; those taken back by their ends.
Result<void> joins_of(ledger::Tx& tx, SubjectId subject, std::vector<JoinView>& out) {
  for (const std::string_view sql :
       {"SELECT j.version, j.left_subject, j.right_subject, j.evidence, j.source, j.at, j.undone FROM "
        "subject_map m JOIN joins j ON j.version = m.version WHERE m.subject = $1 AND j.undone IS NULL",
        "SELECT version, left_subject, right_subject, evidence, source, at, undone FROM joins WHERE "
        "left_subject = $1 AND undone IS NOT NULL",
        "SELECT version, left_subject, right_subject, evidence, source, at, undone FROM joins WHERE "
        "right_subject = $1 AND undone IS NOT NULL"})
    CX_TRY(collect(tx.sql(sql).bind(1, subject), out, join_of));
  return {};
}

template <class Row, class Key>
void newest_first(std::vector<Row>& rows, std::size_t count_max, Key key) {
  std::ranges::sort(rows, std::ranges::greater{}, key);
  const auto repeats = std::ranges::unique(rows, {}, key);
  rows.erase(repeats.begin(), repeats.end());
  if (rows.size() > count_max) rows.resize(count_max);
}

}  // namespace

Result<History> history(ledger::Tx& tx, CustomerId customer, std::size_t count_max) {
  History out;
  CX_TRY(const auto members, store::members(tx, customer));
  for (const Member& member : members) {
    CX_TRY(joins_of(tx, member.subject, out.joins));
    for (const std::string_view sql :
         {"SELECT suspect, other, reason, source, at, version FROM conflicts WHERE suspect = $1",
          "SELECT suspect, other, reason, source, at, version FROM conflicts WHERE other = $1"})
      CX_TRY(collect(tx.sql(sql).bind(1, member.subject), out.conflicts, [](const ledger::Statement& row) {
        return Conflict{.suspect = {row.u64(0)},
                        .other = {row.u64(1)},
                        .reason = static_cast<ConflictReason>(row.i64(2)),
                        .source = {row.u64(3)},
                        .at = {row.i64(4)},
                        .version = row.u64(5)};
      }));
  }
  newest_first(out.joins, count_max, &JoinView::version);
  newest_first(out.conflicts, count_max,
               [](const Conflict& c) { return std::tuple(c.at, c.suspect, c.other); });
  std::set<std::uint64_t> versions;
  for (const JoinView& join : out.joins) {
    versions.insert(join.version);
    if (join.undone) versions.insert(*join.undone);
  }
  for (const std::uint64_t version : versions) {
    ledger::Statement& row = tx.sql(
        "SELECT version, kind, actor, source, at, left_subject, right_subject, reason FROM decisions WHERE "
        "version = $1");
    CX_TRY(collect(row.bind(1, version), out.decisions, decision_of));
  }
  return out;
}

Result<std::vector<std::vector<SubjectId>>> preview_split(ledger::Tx& tx, CustomerId customer,
                                                          std::span<const std::uint64_t> joins) {
  CX_TRY(const auto members, store::members(tx, customer));
  CX_TRY(const auto edges, store::edges(tx, members));
  for (const std::uint64_t join : joins) {
    Edge edge;
    CX_TRY(const auto state, store::join_state(tx, join, edge));
    if (state == store::JoinState::kHolds && std::ranges::find(edges, join, &Edge::version) == edges.end())
      return fail(Code::kBadField, "join {} is not of customer {}", join, customer.value);
  }
  std::vector<SubjectId> subjects;
  for (const Member& member : members) subjects.push_back(member.subject);
  return trees(subjects, edges, joins);
}

Result<std::optional<ConflictReason>> preview_merge(ledger::Tx& tx, const Rules& rules, CustomerId a,
                                                    CustomerId b) {
  CX_TRY(const auto of_a, store::members(tx, a));
  CX_TRY(const auto of_b, store::members(tx, b));
  if (const auto reason = against(rules, of_a, of_b)) return reason;
  CX_TRY(const bool apart, separated(tx, of_a, of_b));
  return apart ? std::optional(ConflictReason::kKeptApart) : std::nullopt;
}

Result<std::vector<CustomerId>> customers_ever(ledger::Tx& tx, std::span<const SubjectId> subjects) {
  std::vector<CustomerId> out;
  for (const SubjectId subject : subjects) {
    out.push_back({subject.value});  // its first one: the map has the others
    ledger::Statement& row = tx.sql("SELECT customer FROM subject_map WHERE subject = $1").bind(1, subject);
    for (;;) {
      CX_TRY(const bool found, row.step());
      if (!found) break;
      out.push_back({row.u64(0)});
    }
  }
  return out;
}

Result<std::vector<DecisionRow>> decisions_after(ledger::Tx& tx, std::uint64_t after, std::size_t count_max) {
  ledger::Statement& row = tx.sql(
      "SELECT version, kind, actor, source, at, left_subject, right_subject, reason FROM decisions WHERE "
      "version > $1 AND source = 0 ORDER BY version LIMIT $2");
  row.bind(1, after).bind(2, static_cast<std::uint64_t>(count_max));
  std::vector<DecisionRow> out;
  CX_TRY(collect(row, out, decision_of));
  return out;
}

}  // namespace zhike::identity
