// What the digital-experience score is made of: the weights of its components, and which events and
// properties say how long a page took, what was searched and found, what failed, how it was rated, what was
// shown and what the customer likes. Those that are shipped (catalog/experience) apply until the first
// change.
#pragma once

#include <array>
#include <boost/json/object.hpp>
#include <cstddef>
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

enum class Part : std::uint8_t { kSteps, kLoad, kFindability, kErrors, kInterface, kPersonalisation };
inline constexpr std::size_t kParts = 6;
inline constexpr std::array<Part, kParts> kAllParts{Part::kSteps,  Part::kLoad,      Part::kFindability,
                                                    Part::kErrors, Part::kInterface, Part::kPersonalisation};
[[nodiscard]] std::string_view to_string(Part part) noexcept;  ///< "findability"

inline constexpr std::size_t kLoadPropertiesMax = 32, kSearchRulesMax = 16, kMatchersMax = 50;
inline constexpr int kSearchMinutesMax = 24 * 60;

/// Which events: a key of the touchpoint catalogue; "name:Products *", of events by name, where * is anything
/// and case does not matter; or "type:page", a type of the protocol.
using Matcher = std::string;
[[nodiscard]] bool matches(const Matcher& matcher, std::string_view type, std::string_view name,
                           std::string_view touchpoint);

/// The first of `properties` that is a number says how long it took.
struct LoadRule {
  std::vector<Matcher> events;
  std::vector<std::string> properties;
  bool in_seconds = false;  ///< else milliseconds
  friend bool operator==(const LoadRule&, const LoadRule&) = default;
};
/// A search, or a menu, and what it is meant to lead to within so many minutes and before the next search.
struct SearchRule {
  std::vector<Matcher> searches, targets;
  int minutes = 30;
  friend bool operator==(const SearchRule&, const SearchRule&) = default;
};
/// Scores between these; where low is good, `worst` is the larger.
struct RatingRule {
  std::string instrument;
  double worst = 0, best = 0;
  friend bool operator==(const RatingRule&, const RatingRule&) = default;
};

struct ExperienceSettings {
  std::array<double, kParts> weights{};  ///< percent, 100 together
  std::vector<std::string> channels{};   ///< that count as digital
  std::vector<LoadRule> loads{};
  std::vector<SearchRule> searches{};
  std::vector<Matcher> errors{};
  std::vector<RatingRule> ratings{};
  std::string effort{};  ///< instrument of the customers' effort
  std::vector<Matcher> shown{}, chosen{};
  std::vector<std::string> tastes{};  ///< properties of both: the first that there is says of what sort
  std::uint64_t version = 0;          ///< 0: as shipped
  friend bool operator==(const ExperienceSettings&, const ExperienceSettings&) = default;
};

[[nodiscard]] boost::json::object to_json(const ExperienceSettings& settings);
/// `version` is not read. Errors: kBadField (a field is missing or not of its kind, weights that are not 100
/// together, too many rules, a scale without length).
[[nodiscard]] Result<ExperienceSettings> parse_experience_settings(const boost::json::object& from);
[[nodiscard]] const ExperienceSettings& shipped_experience_settings();

/// Kept in ledger.db; every call reads or writes there. Thread-safe. `db` and `clock` are borrowed.
class ExperienceBook {
 public:
  ExperienceBook(ledger::Db& db, const govern::Audit& audit, const Clock& clock)
      : db_(db), audit_(audit), clock_(clock) {}

  /// Errors: the ledger's.
  [[nodiscard]] Result<ExperienceSettings> current() const;
  /// Puts these in place of those in force; audited. `settings.version`: the version that was changed.
  /// Permission: kManageData. Errors: kPermissionMissing, kLedgerConflict, the ledger's.
  [[nodiscard]] Result<void> put(const Grant& grant, const ExperienceSettings& settings);

 private:
  ledger::Db& db_;
  govern::Audit audit_;
  const Clock& clock_;
};

}  // namespace zhike::journey
