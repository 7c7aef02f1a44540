// Durable timers and retries: what shall happen later, kept in ledger.db. A job runs at least once: it is
// claimed under a lease, and one whose worker died is claimed again when the lease ends. Handlers must bear a
// repeat.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "ledger/db.h"

namespace zhike::job {

struct Job {
  std::uint64_t id = 0;
  std::string kind;     ///< which handler
  std::string payload;  ///< for the handler; ids rather than personal data
  Instant run_at;
  Millis every;           ///< 0: runs once
  unsigned attempts = 0;  ///< this one included
  unsigned attempts_max = 0;
  std::string error;  ///< of the last attempt
};

struct NewJob {
  std::string_view kind, payload;
  Instant run_at;
  unsigned attempts_max = 10;
};

/// Thread-safe. Both are borrowed.
class Jobs {
 public:
  Jobs(ledger::Db& db, const Clock& clock) : db_(db), clock_(clock) {}

  [[nodiscard]] Result<std::uint64_t> enqueue(const NewJob& job);
  /// The same inside a transaction of ledger.db: the outbox of whatever else it does.
  [[nodiscard]] Result<std::uint64_t> enqueue(ledger::Tx& tx, const NewJob& job);
  /// A recurring job, one per `name`: made, or changed when its kind, payload or period differ. Its next run
  /// lies at most a period ahead: one that lies further was dated by a clock ahead of its time, and is due.
  /// Errors: kBadJob (a period under a second).
  [[nodiscard]] Result<void> repeat(std::string_view name, const NewJob& job, Millis every);
  [[nodiscard]] Result<void> cancel(std::uint64_t id);  ///< unknown: no error
  [[nodiscard]] Result<void> cancel_repeat(std::string_view name);

  /// The next job that is due, now leased to the caller. Nothing: none is due.
  [[nodiscard]] Result<std::optional<Job>> claim(Millis lease);
  /// The job is done; a recurring one waits for its next time, missed times are left out. Without effect when
  /// the lease has passed to another.
  [[nodiscard]] Result<void> complete(const Job& job);
  /// Tries again after a wait that doubles from 1 s up to 1 h. After attempts_max a job is kept as failed,
  /// and a recurring one waits for its next time.
  [[nodiscard]] Result<void> fail(const Job& job, const Error& why);

  [[nodiscard]] Result<std::optional<Instant>> next_due();
  [[nodiscard]] Result<std::vector<Job>> failed(std::size_t count_max);  ///< for good, newest first
  /// Tries a failed job again from its first attempt. Errors: kNotFound.
  [[nodiscard]] Result<void> retry(std::uint64_t id);

 private:
  ledger::Db& db_;
  const Clock& clock_;
};

}  // namespace zhike::job
