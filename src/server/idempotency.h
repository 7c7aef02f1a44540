// Idempotency-Key: a write that is sent again with the same key gets the first answer again instead of
// happening twice. Kept in memory, bounded by count and age: it covers retries, not archives.
#pragma once

#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "base/crypto.h"
#include "base/time.h"
#include "server/http.h"

namespace zhike::server {

/// Thread-safe.
class Idempotency {
 public:
  static constexpr std::size_t kKept = 2000;
  static constexpr Millis kAge = hours(24);

  explicit Idempotency(const Clock& clock) : clock_(clock) {}

  /// Call before the write. `who`: the user. An answer: give it, do nothing. None: go on, then finish().
  /// Errors: kKeyReused (the key came with another request before), kServerBusy (the first is still running),
  /// kBadField (key longer than 200 bytes).
  [[nodiscard]] Result<std::optional<Response>> begin(const Request& request, std::string_view who);
  /// Keeps the answer of a success; a failure frees the key.
  void finish(const Request& request, std::string_view who, const Response& response);

 private:
  struct Entry {
    crypto::Hash128 request;
    Instant at;
    std::optional<Response> response;  // none: running
  };
  [[nodiscard]] static std::string key_of(const Request& request, std::string_view who);
  void forget_old();

  const Clock& clock_;
  std::mutex mutex_;
  std::unordered_map<std::string, Entry> entries_;
  std::deque<std::string> order_;  // oldest first
};

}  // namespace zhike::server
