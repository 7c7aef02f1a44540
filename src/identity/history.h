// What identity.db tells of a customer's making, for people: which joins hold it together and why, what was
// taken back, what was refused; and what a decision would come to. Functions of a transaction; they keep
// nothing.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "identity/store.h"

namespace zhike::identity {

struct JoinView {
  std::uint64_t version = 0;
  SubjectId left, right;
  Evidence evidence{};
  SourceId source;  ///< of the event; unset: a person
  Instant at;
  std::optional<std::uint64_t> undone;  ///< by that decision
};

struct History {
  std::vector<JoinView> joins;         ///< newest first; those that hold, and those that were taken back
  std::vector<DecisionRow> decisions;  ///< of those joins: who merged, split, unlinked, and why
  std::vector<Conflict> conflicts;     ///< newest first
};

/// At most `count_max` of each.
[[nodiscard]] Result<History> history(ledger::Tx& tx, CustomerId customer, std::size_t count_max);

/// The customers that would be left, each by id, when the joins were taken back. Errors: kNotFound (there is
/// no such join), kBadField (a join is not of this customer).
[[nodiscard]] Result<std::vector<std::vector<SubjectId>>> preview_split(ledger::Tx& tx, CustomerId customer,
                                                                        std::span<const std::uint64_t> joins);

/// What stands against it; nothing: they may be one.
[[nodiscard]] Result<std::optional<ConflictReason>> preview_merge(ledger::Tx& tx, const Rules& rules,
                                                                  CustomerId a, CustomerId b);

/// Every customer that one of the subjects has ever belonged to, in no order, some of them twice.
[[nodiscard]] Result<std::vector<CustomerId>> customers_ever(ledger::Tx& tx,
                                                             std::span<const SubjectId> subjects);

/// Decisions of people after `after`, in order, for the audit log.
[[nodiscard]] Result<std::vector<DecisionRow>> decisions_after(ledger::Tx& tx, std::uint64_t after,
                                                               std::size_t count_max);

}  // namespace zhike::identity
