// Identity: which identifiers belong to one customer. A subject is the immutable id of one identifier; a
// customer is the set of subjects joined so far, named by its smallest subject id. Nothing here writes into
// history: the subject → customer map is versioned, so a merge can be taken back.
// Identifiers are stored as keyed hashes; their raw values under the subject's own key.
//
// Rules of joining, in the order in which they are asked:
// 1. Blank and blocked values (blocked_values.inc) are no identifiers.
// 2. A claim joins its identifiers to its most trusted one (the order of IdentifierKind; of one kind, the
// first).
// 3. A shared identifier joins nothing. One becomes shared when kSharedAfter different joins through it were
//    refused: a hotel's phone, a tablet on a counter. What it had joined before stays.
// 4. Two customers who both have a user id of the same source (the one that first named it), or both a
//    national id, stay apart.
// 5. So do two who together would have more identifiers of a kind than kLimits allows.
// A refused join is a conflict: counted, and kept with its reason. When an event's identifiers stay apart, it
// belongs to the most trusted one: on a device that changes hands, to who is signed in.
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
#include "ledger/db.h"

namespace zhike::identity {

/// One event's claim: these identifiers belong together. The first is the one the event arrives under.
struct Claim {
  std::span<const Identifier> identifiers;
  Instant at;
  SourceId source;
};

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

struct Outcome {
  std::vector<Resolved> resolved;      ///< one per claim; unset ids for a claim without a usable identifier
  std::vector<Merge> merges;           ///< in order
  std::vector<MapChange> map_changes;  ///< one per changed subject, the last
  std::uint64_t conflicts = 0;         ///< joins refused, repeats included
};

/// How many different refused joins make an identifier shared.
inline constexpr std::uint32_t kSharedAfter = 3;

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
  [[nodiscard]] virtual Result<Outcome> resolve(ledger::Tx& tx, std::span<const Claim> claims) = 0;
  virtual void forget() = 0;  ///< drops what is cached from a transaction that did not commit

  /// Lookups; any thread.
  [[nodiscard]] virtual Result<std::optional<CustomerId>> find(const Identifier& identifier) = 0;
  /// Errors: kNotFound.
  [[nodiscard]] virtual Result<CustomerId> customer_of(SubjectId subject) = 0;
  [[nodiscard]] virtual Result<std::vector<SubjectId>> subjects_of(CustomerId customer) = 0;
  struct Known {
    SubjectId subject;
    IdentifierKind kind;
    std::string value;  ///< see shown(), in clear: the caller masks it, or has a Grant to reveal
    Instant first_seen;
  };
  /// The newest of each kind, by kind. Errors: kSealBroken.
  [[nodiscard]] virtual Result<std::vector<Known>> identifiers_of(CustomerId customer,
                                                                  std::size_t per_kind_max) = 0;
  [[nodiscard]] Result<std::vector<Known>> identifiers_of(CustomerId customer) {
    return identifiers_of(customer, 50);
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
