// The port through which the server learns what became of each event: counters, and the live debugger. Calls
// come from the mover's threads and must be quick.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "event/event.h"
#include "ingest/sources.h"

namespace zhike::ingest {

/// One event and its fate. Views live during the call. `name` is scrubbed.
struct FeedItem {
  Instant received_at;
  SourceId source;
  EventType type;
  std::string_view name, channel, message_id;
  Fate fate;
  Reason reason;
  std::string_view detail;  ///< of a quarantined one; never a value
};

class Feed {
 public:
  virtual ~Feed() = default;
  /// False: on_events is not called, and nothing is collected for it.
  [[nodiscard]] virtual bool listening() const noexcept = 0;
  /// Once the block's fate is certain (its transaction has committed; the rows follow).
  virtual void on_events(std::span<const FeedItem> items) = 0;
  /// Events (and rejects) that the intake has just made durable.
  virtual void on_accepted(std::size_t) {}
  /// Per block, when it is in the warehouse.
  virtual void on_counts(std::span<const SourceCounts> counts) = 0;
};

}  // namespace zhike::ingest
