// Event logs in XES (IEEE 1849-2016), read in one pass: traces are cases, in the order of the file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/result.h"
#include "mining/log.h"
#include "mining/xml_scan.h"

namespace zhike::mining {

/// The attributes that are read: of events, and of traces.
struct XesKeys {
  std::string activity = "concept:name", time = "time:timestamp", case_name = "concept:name";
};

/// Takes a text in pieces. One thread.
class XesReader {
 public:
  /// `what`: the file, for errors.
  XesReader(std::string what, XesKeys keys, std::size_t bytes_max = LogBuilder::kBytesMax)
      : scanner_(std::move(what), false), keys_(std::move(keys)), builder_(bytes_max) {}

  /// Append the next piece (UTF-8) to this, then read().
  [[nodiscard]] std::string& room() { return scanner_.room(); }
  /// Reads as far as the pieces go. Errors: kBadFile (broken XML, no XES), kLogTooLarge.
  [[nodiscard]] Result<void> read();
  /// After the last piece. An event without a time, or with one that cannot be read, stays in its place
  /// (EventLog::untimed); events outside of traces are left out. Errors: as read(), kBadLog (no events).
  [[nodiscard]] Result<EventLog> finish();

 private:
  Result<void> begin();
  Result<void> end();
  void attribute();

  XmlScanner scanner_;
  XesKeys keys_;
  LogBuilder builder_;
  std::string activity_, case_name_, scratch_;
  std::int64_t time_ = kNoTime;
  std::size_t ignored_below_ = 0;  // depth of an element that is passed over with what it holds; 0: none
  bool is_log_ = false, in_trace_ = false, in_event_ = false;
};

/// ISO 8601, the usual form without any other call; a time without an offset is UTC. kNoTime: not a time.
[[nodiscard]] std::int64_t parse_log_time(std::string_view text);

}  // namespace zhike::mining
