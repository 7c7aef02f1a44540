#include "identity/store.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <iterator>

namespace zhike::identity {
namespace {

std::array<char, 16> raw(const crypto::Hash128& hash) {
  std::array<char, 16> out;
  std::memcpy(out.data(), &hash.high, 8);
  std::memcpy(out.data() + 8, &hash.low, 8);
  return out;
}

ledger::Blob blob(const std::array<char, 16>& bytes) { return {{bytes.data(), bytes.size()}}; }

SubjectState state_of(const ledger::Statement& row) {
  return {.subject = {row.u64(0)},
          .customer = {row.u64(1)},
          .source = {row.u64(2)},
          .kind = static_cast<IdentifierKind>(row.i64(3)),
          .shared = row.i64(4) != 0,
          .verified = row.i64(5) != 0,
          .doubted = static_cast<Shared>(row.i64(4)) == Shared::kDoubted};
}

Conflict conflict_of(const ledger::Statement& row) {
  return {.suspect = {row.u64(0)},
          .other = {row.u64(1)},
          .reason = static_cast<ConflictReason>(row.i64(2)),
          .source = {row.u64(3)},
          .at = {row.i64(4)},
          .version = row.u64(5)};
}

/// Rows of one table by the handful: half of what a row costs is the statement around it.
class ManyRows {
 public:
  ManyRows(std::string_view into, int columns)
      : columns_(columns), one_(text(into, 1)), many_(text(into, kRows)) {}

  /// `bind(statement, n, row)` binds a row from $n on.
  template <class Row, class Bind>
  Result<void> insert(ledger::Tx& tx, std::span<const Row> rows, const Bind& bind) const {
    while (!rows.empty()) {
      const std::size_t count = rows.size() < kRows ? 1 : kRows;
      ledger::Statement& statement = tx.sql(count == 1 ? one_ : many_);
      for (std::size_t i = 0; i < count; ++i) bind(statement, 1 + static_cast<int>(i) * columns_, rows[i]);
      CX_TRY(statement.run());
      rows = rows.subspan(count);
    }
    return {};
  }

 private:
  static constexpr std::size_t kRows = 16;
  [[nodiscard]] std::string text(std::string_view into, std::size_t rows) const {
    std::string out(into);
    int parameter = 0;
    for (std::size_t row = 0; row < rows; ++row) {
      out += row == 0 ? " VALUES (" : ", (";
      for (int i = 0; i < columns_; ++i)
        fmt::format_to(std::back_inserter(out), "{}${}", i == 0 ? "" : ", ", ++parameter);
      out += ')';
    }
    return out;
  }

  int columns_;
  std::string one_, many_;
};

}  // namespace

crypto::Hash128 identifier_hash(const crypto::Key& key, IdentifierKind kind, std::string_view normal) {
  std::string text(1, static_cast<char>(kind));
  text += normal;
  return crypto::keyed_hash(key, text);
}

std::string_view to_string(ConflictReason reason) noexcept {
  constexpr std::array<std::string_view, 6> kNames{"unknown",    "exclusive",  "too_many",
                                                   "kept_apart", "unverified", "shared"};
  const auto at = static_cast<std::size_t>(reason);
  return kNames[at < kNames.size() ? at : 0];
}

namespace store {

Result<Counters> counters(ledger::Tx& tx) {
  ledger::Statement& row = tx.sql(
      "SELECT (SELECT coalesce(max(id), 0) FROM subjects), (SELECT coalesce(max(version), 0) FROM joins), "
      "(SELECT coalesce(max(version), 0) FROM decisions)");
  CX_TRY(const bool there, row.step());
  cx_check(there, "an aggregate has a row");
  return Counters{.next_subject = row.u64(0) + 1, .next_version = std::max(row.u64(1), row.u64(2)) + 1};
}

Result<std::optional<SubjectState>> by_hash(ledger::Tx& tx, const crypto::Hash128& hash) {
  ledger::Statement& row = tx.sql(
      "SELECT s.id, s.customer, s.source, s.kind, s.shared, s.verified FROM subject_hashes h "
      "JOIN subjects s ON s.id = h.subject WHERE h.hash = $1");
  CX_TRY(const bool there, row.bind(1, blob(raw(hash))).step());
  if (!there) return std::nullopt;
  return state_of(row);
}

Result<std::optional<SubjectId>> subject_of(ledger::Tx& tx, const crypto::Hash128& hash) {
  ledger::Statement& row = tx.sql("SELECT subject FROM subject_hashes WHERE hash = $1");
  CX_TRY(const bool there, row.bind(1, blob(raw(hash))).step());
  if (!there) return std::nullopt;
  return SubjectId{row.u64(0)};
}

Result<SubjectState> by_id(ledger::Tx& tx, SubjectId subject) {
  ledger::Statement& row =
      tx.sql("SELECT id, customer, source, kind, shared, verified FROM subjects WHERE id = $1");
  CX_TRY(const bool there, row.bind(1, subject).step());
  if (!there) return fail(Code::kNotFound, "subject {}", subject.value);
  return state_of(row);
}

Result<std::vector<Member>> members(ledger::Tx& tx, CustomerId customer) {
  ledger::Statement& row =
      tx.sql("SELECT id, kind, source, apart FROM subjects WHERE customer = $1").bind(1, customer);
  std::vector<Member> out;
  for (;;) {
    CX_TRY(const bool more, row.step());
    if (!more) return out;
    out.push_back({.subject = {row.u64(0)},
                   .kind = static_cast<IdentifierKind>(row.i64(1)),
                   .source = {row.u64(2)},
                   .apart = row.i64(3) != 0});
  }
}

Result<void> insert_hashes(ledger::Tx& tx, std::span<const SubjectHash> hashes) {
  static const ManyRows kInto("INSERT INTO subject_hashes (hash, subject)", 2);
  return kInto.insert(tx, hashes, [](ledger::Statement& row, int at, const SubjectHash& h) {
    row.bind(at, blob(raw(h.hash))).bind(at + 1, h.subject);
  });
}

Result<void> insert_subjects(ledger::Tx& tx, std::span<const NewSubject> subjects) {
  static const ManyRows kInto(
      "INSERT INTO subjects (id, kind, source, customer, shared, first_seen, wrapped, sealed, verified)", 9);
  return kInto.insert(tx, subjects, [](ledger::Statement& row, int at, const NewSubject& s) {
    row.bind(at, s.state.subject)
        .bind(at + 1, static_cast<int>(s.state.kind))
        .bind(at + 2, s.state.source)
        .bind(at + 3, s.state.customer)
        .bind(at + 4, s.state.shared)
        .bind(at + 5, s.first_seen)
        .bind(at + 6, ledger::Blob{s.wrapped})
        .bind(at + 7, ledger::Blob{s.sealed})
        .bind(at + 8, s.state.verified);
  });
}

Result<void> set_customer(ledger::Tx& tx, SubjectId subject, CustomerId customer) {
  CX_TRY(tx.sql("UPDATE subjects SET customer = $2 WHERE id = $1").bind(1, subject).bind(2, customer).run());
  return {};
}

Result<void> insert_joins(ledger::Tx& tx, std::span<const Join> joins) {
  static const ManyRows kInto(
      "INSERT INTO joins (version, left_subject, right_subject, survivor, absorbed, source, at, evidence)",
      8);
  return kInto.insert(tx, joins, [](ledger::Statement& row, int at, const Join& j) {
    row.bind(at, j.version)
        .bind(at + 1, j.left)
        .bind(at + 2, j.right)
        .bind(at + 3, j.survivor)
        .bind(at + 4, j.absorbed)
        .bind(at + 5, j.source)
        .bind(at + 6, j.at)
        .bind(at + 7, static_cast<int>(j.evidence));
  });
}

Result<void> insert_maps(ledger::Tx& tx, std::span<const MapChange> changes) {
  static const ManyRows kInto("INSERT INTO subject_map (subject, version, customer)", 3);
  return kInto.insert(tx, changes, [](ledger::Statement& row, int at, const MapChange& c) {
    row.bind(at, c.subject).bind(at + 1, c.version).bind(at + 2, c.customer);
  });
}

Result<bool> has_conflict(ledger::Tx& tx, SubjectId suspect, SubjectId other) {
  ledger::Statement& row = tx.sql("SELECT 1 FROM conflicts WHERE suspect = $1 AND other = $2");
  CX_TRY(const bool there, row.bind(1, suspect).bind(2, other).step());
  return there;
}

Result<Suspicion> insert_conflict(ledger::Tx& tx, const Conflict& c) {
  ledger::Statement& insert = tx.sql(
      "INSERT INTO conflicts (suspect, other, reason, source, at, version, held) VALUES ($1, $2, $3, $4, $5, "
      "$6, $7) ON CONFLICT (suspect, other) DO NOTHING");
  insert.bind(1, c.suspect).bind(2, c.other).bind(3, static_cast<int>(c.reason)).bind(4, c.source);
  CX_TRY(const auto added, insert.bind(5, c.at).bind(6, c.version).bind(7, c.held).run());
  if (added == 0) return Suspicion{};
  ledger::Statement& row =
      tx.sql("SELECT count(*), sum(held) FROM conflicts WHERE suspect = $1 AND reason <= 2");
  CX_TRY(const bool there, row.bind(1, c.suspect).step());
  return there ? Suspicion{.refused = row.u64(0), .held = row.u64(1)} : Suspicion{};
}

Result<void> set_shared(ledger::Tx& tx, SubjectId subject, Shared shared) {
  ledger::Statement& update = tx.sql("UPDATE subjects SET shared = $2 WHERE id = $1 AND shared <> 2");
  CX_TRY(update.bind(1, subject).bind(2, static_cast<int>(shared)).run());
  return {};
}

Result<bool> unshare(ledger::Tx& tx, SubjectId subject, std::uint64_t needed) {
  ledger::Statement& update = tx.sql(
      "UPDATE subjects SET shared = 0 WHERE id = $1 AND shared IN (1, 3) AND $2 > (SELECT count(*) FROM "
      "conflicts "
      "WHERE suspect = $1 AND reason <= 2)");
  CX_TRY(const auto changed, update.bind(1, subject).bind(2, needed).run());
  return changed > 0;
}

Result<std::vector<Join>> released(ledger::Tx& tx, SubjectId subject, std::uint64_t since) {
  std::vector<Join> out;
  for (const std::string_view sql :
       {"SELECT j.version, j.left_subject, j.right_subject, j.source, j.at, j.evidence FROM joins j JOIN "
        "decisions d ON d.version = j.undone WHERE j.left_subject = $1 AND j.undone >= $2 AND d.kind = 4 AND "
        "d.source <> 0",
        "SELECT j.version, j.left_subject, j.right_subject, j.source, j.at, j.evidence FROM joins j JOIN "
        "decisions d ON d.version = j.undone WHERE j.right_subject = $1 AND j.undone >= $2 AND d.kind = 4 "
        "AND "
        "d.source <> 0"}) {
    ledger::Statement& row = tx.sql(sql).bind(1, subject).bind(2, since);
    for (;;) {
      CX_TRY(const bool more, row.step());
      if (!more) break;
      out.push_back({.version = row.u64(0),
                     .left = {row.u64(1)},
                     .right = {row.u64(2)},
                     .survivor = {},
                     .absorbed = {},
                     .source = {row.u64(3)},
                     .at = {row.i64(4)},
                     .evidence = static_cast<Evidence>(row.i64(5))});
    }
  }
  std::ranges::sort(out, {}, &Join::version);
  return out;
}

Result<void> set_verified(ledger::Tx& tx, SubjectId subject) {
  CX_TRY(tx.sql("UPDATE subjects SET verified = 1 WHERE id = $1").bind(1, subject).run());
  return {};
}

Result<std::vector<CustomerId>> held_by_people(ledger::Tx& tx) {
  ledger::Statement& row = tx.sql(
      "SELECT DISTINCT s.customer FROM joins j JOIN subjects s ON s.id = j.left_subject "
      "WHERE j.evidence <> 1 AND j.undone IS NULL");
  std::vector<CustomerId> out;
  for (;;) {
    CX_TRY(const bool more, row.step());
    if (!more) return out;
    out.push_back({row.u64(0)});
  }
}

// A join moved the subjects of one of its sides, its end among them: it stands in the map of that one. One
// between subjects that were one customer already stands in the map of its left end.
Result<std::vector<Edge>> edges(ledger::Tx& tx, std::span<const Member> members) {
  std::vector<Edge> out;
  for (const Member& member : members) {
    ledger::Statement& row = tx.sql(
        "SELECT j.version, j.left_subject, j.right_subject, j.evidence FROM subject_map m JOIN joins j ON "
        "j.version = m.version WHERE m.subject = $1 AND j.undone IS NULL");
    row.bind(1, member.subject);
    for (;;) {
      CX_TRY(const bool more, row.step());
      if (!more) break;
      out.push_back(
          {row.u64(0), {row.u64(1)}, {row.u64(2)}, static_cast<Evidence>(row.i64(3)) == Evidence::kClaim});
    }
  }
  std::ranges::sort(out);
  const auto repeats = std::ranges::unique(out);
  out.erase(repeats.begin(), repeats.end());
  return out;
}

Result<JoinState> join_state(ledger::Tx& tx, std::uint64_t version, Edge& edge) {
  ledger::Statement& row = tx.sql(
      "SELECT j.left_subject, j.right_subject, j.undone, d.source FROM joins j LEFT JOIN decisions d ON "
      "d.version = j.undone WHERE j.version = $1");
  CX_TRY(const bool there, row.bind(1, version).step());
  if (!there) return fail(Code::kNotFound, "join {}", version);
  edge = {version, {row.u64(0)}, {row.u64(1)}};
  if (row.is_null(2)) return JoinState::kHolds;
  return row.u64(3) != 0 ? JoinState::kTakenBackByEvent : JoinState::kTakenBackByPerson;
}

Result<std::optional<Edge>> held_between(ledger::Tx& tx, SubjectId left, SubjectId right) {
  ledger::Statement& row = tx.sql(
      "SELECT version FROM joins WHERE evidence <> 1 AND left_subject = $1 AND right_subject = $2 "
      "AND undone IS NULL");
  CX_TRY(const bool there, row.bind(1, left).bind(2, right).step());
  if (!there) return std::nullopt;
  return Edge{.version = row.u64(0), .left = left, .right = right, .by_claim = false};
}

Result<void> undo_join(ledger::Tx& tx, std::uint64_t version, std::uint64_t by) {
  CX_TRY(tx.sql("UPDATE joins SET undone = $2 WHERE version = $1").bind(1, version).bind(2, by).run());
  return {};
}

Result<void> insert_decision(ledger::Tx& tx, const DecisionRow& d) {
  ledger::Statement& insert = tx.sql(
      "INSERT INTO decisions (version, kind, actor, source, at, left_subject, right_subject, reason) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8)");
  insert.bind(1, d.version).bind(2, static_cast<int>(d.kind)).bind(3, d.actor).bind(4, d.source);
  CX_TRY(insert.bind(5, d.at).bind(6, d.left).bind(7, d.right).bind(8, d.reason).run());
  return {};
}

Result<void> keep_apart(ledger::Tx& tx, SubjectId a, SubjectId b, std::uint64_t version) {
  for (const auto& [subject, other] : {std::pair{a, b}, std::pair{b, a}}) {
    ledger::Statement& insert = tx.sql(
        "INSERT INTO apart (subject, other, version) VALUES ($1, $2, $3) ON CONFLICT (subject, other) DO "
        "UPDATE SET version = excluded.version, lifted = NULL");
    CX_TRY(insert.bind(1, subject).bind(2, other).bind(3, version).run());
    CX_TRY(tx.sql("UPDATE subjects SET apart = 1 WHERE id = $1").bind(1, subject).run());
  }
  return {};
}

Result<std::vector<SubjectId>> apart_from(ledger::Tx& tx, SubjectId subject) {
  ledger::Statement& row =
      tx.sql("SELECT other FROM apart WHERE subject = $1 AND lifted IS NULL").bind(1, subject);
  std::vector<SubjectId> out;
  for (;;) {
    CX_TRY(const bool more, row.step());
    if (!more) return out;
    out.push_back({row.u64(0)});
  }
}

Result<void> lift_apart(ledger::Tx& tx, SubjectId a, SubjectId b, std::uint64_t version) {
  for (const auto& [subject, other] : {std::pair{a, b}, std::pair{b, a}}) {
    ledger::Statement& lift = tx.sql("UPDATE apart SET lifted = $3 WHERE subject = $1 AND other = $2");
    CX_TRY(lift.bind(1, subject).bind(2, other).bind(3, version).run());
  }
  return {};
}

namespace {

/// Of either side; those that `wanted` says.
template <class Wanted>
Result<std::vector<Conflict>> take(ledger::Tx& tx, SubjectId subject, Wanted wanted) {
  std::vector<Conflict> out;
  for (const std::string_view sql :
       {"SELECT suspect, other, reason, source, at, version FROM conflicts WHERE suspect = $1",
        "SELECT suspect, other, reason, source, at, version FROM conflicts WHERE other = $1"}) {
    ledger::Statement& row = tx.sql(sql).bind(1, subject);
    for (;;) {
      CX_TRY(const bool more, row.step());
      if (!more) break;
      if (const Conflict conflict = conflict_of(row); wanted(conflict)) out.push_back(conflict);
    }
  }
  for (const Conflict& c : out)
    CX_TRY(tx.sql("DELETE FROM conflicts WHERE suspect = $1 AND other = $2")
               .bind(1, c.suspect)
               .bind(2, c.other)
               .run());
  return out;
}

}  // namespace

Result<std::vector<Conflict>> take_conflicts(ledger::Tx& tx, SubjectId subject, std::uint64_t since) {
  return take(tx, subject, [&](const Conflict& c) { return c.version >= since; });
}

Result<std::vector<Conflict>> take_untried(ledger::Tx& tx, SubjectId subject) {
  return take(tx, subject, [](const Conflict& c) { return c.reason == ConflictReason::kShared; });
}

}  // namespace store
}  // namespace zhike::identity
