// The network side: accepts connections, reads requests within limits, asks the Service, writes the answers.
// HTTP/1.1 with keep-alive, and WebSockets. One io_context per thread: a connection never changes thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/result.h"
#include "base/time.h"
#include "server/http.h"

namespace zhike::server {

struct ListenerOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;  ///< 0: a free one
  unsigned threads = 2;
  std::size_t connections_max = 4000;
  std::size_t header_bytes_max = 16 * 1024;
  Millis read_timeout = seconds(15);  ///< for a request to arrive in full
  Millis idle_timeout = seconds(75);  ///< between requests
  Millis write_timeout = seconds(30);
};

class Listener {
 public:
  /// `service` is borrowed and must outlive the listener. Errors: kAddressInUse, kBadSetting.
  [[nodiscard]] static Result<std::unique_ptr<Listener>> start(const ListenerOptions& options,
                                                               Service& service);
  /// Stops.
  virtual ~Listener() = default;

  [[nodiscard]] virtual std::uint16_t port() const = 0;
  [[nodiscard]] virtual std::size_t connections() const = 0;
  /// Takes no more connections, lets running requests end (at most `longest`), closes the rest. Every reply
  /// that the service still owes is waited for: the service must not be destroyed before.
  virtual void stop(Millis longest) = 0;
};

}  // namespace zhike::server
