// The rules of joining, as data: which kinds of identifiers are trusted most, how many of a kind one customer
// may have, which values are nobody's. The defaults are catalog/identity/default.json; an edited set replaces
// them as a whole and lies in ledger.db, every version of it. Rules decide about what comes from now on; what
// was joined under earlier ones stays until somebody takes it back.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "event/event.h"
#include "govern/audit.h"
#include "ledger/db.h"

namespace zhike::identity {

/// How many customers' worth of a kind one customer may hold.
enum class Exclusive : std::uint8_t {
  kNo,
  kPerSource,   ///< two values that the same source named first are two customers
  kEverywhere,  ///< two values are two customers
};
/// Whether an identifier of the kind may make two customers one.
enum class Joins : std::uint8_t {
  kAlways,
  kVerified,  ///< only when its owner proved it; until then it is noted of one customer, and joins no two
  kNever,     ///< noted of one customer
};

struct KindRule {
  std::uint32_t rank = 0;   ///< trust: 1 is trusted most; no two kinds share one
  std::uint32_t limit = 1;  ///< values of one customer
  Exclusive exclusive = Exclusive::kNo;
  Joins joins = Joins::kAlways;
  std::uint32_t shared_after = 3;  ///< so many different refused joins say that it is shared; 0: never
  friend bool operator==(const KindRule&, const KindRule&) = default;
};

/// Which of the values that a customer's identifiers and sources state is shown.
enum class Survivor : std::uint8_t {
  kLatest,        ///< the one stated last
  kMostTrusted,   ///< of the source that stands first in Rules::trusted; within it, the latest
  kMostFrequent,  ///< that most identifiers and sources state; of equals, the latest
};
[[nodiscard]] std::string_view to_string(Survivor rule) noexcept;  ///< "most_trusted"

struct TraitRule {
  std::string key;  ///< of the trait
  Survivor rule = Survivor::kLatest;
  friend bool operator==(const TraitRule&, const TraitRule&) = default;
};

struct Rules {
  std::uint64_t version = 1;
  std::array<KindRule, kIdentifierKindCount> kinds;  ///< by IdentifierKind - 1
  bool release_shared = true;  ///< what joined through a value is taken apart when it proves to be shared
  std::string consent;         ///< category of context.consent that allows linking; empty: not asked
  std::vector<Identifier> blocked;  ///< beside blocked_values.inc; in comparable form

  std::vector<TraitRule> traits;  ///< of keys that are not settled by kLatest
  std::vector<SourceId> trusted;  ///< the most trusted first; those not named come last

  [[nodiscard]] const KindRule& of(IdentifierKind kind) const {
    return kinds[static_cast<std::size_t>(kind) - 1];
  }
  /// The order of "kinds" is the order of trust. Errors: kBadField (names the kind and what is wrong:
  /// one is missing, unknown or twice; a limit of 0 or above 1,000,000; above 10,000 blocked values, 500
  /// rules of traits or sources).
  [[nodiscard]] static Result<Rules> parse(std::string_view json);
  [[nodiscard]] std::string to_json() const;
  [[nodiscard]] static const Rules& defaults();
};
[[nodiscard]] std::string_view to_string(Exclusive exclusive) noexcept;  ///< "per_source"
[[nodiscard]] std::string_view to_string(Joins joins) noexcept;          ///< "verified"

/// The rules in force. Thread-safe.
class RuleBook {
 public:
  /// Borrows its parts.
  [[nodiscard]] static Result<std::unique_ptr<RuleBook>> open(ledger::Db& ledger, const govern::Audit& audit,
                                                              const Clock& clock);
  [[nodiscard]] std::shared_ptr<const Rules> current() const;
  /// Replaces them, audited. `next.version` must be the version that was read; it is raised by one. The
  /// caller hands them to Graph::use. Errors: kLedgerConflict (somebody else was faster), the ledger's.
  [[nodiscard]] Result<void> replace(UserId actor, Rules next);

 private:
  RuleBook(ledger::Db& ledger, const govern::Audit& audit, const Clock& clock)
      : ledger_(ledger), audit_(audit), clock_(clock) {}
  ledger::Db& ledger_;
  const govern::Audit& audit_;
  const Clock& clock_;
  mutable std::mutex mutex_;
  std::shared_ptr<const Rules> current_;
};

}  // namespace zhike::identity
