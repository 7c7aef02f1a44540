#include "govern/users.h"

#include <argon2.h>

#include <algorithm>
#include <array>

#include "base/lines.h"

namespace zhike::govern {
namespace {

constexpr std::size_t kPasswordCharactersMin = 10, kPasswordBytesMax = 256, kLoginMax = 64, kNameMax = 100;
constexpr std::size_t kUnitsMax = 1000, kUnitMax = 120;
constexpr std::size_t kSaltBytes = 16, kHashBytes = 32;

constexpr std::uint32_t bit(Permission permission) { return 1U << static_cast<unsigned>(permission); }
constexpr std::array kRoles{
    Role{kAdministrator, (1U << kPermissionCount) - 1},
    Role{"manager", bit(Permission::kViewMetrics) | bit(Permission::kViewCustomers) |
                        bit(Permission::kManageData) | bit(Permission::kHandleComplaints)},
    Role{"analyst", bit(Permission::kViewMetrics) | bit(Permission::kViewCustomers)},
    Role{"agent", bit(Permission::kViewCustomers) | bit(Permission::kHandleComplaints)},
    Role{"privacy_officer", bit(Permission::kViewCustomers) | bit(Permission::kRevealSensitive)},
    Role{"viewer", bit(Permission::kViewMetrics)},
};

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

Result<void> check_name(std::string_view name) {
  if (name.empty() || name.size() > kNameMax || has_control(name)) return fail(Code::kBadUser, "name");
  return {};
}

Result<void> check_role(std::string_view role) {
  if (find_role(role) == nullptr) return fail(Code::kBadUser, "role");
  return {};
}

Result<void> check_language(std::string_view language) {
  if (language != "en" && language != "zh") return fail(Code::kBadUser, "language");
  return {};
}

Result<void> check_units(const std::vector<std::string>& units) {
  if (units.size() > kUnitsMax) return fail(Code::kBadUser, "units");
  for (const std::string& unit : units)
    if (unit.empty() || unit.size() > kUnitMax || has_control(unit)) return fail(Code::kBadUser, "units");
  return {};
}

Result<void> check_new(const NewUser& user) {
  const std::string login = comparable_login(user.login);
  if (login.empty() || login.size() > kLoginMax || has_control(login)) return fail(Code::kBadUser, "user");
  CX_TRY(check_name(user.name));
  CX_TRY(check_role(user.role));
  CX_TRY(check_language(user.language));
  return check_units(user.units);
}

Result<void> put_units(ledger::Tx& tx, UserId user, const std::vector<std::string>& units) {
  CX_TRY(tx.sql("DELETE FROM user_units WHERE user_id = $1").bind(1, user).run());
  for (const std::string& unit : units) {
    ledger::Statement& insert = tx.sql(
        "INSERT INTO user_units (user_id, unit) VALUES ($1, $2) ON CONFLICT (user_id, unit) DO NOTHING");
    CX_TRY(insert.bind(1, user).bind(2, unit).run());
  }
  return {};
}

Result<void> load_units(ledger::Tx& tx, User& user) {
  ledger::Statement& row =
      tx.sql("SELECT unit FROM user_units WHERE user_id = $1 ORDER BY unit").bind(1, user.id);
  for (;;) {
    CX_TRY(const bool more, row.step());
    if (!more) return {};
    user.units.emplace_back(row.text(0));
  }
}

User user_of(const ledger::Statement& row) {
  User user{.id = {row.u64(0)},
            .login = std::string(row.text(1)),
            .name = std::string(row.text(2)),
            .role = std::string(row.text(3)),
            .all_units = row.i64(4) != 0,
            .units = {},
            .language = std::string(row.text(5)),
            .enabled = row.i64(6) != 0,
            .created_at = {row.i64(7)},
            .last_seen_at = std::nullopt};
  if (!row.is_null(8)) user.last_seen_at = Instant{row.i64(8)};
  return user;
}

Result<void> store(ledger::Tx& tx, const User& user) {
  ledger::Statement& update = tx.sql(
      "UPDATE users SET name = $2, role = $3, all_units = $4, language = $5, enabled = $6 WHERE id = $1");
  update.bind(1, user.id)
      .bind(2, user.name)
      .bind(3, user.role)
      .bind(4, user.all_units)
      .bind(5, user.language);
  CX_TRY(update.bind(6, user.enabled).run());
  return put_units(tx, user.id, user.units);
}

Result<bool> someone_manages_users(ledger::Tx& tx) {
  ledger::Statement& row =
      tx.sql("SELECT count(*) FROM users WHERE role = $1 AND enabled = 1").bind(1, kAdministrator);
  CX_TRY(const bool there, row.step());
  return there && row.i64(0) > 0;
}

/// The changes by name, for the audit log; values only where they are no secret.
std::string describe(const User& before, const User& after, bool new_password) {
  std::string out;
  const auto add = [&](std::string_view text) { out += (out.empty() ? "" : ", ") + std::string(text); };
  if (before.role != after.role) add(fmt::format("role {} to {}", before.role, after.role));
  if (before.enabled != after.enabled) add(after.enabled ? "enabled" : "disabled");
  if (before.all_units != after.all_units || before.units != after.units) add("units");
  if (before.name != after.name) add("name");
  if (before.language != after.language) add("language");
  if (new_password) add("password");
  return out;
}

}  // namespace

std::span<const Role> roles() noexcept { return kRoles; }

const Role* find_role(std::string_view key) noexcept {
  const auto at = std::ranges::find(kRoles, key, &Role::key);
  return at == kRoles.end() ? nullptr : &*at;
}

Grant grant_of(const User& user) {
  const Role* role = find_role(user.role);
  return {.user = user.id,
          .permissions = role == nullptr || !user.enabled ? 0 : role->permissions,
          .all_units = user.all_units,
          .units = user.units};
}

std::string comparable_login(std::string_view login) {
  while (!login.empty() && login.front() == ' ') login.remove_prefix(1);
  while (!login.empty() && login.back() == ' ') login.remove_suffix(1);
  std::string out(login);
  std::ranges::transform(out, out.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return out;
}

Result<User> load_user(ledger::Tx& tx, UserId id) {
  ledger::Statement& row = tx.sql(
      "SELECT id, login, name, role, all_units, language, enabled, created_at, last_seen_at FROM users WHERE "
      "id = $1");
  CX_TRY(const bool there, row.bind(1, id).step());
  if (!there) return fail(Code::kNotFound, "user {}", id.value);
  User user = user_of(row);
  CX_TRY(load_units(tx, user));
  return user;
}

Users::Users(ledger::Db& db, const Audit& audit, const Clock& clock, PasswordCost cost)
    : db_(db), audit_(audit), clock_(clock), cost_(cost) {
  auto hash = hash_password("nobody", crypto::random_token(24));
  cx_check(hash.has_value(), "Argon2id works");
  nobodys_hash_ = std::move(*hash);
}

Result<std::string> Users::hash_password(std::string_view login, std::string_view password) {
  if (characters(password) < kPasswordCharactersMin || password.size() > kPasswordBytesMax ||
      comparable_login(password) == comparable_login(login))
    return fail(Code::kWeakPassword);
  std::array<unsigned char, kSaltBytes> salt;
  crypto::random_bytes(salt);
  std::string out(argon2_encodedlen(cost_.passes, cost_.kibibytes, 1, kSaltBytes, kHashBytes, Argon2_id),
                  '\0');
  const std::scoped_lock lock(hashing_);
  const int status = argon2id_hash_encoded(cost_.passes, cost_.kibibytes, 1, password.data(), password.size(),
                                           salt.data(), salt.size(), kHashBytes, out.data(), out.size());
  if (status != ARGON2_OK) return fail(Code::kInternal, "{}", argon2_error_message(status));
  out.resize(out.find('\0'));
  return out;
}

bool Users::matches(const std::string& hash, std::string_view password) {
  if (password.size() > kPasswordBytesMax) password = {};
  const std::scoped_lock lock(hashing_);
  return argon2id_verify(hash.c_str(), password.data(), password.size()) == ARGON2_OK;
}

Result<std::uint64_t> Users::count() {
  std::uint64_t out = 0;
  CX_TRY(db_.read([&](ledger::Tx& tx) -> Result<void> {
    ledger::Statement& row = tx.sql("SELECT count(*) FROM users");
    CX_TRY(const bool there, row.step());
    out = there ? row.u64(0) : 0;
    return {};
  }));
  return out;
}

Result<std::vector<User>> Users::list() {
  std::vector<User> out;
  CX_TRY(db_.read([&](ledger::Tx& tx) -> Result<void> {
    ledger::Statement& row = tx.sql(
        "SELECT id, login, name, role, all_units, language, enabled, created_at, last_seen_at FROM users "
        "ORDER BY login");
    for (;;) {
      CX_TRY(const bool more, row.step());
      if (!more) break;
      out.push_back(user_of(row));
    }
    for (User& user : out) CX_TRY(load_units(tx, user));
    return {};
  }));
  return out;
}

Result<User> Users::find(UserId id) {
  User out;
  CX_TRY(db_.read([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(out, load_user(tx, id));
    return {};
  }));
  return out;
}

Result<User> Users::insert(ledger::Tx& tx, UserId actor, const NewUser& user, const std::string& hash) {
  CX_TRY(check_new(user));
  const std::string login = comparable_login(user.login);
  ledger::Statement& insert = tx.sql(
      "INSERT INTO users (id, login, name, role, all_units, language, enabled, password, created_at) "
      "VALUES ((SELECT coalesce(max(id), 0) + 1 FROM users), $1, $2, $3, $4, $5, 1, $6, $7) "
      "ON CONFLICT (login) DO NOTHING RETURNING id");
  insert.bind(1, login).bind(2, user.name).bind(3, user.role).bind(4, user.all_units).bind(5, user.language);
  CX_TRY(const bool made, insert.bind(6, hash).bind(7, clock_.now()).step());
  if (!made) return fail(Code::kLoginTaken);
  const UserId id{insert.u64(0)};
  CX_TRY(put_units(tx, id, user.units));
  CX_TRY(audit_.append(tx, {.seq = 0,
                            .at = clock_.now(),
                            .actor = actor,
                            .action = "user_created",
                            .target = "user/" + id.str(),
                            .detail = "role " + user.role}));
  return load_user(tx, id);
}

Result<User> Users::create(UserId actor, const NewUser& user) {
  CX_TRY(check_new(user));
  CX_TRY(const std::string hash, hash_password(user.login, user.password));
  User out;
  CX_TRY(db_.write([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(out, insert(tx, actor, user, hash));
    return {};
  }));
  return out;
}

Result<User> Users::change(UserId actor, UserId id, const UserChange& change) {
  if (change.name) CX_TRY(check_name(*change.name));
  if (change.role) CX_TRY(check_role(*change.role));
  if (change.language) CX_TRY(check_language(*change.language));
  if (change.units) CX_TRY(check_units(*change.units));
  CX_TRY(const User known, find(id));
  std::string hash;
  if (change.password) {
    CX_TRY(hash, hash_password(known.login, *change.password));
  }
  User out;
  CX_TRY(db_.write([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(const User before, load_user(tx, id));
    User after = before;
    after.name = change.name.value_or(before.name);
    after.role = change.role.value_or(before.role);
    after.language = change.language.value_or(before.language);
    after.all_units = change.all_units.value_or(before.all_units);
    after.enabled = change.enabled.value_or(before.enabled);
    after.units = change.units.value_or(before.units);
    CX_TRY(const bool managed_before, someone_manages_users(tx));
    CX_TRY(store(tx, after));
    CX_TRY(const bool managed, someone_manages_users(tx));
    if (managed_before && !managed) return fail(Code::kLastAdministrator);
    if (!hash.empty())
      CX_TRY(tx.sql("UPDATE users SET password = $2 WHERE id = $1").bind(1, id).bind(2, hash).run());
    const bool narrower =
        before.role != after.role || before.all_units != after.all_units || before.units != after.units;
    if (narrower || !after.enabled || !hash.empty())
      CX_TRY(tx.sql("DELETE FROM sessions WHERE user_id = $1").bind(1, id).run());
    CX_TRY(audit_.append(tx, {.seq = 0,
                              .at = clock_.now(),
                              .actor = actor,
                              .action = "user_changed",
                              .target = "user/" + id.str(),
                              .detail = describe(before, after, !hash.empty())}));
    CX_TRY(out, load_user(tx, id));
    return {};
  }));
  return out;
}

Result<void> Users::change_password(UserId id, std::string_view old_password, std::string_view new_password,
                                    std::string_view keep_session) {
  CX_TRY(const User known, find(id));
  const auto verified = verify(known.login, old_password);
  if (!verified) return std::unexpected(verified.error());
  CX_TRY(const std::string hash, hash_password(known.login, new_password));
  return db_.write([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(tx.sql("UPDATE users SET password = $2 WHERE id = $1").bind(1, id).bind(2, hash).run());
    ledger::Statement& end = tx.sql("DELETE FROM sessions WHERE user_id = $1 AND token <> $2");
    CX_TRY(end.bind(1, id).bind(2, ledger::Blob{keep_session}).run());
    return audit_.append(tx, {.seq = 0,
                              .at = clock_.now(),
                              .actor = id,
                              .action = "password_changed",
                              .target = "user/" + id.str(),
                              .detail = ""});
  });
}

Result<void> Users::set_language(UserId id, std::string_view language) {
  CX_TRY(check_language(language));
  return db_.write([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(const auto n,
           tx.sql("UPDATE users SET language = $2 WHERE id = $1").bind(1, id).bind(2, language).run());
    return n == 0 ? fail(Code::kNotFound, "user {}", id.value) : Result<void>{};
  });
}

Result<User> Users::verify(std::string_view login, std::string_view password) {
  std::optional<User> user;
  std::string hash = nobodys_hash_;
  CX_TRY(db_.read([&](ledger::Tx& tx) -> Result<void> {
    UserId id;
    {
      ledger::Statement& row = tx.sql("SELECT id, password FROM users WHERE login = $1");
      CX_TRY(const bool there, row.bind(1, comparable_login(login)).step());
      if (!there) return {};
      id = {row.u64(0)};
      hash = row.text(1);
    }
    CX_TRY(user, load_user(tx, id));
    return {};
  }));
  const bool right = matches(hash, password);  // before anything is decided: takes its time in every case
  if (!right || !user || !user->enabled) return fail(Code::kSignInFailed);
  return std::move(*user);
}

}  // namespace zhike::govern
