// Personas: kinds of customers under a name in two languages, each with the condition that says who belongs
// to it. A filter asks `persona = KEY`, which is that condition, so a change counts for every question at
// once. Conditions are on customers: on columns of events only within did(...).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "event/grant.h"
#include "external/externals.h"
#include "govern/audit.h"
#include "ledger/db.h"
#include "query/filter.h"
#include "warehouse/client.h"

namespace zhike::external {

struct Persona {
  std::string key{};                 ///< letters, digits, _ and -: 1 to 60 bytes
  std::string name_en{}, name_zh{};  ///< one at least, up to 120 bytes
  std::string description{};         ///< this and the next three: up to 2,000 bytes, lines allowed
  std::string goals{}, frustrations{}, quote{};
  std::string where{};        ///< who belongs to it: see persona_condition()
  std::int64_t position = 0;  ///< they are shown by it, then by key; 0 to 10,000
  std::uint64_t version = 0;  ///< of put(): the one that was changed, 0: a new one
  UserId actor{};
  Instant changed{};
};

/// Who belongs to it, of the text: what query/where.h has, on customers. Errors: those of
/// query::parse_where(); kBadField (empty; a column of events outside did(...); another persona).
[[nodiscard]] Result<query::Expr> persona_condition(std::string_view text);

/// Kept in ledger.db; every call reads or writes there. Thread-safe. `db` and `clock` are borrowed. To look:
/// kViewMetrics or kViewCustomers; to change: kManageData. Errors: kPermissionMissing, the ledger's, and
/// those named.
class Personas {
 public:
  static constexpr std::size_t kPersonasMax = 30;

  Personas(ledger::Db& db, const govern::Audit& audit, const Clock& clock)
      : db_(db), audit_(audit), clock_(clock) {}

  [[nodiscard]] Result<std::vector<Persona>> list(const Grant& grant) const;
  /// By its key, else by its name in either language. Errors: kNotFound.
  [[nodiscard]] Result<Persona> find(const Grant& grant, std::string_view name) const;
  /// Audited. Errors: kBadField (see Persona; too many), those of persona_condition(), kLedgerConflict (a
  /// name is another's; another version is in force).
  [[nodiscard]] Result<Persona> put(const Grant& grant, Persona wish) const;
  /// Audited. Errors: kNotFound.
  [[nodiscard]] Result<void> remove(const Grant& grant, std::string_view key) const;

 private:
  ledger::Db& db_;
  govern::Audit audit_;
  const Clock& clock_;
};

/// The condition of a persona for filters, its units with those below them. Errors: kPermissionMissing,
/// kNotFound, the ledger's.
[[nodiscard]] Result<query::Expr> persona_filter(ledger::Db& db, const Grant& grant, std::string_view name);

/// Customers with an event that the filter leaves.
struct PersonaSizes {
  std::uint64_t customers = 0, in_none = 0, in_several = 0;
  std::vector<std::optional<std::uint64_t>> sizes{};  ///< of each; none: its condition cannot be answered
  std::vector<std::optional<Error>> errors{};         ///< why, of each
};
/// `conditions`: of personas, as persona_condition() has them; one that fails by itself (a list that has
/// ended, a source that cannot be reached) belongs to nobody and is told. Permission: kViewMetrics or
/// kViewCustomers. Errors: kPermissionMissing, kBadFilter, the warehouse's.
[[nodiscard]] Result<PersonaSizes> persona_sizes(Externals& externals, warehouse::Client& client,
                                                 const Grant& grant, const query::Filter& filter,
                                                 std::span<const query::Expr> conditions);

}  // namespace zhike::external
