#include "app/decisions.h"

#include "identity/history.h"

namespace zhike::app {
namespace {

constexpr std::size_t kAtOnce = 500;

govern::AuditEntry entry_of(const identity::DecisionRow& row) {
  return {.seq = 0,
          .at = row.at,
          .actor = row.actor,
          .action = fmt::format("customer_{}", to_string(row.kind)),
          .target = "customer/" + row.left.str(),
          .detail = row.right.is_set()
                        ? fmt::format("and {}, decision {}: {}", row.right.value, row.version, row.reason)
                        : fmt::format("decision {}: {}", row.version, row.reason)};
}

}  // namespace

Result<identity::Decided> Decisions::decide(identity::Decision decision) {
  CX_TRY(identity::Decided decided, mover_.decide(std::move(decision)));
  CX_TRY(catch_up());
  if (decided.version != 0) CX_TRY(mover_.reload_map());
  return decided;
}

Result<std::vector<Result<identity::Decided>>> Decisions::decide_all(
    std::vector<identity::Decision> decisions) {
  auto decided = mover_.decide_all(std::move(decisions));
  CX_TRY(catch_up());
  CX_TRY(mover_.reload_map());
  return decided;
}

Result<void> Decisions::catch_up() {
  const std::lock_guard lock(mutex_);
  for (;;) {
    std::uint64_t done = 0;
    CX_TRY(ledger_.read([&](ledger::Tx& tx) -> Result<void> {
      ledger::Statement& row = tx.sql("SELECT version FROM identity_audited WHERE one = 1");
      CX_TRY(const bool there, row.step());
      if (there) done = row.u64(0);
      return {};
    }));
    std::vector<identity::DecisionRow> rows;
    CX_TRY(identity_db_.read([&](ledger::Tx& tx) -> Result<void> {
      CX_TRY(rows, identity::decisions_after(tx, done, kAtOnce));
      return {};
    }));
    if (rows.empty()) return {};
    CX_TRY(ledger_.write([&](ledger::Tx& tx) -> Result<void> {
      for (const identity::DecisionRow& row : rows) CX_TRY(audit_.append(tx, entry_of(row)));
      CX_TRY(
          tx.sql("INSERT INTO identity_audited (one, version) VALUES (1, $1) ON CONFLICT (one) DO UPDATE SET "
                 "version = excluded.version")
              .bind(1, rows.back().version)
              .run());
      return {};
    }));
  }
}

}  // namespace zhike::app
