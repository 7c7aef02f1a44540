#include "identity/store.h"

#include <cstring>

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
          .shared = row.i64(4) != 0};
}

}  // namespace

crypto::Hash128 identifier_hash(const crypto::Key& key, IdentifierKind kind, std::string_view normal) {
  std::string text(1, static_cast<char>(kind));
  text += normal;
  return crypto::keyed_hash(key, text);
}

namespace store {

Result<Counters> counters(ledger::Tx& tx) {
  ledger::Statement& row = tx.sql(
      "SELECT (SELECT coalesce(max(id), 0) FROM subjects), (SELECT coalesce(max(version), 0) FROM joins)");
  CX_TRY(const bool there, row.step());
  cx_check(there, "an aggregate has a row");
  return Counters{.next_subject = row.u64(0) + 1, .next_version = row.u64(1) + 1};
}

Result<std::optional<SubjectState>> by_hash(ledger::Tx& tx, const crypto::Hash128& hash) {
  ledger::Statement& row = tx.sql(
      "SELECT s.id, s.customer, s.source, s.kind, s.shared FROM subject_hashes h "
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
  ledger::Statement& row = tx.sql("SELECT id, customer, source, kind, shared FROM subjects WHERE id = $1");
  CX_TRY(const bool there, row.bind(1, subject).step());
  if (!there) return fail(Code::kNotFound, "subject {}", subject.value);
  return state_of(row);
}

Result<std::vector<Member>> members(ledger::Tx& tx, CustomerId customer) {
  ledger::Statement& row =
      tx.sql("SELECT id, kind, source FROM subjects WHERE customer = $1").bind(1, customer);
  std::vector<Member> out;
  for (;;) {
    CX_TRY(const bool more, row.step());
    if (!more) return out;
    out.push_back(
        {.subject = {row.u64(0)}, .kind = static_cast<IdentifierKind>(row.i64(1)), .source = {row.u64(2)}});
  }
}

Result<void> insert_hash(ledger::Tx& tx, const crypto::Hash128& hash, SubjectId subject) {
  ledger::Statement& insert = tx.sql("INSERT INTO subject_hashes (hash, subject) VALUES ($1, $2)");
  CX_TRY(insert.bind(1, blob(raw(hash))).bind(2, subject).run());
  return {};
}

Result<void> insert_subject(ledger::Tx& tx, const SubjectState& state, Instant first_seen,
                            std::string_view wrapped, std::string_view sealed) {
  ledger::Statement& insert = tx.sql(
      "INSERT INTO subjects (id, kind, source, customer, shared, first_seen, wrapped, sealed) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8)");
  insert.bind(1, state.subject)
      .bind(2, static_cast<int>(state.kind))
      .bind(3, state.source)
      .bind(4, state.customer);
  insert.bind(5, state.shared)
      .bind(6, first_seen)
      .bind(7, ledger::Blob{wrapped})
      .bind(8, ledger::Blob{sealed});
  CX_TRY(insert.run());
  return {};
}

Result<void> set_customer(ledger::Tx& tx, SubjectId subject, CustomerId customer) {
  CX_TRY(tx.sql("UPDATE subjects SET customer = $2 WHERE id = $1").bind(1, subject).bind(2, customer).run());
  return {};
}

Result<void> insert_join(ledger::Tx& tx, const Join& join) {
  ledger::Statement& insert = tx.sql(
      "INSERT INTO joins (version, left_subject, right_subject, survivor, absorbed, source, at) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7)");
  insert.bind(1, join.version)
      .bind(2, join.left)
      .bind(3, join.right)
      .bind(4, join.survivor)
      .bind(5, join.absorbed);
  CX_TRY(insert.bind(6, join.source).bind(7, join.at).run());
  return {};
}

Result<void> insert_map(ledger::Tx& tx, const MapChange& change) {
  ledger::Statement& insert =
      tx.sql("INSERT INTO subject_map (subject, version, customer) VALUES ($1, $2, $3)");
  CX_TRY(insert.bind(1, change.subject).bind(2, change.version).bind(3, change.customer).run());
  return {};
}

Result<bool> insert_conflict(ledger::Tx& tx, SubjectId suspect, SubjectId other, ConflictReason reason,
                             const Claim& claim) {
  ledger::Statement& insert = tx.sql(
      "INSERT INTO conflicts (suspect, other, reason, source, at) VALUES ($1, $2, $3, $4, $5) "
      "ON CONFLICT (suspect, other) DO NOTHING");
  insert.bind(1, suspect).bind(2, other).bind(3, static_cast<int>(reason));
  CX_TRY(const auto added, insert.bind(4, claim.source).bind(5, claim.at).run());
  if (added == 0) return false;
  ledger::Statement& row = tx.sql("SELECT count(*) FROM conflicts WHERE suspect = $1").bind(1, suspect);
  CX_TRY(const bool there, row.step());
  return there && row.i64(0) >= kSharedAfter;
}

Result<void> set_shared(ledger::Tx& tx, SubjectId subject) {
  CX_TRY(tx.sql("UPDATE subjects SET shared = 1 WHERE id = $1").bind(1, subject).run());
  return {};
}

}  // namespace store
}  // namespace zhike::identity
