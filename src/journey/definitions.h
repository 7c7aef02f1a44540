// Kinds of journeys: where a case begins and ends, what belongs to it, how long a pause may last, which
// places are moments of truth. A change counts for all history: cases are cut from the events, and kept ones
// (CaseBook) are cut anew. Those that are shipped (catalog/journeys) apply until the first change.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "event/grant.h"
#include "govern/audit.h"
#include "ledger/db.h"

namespace zhike::journey {

inline constexpr std::size_t kDefinitionsMax = 50, kPlacesMax = 50;
inline constexpr int kGapDaysMax = 365;

/// Who answers for a stage: a team or a person.
struct StageOwner {
  std::string stage, owner;
  friend bool operator==(const StageOwner&, const StageOwner&) = default;
};

/// All lists hold keys of the touchpoint catalogue, each once.
struct Definition {
  std::string key{};
  std::string name_en{}, name_zh{};   ///< one at least
  std::vector<std::string> starts{};  ///< touchpoints that begin a case; none: whatever comes
  std::vector<std::string> ends{};    ///< touchpoints that complete it; none: it ends with the pause alone
  std::vector<std::string> stages{};  ///< only their events belong to it; none: those of all stages
  std::vector<std::string> steps{};   ///< touchpoints in the order of the design: its funnel; none, or 2 to 6
  std::vector<std::string> moments{};  ///< touchpoints that are moments of truth
  int gap_days = 7;                    ///< the pause that ends a case, 1 to 365
  std::vector<StageOwner> owners{};    ///< of any stage, each once
  friend bool operator==(const Definition&, const Definition&) = default;
};

struct DefinitionBook {
  std::vector<Definition> items;
  std::uint64_t version = 0;  ///< 0: as shipped
  /// Null: there is none of that key.
  [[nodiscard]] const Definition* find(std::string_view key) const;
};

/// What is wrong with a definition, each field's first fault.
struct DefinitionFault {
  enum class Why : std::uint8_t { kMissing, kTooLong, kControl, kTwice, kTooMany, kOutOfRange };
  std::string field;  ///< "key", "name_en", ..., "owners": as the API calls it
  Why why{};
  std::string value{};  ///< what stands there twice; else empty
  friend bool operator==(const DefinitionFault&, const DefinitionFault&) = default;
};
[[nodiscard]] std::string_view to_string(DefinitionFault::Why why) noexcept;  ///< "too_many"
/// In the order of the fields; none: it may be put. That keys differ is check()'s business.
[[nodiscard]] std::vector<DefinitionFault> faults_of(const Definition& definition);

/// Errors: kBadField (a fault of one of them; a key twice; too many).
[[nodiscard]] Result<void> check(const std::vector<Definition>& definitions);
[[nodiscard]] const std::vector<Definition>& shipped_definitions();

/// Kept in ledger.db; every call reads or writes there. Thread-safe. `db` and `clock` are borrowed.
class Definitions {
 public:
  Definitions(ledger::Db& db, const govern::Audit& audit, const Clock& clock)
      : db_(db), audit_(audit), clock_(clock) {}

  /// Errors: the ledger's.
  [[nodiscard]] Result<DefinitionBook> current() const;
  /// Puts these, in this order, in place of all; audited. `based_on`: the version that was changed.
  /// Permission: kManageData. Errors: kPermissionMissing, kBadField, kLedgerConflict, the ledger's.
  [[nodiscard]] Result<void> put(const Grant& grant, std::vector<Definition> definitions,
                                 std::uint64_t based_on);

 private:
  ledger::Db& db_;
  govern::Audit audit_;
  const Clock& clock_;
};

}  // namespace zhike::journey
