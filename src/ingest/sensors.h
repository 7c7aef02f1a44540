// The Sensors Analytics protocol: records as its SDKs send them become events, profile changes and items.
//
// Identifiers: `identities` where the record has them, else login_id, anonymous_id and distinct_id (a login
// where $is_login_id or track_signup says so). $pageview becomes a page, $AppViewScreen and $MPViewScreen a
// screen, track_signup and track_id_bind an alias, profile_* an identify with its TraitOp, item_* an item.
// Preset properties ($os, $url, $utm_source ...) become context; all others as of the Segment protocol.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "ingest/parsed.h"

namespace zhike::ingest {

struct SensorsOptions {
  Instant now;                ///< time of arrival
  bool correct_clock = true;  ///< by _flush_time, the device's time of sending; off at a replay
};

/// Reuses its buffers. One thread.
class SensorsParser {
 public:
  SensorsParser();
  ~SensorsParser();
  /// One record, or a list of records. Errors: kBadJson (neither: nothing was read).
  [[nodiscard]] Result<Parsed> parse(std::string_view records, const SensorsOptions& options);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace zhike::ingest
