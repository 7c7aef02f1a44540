// Decisions about customers: carried out by the mover, and written into the audit log exactly once. The two
// are in different files; the log follows the decisions of identity.db by their versions, also after a crash.
#pragma once

#include <mutex>

#include "govern/audit.h"
#include "ingest/mover.h"
#include "profile/unify.h"

namespace zhike::app {

/// Borrows everything. Thread-safe.
class Decisions final : public profile::Decider {
 public:
  Decisions(ingest::Mover& mover, ledger::Db& identity_db, ledger::Db& ledger, const govern::Audit& audit)
      : mover_(mover), identity_db_(identity_db), ledger_(ledger), audit_(audit) {}

  /// Numbers follow when it returns, too. Errors: those of Mover::decide, the ledger's, the warehouse's.
  [[nodiscard]] Result<identity::Decided> decide(identity::Decision decision) override;
  [[nodiscard]] Result<std::vector<Result<identity::Decided>>> decide_all(
      std::vector<identity::Decision> decisions) override;
  /// Appends to the audit log what it does not have yet.
  [[nodiscard]] Result<void> catch_up();

 private:
  ingest::Mover& mover_;
  ledger::Db& identity_db_;
  ledger::Db& ledger_;
  const govern::Audit& audit_;
  std::mutex mutex_;  // of catch_up
};

}  // namespace zhike::app
