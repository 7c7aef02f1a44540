// What a protocol or a file parser hands to the intake: events, and input that could not become one.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "event/event.h"

namespace zhike::ingest {

/// How the raw bytes of a reject are to be read again at a replay; part of the stored format.
enum class Form : std::uint8_t { kSegment = 1, kCsv = 2, kEvent = 3, kSensors = 4, kMapped = 5 };
inline constexpr std::uint8_t kFormCount = 5;
[[nodiscard]] std::string_view to_string(Form form) noexcept;  ///< "segment"

/// Input that could not become an event. `detail` names fields, columns and limits, never a value; `raw` is
/// the input itself and lives in encrypted places only.
struct Reject {
  Reason reason = Reason::kUnreadable;
  Form form = Form::kSegment;
  std::string detail;   ///< "column order_id is empty"
  std::string origin;   ///< "orders.csv line 17", "batch item 3"
  std::string mapping;  ///< which rule of which mapping read it: "olist/orders", "connector/3"
  std::string raw;      ///< one call as JSON; header and row as CSV; an encoded RawEvent
  SourceId source;
  Instant received_at;
  /// Of the call, for those who ask at once; not stored: message_id_of() of the quarantine reads it from raw.
  std::size_t place = 0;  ///< in its batch, from 0
  std::string message_id{};
};

/// Something events are about: a product, an article, a store. Not an event: the latest description counts.
struct Item {
  std::string type, id;
  bool gone = false;  ///< it is to be forgotten
  Instant at;         ///< of this description
  std::vector<std::pair<std::string, std::string>> properties;
  SourceId source;
  Instant received_at;
};

struct Parsed {
  std::vector<RawEvent> events;
  std::vector<Reject> rejects;
  std::vector<Item> items;
  bool is_stamped = false;  ///< it has been through Intake::stamp
  [[nodiscard]] std::size_t size() const { return events.size() + rejects.size() + items.size(); }
};

/// Rejects keep at most this much of the input.
inline constexpr std::size_t kRawMax = 64 * 1024;

}  // namespace zhike::ingest
