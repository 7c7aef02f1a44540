#include "govern/sessions.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace zhike::govern {
namespace {

constexpr std::size_t kTokenBytes = 32, kTokenTextMax = 64;
constexpr Millis kSeenStep = minutes(5);  // how exact "last seen" is: a write at most so often
constexpr Millis kFailuresForgotten = days(1);
constexpr unsigned kDoublingsMax = 20;
constexpr Millis kClockSlack = minutes(5);  // what a clock may be put back

std::string hash_of(std::string_view text) {
  const crypto::Hash128 hash = crypto::fingerprint(text);
  std::string out(16, '\0');
  std::memcpy(out.data(), &hash.high, 8);
  std::memcpy(out.data() + 8, &hash.low, 8);
  return out;
}

/// Login and address each have a brake of their own: one password tried on many logins is stopped as well.
std::array<std::string, 2> brake_keys(std::string_view login, std::string_view address) {
  return {hash_of("login/" + comparable_login(login)), hash_of("address/" + std::string(address))};
}

}  // namespace

Sessions::Sessions(ledger::Db& db, Users& users, const Audit& audit, const Clock& clock, SessionLimits limits)
    : db_(db), users_(users), audit_(audit), clock_(clock), limits_(limits) {}

Result<void> Sessions::check_brake(std::string_view login, std::string_view address) {
  const Instant now = clock_.now();
  Instant until{};
  CX_TRY(db_.read([&](ledger::Tx& tx) -> Result<void> {
    for (const std::string& key : brake_keys(login, address)) {
      ledger::Statement& row =
          tx.sql("SELECT blocked_until, failed_at FROM throttles WHERE key = $1").bind(1, ledger::Blob{key});
      CX_TRY(const bool there, row.step());
      // What a clock ahead of its time has noted would refuse until that time comes.
      if (there && Instant{row.i64(1)} <= now + kClockSlack) until = std::max(until, Instant{row.i64(0)});
    }
    return {};
  }));
  if (until <= now) return {};
  return fail(Code::kSignInThrottled, "{}", ((until - now).value + 999) / 1000);
}

Result<void> Sessions::note_failure(std::string_view login, std::string_view address) {
  const Instant now = clock_.now();
  return db_.write([&](ledger::Tx& tx) -> Result<void> {
    for (const std::string& key : brake_keys(login, address)) {
      std::uint64_t failures = 1;
      {
        ledger::Statement& row = tx.sql("SELECT failures, failed_at FROM throttles WHERE key = $1");
        CX_TRY(const bool there, row.bind(1, ledger::Blob{key}).step());
        if (there && Instant{row.i64(1)} > now - kFailuresForgotten) failures = row.u64(0) + 1;
      }
      Millis wait{0};
      if (failures > limits_.free_failures) {
        const auto doublings = std::min<std::uint64_t>(failures - limits_.free_failures - 1, kDoublingsMax);
        wait = std::min(Millis{1000LL << doublings}, limits_.wait_max);
      }
      ledger::Statement& put = tx.sql(
          "INSERT INTO throttles (key, failures, failed_at, blocked_until) VALUES ($1, $2, $3, $4) "
          "ON CONFLICT (key) DO UPDATE SET failures = excluded.failures, failed_at = excluded.failed_at, "
          "blocked_until = excluded.blocked_until");
      CX_TRY(put.bind(1, ledger::Blob{key}).bind(2, failures).bind(3, now).bind(4, now + wait).run());
    }
    return {};
  });
}

Result<SignedIn> Sessions::start(ledger::Tx& tx, const User& user) {
  const Instant now = clock_.now();
  SignedIn out{.token = crypto::random_token(kTokenBytes), .user = user, .expires_at = now + limits_.age_max};
  out.user.last_seen_at = now;
  const std::string hash = hash_of(out.token);
  ledger::Statement& insert = tx.sql(
      "INSERT INTO sessions (token, user_id, created_at, seen_at, expires_at) VALUES ($1, $2, $3, $3, $4)");
  CX_TRY(insert.bind(1, ledger::Blob{hash}).bind(2, user.id).bind(3, now).bind(4, out.expires_at).run());
  CX_TRY(tx.sql("UPDATE users SET last_seen_at = $2 WHERE id = $1").bind(1, user.id).bind(2, now).run());
  return out;
}

Result<SignedIn> Sessions::sign_in(std::string_view login, std::string_view password,
                                   std::string_view address) {
  CX_TRY(check_brake(login, address));
  const auto user = users_.verify(login, password);
  if (!user) {
    if (user.error().code == Code::kSignInFailed) CX_TRY(note_failure(login, address));
    return std::unexpected(user.error());
  }
  SignedIn out;
  CX_TRY(db_.write([&](ledger::Tx& tx) -> Result<void> {
    // The address keeps its failures: else an own account would reset the brake on guessing others.
    const std::string key = brake_keys(login, address)[0];
    CX_TRY(tx.sql("DELETE FROM throttles WHERE key = $1").bind(1, ledger::Blob{key}).run());
    CX_TRY(out, start(tx, *user));
    return audit_.append(tx, {.seq = 0,
                              .at = clock_.now(),
                              .actor = user->id,
                              .action = "signed_in",
                              .target = "user/" + user->id.str(),
                              .detail = ""});
  }));
  return out;
}

Result<Session> Sessions::find(std::string_view token) {
  if (token.empty() || token.size() > kTokenTextMax) return fail(Code::kNotSignedIn);
  const Instant now = clock_.now();
  Session out;
  out.token_hash = hash_of(token);
  Instant seen{};
  CX_TRY(db_.read([&](ledger::Tx& tx) -> Result<void> {
    UserId id;
    {
      ledger::Statement& row = tx.sql("SELECT user_id, seen_at, expires_at FROM sessions WHERE token = $1");
      CX_TRY(const bool there, row.bind(1, ledger::Blob{out.token_hash}).step());
      if (!there) return fail(Code::kNotSignedIn);
      id = {row.u64(0)};
      seen = {row.i64(1)};
      out.expires_at = {row.i64(2)};
    }
    const bool of_the_future =
        out.expires_at > now + limits_.age_max + kClockSlack;  // it would last too long
    if (of_the_future || now >= out.expires_at || now >= seen + limits_.idle_max)
      return fail(Code::kNotSignedIn, "expired");
    CX_TRY(out.user, load_user(tx, id));
    if (!out.user.enabled) return fail(Code::kNotSignedIn, "disabled");
    return {};
  }));
  out.grant = grant_of(out.user);
  if (now - seen < kSeenStep) return out;
  CX_TRY(db_.write([&](ledger::Tx& tx) -> Result<void> {
    ledger::Statement& session = tx.sql("UPDATE sessions SET seen_at = $2 WHERE token = $1");
    CX_TRY(session.bind(1, ledger::Blob{out.token_hash}).bind(2, now).run());
    CX_TRY(
        tx.sql("UPDATE users SET last_seen_at = $2 WHERE id = $1").bind(1, out.user.id).bind(2, now).run());
    return {};
  }));
  return out;
}

Result<SignedIn> Sessions::rotate(std::string_view token) {
  CX_TRY(const Session session, find(token));
  SignedIn out{
      .token = crypto::random_token(kTokenBytes), .user = session.user, .expires_at = session.expires_at};
  const std::string hash = hash_of(out.token);
  CX_TRY(db_.write([&](ledger::Tx& tx) -> Result<void> {
    ledger::Statement& update = tx.sql("UPDATE sessions SET token = $2 WHERE token = $1");
    CX_TRY(const auto n, update.bind(1, ledger::Blob{session.token_hash}).bind(2, ledger::Blob{hash}).run());
    return n == 0 ? fail(Code::kNotSignedIn) : Result<void>{};
  }));
  return out;
}

Result<void> Sessions::sign_out(std::string_view token) {
  const std::string hash = hash_of(token);
  return db_.write([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(tx.sql("DELETE FROM sessions WHERE token = $1").bind(1, ledger::Blob{hash}).run());
    return {};
  });
}

Result<void> Sessions::clean() {
  const Instant now = clock_.now();
  return db_.write([&](ledger::Tx& tx) -> Result<void> {
    ledger::Statement& old = tx.sql("DELETE FROM sessions WHERE expires_at <= $1 OR seen_at <= $2");
    CX_TRY(old.bind(1, now).bind(2, now - limits_.idle_max).run());
    CX_TRY(tx.sql("DELETE FROM setup_token WHERE expires_at <= $1").bind(1, now).run());
    CX_TRY(tx.sql("DELETE FROM throttles WHERE failed_at <= $1").bind(1, now - kFailuresForgotten).run());
    return {};
  });
}

Result<std::optional<std::string>> Sessions::make_setup_token() {
  CX_TRY(const std::uint64_t users, users_.count());
  std::optional<std::string> out;
  if (users > 0) return out;
  out = crypto::random_token(kTokenBytes);
  const std::string hash = hash_of(*out);
  CX_TRY(db_.write([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(tx.sql("DELETE FROM setup_token").run());
    ledger::Statement& insert = tx.sql("INSERT INTO setup_token (token, expires_at) VALUES ($1, $2)");
    CX_TRY(insert.bind(1, ledger::Blob{hash}).bind(2, clock_.now() + limits_.setup_max).run());
    return {};
  }));
  return out;
}

Result<SignedIn> Sessions::set_up(std::string_view token, NewUser user) {
  user.role = kAdministrator;
  user.all_units = true;
  user.units.clear();
  const std::string given = hash_of(token);
  const auto check = [&](ledger::Tx& tx) -> Result<void> {
    ledger::Statement& row =
        tx.sql("SELECT token, expires_at FROM setup_token WHERE NOT EXISTS (SELECT 1 FROM users)");
    CX_TRY(const bool there, row.step());
    const bool right =
        there && crypto::equal_in_constant_time(row.blob(0), given) && clock_.now().ms < row.i64(1);
    return right ? Result<void>{} : fail(Code::kSetupClosed);
  };
  CX_TRY(db_.read(check));  // before a hash is paid for
  CX_TRY(const std::string hash, users_.hash_password(user.login, user.password));
  SignedIn out;
  CX_TRY(db_.write([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(check(tx));
    CX_TRY(tx.sql("DELETE FROM setup_token").run());
    CX_TRY(const User made, users_.insert(tx, {}, user, hash));
    CX_TRY(out, start(tx, made));
    return {};
  }));
  return out;
}

}  // namespace zhike::govern
