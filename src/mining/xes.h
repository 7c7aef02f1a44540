// Event logs in XES (IEEE 1849-2016), read in one pass: traces are cases, in the order of the file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "mining/log.h"
#include "mining/xml_scan.h"

namespace zhike::mining {

/// The attributes that are read: of events, and of traces.
struct XesKeys {
  std::string activity = "concept:name", time = "time:timestamp", case_name = "concept:name";
  std::vector<std::string> more = {};  ///< further ones, of events and of traces
};

/// Takes what is read. `more`: the values of XesKeys::more in their order, empty where there is none.
class XesSink {
 public:
  XesSink() = default;
  XesSink(const XesSink&) = delete;
  XesSink& operator=(const XesSink&) = delete;
  virtual ~XesSink() = default;
  /// An event of the trace that ends next; `time` kNoTime: none, or one that cannot be read.
  virtual Result<void> event(std::string_view activity, std::int64_t time,
                             std::span<const std::string> more) = 0;
  virtual Result<void> end_case(std::string_view name, std::span<const std::string> more) = 0;
  virtual void event_outside() = 0;  ///< of any trace
};

/// Takes a text in pieces and hands on its events. Borrows the sink. One thread.
class XesEvents {
 public:
  /// `what`: the file, for errors.
  XesEvents(std::string what, XesKeys keys, XesSink& sink);

  /// Append the next piece (UTF-8) to this, then read().
  [[nodiscard]] std::string& room() { return scanner_.room(); }
  /// Reads as far as the pieces go. Errors: kBadFile (broken XML, no XES), those of the sink.
  [[nodiscard]] Result<void> read();
  /// After the last piece. Errors: as read().
  [[nodiscard]] Result<void> finish();
  [[nodiscard]] std::string_view what() const { return scanner_.what(); }

 private:
  Result<void> begin();
  Result<void> end();
  void attribute();

  XmlScanner scanner_;
  XesKeys keys_;
  XesSink& sink_;
  std::string activity_, case_name_, scratch_;
  std::vector<std::string> of_event_, of_trace_;  // keys_.more
  std::int64_t time_ = kNoTime;
  std::size_t ignored_below_ = 0;  // depth of an element that is passed over with what it holds; 0: none
  bool is_log_ = false, in_trace_ = false, in_event_ = false;
};

/// The log of a text in pieces. One thread.
class XesReader : private XesSink {
 public:
  XesReader(std::string what, XesKeys keys, std::size_t bytes_max = LogBuilder::kBytesMax)
      : builder_(bytes_max), events_(std::move(what), std::move(keys), *this) {}

  [[nodiscard]] std::string& room() { return events_.room(); }
  /// Errors: kBadFile (broken XML, no XES), kLogTooLarge.
  [[nodiscard]] Result<void> read() { return events_.read(); }
  /// After the last piece. An event without a time, or with one that cannot be read, stays in its place
  /// (EventLog::untimed); events outside of traces are left out. Errors: as read(), kBadLog (no events).
  [[nodiscard]] Result<EventLog> finish();

 private:
  Result<void> event(std::string_view activity, std::int64_t time,
                     std::span<const std::string> more) override;
  Result<void> end_case(std::string_view name, std::span<const std::string> more) override;
  void event_outside() override { builder_.leave_out_without_case(); }

  LogBuilder builder_;
  XesEvents events_;
};

/// ISO 8601, the usual form without any other call; a time without an offset is UTC. kNoTime: not a time.
[[nodiscard]] std::int64_t parse_log_time(std::string_view text);

}  // namespace zhike::mining
