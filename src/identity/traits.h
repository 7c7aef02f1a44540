// What is known of a customer beside identifiers: traits of subjects (a sensitive value sealed under the
// subject's key, any other in clear), and the index that finds customers by name without storing names:
// keyed hashes of normalised full names. Whether a trait is sensitive is the writer's decision.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/crypto.h"
#include "base/ids.h"
#include "base/time.h"
#include "event/event.h"
#include "govern/keys.h"
#include "identity/rules.h"
#include "ledger/db.h"

namespace zhike::identity {

struct Trait {
  std::string key;    ///< "name", "city", "address.street"
  std::string value;  ///< in clear
  bool sensitive = false;
  SourceId source;
  Instant at;
  TraitOp op = TraitOp::kSet;  ///< also kAdd and kAppend: what comes on top of the value of its key
  friend bool operator==(const Trait&, const Trait&) = default;
};

/// A statement of this key takes away all that was stated no later: the key of no trait.
inline constexpr std::string_view kAllKeys;

/// Subjects that have no room for a further key: counted once, not for every key that finds none. Of one
/// transaction: afterwards it may not be true any more.
struct FullSubjects {
  std::unordered_set<SubjectId> of_values, of_entries;
  void clear() {
    of_values.clear();
    of_entries.clear();
  }
};

/// Borrows `keys`. Thread-safe: keeps nothing but the keys.
class Traits {
 public:
  static constexpr std::uint64_t kCountMax = 500;  ///< different keys of a subject
  explicit Traits(const govern::Keys& keys) : keys_(keys), search_key_(keys.search()) {}

  /// Puts values of a subject that resolve() has answered, in the same or a later transaction. Of one key and
  /// source the latest `at` stays, and of equal times the last put; an empty value says that there is none
  /// from then on. New keys above kCountMax are left out.
  /// Errors: kNotFound (no such subject, or its key was destroyed), kSealBroken.
  [[nodiscard]] Result<void> put(ledger::Tx& tx, SubjectId subject, std::span<const Trait> traits,
                                 FullSubjects& full) const;
  [[nodiscard]] Result<void> put(ledger::Tx& tx, SubjectId subject, std::span<const Trait> traits) const {
    FullSubjects full;
    return put(tx, subject, traits, full);
  }

  /// Carries out `op` as a statement of the subject, whoever its customer is: what it comes to is told by
  /// those that read, from all that the customer's subjects state, so joins and splits take it along.
  /// Sums and lists are kept entry by entry, at most kEntriesMax of a key, of more the oldest as one. Of
  /// kDelete only source and time of the first trait count. Errors: as put().
  static constexpr std::size_t kEntriesMax = 64;
  [[nodiscard]] Result<void> change(ledger::Tx& tx, SubjectId subject, TraitOp op, std::vector<Trait> traits,
                                    FullSubjects& full) const;
  [[nodiscard]] Result<void> change(ledger::Tx& tx, SubjectId subject, TraitOp op,
                                    std::vector<Trait> traits) const {
    FullSubjects full;
    return change(tx, subject, op, std::move(traits), full);
  }
  /// Of a customer: per key the latest value among its subjects and sources, by key. Sensitive ones are
  /// opened: the caller masks them, or has a Grant to reveal. Errors: kSealBroken.
  [[nodiscard]] Result<std::vector<Trait>> get(ledger::Tx& tx, CustomerId customer) const;
  /// The same by the rules of survivorship (survivor.h).
  [[nodiscard]] Result<std::vector<Trait>> get(ledger::Tx& tx, CustomerId customer, const Rules& rules) const;
  /// The same of some subjects.
  [[nodiscard]] Result<std::vector<Trait>> get(ledger::Tx& tx, std::span<const SubjectId> subjects) const;
  /// All that is stated of them, in no order: several values of a key, empty ones, which take it away, and
  /// entries (survivor.h puts them together).
  /// Sensitive ones are opened. Errors: kSealBroken.
  [[nodiscard]] Result<std::vector<Trait>> stated(ledger::Tx& tx, CustomerId customer) const;
  [[nodiscard]] Result<std::vector<Trait>> stated(ledger::Tx& tx, std::span<const SubjectId> subjects) const;

  /// The blind forms of a full name for the index, at most two: as written but for blanks, case and
  /// full-width forms, and clean::name_key(), to which order, titles and traditional characters make no
  /// difference either.
  [[nodiscard]] std::vector<crypto::Hash128> search_terms(std::string_view full_name) const;

 private:
  [[nodiscard]] Result<void> put_entries(ledger::Tx& tx, SubjectId subject, std::span<const Trait> traits,
                                         FullSubjects& full) const;
  [[nodiscard]] Result<void> read(ledger::Statement& row, std::vector<Trait>& out) const;
  const govern::Keys& keys_;
  crypto::Key search_key_;
};

/// Terms that a subject already has change nothing.
[[nodiscard]] Result<void> put_search_terms(ledger::Tx& tx, SubjectId subject,
                                            std::span<const crypto::Hash128> terms);
/// Customers that have the term, by id, at most `count_max`.
[[nodiscard]] Result<std::vector<CustomerId>> find_by_term(ledger::Tx& tx, const crypto::Hash128& term,
                                                           std::size_t count_max);

}  // namespace zhike::identity
