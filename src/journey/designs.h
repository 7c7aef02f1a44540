// Designed processes: how cases should go, drawn as blocks, kept by name with all their versions. A block is
// a process tree (mining/tree.h) of keys, so that its Petri net is sound.
#pragma once

#include <boost/json/object.hpp>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "event/grant.h"
#include "govern/audit.h"
#include "journey/journey.h"
#include "ledger/db.h"
#include "mining/tree.h"

namespace zhike::journey {

inline constexpr std::size_t kDesignBlocksMax = 100, kDesignDepthMax = 8;

/// `names`: of the activities of `tree`: keys of touchpoints, stages or channels.
struct Process {
  mining::Tree tree;
  std::vector<std::string> names;
};
/// {"op": "step", "key": "cart", "children": []}; op: step, silent, xor, sequence, parallel, loop. Errors:
/// kBadField (an unknown op, a step without a key, a block that lacks children, too many or too deep, no
/// step).
[[nodiscard]] Result<Process> read_process(const boost::json::object& block);
[[nodiscard]] boost::json::object process_json(const mining::Tree& tree,
                                               const std::vector<std::string>& names);

using DesignId = Id<struct DesignTag>;

struct Design {
  DesignId id;
  std::string name;           ///< 1 to 120 bytes, taken by no other
  std::uint64_t version = 0;  ///< of `process`, from 1
  std::uint64_t latest = 0;
  Level level = Level::kTouchpoint;
  Process process;
  UserId actor;
  Instant changed;
};

struct DesignWish {
  DesignId id{};  ///< unset: a new one
  std::string name;
  Level level = Level::kTouchpoint;
  Process process;
  std::uint64_t based_on = 0;  ///< the version that was changed; 0: a new one
};

/// Kept in ledger.db; every call reads or writes there. Thread-safe. `db` and `clock` are borrowed. To look:
/// kViewMetrics; to change: kManageData. Errors: kPermissionMissing, the ledger's, and those named.
class Designs {
 public:
  static constexpr std::size_t kDesignsMax = 200;

  Designs(ledger::Db& db, const govern::Audit& audit, const Clock& clock)
      : db_(db), audit_(audit), clock_(clock) {}

  [[nodiscard]] Result<std::vector<Design>> list(const Grant& grant) const;  ///< the latest of each, by name
  /// `version` 0: the latest. Errors: kNotFound.
  [[nodiscard]] Result<Design> find(const Grant& grant, DesignId id, std::uint64_t version = 0) const;
  /// By name, or id as text. Errors: kNotFound.
  [[nodiscard]] Result<Design> find(const Grant& grant, std::string_view name) const;
  /// Adds a version; audited. Errors: kBadField (the name; too many), kNotFound, kLedgerConflict (the name is
  /// taken; another version is in force).
  [[nodiscard]] Result<Design> put(const Grant& grant, const DesignWish& wish) const;
  /// With all versions; audited. Errors: kNotFound.
  [[nodiscard]] Result<void> remove(const Grant& grant, DesignId id) const;

 private:
  ledger::Db& db_;
  govern::Audit audit_;
  const Clock& clock_;
};

}  // namespace zhike::journey
