// One journal record: what was accepted together. Rejects travel with the events, so that an acknowledged
// request is durable as a whole, in one fsync.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "ingest/parsed.h"

namespace zhike::ingest {

[[nodiscard]] std::string encode_record(const Parsed& parsed);
/// Errors: kBadRecord.
[[nodiscard]] Result<Parsed> decode_record(std::string_view bytes);

[[nodiscard]] std::string encode_reject(const Reject& reject);
/// Errors: kBadRecord.
[[nodiscard]] Result<Reject> decode_reject(std::string_view bytes);

/// An event that was accepted but could not be stored, as a reject of Form::kEvent.
[[nodiscard]] Reject reject_of(const RawEvent& event, Reason reason, std::string detail);

}  // namespace zhike::ingest
