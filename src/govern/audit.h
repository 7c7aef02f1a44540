// The audit log: who did what to whom, in order, append-only. Each row carries a keyed hash over itself and
// the row before, so that a changed, removed or inserted row shows; rows cut off the end show only against a
// head that was written down elsewhere (zhike doctor prints it).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/crypto.h"
#include "base/ids.h"
#include "base/time.h"
#include "govern/keys.h"
#include "ledger/db.h"

namespace zhike::govern {

struct AuditEntry {
  std::uint64_t seq = 0;  ///< given by append
  Instant at;
  UserId actor;        ///< unset: the owner of the machine, or the service itself
  std::string action;  ///< fixed snake_case: "user_created", "customer_revealed"
  std::string target;  ///< what it was done to: "user/17", "customer/42"; never a sensitive value
  std::string detail;  ///< "role: agent → analyst"; never a sensitive value
};

/// Works inside the caller's transaction of ledger.db, so that deed and record commit together. Thread-safe.
class Audit {
 public:
  explicit Audit(const Keys& keys) : key_(keys.audit()) {}

  [[nodiscard]] Result<void> append(ledger::Tx& tx, const AuditEntry& entry) const;
  /// Newest first, before `before` (0: from the newest).
  [[nodiscard]] Result<std::vector<AuditEntry>> list(ledger::Tx& tx, std::uint64_t before,
                                                     std::size_t count) const;
  /// The first row that does not fit the one before it; nothing when the chain holds. Reads every row.
  [[nodiscard]] Result<std::optional<std::uint64_t>> first_broken(ledger::Tx& tx) const;

 private:
  crypto::Key key_;
};

}  // namespace zhike::govern
