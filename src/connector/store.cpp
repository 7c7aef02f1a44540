#include "connector/store.h"

#include <algorithm>
#include <boost/json.hpp>

#include "connector/kinds.h"

namespace zhike::connector {
namespace {

namespace json = boost::json;

std::string context_of(ConnectorId id) { return "connector/" + id.str(); }

Result<std::uint64_t> next_id(ledger::Tx& tx, std::string_view sql) {
  ledger::Statement& s = tx.sql(sql);
  CX_TRY(s.step());
  return s.u64(0) + 1;
}

constexpr std::string_view kLetterColumns =
    "SELECT id, connector, at, first, last, events, attempts, error, detail, state";

Letter letter_of(const ledger::Statement& row) {
  return {.id = row.u64(0),
          .connector = {row.u64(1)},
          .at = {row.i64(2)},
          .first = row.u64(3),
          .last = row.u64(4),
          .events = static_cast<std::uint32_t>(row.i64(5)),
          .attempts = static_cast<std::uint32_t>(row.i64(6)),
          .error = std::string(row.text(7)),
          .detail = std::string(row.text(8)),
          .body = {},
          .state = static_cast<LetterState>(row.i64(9))};
}

Result<void> put_state(ledger::Tx& tx, ConnectorId id, std::string_view name, std::string_view value) {
  CX_TRY(tx.sql("INSERT INTO connector_state (connector, name, value) VALUES ($1, $2, $3) "
                "ON CONFLICT (connector, name) DO UPDATE SET value = excluded.value")
             .bind(1, id)
             .bind(2, name)
             .bind(3, value)
             .run());
  return {};
}

}  // namespace

std::string to_json(const Settings& values) {
  json::object out;
  for (const auto& [key, value] : values) out[key] = value;
  return json::serialize(out);
}

Result<Settings> from_json(std::string_view text) {
  boost::system::error_code wrong;
  const json::value root = json::parse(text, wrong);
  if (wrong || !root.is_object()) return fail(Code::kBadJson, "not an object");
  Settings out;
  for (const auto& [key, value] : root.as_object()) {
    if (!value.is_string()) return fail(Code::kBadJson, "'{}' is no text", std::string(key));
    out[std::string(key)] = std::string(value.as_string());
  }
  return out;
}

Result<std::unique_ptr<Store>> Store::open(ledger::Db& ledger, const crypto::Key& sealing,
                                           const Clock& clock) {
  std::unique_ptr<Store> store(new Store(ledger, sealing, clock));
  CX_TRY(store->load());
  return store;
}

Result<void> Store::load() {
  return ledger_.read([&](ledger::Tx& tx) -> Result<void> {
    ledger::Statement& row = tx.sql(
        "SELECT id, name, label, kind, source, enabled, settings, secrets, mapping, created, changed "
        "FROM connectors ORDER BY id");
    for (;;) {
      CX_TRY(const bool found, row.step());
      if (!found) return {};
      auto c = std::make_shared<Connector>();
      c->id = {row.u64(0)};
      c->key = std::string(row.text(1));
      c->name = std::string(row.text(2));
      c->kind = find_kind(row.text(3));
      if (c->kind == nullptr) continue;  // of a kind that this version does not have
      c->source = {row.u64(4)};
      c->enabled = row.i64(5) != 0;
      CX_TRY(c->settings, from_json(row.text(6)));
      CX_TRY(const std::string secrets, crypto::open(sealing_, row.blob(7), context_of(c->id)));
      CX_TRY(c->secrets, from_json(secrets));
      c->mapping = std::string(row.text(8));
      c->created = {row.i64(9)};
      c->changed = {row.i64(10)};
      all_.push_back(std::move(c));
    }
  });
}

std::vector<Store::Entry> Store::list() const {
  const std::lock_guard lock(mutex_);
  return all_;
}

Result<Store::Entry> Store::find(ConnectorId id) const {
  const std::lock_guard lock(mutex_);
  const auto at = std::ranges::find(all_, id, [](const Entry& c) { return c->id; });
  if (at == all_.end()) return fail(Code::kUnknownConnector, "{}", id.str());
  return *at;
}

Store::Entry Store::find(std::string_view key) const {
  const std::lock_guard lock(mutex_);
  const auto at = std::ranges::find(all_, key, [](const Entry& c) -> std::string_view { return c->key; });
  return at == all_.end() ? nullptr : *at;
}

Result<void> Store::write(const Connector& c, bool is_new) {
  const std::string settings = to_json(c.settings);
  const std::string secrets = crypto::seal(sealing_, to_json(c.secrets), context_of(c.id));
  return ledger_.write([&](ledger::Tx& tx) -> Result<void> {
    ledger::Statement& s =
        is_new ? tx.sql(
                     "INSERT INTO connectors (id, name, label, kind, source, enabled, settings, secrets, "
                     "mapping, created, changed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)")
               : tx.sql(
                     "UPDATE connectors SET name = $2, label = $3, kind = $4, source = $5, enabled = $6, "
                     "settings = $7, secrets = $8, mapping = $9, created = $10, changed = $11 WHERE id = $1");
    s.bind(1, c.id).bind(2, c.key).bind(3, c.name).bind(4, c.kind->key).bind(5, c.source).bind(6, c.enabled);
    s.bind(7, settings)
        .bind(8, ledger::Blob{secrets})
        .bind(9, c.mapping)
        .bind(10, c.created)
        .bind(11, c.changed);
    CX_TRY(s.run());
    return {};
  });
}

Result<Store::Entry> Store::make(Connector c) {
  CX_TRY(check(c));
  const std::lock_guard lock(mutex_);
  if (all_.size() >= kConnectorsMax)
    return fail(Code::kBadConnector, "there may be {} at most", kConnectorsMax);
  if (std::ranges::any_of(all_, [&](const Entry& other) { return other->key == c.key; }))
    return fail(Code::kBadConnector, "'key': there is a connector with this key");
  CX_TRY(ledger_.read([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(c.id.value, next_id(tx, "SELECT COALESCE(MAX(id), 0) FROM connectors"));
    return {};
  }));
  c.created = c.changed = clock_.now();
  CX_TRY(write(c, true));
  all_.push_back(std::make_shared<const Connector>(std::move(c)));
  return all_.back();
}

Result<Store::Entry> Store::change(ConnectorId id, const Change& change) {
  const std::lock_guard lock(mutex_);
  const auto at = std::ranges::find(all_, id, [](const Entry& c) { return c->id; });
  if (at == all_.end()) return fail(Code::kUnknownConnector, "{}", id.str());
  Connector c = **at;
  if (change.name) c.name = *change.name;
  if (change.mapping) c.mapping = *change.mapping;
  if (change.enabled) c.enabled = *change.enabled;
  if (change.settings) c.settings = *change.settings;
  for (const auto& [key, value] : change.secrets)
    if (value.empty())
      c.secrets.erase(key);
    else
      c.secrets[key] = value;
  CX_TRY(check(c));
  c.changed = clock_.now();
  CX_TRY(write(c, false));
  return *at = std::make_shared<const Connector>(std::move(c));
}

Result<void> Store::remove(ConnectorId id) {
  CX_TRY(find(id));
  CX_TRY(ledger_.write([&](ledger::Tx& tx) -> Result<void> {
    for (const std::string_view sql :
         {"DELETE FROM connector_state WHERE connector = $1",
          "DELETE FROM connector_log WHERE connector = $1",
          "DELETE FROM connector_counts WHERE connector = $1",
          "DELETE FROM connector_letters WHERE connector = $1", "DELETE FROM connectors WHERE id = $1"})
      CX_TRY(tx.sql(sql).bind(1, id).run());
    return {};
  }));
  const std::lock_guard lock(mutex_);
  std::erase_if(all_, [&](const Entry& c) { return c->id == id; });
  return {};
}

Result<std::string> Store::state(ConnectorId id, std::string_view name) {
  std::string out;
  CX_TRY(ledger_.read([&](ledger::Tx& tx) -> Result<void> {
    ledger::Statement& row = tx.sql("SELECT value FROM connector_state WHERE connector = $1 AND name = $2");
    CX_TRY(const bool found, row.bind(1, id).bind(2, name).step());
    if (found) out = std::string(row.text(0));
    return {};
  }));
  return out;
}

Result<void> Store::set_state(ConnectorId id, std::string_view name, std::string_view value) {
  return ledger_.write([&](ledger::Tx& tx) { return put_state(tx, id, name, value); });
}

// ---- letters ----------------------------------------------------------------------------------------------

Result<bool> Store::keep(const Letter& letter, std::string_view state, std::string_view value) {
  CX_TRY(const std::uint64_t open, open_letters(letter.connector));
  if (open >= kLettersMax) return false;
  const std::string sealed = crypto::seal(sealing_, letter.body, context_of(letter.connector));
  CX_TRY(ledger_.write([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(const std::uint64_t id, next_id(tx, "SELECT COALESCE(MAX(id), 0) FROM connector_letters"));
    CX_TRY(tx.sql("INSERT INTO connector_letters (id, connector, at, first, last, events, attempts, error, "
                  "detail, "
                  "body, state, asked) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, 0)")
               .bind(1, id)
               .bind(2, letter.connector)
               .bind(3, letter.at)
               .bind(4, letter.first)
               .bind(5, letter.last)
               .bind(6, static_cast<std::int64_t>(letter.events))
               .bind(7, static_cast<std::int64_t>(letter.attempts))
               .bind(8, letter.error)
               .bind(9, letter.detail)
               .bind(10, ledger::Blob{sealed})
               .run());
    return put_state(tx, letter.connector, state, value);
  }));
  return true;
}

Result<std::vector<Letter>> Store::letters(ConnectorId id, std::uint64_t before, std::size_t count) {
  std::vector<Letter> out;
  CX_TRY(ledger_.read([&](ledger::Tx& tx) -> Result<void> {
    static const std::string kSql =
        std::string(kLetterColumns) +
        " FROM connector_letters WHERE connector = $1 AND state = 0 AND ($2 = 0 OR id < $2) "
        "ORDER BY id DESC LIMIT $3";
    ledger::Statement& row =
        tx.sql(kSql).bind(1, id).bind(2, before).bind(3, static_cast<std::int64_t>(count));
    for (;;) {
      CX_TRY(const bool found, row.step());
      if (!found) return {};
      out.push_back(letter_of(row));
    }
  }));
  return out;
}

Result<std::vector<Letter>> Store::asked_again(ConnectorId id, std::size_t count) {
  std::vector<Letter> out;
  CX_TRY(ledger_.read([&](ledger::Tx& tx) -> Result<void> {
    static const std::string kSql =
        std::string(kLetterColumns) +
        ", body FROM connector_letters WHERE connector = $1 AND state = 0 AND asked = 1 "
        "ORDER BY id LIMIT $2";
    ledger::Statement& row = tx.sql(kSql).bind(1, id).bind(2, static_cast<std::int64_t>(count));
    for (;;) {
      CX_TRY(const bool found, row.step());
      if (!found) return {};
      Letter letter = letter_of(row);
      CX_TRY(letter.body, crypto::open(sealing_, row.blob(10), context_of(id)));
      out.push_back(std::move(letter));
    }
  }));
  return out;
}

Result<std::uint64_t> Store::open_letters(ConnectorId id) {
  std::uint64_t count = 0;
  CX_TRY(ledger_.read([&](ledger::Tx& tx) -> Result<void> {
    ledger::Statement& row =
        tx.sql("SELECT COUNT(*) FROM connector_letters WHERE connector = $1 AND state = 0").bind(1, id);
    CX_TRY(row.step());
    count = row.u64(0);
    return {};
  }));
  return count;
}

Result<std::uint64_t> Store::mark(ConnectorId id, const std::vector<std::uint64_t>& ids,
                                  std::string_view change) {
  std::int64_t changed = 0;
  const std::string sql = fmt::format(
      "UPDATE connector_letters SET {} WHERE connector = $1 AND state = 0 AND ($2 = 0 OR id = $2)", change);
  CX_TRY(ledger_.write([&](ledger::Tx& tx) -> Result<void> {
    for (const std::uint64_t letter : ids.empty() ? std::vector<std::uint64_t>{0} : ids) {
      CX_TRY(const auto rows, tx.sql(sql).bind(1, id).bind(2, letter).run());
      changed += rows;
    }
    return {};
  }));
  return static_cast<std::uint64_t>(changed);
}

Result<std::uint64_t> Store::ask_again(ConnectorId id, const std::vector<std::uint64_t>& ids) {
  return mark(id, ids, "asked = 1");
}

Result<std::uint64_t> Store::discard(ConnectorId id, const std::vector<std::uint64_t>& ids) {
  return mark(id, ids, "state = 2, body = ''");
}

Result<void> Store::settle(std::uint64_t letter, bool sent, const Letter& outcome) {
  return ledger_.write([&](ledger::Tx& tx) -> Result<void> {
    ledger::Statement& s =
        sent ? tx.sql(
                   "UPDATE connector_letters SET state = 1, asked = 0, body = '', attempts = attempts + 1 "
                   "WHERE id = $1")
             : tx.sql(
                     "UPDATE connector_letters SET asked = 0, attempts = attempts + 1, error = $2, detail = "
                     "$3 "
                     "WHERE id = $1")
                   .bind(2, outcome.error)
                   .bind(3, outcome.detail);
    CX_TRY(s.bind(1, letter).run());
    return {};
  });
}

}  // namespace zhike::connector
