// The SQL of the graph: rows of identity.db, written inside the mover's transaction.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/crypto.h"
#include "identity/graph.h"
#include "ledger/db.h"

namespace zhike::identity {

/// What deciding needs of a subject.
struct SubjectState {
  SubjectId subject;
  CustomerId customer;
  SourceId source;
  IdentifierKind kind{};
  bool shared = false;
};

struct Member {
  SubjectId subject;
  IdentifierKind kind{};
  SourceId source;
};

struct Join {
  std::uint64_t version = 0;
  SubjectId left, right;
  CustomerId survivor, absorbed;
  SourceId source;
  Instant at;
};

enum class ConflictReason : std::uint8_t { kExclusive = 1, kTooMany = 2 };

struct Counters {
  std::uint64_t next_subject = 1, next_version = 1;
};

/// The stored form of an identifier's hash: over kind and comparable value.
[[nodiscard]] crypto::Hash128 identifier_hash(const crypto::Key& key, IdentifierKind kind,
                                              std::string_view normal);

namespace store {
[[nodiscard]] Result<Counters> counters(ledger::Tx& tx);
[[nodiscard]] Result<std::optional<SubjectState>> by_hash(ledger::Tx& tx, const crypto::Hash128& hash);
[[nodiscard]] Result<std::optional<SubjectId>> subject_of(ledger::Tx& tx, const crypto::Hash128& hash);
[[nodiscard]] Result<SubjectState> by_id(ledger::Tx& tx, SubjectId subject);  ///< kNotFound
[[nodiscard]] Result<std::vector<Member>> members(ledger::Tx& tx, CustomerId customer);
[[nodiscard]] Result<void> insert_hash(ledger::Tx& tx, const crypto::Hash128& hash, SubjectId subject);
[[nodiscard]] Result<void> insert_subject(ledger::Tx& tx, const SubjectState& state, Instant first_seen,
                                          std::string_view wrapped, std::string_view sealed);
[[nodiscard]] Result<void> set_customer(ledger::Tx& tx, SubjectId subject, CustomerId customer);
[[nodiscard]] Result<void> insert_join(ledger::Tx& tx, const Join& join);
[[nodiscard]] Result<void> insert_map(ledger::Tx& tx, const MapChange& change);
/// True: it was not known, and now `suspect` has enough of them to be shared.
[[nodiscard]] Result<bool> insert_conflict(ledger::Tx& tx, SubjectId suspect, SubjectId other,
                                           ConflictReason reason, const Claim& claim);
[[nodiscard]] Result<void> set_shared(ledger::Tx& tx, SubjectId subject);
}  // namespace store

}  // namespace zhike::identity
