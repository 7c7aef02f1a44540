// Runs zhike-engine: starts it, waits until it answers, restarts it when it dies, bounds its memory.
//
// Memory is bounded by a delegated cgroup where there is one, and otherwise (or in addition) by a watchdog
// that samples the resident size every 100 ms: over the bound it first cancels the largest query, and if that
// does not help within a second, it restarts the engine.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "base/result.h"
#include "base/time.h"

namespace zhike::warehouse {

struct EngineOptions {
  std::filesystem::path program{};  ///< zhike-engine
  std::filesystem::path folder{};   ///< the store; created when missing
  std::filesystem::path socket{};   ///< at most 107 bytes; empty: one in a temporary folder of its own
  std::uint64_t memory_bytes_max = 2ULL << 30;  ///< resident, of the whole engine
  /// Of what the engine counts itself: above it, it refuses queries. 0: four fifths of memory_bytes_max,
  /// since its own count misses some of what it holds. One query gets half of memory_bytes_max unless it says
  /// otherwise.
  std::uint64_t counted_bytes_max = 0;
  Millis lock_max =
      seconds(5);  ///< waiting for the engine of a server that was just killed to leave the store
  Millis start_max = seconds(30);  ///< the first start: longer when many parts must be loaded
};

struct EngineStatus {
  int pid = 0;  ///< 0: not running just now
  bool ready = false;
  std::uint64_t restarts = 0;           ///< after deaths and by the watchdog
  std::uint64_t queries_cancelled = 0;  ///< by the watchdog
  std::uint64_t resident_bytes = 0;     ///< at the last sample
  std::uint64_t memory_bytes_max = 0;
  std::string bound;       ///< "cgroup" or "watchdog"
  std::string last_death;  ///< "signal 9", "exit 1: ..."; empty: none
};

/// Thread-safe.
class Supervisor {
 public:
  /// Returns when the engine answers. Errors: kEngineFailed (with its last words), kFileFailed.
  [[nodiscard]] static Result<std::unique_ptr<Supervisor>> start(EngineOptions options);
  /// Ends the engine in order (as stop()).
  virtual ~Supervisor() = default;

  /// For Client::connect: "unix:/...". The same over restarts.
  [[nodiscard]] virtual std::string address() const = 0;
  [[nodiscard]] virtual EngineStatus status() const = 0;
  /// Lets running statements finish for 5 seconds, then ends the engine. It is not started again.
  virtual void stop() = 0;
};

/// The engine beside this program, or in the build folder; empty: not found.
[[nodiscard]] std::filesystem::path find_engine();

}  // namespace zhike::warehouse
