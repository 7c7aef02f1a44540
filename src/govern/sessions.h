// Signing in: sessions, the one-time link of a new installation, and the brake on guessing. A token is 32
// random bytes; only its hash is kept.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "event/grant.h"
#include "govern/users.h"
#include "ledger/db.h"

namespace zhike::govern {

struct SessionLimits {
  Millis idle_max = hours(12);
  Millis age_max = days(7);
  Millis setup_max = hours(24);
  unsigned free_failures = 5;     ///< then the wait doubles from 1 s with each failure ...
  Millis wait_max = minutes(15);  ///< ... up to this; forgotten after a day without failure, or a success
};

struct SignedIn {
  std::string token;  ///< for the cookie; never logged
  User user;
  Instant expires_at;
};

struct Session {
  User user;
  Grant grant;
  std::string token_hash;  ///< names the session, without being able to open it
  Instant expires_at;
};

/// Thread-safe. All are borrowed.
class Sessions {
 public:
  Sessions(ledger::Db& db, Users& users, const Audit& audit, const Clock& clock, SessionLimits limits = {});

  /// `address`: of the client, for the brake. Errors: kSignInFailed, kSignInThrottled (retryable; detail has
  /// the seconds to wait).
  [[nodiscard]] Result<SignedIn> sign_in(std::string_view login, std::string_view password,
                                         std::string_view address);
  /// The session of a token, its user as of now. Errors: kNotSignedIn (unknown, expired, or the user is
  /// disabled).
  [[nodiscard]] Result<Session> find(std::string_view token);
  /// A new token for the same session; the old one ends. Errors: kNotSignedIn.
  [[nodiscard]] Result<SignedIn> rotate(std::string_view token);
  /// Ending an unknown session is no error.
  [[nodiscard]] Result<void> sign_out(std::string_view token);
  /// Forgets what has expired: sessions, set-up token, failures. To be called now and then.
  [[nodiscard]] Result<void> clean();

  /// A fresh one-time token for the first administrator; nothing when there is a user already. The one before
  /// is no longer good.
  [[nodiscard]] Result<std::optional<std::string>> make_setup_token();
  /// Makes the first administrator (whatever role `user` names) and signs in. Errors: kSetupClosed (wrong or
  /// old token, or a user exists), and those of Users::create.
  [[nodiscard]] Result<SignedIn> set_up(std::string_view token, NewUser user);

 private:
  [[nodiscard]] Result<SignedIn> start(ledger::Tx& tx, const User& user);
  [[nodiscard]] Result<void> check_brake(std::string_view login, std::string_view address);
  [[nodiscard]] Result<void> note_failure(std::string_view login, std::string_view address);

  ledger::Db& db_;
  Users& users_;
  const Audit& audit_;
  const Clock& clock_;
  const SessionLimits limits_;
};

}  // namespace zhike::govern
