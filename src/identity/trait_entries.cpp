// Entries of sums and lists, and values set once: the part of Traits that keeps them.
#include <algorithm>

#include "identity/fold.h"
#include "identity/trait_seal.h"
#include "identity/traits.h"

namespace zhike::identity {
namespace {

struct Entry {
  std::int64_t seq = 0;
  Trait trait;
};

/// Of a subject and key, by time, then arrival.
Result<std::vector<Entry>> entries(ledger::Tx& tx, const govern::Keys& keys, SubjectId subject,
                                   std::string_view of) {
  std::vector<Entry> out;
  std::optional<crypto::Key> key;
  ledger::Statement& row = tx.sql(
      "SELECT seq, op, sealed, clear, source, at FROM trait_entries WHERE subject = $1 AND key = $2 "
      "ORDER BY at, seq");
  row.bind(1, subject).bind(2, of);
  for (;;) {
    CX_TRY(const bool more, row.step());
    if (!more) break;
    out.push_back({.seq = row.i64(0),
                   .trait = {.key = std::string(of),
                             .value = std::string(row.is_null(2) ? row.text(3) : row.blob(2)),
                             .sensitive = !row.is_null(2),
                             .source = {row.u64(4)},
                             .at = {row.i64(5)},
                             .op = static_cast<TraitOp>(row.i64(1))}});
  }
  for (Entry& entry : out) {
    if (!entry.trait.sensitive) continue;
    if (!key) {
      CX_TRY(key, seal_key(tx, keys, subject));
    }
    CX_TRY(entry.trait.value, crypto::open(*key, entry.trait.value, seal_context(subject, of)));
  }
  return out;
}

Result<void> write(ledger::Tx& tx, const govern::Keys& keys, SubjectId subject, const Entry& entry) {
  const Trait& trait = entry.trait;
  std::string sealed;
  if (trait.sensitive) {
    CX_TRY(const crypto::Key key, seal_key(tx, keys, subject));
    sealed = crypto::seal(key, trait.value, seal_context(subject, trait.key));
  }
  ledger::Statement& insert = tx.sql(
      "INSERT INTO trait_entries (subject, key, seq, op, sealed, clear, source, at) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8)");
  insert.bind(1, subject).bind(2, trait.key).bind(3, entry.seq).bind(4, static_cast<int>(trait.op));
  if (trait.sensitive)
    insert.bind(5, ledger::Blob{sealed}).bind_null(6);
  else
    insert.bind_null(5).bind(6, trait.value);
  CX_TRY(insert.bind(7, trait.source).bind(8, trait.at).run());
  return {};
}

/// The older half of a key's entries of one kind becomes one, at the time of its newest.
Result<void> join_oldest(ledger::Tx& tx, const govern::Keys& keys, SubjectId subject, std::string_view of) {
  CX_TRY(std::vector<Entry> all, entries(tx, keys, subject, of));
  const TraitOp op = all.front().trait.op;
  std::erase_if(all, [&](const Entry& entry) { return entry.trait.op != op; });
  all.resize(std::max<std::size_t>(all.size() / 2, 1));
  Entry joined = all.front();
  for (std::size_t i = 1; i < all.size(); ++i) {
    const Trait& next = all[i].trait;
    if (op != TraitOp::kSetOnce)  // of those the first counts
      if (auto value = fold_one(op, joined.trait.value, next.value)) joined.trait.value = *std::move(value);
    joined.seq = std::max(joined.seq, all[i].seq);
    joined.trait.sensitive = joined.trait.sensitive || next.sensitive;
    if (op != TraitOp::kSetOnce) joined.trait.at = next.at, joined.trait.source = next.source;
  }
  for (const Entry& entry : all)
    CX_TRY(tx.sql("DELETE FROM trait_entries WHERE subject = $1 AND key = $2 AND seq = $3")
               .bind(1, subject)
               .bind(2, of)
               .bind(3, entry.seq)
               .run());
  return write(tx, keys, subject, joined);
}

/// The subject itself has set it before, and not taken it away since.
Result<bool> was_set(ledger::Tx& tx, SubjectId subject, const Trait& trait) {
  ledger::Statement& row =
      tx.sql("SELECT max(at) FROM trait_entries WHERE subject = $1 AND key = $2 AND op = $3 AND at <= $4");
  row.bind(1, subject).bind(2, trait.key).bind(3, static_cast<int>(TraitOp::kSetOnce)).bind(4, trait.at);
  CX_TRY(const bool set, row.step());
  if (!set || row.is_null(0)) return false;
  const Instant before{row.i64(0)};
  ledger::Statement& gone = tx.sql(
      "SELECT 1 FROM traits WHERE subject = $1 AND key IN ($2, $3) AND clear = '' AND at >= $4 AND at <= $5");
  gone.bind(1, subject).bind(2, trait.key).bind(3, kAllKeys).bind(4, before).bind(5, trait.at);
  CX_TRY(const bool taken, gone.step());
  return !taken;
}

}  // namespace

Result<void> Traits::put_entries(ledger::Tx& tx, SubjectId subject, std::span<const Trait> traits,
                                 FullSubjects& full) const {
  for (const Trait& trait : traits) {
    if (trait.op == TraitOp::kSetOnce) {
      CX_TRY(const bool set, was_set(tx, subject, trait));
      if (set) continue;
    }
    std::uint64_t count = 0;
    std::int64_t last = 0;
    {
      ledger::Statement& row =
          tx.sql("SELECT count(*), coalesce(max(seq), 0) FROM trait_entries WHERE subject = $1 AND key = $2");
      CX_TRY(const bool counted, row.bind(1, subject).bind(2, trait.key).step());
      if (counted) count = row.u64(0), last = row.i64(1);
    }
    if (count == 0 && full.of_entries.contains(subject)) continue;
    if (count == 0) {  // a new key: hostile input must not fill a subject
      ledger::Statement& row =
          tx.sql("SELECT count(DISTINCT key) FROM trait_entries WHERE subject = $1").bind(1, subject);
      CX_TRY(const bool counted, row.step());
      if (counted && row.u64(0) >= kCountMax) {
        full.of_entries.insert(subject);
        continue;
      }
    }
    CX_TRY(write(tx, keys_, subject, {.seq = last + 1, .trait = trait}));
    if (count + 1 > kEntriesMax) CX_TRY(join_oldest(tx, keys_, subject, trait.key));
  }
  return {};
}

}  // namespace zhike::identity
