// The SQL of the graph: rows of identity.db, written inside the mover's transaction.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/crypto.h"
#include "identity/forest.h"
#include "identity/graph.h"
#include "ledger/db.h"

namespace zhike::identity {

/// What deciding needs of a subject.
struct SubjectState {
  SubjectId subject;
  CustomerId customer;
  SourceId source;
  IdentifierKind kind{};
  bool shared = false, verified = false;
  bool doubted = false;  ///< shared, as Shared::kDoubted
};

struct Member {
  SubjectId subject;
  IdentifierKind kind{};
  SourceId source;
  bool apart = false;  ///< some other subject must stay with another customer
};

struct Join {
  std::uint64_t version = 0;
  SubjectId left, right;
  CustomerId survivor, absorbed;
  SourceId source;
  Instant at;
  Evidence evidence = Evidence::kClaim;
};

/// Part of the stored format.
enum class ConflictReason : std::uint8_t { kExclusive = 1, kTooMany, kKeptApart, kUnverified, kShared };
[[nodiscard]] std::string_view to_string(ConflictReason reason) noexcept;  ///< "too_many"

/// A refused join.
struct Conflict {
  SubjectId suspect, other;
  ConflictReason reason{};
  SourceId source;
  Instant at;
  std::uint64_t version = 0;
  bool held = false;  ///< a customer was together by people then
};

/// A row of decisions.
struct DecisionRow {
  std::uint64_t version = 0;
  DecisionKind kind{};
  UserId actor{};
  SourceId source{};
  Instant at{};
  SubjectId left{}, right{};
  std::string reason{};
};

/// Whether an identifier is many people's, and who said so. Part of the stored format.
/// kDoubted: found while people held customers together, so that it may turn out not to be.
enum class Shared : std::uint8_t { kNo, kFound, kDecided, kDoubted };

struct Counters {
  std::uint64_t next_subject = 1, next_version = 1;
};

/// The stored form of an identifier's hash: over kind and comparable value.
[[nodiscard]] crypto::Hash128 identifier_hash(const crypto::Key& key, IdentifierKind kind,
                                              std::string_view normal);

namespace store {
[[nodiscard]] Result<Counters> counters(ledger::Tx& tx);
/// Customers that joins of people or matching hold together.
[[nodiscard]] Result<std::vector<CustomerId>> held_by_people(ledger::Tx& tx);
[[nodiscard]] Result<std::optional<SubjectState>> by_hash(ledger::Tx& tx, const crypto::Hash128& hash);
[[nodiscard]] Result<std::optional<SubjectId>> subject_of(ledger::Tx& tx, const crypto::Hash128& hash);
[[nodiscard]] Result<SubjectState> by_id(ledger::Tx& tx, SubjectId subject);  ///< kNotFound
[[nodiscard]] Result<std::vector<Member>> members(ledger::Tx& tx, CustomerId customer);
struct SubjectHash {
  crypto::Hash128 hash;
  SubjectId subject;
};
struct NewSubject {
  SubjectState state;
  Instant first_seen;
  std::string wrapped, sealed;  ///< its key under the master's; its identifier under that
};
/// In the order of the table, where that can be had: neighbours share pages.
[[nodiscard]] Result<void> insert_hashes(ledger::Tx& tx, std::span<const SubjectHash> hashes);
[[nodiscard]] Result<void> insert_subjects(ledger::Tx& tx, std::span<const NewSubject> subjects);
[[nodiscard]] Result<void> set_customer(ledger::Tx& tx, SubjectId subject, CustomerId customer);
[[nodiscard]] Result<void> insert_joins(ledger::Tx& tx, std::span<const Join> joins);
[[nodiscard]] Result<void> insert_maps(ledger::Tx& tx, std::span<const MapChange> changes);
/// Those that speak for `suspect` being shared; none: this one was known already.
struct Suspicion {
  std::uint64_t refused = 0, held = 0;  ///< joins; of them, refused while people held customers together
};
[[nodiscard]] Result<bool> has_conflict(ledger::Tx& tx, SubjectId suspect, SubjectId other);
[[nodiscard]] Result<Suspicion> insert_conflict(ledger::Tx& tx, const Conflict& conflict);
[[nodiscard]] Result<void> set_shared(ledger::Tx& tx, SubjectId subject, Shared shared);
/// Found to be shared, by refused joins that are no longer `needed` many: no longer. True: so it is.
[[nodiscard]] Result<bool> unshare(ledger::Tx& tx, SubjectId subject, std::uint64_t needed);
/// The joins of `subject` that were taken back because it was found to be shared, at `since` or later.
[[nodiscard]] Result<std::vector<Join>> released(ledger::Tx& tx, SubjectId subject, std::uint64_t since);
[[nodiscard]] Result<void> set_verified(ledger::Tx& tx, SubjectId subject);

/// Of the joins that hold, those with an end among the subjects of one customer, each once, by version.
[[nodiscard]] Result<std::vector<Edge>> edges(ledger::Tx& tx, std::span<const Member> members);
enum class JoinState : std::uint8_t { kHolds, kTakenBackByEvent, kTakenBackByPerson };
/// Errors: kNotFound.
[[nodiscard]] Result<JoinState> join_state(ledger::Tx& tx, std::uint64_t version, Edge& edge);
/// The join by people between the two that holds.
[[nodiscard]] Result<std::optional<Edge>> held_between(ledger::Tx& tx, SubjectId left, SubjectId right);
[[nodiscard]] Result<void> undo_join(ledger::Tx& tx, std::uint64_t version, std::uint64_t by);
[[nodiscard]] Result<void> insert_decision(ledger::Tx& tx, const DecisionRow& row);
/// Both directions, and the marks of both.
[[nodiscard]] Result<void> keep_apart(ledger::Tx& tx, SubjectId a, SubjectId b, std::uint64_t version);
[[nodiscard]] Result<std::vector<SubjectId>> apart_from(ledger::Tx& tx, SubjectId subject);
[[nodiscard]] Result<void> lift_apart(ledger::Tx& tx, SubjectId a, SubjectId b, std::uint64_t version);
/// Takes away what was not tried because `subject` was shared.
[[nodiscard]] Result<std::vector<Conflict>> take_untried(ledger::Tx& tx, SubjectId subject);
/// Takes away what was refused to `subject`, either side, since `since`; in order.
[[nodiscard]] Result<std::vector<Conflict>> take_conflicts(ledger::Tx& tx, SubjectId subject,
                                                           std::uint64_t since);
}  // namespace store

}  // namespace zhike::identity
