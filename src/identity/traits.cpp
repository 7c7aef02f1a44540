#include "identity/traits.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <optional>

#include "base/ascii.h"
#include "clean/name.h"
#include "clean/width.h"
#include "identity/set_once.h"
#include "identity/survivor.h"

namespace zhike::identity {
namespace {

std::array<char, 16> raw(const crypto::Hash128& hash) {
  std::array<char, 16> out;
  std::memcpy(out.data(), &hash.high, 8);
  std::memcpy(out.data() + 8, &hash.low, 8);
  return out;
}

std::string context(SubjectId subject, std::string_view key) {
  return fmt::format("trait/{}/{}", subject.value, key);
}

Result<crypto::Key> key_of(ledger::Tx& tx, const govern::Keys& keys, SubjectId subject) {
  ledger::Statement& row = tx.sql("SELECT wrapped FROM subjects WHERE id = $1").bind(1, subject);
  CX_TRY(const bool there, row.step());
  if (!there || row.is_null(0)) return fail(Code::kNotFound, "subject {}", subject.value);
  return keys.unwrap_subject_key(subject, row.blob(0));
}

/// "Ｚｈａｎｇ  San" → "zhangsan": the order in which it was written, which a search without blanks has too.
std::string as_written(std::string_view name) { return ascii::lower(clean::without_blanks(name)); }

std::optional<double> number(std::string_view text) {
  double out = 0;
  const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (wrong != std::errc{} || end != text.data() + text.size() || !std::isfinite(out)) return std::nullopt;
  return out;
}

/// Nothing: not two numbers.
std::optional<std::string> sum(std::string_view a, std::string_view b) {
  const auto left = number(a), right = number(b);
  if (!left || !right || !std::isfinite(*left + *right)) return std::nullopt;
  return fmt::format("{}", *left + *right);
}

/// Of two lists as JSON texts. Nothing: not two lists, or too long.
std::optional<std::string> joined(std::string_view a, std::string_view b) {
  const auto is_list = [](std::string_view s) {
    return s.size() >= 2 && s.front() == '[' && s.back() == ']';
  };
  if (!is_list(a) || !is_list(b) || a.size() + b.size() > EventLimits::kTextMax) return std::nullopt;
  if (a.size() == 2) return std::string(b);
  if (b.size() == 2) return std::string(a);
  return fmt::format("{},{}", a.substr(0, a.size() - 1), b.substr(1));
}

/// Keys that hostile input invents must not fill a subject: what it has may change, what is new finds no
/// room. Nothing: there is room for all.
Result<std::optional<std::vector<Trait>>> with_room(ledger::Tx& tx, SubjectId subject,
                                                    std::span<const Trait> traits) {
  std::uint64_t room = 0;
  {
    ledger::Statement& row =
        tx.sql("SELECT count(DISTINCT key) FROM traits WHERE subject = $1").bind(1, subject);
    CX_TRY(const bool counted, row.step());
    room = Traits::kCountMax - std::min<std::uint64_t>(counted ? row.u64(0) : 0, Traits::kCountMax);
  }
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

/// Of one key, with what is known of it: null for nothing.
std::optional<Trait> settled(TraitOp op, Trait trait, const Trait* known) {
  const bool gone = known != nullptr && !known->sensitive && known->value.empty();
  if (gone && trait.at < stated_at(known->at)) return std::nullopt;
  const Trait* old = gone ? nullptr : known;
  if (op == TraitOp::kUnset) {
    trait.value.clear();
    trait.sensitive = false;
  } else if (op == TraitOp::kSetOnce) {
    // Where the key was taken away before, the negative time would lose to that.
    if (!gone) trait.at = set_once_at(trait.at);
    if (old != nullptr && (old->at.ms >= 0 || trait.at <= old->at)) return std::nullopt;
    return trait;
  } else if (old != nullptr) {
    auto value = op == TraitOp::kAdd ? sum(old->value, trait.value) : joined(old->value, trait.value);
    if (!value) return std::nullopt;
    trait.value = *std::move(value);
  }
  // What comes late still counts: it is put on top of what is there.
  if (old != nullptr) trait.at = std::max(stated_at(old->at), trait.at);
  return trait;
}

}  // namespace

Result<void> Traits::put(ledger::Tx& tx, SubjectId subject, std::span<const Trait> traits) const {
  std::optional<crypto::Key> key;
  CX_TRY(const auto some, with_room(tx, subject, traits));
  for (const Trait& trait : some ? std::span<const Trait>(*some) : traits) {
    if (trait.sensitive && !key) {
      CX_TRY(key, key_of(tx, keys_, subject));
    }
    ledger::Statement& insert = tx.sql(
        "INSERT INTO traits (subject, key, sealed, clear, source, at) VALUES ($1, $2, $3, $4, $5, $6) "
        "ON CONFLICT (subject, key, source) DO UPDATE SET sealed = excluded.sealed, clear = excluded.clear, "
        "at = excluded.at WHERE excluded.at >= traits.at");
    insert.bind(1, subject).bind(2, trait.key).bind(5, trait.source).bind(6, trait.at);
    if (trait.sensitive)
      insert.bind(3, ledger::Blob{crypto::seal(*key, trait.value, context(subject, trait.key))}).bind_null(4);
    else
      insert.bind_null(3).bind(4, trait.value);
    CX_TRY(insert.run());
  }
  return {};
}

Result<std::vector<Trait>> Traits::settle(ledger::Tx& tx, CustomerId customer, TraitOp op,
                                          std::vector<Trait> traits) const {
  if (op == TraitOp::kSet) return traits;
  CX_TRY(auto all, stated(tx, customer));
  const std::vector<Trait> known = newest(std::move(all));
  std::vector<Trait> out;
  if (op == TraitOp::kDelete) {
    if (traits.empty()) return out;
    for (const Trait& old : known)
      out.push_back(
          {old.key, {}, false, traits.front().source, std::max(stated_at(old.at), traits.front().at)});
    return out;
  }
  for (Trait& trait : traits) {
    const auto old = std::ranges::find(known, trait.key, &Trait::key);
    if (auto value = settled(op, std::move(trait), old == known.end() ? nullptr : &*old))
      out.push_back(*std::move(value));
  }
  return out;
}

// Columns: key, sealed, clear, source, at, subject, wrapped. What was taken away is an empty value.
Result<void> Traits::read(ledger::Statement& row, std::vector<Trait>& out) const {
  for (;;) {
    CX_TRY(const bool more, row.step());
    if (!more) return {};
    Trait trait{.key = std::string(row.text(0)),
                .value = std::string(row.text(2)),
                .sensitive = !row.is_null(1),
                .source = {row.u64(3)},
                .at = {row.i64(4)}};
    if (trait.sensitive) {
      if (row.is_null(6)) continue;  // its key was destroyed
      const SubjectId subject{row.u64(5)};
      CX_TRY(const crypto::Key key, keys_.unwrap_subject_key(subject, row.blob(6)));
      CX_TRY(trait.value, crypto::open(key, row.blob(1), context(subject, trait.key)));
    }
    out.push_back(std::move(trait));
  }
}

Result<std::vector<Trait>> Traits::stated(ledger::Tx& tx, CustomerId customer) const {
  ledger::Statement& row = tx.sql(
      "SELECT t.key, t.sealed, t.clear, t.source, t.at, s.id, s.wrapped FROM subjects s "
      "JOIN traits t ON t.subject = s.id WHERE s.customer = $1 ORDER BY s.id");
  std::vector<Trait> out;
  CX_TRY(read(row.bind(1, customer), out));
  return out;
}

Result<std::vector<Trait>> Traits::stated(ledger::Tx& tx, std::span<const SubjectId> subjects) const {
  std::vector<Trait> out;
  for (const SubjectId subject : subjects) {
    ledger::Statement& row = tx.sql(
        "SELECT t.key, t.sealed, t.clear, t.source, t.at, s.id, s.wrapped FROM traits t "
        "JOIN subjects s ON s.id = t.subject WHERE t.subject = $1");
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
