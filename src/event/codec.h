// The binary form of RawEvents in the journal and the quarantine: version byte, count, then each event as
// little-endian numbers and length-prefixed texts. Decoding trusts nothing: every length is checked.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "event/event.h"

namespace zhike {

[[nodiscard]] std::string encode(std::span<const RawEvent> events);
/// Errors: kBadRecord.
[[nodiscard]] Result<std::vector<RawEvent>> decode(std::string_view bytes);

}  // namespace zhike
