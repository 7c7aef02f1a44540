#include "external/store.h"

#include <algorithm>
#include <boost/json.hpp>

namespace zhike::external {
namespace {

namespace json = boost::json;

std::string context_of(SourceId id) { return "virtual-source/" + id.str(); }

json::object object_of(const Settings& values) {
  json::object out;
  for (const auto& [key, value] : values) out[key] = value;
  return out;
}

std::string body_of(const Source& s) {
  json::array columns;
  for (const Column& c : s.columns)
    columns.push_back(json::object{{"name", c.is.name},
                                   {"type", to_string(c.is.type)},
                                   {"native", c.is.native},
                                   {"meaning", c.meaning},
                                   {"sensitive", c.sensitive}});
  return json::serialize(json::object{{"name", s.name},
                                      {"kind", s.kind->key},
                                      {"settings", object_of(s.settings)},
                                      {"columns", std::move(columns)},
                                      {"key_column", s.key_column},
                                      {"key_kind", to_string(s.key_kind)},
                                      {"unit", s.unit},
                                      {"owner", s.owner},
                                      {"enabled", s.enabled},
                                      {"rows_max", s.rows_max},
                                      {"time_max_ms", s.time_max.value},
                                      {"refresh_ms", s.refresh.value}});
}

std::string text_of(const json::object& o, std::string_view key) {
  const auto* value = o.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string();
}

std::int64_t number_of(const json::object& o, std::string_view key) {
  const auto* value = o.if_contains(key);
  if (value == nullptr) return 0;
  if (value->is_int64()) return value->as_int64();
  return value->is_uint64() ? static_cast<std::int64_t>(value->as_uint64()) : 0;
}

bool flag_of(const json::object& o, std::string_view key) {
  const auto* value = o.if_contains(key);
  return value != nullptr && value->is_bool() && value->as_bool();
}

Result<json::object> parse(std::string_view text) {
  boost::system::error_code wrong;
  json::value root = json::parse(text, wrong);
  if (wrong || !root.is_object()) return fail(Code::kBadJson, "a virtual source");
  return std::move(root.as_object());
}

void read_settings(const json::value* from, Settings& to) {
  if (from == nullptr || !from->is_object()) return;
  for (const auto& [key, value] : from->as_object())
    if (value.is_string()) to[std::string(key)] = std::string(value.as_string());
}

Result<void> read_body(std::string_view text, Source& s) {
  CX_TRY(const json::object o, parse(text));
  s.name = text_of(o, "name");
  s.kind = find_kind(text_of(o, "kind"));
  read_settings(o.if_contains("settings"), s.settings);
  if (const auto* columns = o.if_contains("columns"); columns != nullptr && columns->is_array())
    for (const json::value& entry : columns->as_array()) {
      if (!entry.is_object()) continue;
      const json::object& c = entry.as_object();
      CX_TRY(const auto type, query::parse_outside_type(text_of(c, "type")));
      s.columns.push_back({.is = {.name = text_of(c, "name"), .type = type, .native = text_of(c, "native")},
                           .meaning = text_of(c, "meaning"),
                           .sensitive = flag_of(c, "sensitive")});
    }
  s.key_column = text_of(o, "key_column");
  s.key_kind = parse_identifier_kind(text_of(o, "key_kind")).value_or(IdentifierKind::kUserId);
  s.unit = text_of(o, "unit");
  s.owner = text_of(o, "owner");
  s.enabled = flag_of(o, "enabled");
  s.rows_max = static_cast<std::uint64_t>(number_of(o, "rows_max"));
  s.time_max = Millis{number_of(o, "time_max_ms")};
  s.refresh = Millis{number_of(o, "refresh_ms")};
  return {};
}

}  // namespace

Result<std::unique_ptr<Store>> Store::open(ledger::Db& ledger, const crypto::Key& sealing,
                                           const Clock& clock) {
  std::unique_ptr<Store> store(new Store(ledger, sealing, clock));
  CX_TRY(store->load());
  return store;
}

Result<void> Store::load() {
  return ledger_.read([&](ledger::Tx& tx) -> Result<void> {
    ledger::Statement& row =
        tx.sql("SELECT id, name, body, secrets, created, changed FROM virtual_sources ORDER BY id");
    for (;;) {
      CX_TRY(const bool found, row.step());
      if (!found) return {};
      auto s = std::make_shared<Source>();
      s->id = {row.u64(0)};
      s->key = std::string(row.text(1));
      CX_TRY(read_body(row.text(2), *s));
      if (s->kind == nullptr || s->column(s->key_column) == nullptr) continue;  // of another version
      CX_TRY(const std::string secrets, crypto::open(sealing_, row.blob(3), context_of(s->id)));
      CX_TRY(const json::object opened, parse(secrets));
      const json::value as_value = opened;
      read_settings(&as_value, s->secrets);
      s->created = {row.i64(4)};
      s->changed = {row.i64(5)};
      all_.push_back(std::move(s));
    }
  });
}

std::vector<Store::Entry> Store::list() const {
  const std::lock_guard lock(mutex_);
  return all_;
}

Result<Store::Entry> Store::find(std::string_view key) const {
  const std::lock_guard lock(mutex_);
  const auto at =
      std::ranges::find_if(all_, [&](const Entry& s) { return s->key == key || s->id.str() == key; });
  if (at == all_.end()) return fail(Code::kUnknownVirtualSource, "{}", key.substr(0, 60));
  return *at;
}

Result<void> Store::write(const Source& s) {
  const std::string secrets = crypto::seal(sealing_, json::serialize(object_of(s.secrets)), context_of(s.id));
  return ledger_.write([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(tx.sql("INSERT INTO virtual_sources (id, name, body, secrets, created, changed) "
                  "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO UPDATE SET name = excluded.name, "
                  "body = excluded.body, secrets = excluded.secrets, changed = excluded.changed")
               .bind(1, s.id)
               .bind(2, s.key)
               .bind(3, body_of(s))
               .bind(4, ledger::Blob{secrets})
               .bind(5, s.created)
               .bind(6, s.changed)
               .run());
    return {};
  });
}

Result<Store::Entry> Store::make(Source source) {
  CX_TRY(check(source));
  const std::lock_guard lock(mutex_);
  if (all_.size() >= kSourcesMax) return fail(Code::kBadVirtualSource, "there are {} already", kSourcesMax);
  if (std::ranges::any_of(all_, [&](const Entry& s) { return s->key == source.key; }))
    return fail(Code::kBadVirtualSource, "'key' is taken: {}", source.key);
  source.id = {all_.empty() ? 1 : all_.back()->id.value + 1};
  source.created = source.changed = clock_.now();
  CX_TRY(write(source));
  all_.push_back(std::make_shared<const Source>(std::move(source)));
  return all_.back();
}

Result<Store::Entry> Store::replace(SourceId id, Source source) {
  const std::lock_guard lock(mutex_);
  const auto at = std::ranges::find(all_, id, [](const Entry& s) { return s->id; });
  if (at == all_.end()) return fail(Code::kUnknownVirtualSource, "{}", id.str());
  // A secret goes only where it was entered for: whoever moves the source to another address enters it anew.
  const auto moved = [&](std::string_view key) { return source.setting(key) != (*at)->setting(key); };
  if (source.kind == (*at)->kind && !moved("host") && !moved("port") && !moved("url") && !moved("tls"))
    for (const auto& [key, secret] : (*at)->secrets) source.secrets.try_emplace(key, secret);
  std::erase_if(source.secrets, [](const auto& entry) { return entry.second.empty(); });
  CX_TRY(check(source));
  if (std::ranges::any_of(all_, [&](const Entry& s) { return s->key == source.key && s->id != id; }))
    return fail(Code::kBadVirtualSource, "'key' is taken: {}", source.key);
  source.id = id;
  source.created = (*at)->created;
  // An answer kept from before the change must not be taken for one of after it.
  source.changed = std::max(clock_.now(), (*at)->changed + Millis{1});
  CX_TRY(write(source));
  *at = std::make_shared<const Source>(std::move(source));
  return *at;
}

Result<void> Store::remove(SourceId id) {
  const std::lock_guard lock(mutex_);
  const auto at = std::ranges::find(all_, id, [](const Entry& s) { return s->id; });
  if (at == all_.end()) return fail(Code::kUnknownVirtualSource, "{}", id.str());
  CX_TRY(ledger_.write([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(tx.sql("DELETE FROM virtual_sources WHERE id = $1").bind(1, id).run());
    return {};
  }));
  all_.erase(at);
  return {};
}

}  // namespace zhike::external
