#include "external/personas.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/ascii.h"
#include "base/lines.h"
#include "external/sql.h"
#include "query/prepare_flags.h"
#include "query/where.h"

namespace zhike::external {
namespace {

constexpr std::size_t kKeyBytesMax = 60, kNameBytesMax = 120, kTextBytesMax = 2'000, kWhereBytesMax = 2'000;
constexpr std::int64_t kPositionMax = 10'000;
constexpr std::string_view kColumns =
    "SELECT key, version, position, name_en, name_zh, description, goals, frustrations, quote, belongs, "
    "actor, changed FROM personas ";

Result<void> may_look(const Grant& grant) {
  if (!grant.may(query::viewing(grant)))
    return fail(Code::kPermissionMissing, "{}", to_string(query::viewing(grant)));
  return {};
}
Result<void> may_change(const Grant& grant) {
  if (!grant.may(Permission::kManageData))
    return fail(Code::kPermissionMissing, "{}", to_string(Permission::kManageData));
  return {};
}

Persona read(const ledger::Statement& row) {
  return {.key = std::string(row.text(0)),
          .name_en = std::string(row.text(3)),
          .name_zh = std::string(row.text(4)),
          .description = std::string(row.text(5)),
          .goals = std::string(row.text(6)),
          .frustrations = std::string(row.text(7)),
          .quote = std::string(row.text(8)),
          .where = std::string(row.text(9)),
          .position = row.i64(2),
          .version = row.u64(1),
          .actor = {row.u64(10)},
          .changed = {row.i64(11)}};
}

/// By key first: a key may be another's name.
Result<Persona> find_in(ledger::Tx& tx, std::string_view name) {
  ledger::Statement& row = tx.sql(std::string(kColumns) +
                                  "WHERE key = $1 OR (name_en = $1 AND name_en <> '') OR (name_zh = $1 AND "
                                  "name_zh <> '') ORDER BY key = $1 DESC");
  CX_TRY(const bool is_there, row.bind(1, name).step());
  if (!is_there) return fail(Code::kNotFound, "persona {}", name.substr(0, kNameBytesMax));
  return read(row);
}

bool is_key(std::string_view text) {
  return !text.empty() && text.size() <= kKeyBytesMax &&
         std::ranges::all_of(text, [](char c) { return ascii::is_alnum(c) || c == '_' || c == '-'; });
}

/// Lines are allowed in what people write about it.
bool has_other_control(std::string_view text) {
  return std::ranges::any_of(
      text, [](char c) { return c != '\n' && (static_cast<unsigned char>(c) < ' ' || c == '\x7f'); });
}

Result<void> check(const Persona& of) {
  if (!is_key(of.key)) return fail(Code::kBadField, "'key': 1 to {} letters, digits, _ or -", kKeyBytesMax);
  if (of.name_en.empty() && of.name_zh.empty())
    return fail(Code::kBadField, "'name_en' or 'name_zh' is needed");
  for (const auto& [field, text] : {std::pair("name_en", &of.name_en), std::pair("name_zh", &of.name_zh)})
    if (text->size() > kNameBytesMax || has_control(*text))
      return fail(Code::kBadField, "'{}': up to {} bytes in one line", field, kNameBytesMax);
  const std::array<std::pair<std::string_view, const std::string*>, 4> texts{
      {{"description", &of.description},
       {"goals", &of.goals},
       {"frustrations", &of.frustrations},
       {"quote", &of.quote}}};
  for (const auto& [field, text] : texts)
    if (text->size() > kTextBytesMax || has_other_control(*text))
      return fail(Code::kBadField, "'{}': up to {} bytes", field, kTextBytesMax);
  if (of.position < 0 || of.position > kPositionMax)
    return fail(Code::kBadField, "'position' is not 0 to {}", kPositionMax);
  CX_TRY(persona_condition(of.where));
  return {};
}

/// That every part is on customers. Within did(...) events may be spoken of.
Result<void> on_customers(const query::Expr& expr, bool within_did) {
  const bool within = within_did || expr.kind == query::Expr::Kind::kDid;
  for (const query::Expr& part : expr.parts) CX_TRY(on_customers(part, within));
  if (expr.kind != query::Expr::Kind::kCondition) return {};
  const query::Condition& condition = expr.condition;
  if (condition.field == query::Field::kVirtual && condition.name == query::kPersonas)
    return fail(Code::kBadField, "'where': a persona does not name another");
  if (condition.field >= query::Field::kVirtual || within) return {};
  return fail(Code::kBadField, "'where': {} is of single events; write did({} ...)",
              query::to_string(condition.field), query::to_string(condition.field));
}

/// How often it was put, under this key; kLedgerConflict where a name is another's.
Result<std::uint64_t> version_in_force(ledger::Tx& tx, const Persona& wish) {
  ledger::Statement& taken = tx.sql(
      "SELECT key FROM personas WHERE key <> $1 AND ((name_en = $2 AND $2 <> '') OR (name_zh = $3 AND $3 <> "
      "''))");
  CX_TRY(const bool is_taken, taken.bind(1, wish.key).bind(2, wish.name_en).bind(3, wish.name_zh).step());
  if (is_taken) return fail(Code::kLedgerConflict, "persona {} has this name already", taken.text(0));
  ledger::Statement& row = tx.sql("SELECT version FROM personas WHERE key = $1");
  CX_TRY(const bool is_there, row.bind(1, wish.key).step());
  if (is_there) return row.u64(0);
  ledger::Statement& count = tx.sql("SELECT count(*) FROM personas");
  CX_TRY(count.step());
  if (count.u64(0) >= Personas::kPersonasMax)
    return fail(Code::kBadField, "there are {} personas already", Personas::kPersonasMax);
  return 0;
}

Result<void> store(ledger::Tx& tx, const Persona& of) {
  CX_TRY(tx.sql("INSERT INTO personas (key, version, position, name_en, name_zh, description, goals, "
                "frustrations, quote, belongs, actor, changed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, "
                "$10, $11, $12) ON CONFLICT (key) DO UPDATE SET version = excluded.version, position = "
                "excluded.position, name_en = excluded.name_en, name_zh = excluded.name_zh, description = "
                "excluded.description, goals = excluded.goals, frustrations = excluded.frustrations, quote = "
                "excluded.quote, belongs = excluded.belongs, actor = excluded.actor, changed = "
                "excluded.changed")
             .bind(1, of.key)
             .bind(2, of.version)
             .bind(3, of.position)
             .bind(4, of.name_en)
             .bind(5, of.name_zh)
             .bind(6, of.description)
             .bind(7, of.goals)
             .bind(8, of.frustrations)
             .bind(9, of.quote)
             .bind(10, of.where)
             .bind(11, of.actor)
             .bind(12, of.changed)
             .run());
  return {};
}

/// A unit means those below it too, as in every filter.
Result<void> widen_units(ledger::Tx& tx, query::Expr& expr) {
  for (query::Expr& part : expr.parts) CX_TRY(widen_units(tx, part));
  if (expr.kind != query::Expr::Kind::kCondition || expr.condition.field != query::Field::kUnit) return {};
  std::vector<std::string> all;
  for (const std::string& unit : expr.condition.values) {
    ledger::Statement& row = tx.sql(
        "WITH RECURSIVE below (key) AS (SELECT $1 UNION SELECT u.key FROM units u JOIN below b ON u.parent = "
        "b.key) SELECT key FROM below");
    row.bind(1, unit);
    for (;;) {
      CX_TRY(const bool more, row.step());
      if (!more) break;
      all.emplace_back(row.text(0));
    }
  }
  std::ranges::sort(all);
  all.erase(std::unique(all.begin(), all.end()), all.end());
  expr.condition.values = std::move(all);
  return {};
}

}  // namespace

Result<query::Expr> persona_condition(std::string_view text) {
  if (text.empty() || text.size() > kWhereBytesMax)
    return fail(Code::kBadField, "'where': 1 to {} bytes", kWhereBytesMax);
  CX_TRY(query::Expr out, query::parse_where(text));
  CX_TRY(on_customers(out, false));
  return out;
}

Result<std::vector<Persona>> Personas::list(const Grant& grant) const {
  CX_TRY(may_look(grant));
  std::vector<Persona> out;
  CX_TRY(db_.read([&](ledger::Tx& tx) -> Result<void> {
    ledger::Statement& row = tx.sql(std::string(kColumns) + "ORDER BY position, key");
    for (;;) {
      CX_TRY(const bool more, row.step());
      if (!more) return {};
      out.push_back(read(row));
    }
  }));
  return out;
}

Result<Persona> Personas::find(const Grant& grant, std::string_view name) const {
  CX_TRY(may_look(grant));
  Persona out;
  CX_TRY(db_.read([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(out, find_in(tx, name));
    return {};
  }));
  return out;
}

Result<Persona> Personas::put(const Grant& grant, Persona wish) const {
  CX_TRY(may_change(grant));
  CX_TRY(check(wish));
  wish.actor = grant.user;
  wish.changed = clock_.now();
  CX_TRY(db_.write([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(const std::uint64_t version, version_in_force(tx, wish));
    if (version != wish.version)
      return fail(Code::kLedgerConflict, "persona {}: version {} is in force, not {}; read it anew", wish.key,
                  version, wish.version);
    ++wish.version;
    CX_TRY(store(tx, wish));
    return audit_.append(tx, {.seq = 0,
                              .at = wish.changed,
                              .actor = grant.user,
                              .action = "persona_changed",
                              .target = "persona/" + wish.key,
                              .detail = "version " + std::to_string(wish.version) + ": " + wish.where});
  }));
  return wish;
}

Result<void> Personas::remove(const Grant& grant, std::string_view key) const {
  CX_TRY(may_change(grant));
  const Instant now = clock_.now();
  return db_.write([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(const auto removed, tx.sql("DELETE FROM personas WHERE key = $1").bind(1, key).run());
    if (removed == 0) return fail(Code::kNotFound, "persona {}", key.substr(0, kNameBytesMax));
    return audit_.append(tx, {.seq = 0,
                              .at = now,
                              .actor = grant.user,
                              .action = "persona_removed",
                              .target = "persona/" + std::string(key),
                              .detail = {}});
  });
}

Result<query::Expr> persona_filter(ledger::Db& db, const Grant& grant, std::string_view name) {
  CX_TRY(may_look(grant));
  query::Expr out;
  CX_TRY(db.read([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(const Persona of, find_in(tx, name));
    CX_TRY(out, persona_condition(of.where));
    return widen_units(tx, out);
  }));
  return out;
}

Result<PersonaSizes> persona_sizes(Externals& externals, warehouse::Client& client, const Grant& grant,
                                   const query::Filter& filter, std::span<const query::Expr> conditions) {
  CX_TRY(may_look(grant));
  PersonaSizes out{.sizes = std::vector<std::optional<std::uint64_t>>(conditions.size()),
                   .errors = std::vector<std::optional<Error>>(conditions.size())};
  std::vector<query::Expr> flags;
  for (std::size_t i = 0; i < conditions.size(); ++i) {
    query::Filter one{.range = filter.range, .zone = filter.zone, .where = conditions[i]};
    const auto done = externals.resolve(grant, one);
    if (!done) out.errors[i] = done.error();
    flags.push_back(done ? std::move(one.where) : query::any({}));
  }
  CX_TRY(const auto prepared,
         query::prepare_flags(grant, query::viewing(grant), filter, flags, sql::kPersonaSizes));
  CX_TRY(const auto table, client.select(prepared.query()));
  if (table.rows.empty()) return out;
  const auto& row = table.rows.front();
  out.customers = warehouse::as_u64(row[0]);
  out.in_none = warehouse::as_u64(row[1]);
  out.in_several = warehouse::as_u64(row[2]);
  for (std::size_t i = 0; i < conditions.size(); ++i) {
    if (out.errors[i]) continue;
    // The first flag is nobody's; nothing is counted where there is no customer.
    const bool counted = row[3].is_array() && row[3].get_array().size() > i + 1;
    out.sizes[i] = counted ? warehouse::as_u64(row[3].get_array()[i + 1]) : 0;
  }
  return out;
}

}  // namespace zhike::external
