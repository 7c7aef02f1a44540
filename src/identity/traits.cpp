#include "identity/traits.h"

#include <algorithm>
#include <cstring>
#include <optional>

#include "base/ascii.h"
#include "clean/name.h"
#include "clean/width.h"
#include "identity/survivor.h"
#include "identity/trait_seal.h"

namespace zhike::identity {
namespace {

std::array<char, 16> raw(const crypto::Hash128& hash) {
  std::array<char, 16> out;
  std::memcpy(out.data(), &hash.high, 8);
  std::memcpy(out.data() + 8, &hash.low, 8);
  return out;
}

/// "Ｚｈａｎｇ  San" → "zhangsan": the order in which it was written, which a search without blanks has too.
std::string as_written(std::string_view name) { return ascii::lower(clean::without_blanks(name)); }

/// Keys that hostile input invents must not fill a subject: what it has may change, what is new finds no
/// room. Nothing: there is room for all.
Result<std::optional<std::vector<Trait>>> with_room(ledger::Tx& tx, SubjectId subject,
                                                    std::span<const Trait> traits, FullSubjects& full) {
  std::uint64_t room = 0;
  if (!full.of_values.contains(subject)) {
    ledger::Statement& row =
        tx.sql("SELECT count(DISTINCT key) FROM traits WHERE subject = $1").bind(1, subject);
    CX_TRY(const bool counted, row.step());
    room = Traits::kCountMax - std::min<std::uint64_t>(counted ? row.u64(0) : 0, Traits::kCountMax);
  }
  if (room == 0) full.of_values.insert(subject);
  if (traits.size() <= room) return std::nullopt;
  std::vector<Trait> out;
  for (const Trait& trait : traits) {
    ledger::Statement& row = tx.sql("SELECT 1 FROM traits WHERE subject = $1 AND key = $2 LIMIT 1");
    CX_TRY(const bool known, row.bind(1, subject).bind(2, trait.key).step());
    if (!known && room == 0) continue;
    if (!known) --room;
    out.push_back(trait);
  }
  return out;
}

}  // namespace

Result<void> Traits::put(ledger::Tx& tx, SubjectId subject, std::span<const Trait> traits,
                         FullSubjects& full) const {
  std::optional<crypto::Key> key;
  CX_TRY(const auto some, with_room(tx, subject, traits, full));
  for (const Trait& trait : some ? std::span<const Trait>(*some) : traits) {
    if (trait.sensitive && !key) {
      CX_TRY(key, seal_key(tx, keys_, subject));
    }
    ledger::Statement& insert = tx.sql(
        "INSERT INTO traits (subject, key, sealed, clear, source, at) VALUES ($1, $2, $3, $4, $5, $6) "
        "ON CONFLICT (subject, key, source) DO UPDATE SET sealed = excluded.sealed, clear = excluded.clear, "
        "at = excluded.at WHERE excluded.at >= traits.at");
    insert.bind(1, subject).bind(2, trait.key).bind(5, trait.source).bind(6, trait.at);
    if (trait.sensitive)
      insert.bind(3, ledger::Blob{crypto::seal(*key, trait.value, seal_context(subject, trait.key))})
          .bind_null(4);
    else
      insert.bind_null(3).bind(4, trait.value);
    CX_TRY(insert.run());
  }
  return {};
}

Result<void> Traits::change(ledger::Tx& tx, SubjectId subject, TraitOp op, std::vector<Trait> traits,
                            FullSubjects& full) const {
  if (traits.empty()) return {};
  switch (op) {
    case TraitOp::kSet:
      break;
    case TraitOp::kUnset:
      for (Trait& trait : traits) trait.value.clear(), trait.sensitive = false;
      break;
    case TraitOp::kDelete:
      traits.resize(1);
      traits[0] = {std::string(kAllKeys), {}, false, traits[0].source, traits[0].at};
      break;
    case TraitOp::kSetOnce:
    case TraitOp::kAdd:
    case TraitOp::kAppend:
      for (Trait& trait : traits) trait.op = op;
      return put_entries(tx, subject, traits, full);
  }
  return put(tx, subject, traits, full);
}

// Columns: key, sealed, clear, source, at, subject, wrapped, op. What was taken away is an empty value.
Result<void> Traits::read(ledger::Statement& row, std::vector<Trait>& out) const {
  for (;;) {
    CX_TRY(const bool more, row.step());
    if (!more) return {};
    Trait trait{.key = std::string(row.text(0)),
                .value = std::string(row.text(2)),
                .sensitive = !row.is_null(1),
                .source = {row.u64(3)},
                .at = {row.i64(4)},
                .op = static_cast<TraitOp>(row.i64(7))};
    if (trait.sensitive) {
      if (row.is_null(6)) continue;  // its key was destroyed
      const SubjectId subject{row.u64(5)};
      CX_TRY(const crypto::Key key, keys_.unwrap_subject_key(subject, row.blob(6)));
      CX_TRY(trait.value, crypto::open(key, row.blob(1), seal_context(subject, trait.key)));
    }
    out.push_back(std::move(trait));
  }
}

Result<std::vector<Trait>> Traits::stated(ledger::Tx& tx, CustomerId customer) const {
  ledger::Statement& row = tx.sql(
      "SELECT t.key, t.sealed, t.clear, t.source, t.at, s.id, s.wrapped, 0 FROM subjects s "
      "JOIN traits t ON t.subject = s.id WHERE s.customer = $1 UNION ALL "
      "SELECT e.key, e.sealed, e.clear, e.source, e.at, s.id, s.wrapped, e.op FROM subjects s "
      "JOIN trait_entries e ON e.subject = s.id WHERE s.customer = $1");
  std::vector<Trait> out;
  CX_TRY(read(row.bind(1, customer), out));
  return out;
}

Result<std::vector<Trait>> Traits::stated(ledger::Tx& tx, std::span<const SubjectId> subjects) const {
  std::vector<Trait> out;
  for (const SubjectId subject : subjects) {
    ledger::Statement& row = tx.sql(
        "SELECT t.key, t.sealed, t.clear, t.source, t.at, s.id, s.wrapped, 0 FROM traits t "
        "JOIN subjects s ON s.id = t.subject WHERE t.subject = $1 UNION ALL "
        "SELECT e.key, e.sealed, e.clear, e.source, e.at, s.id, s.wrapped, e.op FROM trait_entries e "
        "JOIN subjects s ON s.id = e.subject WHERE e.subject = $1");
    CX_TRY(read(row.bind(1, subject), out));
  }
  return out;
}

Result<std::vector<Trait>> Traits::get(ledger::Tx& tx, CustomerId customer, const Rules& rules) const {
  CX_TRY(auto all, stated(tx, customer));
  return survivors(rules, std::move(all));
}

Result<std::vector<Trait>> Traits::get(ledger::Tx& tx, CustomerId customer) const {
  static const Rules latest;
  return get(tx, customer, latest);
}

Result<std::vector<Trait>> Traits::get(ledger::Tx& tx, std::span<const SubjectId> subjects) const {
  static const Rules latest;
  CX_TRY(auto all, stated(tx, subjects));
  return survivors(latest, std::move(all));
}

std::vector<crypto::Hash128> Traits::search_terms(std::string_view full_name) const {
  std::vector<crypto::Hash128> out;
  for (const std::string& form : {as_written(full_name), clean::name_key(full_name)}) {
    if (form.empty()) continue;
    const crypto::Hash128 term = crypto::keyed_hash(search_key_, form);
    if (std::ranges::find(out, term) == out.end()) out.push_back(term);
  }
  return out;
}

Result<void> put_search_terms(ledger::Tx& tx, SubjectId subject, std::span<const crypto::Hash128> terms) {
  for (const crypto::Hash128& term : terms) {
    const auto bytes = raw(term);
    ledger::Statement& insert = tx.sql(
        "INSERT INTO search_terms (term, subject) VALUES ($1, $2) ON CONFLICT (term, subject) DO NOTHING");
    CX_TRY(insert.bind(1, ledger::Blob{{bytes.data(), bytes.size()}}).bind(2, subject).run());
  }
  return {};
}

Result<std::vector<CustomerId>> find_by_term(ledger::Tx& tx, const crypto::Hash128& term,
                                             std::size_t count_max) {
  const auto bytes = raw(term);
  ledger::Statement& row = tx.sql(
      "SELECT DISTINCT s.customer FROM search_terms t JOIN subjects s ON s.id = t.subject WHERE t.term = $1 "
      "ORDER BY s.customer LIMIT $2");
  row.bind(1, ledger::Blob{{bytes.data(), bytes.size()}}).bind(2, static_cast<std::uint64_t>(count_max));
  std::vector<CustomerId> out;
  for (;;) {
    CX_TRY(const bool more, row.step());
    if (!more) return out;
    out.push_back({row.u64(0)});
  }
}

}  // namespace zhike::identity
