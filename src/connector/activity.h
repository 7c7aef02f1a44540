// What a connector did: counters, and a log of its last runs and errors. Kept in memory, written down every
// few seconds; a repeat of the newest entry is counted there instead of filling the log.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "connector/connector.h"
#include "ledger/db.h"

namespace zhike::connector {

enum class Level : std::uint8_t { kInfo, kWarning, kError };

struct LogEntry {
  std::uint64_t seq = 0;
  Instant at, last;  ///< first and newest time of the same
  Level level = Level::kInfo;
  std::string what;    ///< fixed word: "started", "connected", "taken", "sent", "refused", "failed"
  std::string error;   ///< id of a code; empty: none
  std::string detail;  ///< never a personal value or a secret
  std::uint64_t times = 1;
};

struct Counts {
  std::uint64_t taken = 0;   ///< events and rejects that came in
  std::uint64_t sent = 0;    ///< events and messages that went out
  std::uint64_t failed = 0;  ///< calls refused, attempts failed
  std::optional<Instant> last;
};

/// Of one connector. Thread-safe.
class Activity {
 public:
  static constexpr std::size_t kKept = 200, kDetailMax = 300;

  Activity(ConnectorId id, const Clock& clock) : id_(id), clock_(clock) {}

  void taken(std::uint64_t events);
  void sent(std::uint64_t events);
  void note(Level level, std::string_view what, std::string_view detail = {});
  /// Counts a failure and notes it.
  void failed(std::string_view what, const Error& why);
  /// Whether the other side answers: shown beside the connector. Empty: nothing is known.
  void set_state(std::string_view state);

  [[nodiscard]] Counts counts() const;
  [[nodiscard]] std::string state() const;
  [[nodiscard]] std::vector<LogEntry> log() const;  ///< newest first

 private:
  friend class Activities;
  void add(LogEntry entry);
  const ConnectorId id_;
  const Clock& clock_;
  mutable std::mutex mutex_;
  Counts counts_;
  std::string state_;
  std::deque<LogEntry> log_;   // oldest first
  std::uint64_t written_ = 0;  // entries before this are as they are in the ledger
  bool changed_ = false;
};

/// Of all. Thread-safe.
class Activities {
 public:
  Activities(ledger::Db& ledger, const Clock& clock) : ledger_(ledger), clock_(clock) {}
  /// As it was written down last; made when there is none.
  [[nodiscard]] Result<std::shared_ptr<Activity>> of(ConnectorId id);
  void forget(ConnectorId id);
  [[nodiscard]] Result<void> write_down();

 private:
  Result<std::shared_ptr<Activity>> load(ConnectorId id);
  ledger::Db& ledger_;
  const Clock& clock_;
  std::mutex mutex_;
  std::map<ConnectorId, std::shared_ptr<Activity>> all_;
};

}  // namespace zhike::connector
