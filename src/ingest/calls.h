// Calls of the Segment protocol as they lie in the journal when nobody asked at once what becomes of each:
// the body as it arrived, compressed. What an acknowledgement waits for is then only that the body is JSON of
// the right shape and that it is durable; the mover reads it, with the rules of its source, when its turn
// comes.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "event/event.h"

namespace zhike::ingest {

struct Calls {
  SourceId source;
  Instant received_at;
  std::optional<EventType> type;  ///< of the path (/v1/track); nothing: each call names its own
  std::size_t count = 0;
};

/// One journal record. `body` is what SegmentParser::calls_in() has counted.
[[nodiscard]] std::string encode_calls(const Calls& calls, std::string_view body);
[[nodiscard]] bool holds_calls(std::string_view record) noexcept;
/// `body` is written to, so that its room is used again. Errors: kBadRecord.
[[nodiscard]] Result<Calls> decode_calls(std::string_view record, std::string& body);

}  // namespace zhike::ingest
