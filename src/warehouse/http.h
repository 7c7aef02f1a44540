// A small synchronous HTTP/1.1 connection to the warehouse, over a Unix socket or TCP. Used by client.cpp
// only.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "base/file.h"
#include "base/result.h"

namespace zhike::warehouse {

/// Where the store listens.
struct Address {
  std::string unix_path;   ///< set for "unix:/path"
  std::string host, port;  ///< set for "http://host:port"
  /// Errors: kQueryFailed (neither of the two forms).
  [[nodiscard]] static Result<Address> parse(std::string_view text);
};

struct Response {
  int status = 0;
  int exception_code = 0;     ///< X-ClickHouse-Exception-Code; 0: none
  std::string exception_tag;  ///< announces the marker of an error after the first byte
};

/// One connection, owned by one thread at a time.
class HttpConnection {
 public:
  using Deadline = std::chrono::steady_clock::time_point;
  using Sink = std::function<bool(std::string_view)>;

  /// Errors of all calls: kWarehouseDown.
  [[nodiscard]] static Result<HttpConnection> open(const Address& address, Deadline deadline);

  /// Sends head and body pieces. A peer that answers early and closes is no error here: receive() tells.
  [[nodiscard]] Result<void> send(std::initializer_list<std::string_view> pieces, Deadline deadline);
  /// Reads one response; the body goes to `sink`, which may stop it by returning false.
  [[nodiscard]] Result<Response> receive(const Sink& sink, Deadline deadline);

  /// Of the answer being received: what its head said, so that a sink can tell rows from an error's text.
  [[nodiscard]] const Response& head() const { return head_; }

  /// Whether the next request may use it: the last answer was read whole and neither side closed.
  [[nodiscard]] bool reusable() const;

 private:
  explicit HttpConnection(Fd fd) : fd_(std::move(fd)) {}
  [[nodiscard]] Result<void> fill(Deadline deadline);
  [[nodiscard]] Result<std::string_view> line(Deadline deadline);
  [[nodiscard]] Result<void> read_head(Deadline deadline);
  [[nodiscard]] Result<bool> read_exactly(std::uint64_t size, const Sink& sink, Deadline deadline);
  [[nodiscard]] Result<bool> read_chunks(const Sink& sink, Deadline deadline);

  Fd fd_;
  std::string buffer_;  // received and not yet consumed, from at_ on
  std::size_t at_ = 0;
  bool keep_alive_ = false;
  Response head_;
  std::optional<std::uint64_t> length_;  // nothing: chunked
};

}  // namespace zhike::warehouse
