// Customer 360: who a customer is, in what state, and everything that happened. The screen comes from the hot
// state and never waits for the warehouse; only the full timeline reads it. Masked, except for reveal().
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "event/grant.h"
#include "identity/graph.h"
#include "identity/traits.h"
#include "ledger/hot.h"
#include "profile/labels.h"
#include "profile/names.h"
#include "query/cursor.h"
#include "query/filter.h"
#include "warehouse/client.h"

namespace zhike::profile {

/// What a kind of event is; the ingest module keeps them, `app` supplies them. Thread-safe.
struct Kind {
  std::string type, name, channel, touchpoint, stage;
};
class Kinds {
 public:
  virtual ~Kinds() = default;
  /// None for a number that was never given out.
  [[nodiscard]] virtual std::optional<Kind> kind(std::uint32_t number) const = 0;
};

/// Where uses of a privilege are written down, durably, before the privilege is used. Thread-safe.
class Audit {
 public:
  virtual ~Audit() = default;
  [[nodiscard]] virtual Result<void> revealed(const Grant& grant, CustomerId customer,
                                              std::string_view reason) = 0;
};

struct Interaction {
  ledger::Interaction what;
  Kind kind;
};
struct MaskedIdentifier {
  IdentifierKind kind{};
  std::string value;  ///< masked
  Instant first_seen;
  bool verified = false;
};
/// A conversation or ticket that is not closed (identity/cases.h).
struct Conversation {
  std::string id;
  Kind kind;  ///< of its newest event
  Instant opened_at, last_at;
};
/// The newest interactions without a pause of more than kJourneyPause.
struct Journey {
  Instant since;
  std::size_t interactions = 0;
  bool is_whole = true;  ///< false: it began before the interactions that are kept
};
inline constexpr Millis kJourneyPause{30LL * 24 * 3600 * 1000};

struct ShownTrait {
  std::string key, value;  ///< masked
  SourceId source;
  Instant at;
};
struct Profile {
  ledger::HotProfile hot{};                     ///< masked; hot.recent is moved into `recent`
  std::string name{};                           ///< masked; empty: unknown
  std::vector<ShownTrait> traits{};             ///< by key, by the rules of survivorship
  std::vector<ShownTrait> consent{};            ///< "marketing" → "true", as stated in traits "consent.*"
  std::vector<MaskedIdentifier> identifiers{};  ///< by kind
  std::vector<Interaction> recent{};            ///< newest first
  std::string stage{};                          ///< of the newest interaction that has one; empty: unmapped
  std::optional<Journey> journey{};             ///< the current one; nothing: no interaction
  std::vector<Conversation> open{};             ///< latest news first, at most kOpenShown
  std::vector<const Label*> labels{};           ///< of default_labels()
};
struct ProfilePage {
  std::vector<Profile> items;  ///< with name alone of what identity.db and the interactions tell
  std::optional<query::Cursor> next;
};

struct Event {
  std::uint64_t event_id = 0;
  Instant at;
  CustomerId customer;
  std::string type, name, channel, touchpoint, stage;
  SourceId source;
  std::string unit, case_id;
  std::int64_t amount_minor = 0;
  std::string currency;  ///< empty: no amount
  std::string instrument;
  std::optional<double> score;
  std::string text;
  std::vector<std::pair<std::string, std::string>> properties;
};
struct EventPage {
  std::vector<Event> items;  ///< newest first
  std::optional<query::Cursor> next;
};

struct Behind {
  std::uint64_t events = 0, customers = 0;
};

inline constexpr std::size_t kFoundMax = 50, kOpenShown = 20;

struct Revealed {
  std::vector<identity::Graph::Known> identifiers;
  std::vector<std::pair<std::string, std::string>> traits;  ///< the sensitive ones, by key
};

/// Borrows its parts, which must outlive it. Thread-safe. A customer outside the Grant's units is kNotFound,
/// so that ids cannot be probed. Errors of every call: kPermissionMissing, kNotFound, the ledger's, the
/// client's.
class Profiles {
 public:
  struct Parts {
    ledger::Hot& hot;
    identity::Graph& graph;
    const Kinds& kinds;
    warehouse::Client& client;
    Audit& audit;
    ledger::Db& identity_db;
    const identity::Traits& traits;
    const Names& names;
    const Clock& clock;
  };
  explicit Profiles(const Parts& parts) : parts_(parts) {}

  /// Also by the id of a customer that has been merged into another, or of any of its subjects.
  [[nodiscard]] Result<Profile> find(const Grant& grant, CustomerId customer) const;

  /// Newest first. `units` narrows the Grant's; empty: all of them. `count` is 1 to query::kPageMax.
  [[nodiscard]] Result<ProfilePage> list(const Grant& grant, std::span<const std::string> units,
                                         const query::Cursor& before, std::uint32_t count) const;
  /// Customers that an exact identifier (of any kind), a full name or a customer id leads to; may be none, at
  /// most kFoundMax.
  [[nodiscard]] Result<std::vector<Profile>> search(const Grant& grant, std::string_view text) const;

  /// All events of a customer; channels empty: all.
  [[nodiscard]] Result<EventPage> timeline(const Grant& grant, CustomerId customer,
                                           std::span<const std::string> channels, const query::Cursor& before,
                                           std::uint32_t count) const;
  /// The events behind a number; with a customer, those of that one alone.
  [[nodiscard]] Result<EventPage> events(const Grant& grant, const query::Filter& filter,
                                         std::optional<CustomerId> customer, const query::Cursor& before,
                                         std::uint32_t count) const;
  /// Customers with an event that satisfies the filter, by the latest such event; {at, customer} pages.
  [[nodiscard]] Result<ProfilePage> list(const Grant& grant, const query::Filter& filter,
                                         const query::Cursor& before, std::uint32_t count) const;
  /// How many they are.
  [[nodiscard]] Result<Behind> behind(const Grant& grant, const query::Filter& filter,
                                      std::optional<CustomerId> customer) const;

  /// In clear. Permission: kRevealSensitive; audited first. Errors: also kReasonMissing.
  [[nodiscard]] Result<Revealed> reveal(const Grant& grant, CustomerId customer,
                                        std::string_view reason) const;

 private:
  [[nodiscard]] Result<std::vector<std::uint64_t>> subjects_of(std::optional<CustomerId> customer) const;
  Parts parts_;
};

}  // namespace zhike::profile
