// Idempotency-Key: a write that is sent again with the same key gets the first answer again instead of
// happening twice, also after a restart. Kept in ledger.db, bounded by count and age: it covers retries, not
// archives.
#pragma once

#include <mutex>
#include <optional>
#include <set>
#include <string>

#include "base/crypto.h"
#include "base/time.h"
#include "ledger/db.h"
#include "server/http.h"

namespace zhike::server {

/// Thread-safe. `db` (ledger.db) and `clock` are borrowed. `key` seals answers, which may hold a secret that
/// was just made, and hides what was asked.
class Idempotency {
 public:
  static constexpr std::size_t kKept = 10'000;
  static constexpr Millis kAge = hours(24);

  Idempotency(ledger::Db& db, const crypto::Key& key, const Clock& clock);

  /// Call before the write. `who`: the user. An answer: give it, do nothing. None: go on, then finish().
  /// Errors: kKeyReused (the key came with another request before), kServerBusy (the first is still running),
  /// kOutcomeUnknown (the service ended while the first was running), kBadField (key longer than 200 bytes),
  /// and those of the ledger.
  [[nodiscard]] Result<std::optional<Response>> begin(const Request& request, std::string_view who);
  /// Keeps the answer of a success; a failure frees the key. What cannot be written is logged: a repeat then
  /// gets kOutcomeUnknown rather than happening twice.
  void finish(const Request& request, std::string_view who, const Response& response);

 private:
  struct Print {
    std::string key, request;  // 16 bytes each
  };
  [[nodiscard]] Print print_of(const Request& request, std::string_view who) const;
  Result<void> forget_old(ledger::Tx& tx);
  Result<std::optional<Response>> answer_of(const ledger::Statement& row, const Print& print);

  ledger::Db& db_;
  const Clock& clock_;
  const crypto::Key hashing_, sealing_;
  std::mutex mutex_;  // held over begin's transaction: of two requests with one key, one is first
  std::set<std::string> running_;
};

}  // namespace zhike::server
