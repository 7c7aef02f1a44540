// Service blueprints: five lanes over the steps of a kind of journey, from what the customer touches down to
// what supports it, each cell with its words, who answers for it and the numbers that it is bound to
// (Shostack 1984, Harvard Business Review 62:133-139; Bitner, Ostrom and Morgan 2008, California Management
// Review 50:66-94). The line of interaction runs below the customer, that of visibility below the frontstage,
// that of internal interaction below the backstage. A kind of journey without one gets a draft from its map.
#pragma once

#include <array>
#include <boost/json/object.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "event/grant.h"
#include "govern/audit.h"
#include "journey/map.h"
#include "ledger/db.h"

namespace zhike::journey {

enum class Lane : std::uint8_t { kEvidence, kCustomer, kFrontstage, kBackstage, kSupport };
inline constexpr std::array<Lane, 5> kLanes{Lane::kEvidence, Lane::kCustomer, Lane::kFrontstage,
                                            Lane::kBackstage, Lane::kSupport};
[[nodiscard]] std::string_view to_string(Lane lane) noexcept;  ///< "frontstage"

inline constexpr std::size_t kBlueprintStepsMax = 20, kBlueprintBindingsMax = 6,
                             kBlueprintAllBindingsMax = 60;
/// Figures of the journey map; other keys are those of the metric catalogue.
inline constexpr std::string_view kMapReach = "map.reach", kMapWait = "map.wait", kMapEffort = "map.effort",
                                  kMapFeeling = "map.feeling";

/// A number of a cell: within the cell's step, and of these places alone where they are named.
struct Binding {
  std::string key;
  std::string touchpoint{}, channel{};  ///< of metrics; empty: any
  friend bool operator==(const Binding&, const Binding&) = default;
};
struct BlueprintCell {
  Lane lane{};
  std::string step;
  std::string text_en{}, text_zh{}, owner{};
  std::vector<Binding> bindings{};
  friend bool operator==(const BlueprintCell&, const BlueprintCell&) = default;
};
/// A stage or a touchpoint of the catalogue, by its key.
struct BlueprintStep {
  std::string key;
  bool is_touchpoint = false;
  friend bool operator==(const BlueprintStep&, const BlueprintStep&) = default;
};
struct Blueprint {
  std::string definition;  ///< key of the kind of journey
  std::vector<BlueprintStep> steps{};
  std::vector<BlueprintCell> cells{};  ///< each lane and step once at most
  std::uint64_t version = 0;           ///< 0: a draft that was never saved
  friend bool operator==(const Blueprint&, const Blueprint&) = default;
  [[nodiscard]] const BlueprintStep* find(std::string_view step) const;  ///< null: none of that key
};

/// Steps, cells and version; `definition` is not in it.
[[nodiscard]] boost::json::object to_json(const Blueprint& blueprint);
/// `version` is not read. Errors: kBadField (a field is missing or not of its kind, a step or cell twice, a
/// cell of no step, a key that is neither a metric nor a figure of the map, too many).
[[nodiscard]] Result<Blueprint> parse_blueprint(std::string_view definition, const boost::json::object& from);

/// Names in a language.
using BlueprintName = std::function<std::string(bool chinese, bool is_channel, std::string_view key)>;
/// Steps: the stages of the map. Evidence holds its touchpoints, the customer's cell what customers do there,
/// the frontstage the channels; owners as in the map; reach, effort and feeling with the customer, the wait
/// with the backstage. Pure.
[[nodiscard]] Blueprint draft(const std::string& definition, const JourneyMap& map,
                              const BlueprintName& name);

/// Kept in ledger.db; every call reads or writes there. Thread-safe. `db` and `clock` are borrowed.
class Blueprints {
 public:
  Blueprints(ledger::Db& db, const govern::Audit& audit, const Clock& clock)
      : db_(db), audit_(audit), clock_(clock) {}

  /// None: it was never saved. Errors: the ledger's.
  [[nodiscard]] Result<std::optional<Blueprint>> find(std::string_view definition) const;
  /// Puts it in place of the one in force; audited. `blueprint.version`: the version that was changed.
  /// Permission: kManageData. Errors: kPermissionMissing, kBadField, kLedgerConflict, the ledger's.
  [[nodiscard]] Result<void> put(const Grant& grant, const Blueprint& blueprint);

 private:
  ledger::Db& db_;
  govern::Audit audit_;
  const Clock& clock_;
};

}  // namespace zhike::journey
