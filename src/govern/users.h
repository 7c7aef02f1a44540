// People who may sign in. Passwords are kept as Argon2id hashes only. Every change is audited.
#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "event/grant.h"
#include "govern/audit.h"
#include "govern/roles.h"
#include "ledger/db.h"

namespace zhike::govern {

struct User {
  UserId id{};
  std::string login{};  ///< lower case
  std::string name{};   ///< on screen
  std::string role{};   ///< key of a Role
  bool all_units = false;
  std::vector<std::string> units{};
  std::string language{};  ///< "en" or "zh"
  bool enabled = true;
  Instant created_at{};
  std::optional<Instant> last_seen_at{};
};

struct NewUser {
  std::string login{}, name{}, password{}, role{};
  bool all_units = false;
  std::vector<std::string> units{};
  std::string language = "en";
};

/// What is not set stays.
struct UserChange {
  std::optional<std::string> name{}, role{}, password{}, language{};
  std::optional<bool> all_units{}, enabled{};
  std::optional<std::vector<std::string>> units{};
};

/// Of one Argon2id hash. The default takes some 60 ms and 46 MiB; hashes are made one at a time, so that a
/// flood of sign-ins cannot take more memory than that.
struct PasswordCost {
  std::uint32_t passes = 1, kibibytes = 46 * 1024;
};

[[nodiscard]] Grant grant_of(const User& user);

/// Thread-safe. `db` (ledger.db), `audit` and `clock` are borrowed.
class Users {
 public:
  Users(ledger::Db& db, const Audit& audit, const Clock& clock, PasswordCost cost = {});

  [[nodiscard]] Result<std::uint64_t> count();
  [[nodiscard]] Result<std::vector<User>> list();  ///< by login
  [[nodiscard]] Result<User> find(UserId user);    ///< kNotFound
  /// Errors: kLoginTaken, kBadUser (names the field), kWeakPassword.
  [[nodiscard]] Result<User> create(UserId actor, const NewUser& user);
  /// Disabling, a new password and a new role or scope end the user's sessions. Errors: kNotFound, kBadUser,
  /// kWeakPassword, kLastAdministrator (nobody would be left who can manage users).
  [[nodiscard]] Result<User> change(UserId actor, UserId user, const UserChange& change);
  /// By the user. Ends every session but `keep_session` (a token hash of Sessions; empty: all).
  /// Errors: kSignInFailed (the old password is wrong), kWeakPassword.
  [[nodiscard]] Result<void> change_password(UserId user, std::string_view old_password,
                                             std::string_view new_password,
                                             std::string_view keep_session = {});
  [[nodiscard]] Result<void> set_language(UserId user, std::string_view language);

  /// The enabled user with this login and password. Takes equally long for a login that nobody has.
  /// Errors: kSignInFailed, for every reason the same. Throttling is Sessions' part.
  [[nodiscard]] Result<User> verify(std::string_view login, std::string_view password);

  /// create() within a transaction, for the first administrator; `hash` comes from hash_password().
  [[nodiscard]] Result<User> insert(ledger::Tx& tx, UserId actor, const NewUser& user,
                                    const std::string& hash);
  /// Errors: kWeakPassword (under 10 characters, over 256 bytes, or the login itself).
  [[nodiscard]] Result<std::string> hash_password(std::string_view login, std::string_view password);

 private:
  [[nodiscard]] bool matches(const std::string& hash, std::string_view password);

  ledger::Db& db_;
  const Audit& audit_;
  const Clock& clock_;
  const PasswordCost cost_;
  std::mutex hashing_;
  std::string nobodys_hash_;  // verified against when the login is unknown
};

/// Within a transaction. Errors: kNotFound.
[[nodiscard]] Result<User> load_user(ledger::Tx& tx, UserId user);
/// Trimmed and lower case, as stored.
[[nodiscard]] std::string comparable_login(std::string_view login);

}  // namespace zhike::govern
