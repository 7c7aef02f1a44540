// Units: the branches, brands and regions that events belong to and that grants are limited to. An event
// names its unit by key; names, hierarchy and time zones live here and may change without touching history. A
// grant or a filter that names a unit means the units below it too.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "event/grant.h"
#include "govern/audit.h"
#include "ledger/db.h"

namespace zhike::govern {

struct Unit {
  std::string key{};
  std::string name_en{}, name_zh{};  ///< empty: none, the key is shown
  std::string parent{};              ///< key of the unit it belongs to; empty: none
  std::string zone{};                ///< IANA; empty: the parent's, else the installation's
  friend bool operator==(const Unit&, const Unit&) = default;
};

/// All units at one moment. Immutable, so safe from any thread.
class UnitTree {
 public:
  /// `otherwise`: the zone of units without one. Errors: kBadUnit (see Units::put), kUnknownZone.
  [[nodiscard]] static Result<UnitTree> make(std::vector<Unit> units, Zone otherwise);

  [[nodiscard]] std::span<const Unit> list() const { return units_; }  ///< by key
  [[nodiscard]] const Unit* find(std::string_view key) const;          ///< null: nothing is known but its key
  /// Where the days of a unit begin, also of one that is not listed.
  [[nodiscard]] Zone zone_of(std::string_view key) const;
  [[nodiscard]] Zone otherwise() const { return otherwise_; }
  /// The keys and all units below them, sorted, each once. Keys that are not listed stay.
  [[nodiscard]] std::vector<std::string> with_below(std::span<const std::string> keys) const;

 private:
  explicit UnitTree(Zone otherwise) : otherwise_(otherwise) {}
  Zone otherwise_;
  std::vector<Unit> units_;                                     // by key
  std::vector<Zone> zones_;                                     // of units_, what they inherit included
  std::multimap<std::string, std::string, std::less<>> below_;  // parent to child
};

/// Thread-safe. `db` (ledger.db), `audit` and `clock` are borrowed. The tree is cached whole.
class Units {
 public:
  static constexpr std::size_t kUnitsMax = 10'000;

  [[nodiscard]] static Result<std::unique_ptr<Units>> open(ledger::Db& db, const Audit& audit,
                                                           const Clock& clock, Zone otherwise);
  [[nodiscard]] std::shared_ptr<const UnitTree> current() const;
  /// Writes the given units and leaves the others; one without names, parent and zone is forgotten. All or
  /// nothing, audited. Errors: kBadUnit (key or name too long or with control characters, a key twice, a
  /// parent that is not listed, a circle, more than kUnitsMax), kUnknownZone.
  [[nodiscard]] Result<void> put(UserId actor, const std::vector<Unit>& changes);
  /// The grant with the units below those that it names.
  [[nodiscard]] Grant widened(Grant grant) const;

 private:
  Units(ledger::Db& db, const Audit& audit, const Clock& clock, UnitTree tree)
      : db_(db), audit_(audit), clock_(clock), tree_(std::make_shared<const UnitTree>(std::move(tree))) {}

  ledger::Db& db_;
  const Audit& audit_;
  const Clock& clock_;
  std::mutex writing_;
  mutable std::mutex mutex_;
  std::shared_ptr<const UnitTree> tree_;
};

}  // namespace zhike::govern
