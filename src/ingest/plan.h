// Tracking plans: what the events of a source should look like. A plan is a document (JSON) with a subset of
// JSON Schema for each event; it is kept in the ledger with all its versions. In observe mode what arrives is
// compared and counted, in enforce mode what does not fit goes to the quarantine.
//
//   {"mode": "observe", "unplanned": "allow", "events": [
//     {"type": "track", "name": "Order Completed", "description": "paid", "schema": {
//       "type": "object", "required": ["order_id"], "additionalProperties": true,
//       "properties": {"order_id": {"type": "string", "pattern": "^A-[0-9]+$"}, "total": {"type": "number",
//       "minimum": 0}}}}]}
//
// Words of a schema: type, enum, pattern (RE2: linear time), minLength, maxLength (characters), minimum,
// maximum, required, properties (nested ones join their names with dots), additionalProperties; title,
// description, examples, default and $schema are kept and mean nothing. Any other word is refused.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "event/event.h"
#include "govern/audit.h"
#include "ledger/db.h"

namespace re2 {
class RE2;
}

namespace zhike::ingest {

/// Types of values, as JSON Schema calls them; bits of a set. An integer is a number too.
enum class ValueType : std::uint8_t { kNull, kBoolean, kInteger, kNumber, kString, kArray };
inline constexpr std::size_t kValueTypeCount = 6;
[[nodiscard]] std::string_view to_string(ValueType type) noexcept;  ///< "integer"
/// `from_file`: a text that reads as a number or true/false is one, since files hold nothing but texts.
[[nodiscard]] ValueType type_of(const Value& value, bool from_file) noexcept;

enum class Fault : std::uint8_t {
  kUnplanned,
  kMissing,
  kType,
  kEnum,
  kPattern,
  kRange,
  kLength,
  kAdditional
};
inline constexpr std::size_t kFaultCount = 8;
[[nodiscard]] std::string_view to_string(Fault fault) noexcept;  ///< "missing"

/// One thing of an event that is not as planned. `path`: "total", "address.city"; empty: the event itself.
struct Violation {
  Fault fault = Fault::kUnplanned;
  std::string path;
  friend bool operator==(const Violation&, const Violation&) = default;
};
/// "properties.total: not of the planned type", without the value.
[[nodiscard]] std::string detail_of(const Violation& violation, const RawEvent& event);
[[nodiscard]] Reason reason_of(const Violation& violation) noexcept;

struct PropertyRule {
  std::string key;
  std::uint8_t types = 0;  ///< set of ValueType; 0: any
  bool required = false;
  std::vector<std::string> one_of;  ///< as to_string(Value) writes them; empty: any
  std::optional<double> least, most;
  std::optional<std::size_t> length_min, length_max;
  std::shared_ptr<const re2::RE2> pattern;  ///< null: any
};

struct EventPlan {
  EventType type = EventType::kTrack;
  std::string name;
  bool additional = true;
  std::vector<PropertyRule> properties;  ///< by key
};

enum class PlanMode : std::uint8_t { kObserve, kEnforce };

/// Immutable once made: shared between threads.
struct Plan {
  static constexpr std::size_t kBytesMax = 1U << 20U;
  static constexpr std::size_t kEventsMax = 500, kPropertiesMax = 256, kOneOfMax = 200, kPatternMax = 200;
  static constexpr std::size_t kDepthMax = 8;

  /// Errors: kBadPlan, naming the place.
  [[nodiscard]] static Result<Plan> parse(std::string_view body);
  [[nodiscard]] const EventPlan* find(EventType type, std::string_view name) const;
  /// Adds what is wrong with the event, at most `most`. The fields that events keep apart from their
  /// properties (amount, order, branch, channel, session, score, text) count as properties under the names
  /// they arrive by.
  void check(const RawEvent& event, bool from_file, std::size_t most, std::vector<Violation>& out) const;

  PlanMode mode = PlanMode::kObserve;
  bool allows_unplanned = true;
  std::vector<EventPlan> events;
  std::string body;  ///< the document, as JSON without blanks
  std::uint64_t version = 0;
  Instant at;
  UserId author;

 private:
  std::map<std::string, std::size_t, std::less<>> places_;  // type and name → events
};

/// Thread-safe. Borrows everything.
class Plans {
 public:
  [[nodiscard]] static Result<std::unique_ptr<Plans>> open(ledger::Db& ledger, const govern::Audit& audit,
                                                           const Clock& clock);
  /// The plan in force; null: none. Quick.
  [[nodiscard]] std::shared_ptr<const Plan> of(SourceId source) const;
  /// A new version. `based_on`: the version that was edited, 0: there was none. Errors: kBadPlan,
  /// kPlanChanged (another version is in force).
  [[nodiscard]] Result<std::shared_ptr<const Plan>> set(UserId author, SourceId source,
                                                        std::uint64_t based_on, std::string_view body);
  struct Version {
    std::uint64_t version = 0;
    Instant at;
    UserId author;
    std::string body;
  };
  /// Newest first.
  [[nodiscard]] Result<std::vector<Version>> history(SourceId source, std::size_t count);

 private:
  Plans(ledger::Db& ledger, const govern::Audit& audit, const Clock& clock)
      : ledger_(ledger), audit_(audit), clock_(clock) {}
  ledger::Db& ledger_;
  const govern::Audit& audit_;
  const Clock& clock_;
  mutable std::shared_mutex mutex_;
  std::map<SourceId, std::shared_ptr<const Plan>> plans_;
};

}  // namespace zhike::ingest
