// Identity: which identifiers belong to one customer. A subject is the immutable id of one identifier; a
// customer is the set of subjects joined so far, named by its smallest subject id. Nothing here writes into
// history: the subject → customer map is versioned, so a merge can be taken back.
// Identifiers are stored as keyed hashes; their raw values under the subject's own key.
//
// Rules of joining, in the order in which they are asked (rules.h; every kind of identifier has its own):
// 1. Blank and blocked values are no identifiers.
// 2. Without consent to link, an event belongs to its first identifier, and joins nothing.
// 3. A claim joins its identifiers to its most trusted one (by rank; of one kind, the first).
// 4. A shared identifier joins nothing. One becomes shared when so many different joins through it were
//    refused: a hotel's phone, a tablet on a counter. What it had joined before is taken apart again.
// 5. An identifier that must be verified first is noted of one customer, and joins no two.
// 6. Two customers whom a person has separated stay apart; so do two who both have an exclusive identifier (a
//    user id of the same source, a national id), and two who together would have too many of a kind.
// A refused join is a conflict: counted, and kept with its reason. When an event's identifiers stay apart, it
// belongs to the most trusted one: on a device that changes hands, to who is signed in. An identifier that a
// claim proves to be its owner's, and that another had without proof, changes hands.
//
// Joins that hold form a forest over the subjects, and its trees are the customers. To take a join back is to
// mark it, and to look which trees are left: exactly the customers that would be without it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "event/event.h"
#include "govern/keys.h"
#include "identity/decision.h"
#include "identity/rules.h"
#include "ledger/db.h"

namespace zhike::identity {

/// One event's claim: these identifiers belong together. The first is the one the event arrives under.
struct Claim {
  std::span<const Identifier> identifiers{};
  Instant at{};
  SourceId source{};
  /// The opposite: the identifiers after the first are taken from its customer; a single one from whomever it
  /// belongs to. Every other link stays.
  bool unlink = false;
  bool linkable = true;        ///< false: the person did not consent to it
  std::uint16_t verified = 0;  ///< one bit (1 << kind) for each kind that is proved to be the person's own
};
[[nodiscard]] constexpr std::uint16_t kind_bit(IdentifierKind kind) {
  return static_cast<std::uint16_t>(1U << static_cast<unsigned>(kind));
}

struct Merge {
  CustomerId survivor, absorbed;
};

/// A changed entry of the subject → customer map, for the warehouse's copy.
struct MapChange {
  SubjectId subject;
  CustomerId customer;
  std::uint64_t version = 0;
};

struct Resolved {
  SubjectId subject;
  CustomerId customer;  ///< as of the end of the batch
};

/// A customer whose record must be made anew, because subjects left it or came back.
struct Rebuild {
  CustomerId customer;
  std::vector<SubjectId> subjects;
};

struct Outcome {
  std::vector<Resolved> resolved;        ///< one per claim; unset ids for a claim without a usable identifier
  std::vector<Result<Decided>> decided;  ///< one per decision
  std::vector<Merge> merges;             ///< in order
  std::vector<Rebuild> rebuilds;         ///< by customer, as of the end of the batch
  std::vector<MapChange> map_changes;    ///< one per changed subject, the last
  std::uint64_t conflicts = 0;           ///< joins refused, repeats included
};

class Graph {
 public:
  struct Options {
    std::size_t cached_max = 1'000'000;  ///< identifiers in memory, about 90 bytes each; changes no result
  };
  /// `db` is identity.db; both are borrowed and must outlive the graph.
  [[nodiscard]] static Result<std::unique_ptr<Graph>> open(ledger::Db& db, const govern::Keys& keys,
                                                           Options options);
  [[nodiscard]] static Result<std::unique_ptr<Graph>> open(ledger::Db& db, const govern::Keys& keys) {
    return open(db, keys, Options{});
  }
  virtual ~Graph() = default;

  /// Resolves a block's claims inside the block's transaction; a rolled back transaction must be followed by
  /// forget(). One thread (the mover's).
  /// Decisions are carried out after the claims; one that is refused changes nothing.
  [[nodiscard]] Result<Outcome> resolve(ledger::Tx& tx, std::span<const Claim> claims,
                                        std::span<const Decision> decisions) {
    CX_TRY(Outcome outcome, resolve_in_memory(tx, claims, decisions));
    CX_TRY(write(tx));
    return outcome;
  }
  /// As resolve(), but the tables need not have it before write(), which another thread may call while this
  /// one goes on with the outcome. The transaction is then that thread's, and the claims are still borrowed.
  [[nodiscard]] virtual Result<Outcome> resolve_in_memory(ledger::Tx& tx, std::span<const Claim> claims,
                                                          std::span<const Decision> decisions) = 0;
  [[nodiscard]] virtual Result<void> write(ledger::Tx& tx) = 0;
  [[nodiscard]] Result<Outcome> resolve(ledger::Tx& tx, std::span<const Claim> claims) {
    return resolve(tx, claims, {});
  }
  virtual void forget() = 0;  ///< drops what is cached from a transaction that did not commit

  /// The rules from the next resolve() on; any thread. The defaults until then.
  virtual void use(std::shared_ptr<const Rules> rules) = 0;
  [[nodiscard]] virtual std::shared_ptr<const Rules> rules() const = 0;

  /// Lookups; any thread.
  [[nodiscard]] virtual Result<std::optional<CustomerId>> find(const Identifier& identifier) = 0;
  [[nodiscard]] virtual Result<std::optional<SubjectId>> subject(const Identifier& identifier) = 0;
  /// Errors: kNotFound.
  [[nodiscard]] virtual Result<CustomerId> customer_of(SubjectId subject) = 0;
  [[nodiscard]] virtual Result<std::vector<SubjectId>> subjects_of(CustomerId customer) = 0;
  struct Known {
    SubjectId subject;
    IdentifierKind kind;
    std::string value;  ///< see shown(), in clear: the caller masks it, or has a Grant to reveal
    Instant first_seen;
    SourceId source;  ///< that named it first
    bool verified = false, shared = false;
  };
  static constexpr std::uint16_t kAllKinds = 0xffff;
  /// The newest of each kind, by kind; `kinds`: one kind_bit() each. Errors: kSealBroken.
  [[nodiscard]] virtual Result<std::vector<Known>> identifiers_of(CustomerId customer,
                                                                  std::size_t per_kind_max,
                                                                  std::uint16_t kinds) = 0;
  /// One. Errors: kNotFound (also when its key was destroyed), kSealBroken.
  [[nodiscard]] virtual Result<Known> identifier(SubjectId subject) = 0;
  [[nodiscard]] Result<std::vector<Known>> identifiers_of(CustomerId customer) {
    return identifiers_of(customer, 50, kAllKinds);
  }
  /// The subjects of many identifiers at once, in their order; unset: not known, or unusable. One snapshot.
  [[nodiscard]] virtual Result<std::vector<SubjectId>> find_subjects(
      std::span<const Identifier> identifiers) = 0;
};

/// The comparable form: e-mail without what its provider ignores, phone as digits with country code where it
/// is plain (clean/email.h, clean/phone.h), a national id in capitals, others trimmed. Empty: unusable
/// (blank, not of its kind, longer than EventLimits::kIdentifierBytesMax, or a blocked value such as
/// test@test.com or 000000).
[[nodiscard]] std::string normalize(const Identifier& identifier);
/// What is kept to be shown of an identifier whose comparable form is `normal`: an e-mail keeps its dots and
/// tag.
[[nodiscard]] std::string shown(const Identifier& identifier, const std::string& normal);

}  // namespace zhike::identity
