// The vocabulary of what happens: an Event is one interaction of a customer at a touchpoint of a channel.
// RawEvent is the canonical form in which every protocol and file arrives in the journal: before
// standardising, identification and masking; it may hold sensitive values and never leaves the journal,
// the quarantine (both encrypted) or memory.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/ids.h"
#include "base/money.h"
#include "base/time.h"

namespace zhike {

/// The six calls of the Segment protocol; what a file row becomes too.
enum class EventType : std::uint8_t { kTrack, kIdentify, kPage, kScreen, kGroup, kAlias };
[[nodiscard]] std::string_view to_string(EventType type) noexcept;  ///< "track"
[[nodiscard]] std::optional<EventType> parse_event_type(std::string_view text) noexcept;

/// What an identifier is. The order is the order of trust when a customer's name is chosen, and part of the
/// stored format: new kinds go to the end.
enum class IdentifierKind : std::uint8_t {
  kUserId = 1,  ///< login or customer number; exclusive: a customer has one per source system
  kEmail,
  kPhone,
  kWechatUnionId,
  kWechatOpenId,
  kLoyaltyId,  ///< card or membership number
  kNationalId,
  kOrderId,  ///< an order, ticket or application: belongs to one customer, links files that name only it
  kDeviceId,
  kAnonymousId,  ///< browser or app installation, before sign-in
  kExternalId,   ///< any other system's number, "system:number"
};
inline constexpr std::size_t kIdentifierKindCount = 11;
[[nodiscard]] std::string_view to_string(IdentifierKind kind) noexcept;  ///< "user_id"
[[nodiscard]] std::optional<IdentifierKind> parse_identifier_kind(std::string_view text) noexcept;

struct Identifier {
  IdentifierKind kind;
  std::string value;  ///< as it arrived; identity normalises
  friend bool operator==(const Identifier&, const Identifier&) = default;
};

/// A JSON scalar. Nested objects are flattened with dots ("address.city"); an array is kept as its JSON text.
using Value = std::variant<std::monostate, bool, std::int64_t, double, std::string>;
[[nodiscard]] std::string to_string(const Value& value);  ///< "" for null, "true", "1.5", the text itself

struct Property {
  std::string key;
  Value value;
  friend bool operator==(const Property&, const Property&) = default;
};
using Properties = std::vector<Property>;  ///< in order of arrival; keys may not repeat
[[nodiscard]] const Value* find(const Properties& properties, std::string_view key) noexcept;

/// What an identify does with its traits. Part of the stored format: new ones go to the end.
enum class TraitOp : std::uint8_t {
  kSet,
  kSetOnce,  ///< keys that the customer has not
  kAdd,      ///< numbers to what is there
  kAppend,   ///< entries to a list
  kUnset,    ///< takes the keys away; their values mean nothing
  kDelete,   ///< takes all away
};

struct RawEvent {
  EventType type = EventType::kTrack;
  std::string name;        ///< "Order Completed"; of a page or screen, its name
  std::string message_id;  ///< unique within the source; the retry key
  Instant occurred_at;
  Instant received_at;
  SourceId source;
  std::vector<Identifier>
      identifiers;      ///< the first is the one the event arrives under; may be empty: quarantined
  std::string channel;  ///< catalogue key ("web", "store"); empty: the touchpoint catalogue decides
  std::string unit;     ///< branch or brand; empty: the source's
  std::string session_id;
  std::string case_id;  ///< order, ticket or application the event belongs to; empty: none
  std::optional<Money> amount;
  std::string instrument;      ///< of a satisfaction answer: "nps", "csat", "ces", "review"; empty: none
  std::optional<float> score;  ///< the answer, on the instrument's own scale
  std::string text;            ///< what the customer said, unscrubbed
  Properties properties;
  Properties traits;  ///< of identify and group
  TraitOp trait_op = TraitOp::kSet;
  Properties context;  ///< device, page, campaign, library; flattened
};

/// What became of an event, and why. The sum is checked per batch: received = stored + dropped + quarantined.
enum class Fate : std::uint8_t { kStored, kDropped, kQuarantined };
enum class Reason : std::uint8_t {
  kNone,          ///< of stored events
  kDuplicate,     ///< dropped: the same message of the same source within the window
  kNoIdentifier,  ///< quarantined from here on
  kNoName,
  kBadTime,
  kBadValue,
  kTooLarge,
  kUnknownType,
  kUnreadable,     ///< not JSON, not a row of the file's width, broken encoding
  kUnplanned,      ///< the source's tracking plan does not name the event
  kPlanViolation,  ///< a property is not as the tracking plan says
};
inline constexpr std::size_t kReasonCount = 11;
[[nodiscard]] std::string_view to_string(Fate fate) noexcept;      ///< "stored"
[[nodiscard]] std::string_view to_string(Reason reason) noexcept;  ///< "no_identifier"

/// Limits on one event, applied by every protocol (bytes, counts).
struct EventLimits {
  static constexpr std::size_t kBytesMax = 32 * 1024;
  static constexpr std::size_t kBatchBytesMax = 500 * 1024;
  static constexpr std::size_t kNameMax = 200;
  static constexpr std::size_t kKeyMax = 120;
  static constexpr std::size_t kPropertiesMax = 256;
  static constexpr std::size_t kTextMax = 8 * 1024;
  static constexpr std::size_t kIdentifiersMax = 16;
  static constexpr std::size_t kIdentifierBytesMax = 256;
};

}  // namespace zhike
