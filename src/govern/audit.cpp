#include "govern/audit.h"

#include <array>
#include <cstring>

namespace zhike::govern {
namespace {

std::string link(const crypto::Key& key, std::string_view before, const AuditEntry& e) {
  // Lengths in front, so that no two rows have the same text.
  const std::string text =
      fmt::format("{}:{}|{}|{}|{}|{}:{}|{}:{}|{}:{}", before.size(), before, e.seq, e.at.ms, e.actor.value,
                  e.action.size(), e.action, e.target.size(), e.target, e.detail.size(), e.detail);
  const crypto::Hash128 hash = crypto::keyed_hash(key, text);
  std::string out(16, '\0');
  std::memcpy(out.data(), &hash.high, 8);
  std::memcpy(out.data() + 8, &hash.low, 8);
  return out;
}

AuditEntry entry_of(const ledger::Statement& row) {
  return {.seq = row.u64(0),
          .at = {row.i64(1)},
          .actor = {row.u64(2)},
          .action = std::string(row.text(3)),
          .target = std::string(row.text(4)),
          .detail = std::string(row.text(5))};
}

}  // namespace

Result<void> Audit::append(ledger::Tx& tx, const AuditEntry& entry) const {
  AuditEntry made = entry;
  std::string before;
  {
    ledger::Statement& last = tx.sql("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1");
    CX_TRY(const bool there, last.step());
    made.seq = there ? last.u64(0) + 1 : 1;
    if (there) before = last.blob(1);
  }
  const std::string hash = link(key_, before, made);
  ledger::Statement& insert = tx.sql(
      "INSERT INTO audit (seq, at, actor, action, target, detail, hash) VALUES ($1, $2, $3, $4, $5, $6, $7)");
  insert.bind(1, made.seq).bind(2, made.at).bind(3, made.actor).bind(4, made.action).bind(5, made.target);
  CX_TRY(insert.bind(6, made.detail).bind(7, ledger::Blob{hash}).run());
  return {};
}

Result<std::vector<AuditEntry>> Audit::list(ledger::Tx& tx, std::uint64_t before, std::size_t count) const {
  ledger::Statement& row = tx.sql(
      "SELECT seq, at, actor, action, target, detail FROM audit WHERE $1 = 0 OR seq < $1 ORDER BY seq DESC "
      "LIMIT $2");
  row.bind(1, before).bind(2, static_cast<std::uint64_t>(count));
  std::vector<AuditEntry> out;
  for (;;) {
    CX_TRY(const bool more, row.step());
    if (!more) return out;
    out.push_back(entry_of(row));
  }
}

Result<std::optional<std::uint64_t>> Audit::first_broken(ledger::Tx& tx) const {
  ledger::Statement& row =
      tx.sql("SELECT seq, at, actor, action, target, detail, hash FROM audit ORDER BY seq");
  std::string before;
  for (std::uint64_t expected = 1;; ++expected) {
    CX_TRY(const bool more, row.step());
    if (!more) return std::nullopt;
    const AuditEntry entry = entry_of(row);
    if (entry.seq != expected || !crypto::equal_in_constant_time(row.blob(6), link(key_, before, entry)))
      return expected;
    before = row.blob(6);
  }
}

}  // namespace zhike::govern
