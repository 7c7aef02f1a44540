// Requests and responses as the handlers see them: plain values, no networking headers.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/result.h"

namespace zhike::server {

enum class Language : std::uint8_t { kChinese, kEnglish };

using Pairs = std::vector<std::pair<std::string, std::string>>;

struct Request {
  std::string method;  ///< "GET", as sent
  std::string path;    ///< decoded, begins with '/'
  Pairs query;         ///< decoded, in order
  Pairs headers;       ///< names in lower case
  std::string body;    ///< decompressed
  std::string remote;  ///< address of the peer
  std::string id;      ///< request id, also in the answer's X-Request-Id
  Language language = Language::kEnglish;
  std::shared_ptr<const std::atomic<bool>> gone{};  ///< set once its client has left; null: nobody looks

  /// Whether nobody waits for the answer any more. Thread-safe.
  [[nodiscard]] bool is_abandoned() const noexcept { return gone && *gone; }
  /// Empty when absent. `name` in lower case.
  [[nodiscard]] std::string_view header(std::string_view name) const noexcept;
  [[nodiscard]] std::optional<std::string_view> param(std::string_view name) const noexcept;
  [[nodiscard]] std::string_view cookie(std::string_view name) const noexcept;
};

struct Response {
  int status = 200;
  std::string type = "application/json";
  std::string body;
  Pairs headers;
  bool close = false;  ///< end the connection after it
};

/// Percent-decodes; '+' is a space only in a query. Nothing for broken escapes or a NUL.
[[nodiscard]] std::optional<std::string> decode_percent(std::string_view text, bool plus_is_space);
/// Splits and decodes a request target ("/api/x?y=1") into request.path and request.query; refuses targets
/// that are not plain absolute paths ("..", empty segments made of dots, backslashes, controls).
[[nodiscard]] bool parse_target(std::string_view target, Request& request);
/// By ?lang=, then Accept-Language; English when neither says Chinese.
[[nodiscard]] Language choose_language(const Request& request);

/// Inflates a gzip or zlib body. Errors: kBadEncoding, kBodyTooLarge (more than `bytes_max` comes out).
[[nodiscard]] Result<std::string> inflate(std::string_view packed, std::size_t bytes_max);
[[nodiscard]] std::string gzip(std::string_view plain);

/// A WebSocket as its handler sees it. Thread-safe. When the peer reads too slowly, texts are dropped and
/// counted, never queued without bound.
class Socket {
 public:
  virtual ~Socket() = default;
  virtual void send(std::string text) = 0;
  virtual void close() = 0;
  [[nodiscard]] virtual std::uint64_t dropped() const = 0;
};

class SocketHandler {
 public:
  virtual ~SocketHandler() = default;
  virtual void opened(std::shared_ptr<Socket> socket) = 0;
  virtual void received(std::string_view text) = 0;
  virtual void closed() = 0;
};

/// What the listener asks of the rest of the server. Thread-safe.
class Service {
 public:
  using Reply = std::function<void(Response)>;
  virtual ~Service() = default;
  /// Answers by calling `reply` exactly once, from any thread; must not block.
  virtual void handle(Request request, Reply reply) = 0;
  /// Largest body that the path takes, before and after decompression.
  [[nodiscard]] virtual std::size_t body_bytes_max(std::string_view method, std::string_view path) const = 0;
  /// Whether an answer may take so long that the connection is watched for a client that leaves; a client
  /// that closes only its sending side counts as one that has left.
  [[nodiscard]] virtual bool is_watched(std::string_view method, std::string_view path) const {
    static_cast<void>(method);
    static_cast<void>(path);
    return false;
  }
  /// May this request open a WebSocket?
  [[nodiscard]] virtual Result<std::shared_ptr<SocketHandler>> upgrade(const Request& request) = 0;
};

}  // namespace zhike::server
