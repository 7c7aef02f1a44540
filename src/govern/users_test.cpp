#include "govern/users.h"

#include <gtest/gtest.h>

#include <fstream>

#include "govern/sessions.h"
#include "ledger/test_folder.h"

namespace zhike::govern {
namespace {

constexpr PasswordCost kCheap{.passes = 1, .kibibytes = 64};
constexpr const char* kPassword = "correct horse battery";

class UsersTest : public testing::Test {
 protected:
  void SetUp() override {
    auto keys = Keys::open(folder_.path / "keys");
    ASSERT_TRUE(keys);
    keys_ = std::move(*keys);
    auto db =
        ledger::Db::open({.file = folder_.path / "ledger.db", .migrations = ZHIKE_MIGRATIONS "/ledger"});
    ASSERT_TRUE(db) << to_string(db.error());
    db_ = std::move(*db);
    audit_.emplace(*keys_);
    users_.emplace(*db_, *audit_, clock_, kCheap);
    sessions_.emplace(*db_, *users_, *audit_, clock_);
  }
  User make(std::string login, std::string role = "administrator") {
    const auto user = users_->create(
        {}, {.login = std::move(login), .name = "N", .password = kPassword, .role = std::move(role)});
    EXPECT_TRUE(user) << to_string(user.error());
    return user.value_or(User{});
  }
  std::string_view code(const auto& result) { return result ? "ok" : info(result.error().code).id; }

  TestFolder folder_;
  ManualClock clock_{Instant{1'700'000'000'000}};
  std::unique_ptr<Keys> keys_;
  std::unique_ptr<ledger::Db> db_;
  std::optional<Audit> audit_;
  std::optional<Users> users_;
  std::optional<Sessions> sessions_;
};

TEST_F(UsersTest, TheSetupLinkWorksOnce) {
  const auto first = sessions_->make_setup_token(), second = sessions_->make_setup_token();
  ASSERT_TRUE(first && *first && second && *second);
  const NewUser root{.login = "Root", .name = "Root", .password = kPassword, .role = "viewer"};
  EXPECT_EQ(code(sessions_->set_up(**first, root)), "setup_closed");  // replaced by the second
  EXPECT_EQ(code(sessions_->set_up("", root)), "setup_closed");
  const auto in = sessions_->set_up(**second, root);
  ASSERT_TRUE(in) << to_string(in.error());
  EXPECT_EQ(in->user.role, "administrator");
  EXPECT_TRUE(sessions_->find(in->token)->grant.may(Permission::kManageUsers));
  EXPECT_EQ(code(sessions_->set_up(**second, root)), "setup_closed");
  const auto third = sessions_->make_setup_token();
  ASSERT_TRUE(third);
  EXPECT_FALSE(third->has_value());
}

TEST_F(UsersTest, ASetupLinkExpires) {
  const auto token = sessions_->make_setup_token();
  clock_.advance(hours(25));
  EXPECT_EQ(code(sessions_->set_up(**token, {.login = "a", .name = "A", .password = kPassword, .role = ""})),
            "setup_closed");
}

TEST_F(UsersTest, RolesDecideWhatOneMayDo) {
  make("root");
  const User agent = make("agent", "agent");
  const auto in = sessions_->sign_in(" AGENT ", kPassword, "127.0.0.1");
  ASSERT_TRUE(in);
  const auto session = sessions_->find(in->token);
  ASSERT_TRUE(session);
  EXPECT_TRUE(session->grant.may(Permission::kViewCustomers));
  EXPECT_FALSE(session->grant.may(Permission::kRevealSensitive));
  EXPECT_FALSE(session->grant.all_units);
  const auto changed = users_->change(
      {1}, agent.id, {.role = "privacy_officer", .units = std::vector<std::string>{"b", "a", "a"}});
  ASSERT_TRUE(changed);
  EXPECT_EQ(changed->units, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(code(sessions_->find(in->token)), "not_signed_in");  // another scope ends the session
  EXPECT_TRUE(grant_of(*changed).may(Permission::kRevealSensitive));
  EXPECT_EQ(grant_of({.role = "made up"}).permissions, 0U);
}

TEST_F(UsersTest, RefusesBadUsers) {
  make("root");
  const NewUser good{.login = "x", .name = "X", .password = kPassword, .role = "viewer"};
  const auto with = [&](auto change) {
    NewUser user = good;
    change(user);
    return std::string(code(users_->create({}, user)));
  };
  EXPECT_EQ(with([](NewUser& u) { u.login = " ROOT "; }), "login_taken");
  EXPECT_EQ(with([](NewUser& u) { u.login = "  "; }), "bad_user");
  EXPECT_EQ(with([](NewUser& u) { u.login = std::string(65, 'a'); }), "bad_user");
  EXPECT_EQ(with([](NewUser& u) { u.login = "a\nb"; }), "bad_user");
  EXPECT_EQ(with([](NewUser& u) { u.name = ""; }), "bad_user");
  EXPECT_EQ(with([](NewUser& u) { u.role = "king"; }), "bad_user");
  EXPECT_EQ(with([](NewUser& u) { u.language = "fr"; }), "bad_user");
  EXPECT_EQ(with([](NewUser& u) { u.units = {""}; }), "bad_user");
  EXPECT_EQ(with([](NewUser& u) { u.password = "short"; }), "weak_password");
  EXPECT_EQ(with([](NewUser& u) { u.password = std::string(257, 'a'); }), "weak_password");
  EXPECT_EQ(with([](NewUser& u) { u.login = u.password; }), "weak_password");
  EXPECT_EQ(with([](NewUser& u) { u.login = "'; DROP TABLE users; --"; }), "ok");
  EXPECT_EQ(users_->list()->size(), 2U);
}

TEST_F(UsersTest, AnAdministratorAlwaysRemains) {
  const User root = make("root"), second = make("second");
  ASSERT_TRUE(users_->change(root.id, second.id, {.enabled = false}));
  EXPECT_EQ(code(users_->change(root.id, root.id, {.enabled = false})), "last_administrator");
  EXPECT_EQ(code(users_->change(root.id, root.id, {.role = "viewer"})), "last_administrator");
  EXPECT_EQ(users_->find(root.id)->role, "administrator");
  EXPECT_EQ(code(users_->change(root.id, {99}, {.name = "x"})), "not_found");
  EXPECT_EQ(code(sessions_->sign_in("second", kPassword, "a")), "sign_in_failed");
}

TEST_F(UsersTest, GuessingIsSlowedDown) {
  make("root");
  for (int i = 0; i < 6; ++i)
    EXPECT_EQ(code(sessions_->sign_in("root", "wrong", "10.0.0.1")), "sign_in_failed");
  EXPECT_EQ(code(sessions_->sign_in("root", kPassword, "10.0.0.2")), "sign_in_throttled");  // by login
  EXPECT_EQ(code(sessions_->sign_in("other", "x", "10.0.0.1")), "sign_in_throttled");       // by address
  EXPECT_EQ(code(sessions_->sign_in("other", "x", "10.0.0.3")), "sign_in_failed");
  clock_.advance(seconds(2));
  EXPECT_EQ(code(sessions_->sign_in("root", "wrong", "10.0.0.1")), "sign_in_failed");
  clock_.advance(seconds(1));
  const auto waiting = sessions_->sign_in("root", kPassword, "10.0.0.1");
  ASSERT_FALSE(waiting);
  EXPECT_EQ(waiting.error().detail, "1");  // the second wait is 2 s
  clock_.advance(minutes(16));
  EXPECT_EQ(code(sessions_->sign_in("root", kPassword, "10.0.0.1")), "ok");
}

TEST_F(UsersTest, AClockThatWasAheadShutsNobodyOut) {
  make("root");
  clock_.advance(days(400));
  for (int i = 0; i < 30; ++i) (void)sessions_->sign_in("root", "wrong", "10.0.0.1");
  EXPECT_EQ(code(sessions_->sign_in("root", kPassword, "10.0.0.1")), "sign_in_throttled");
  clock_.advance(minutes(16));
  const auto ahead = sessions_->sign_in("root", kPassword, "10.0.0.1");
  ASSERT_TRUE(ahead);
  for (int i = 0; i < 30; ++i) (void)sessions_->sign_in("root", "wrong", "10.0.0.1");
  clock_.advance(days(-400));
  EXPECT_TRUE(sessions_->sign_in("root", kPassword, "10.0.0.1"));
  EXPECT_EQ(code(sessions_->find(ahead->token)), "not_signed_in") << "it would hold for 400 days";
}

TEST_F(UsersTest, SessionsEnd) {
  const User root = make("root");
  const auto in = sessions_->sign_in("root", kPassword, "a");
  ASSERT_TRUE(in);
  for (const char* bad : {"", "x", "'; --"}) EXPECT_EQ(code(sessions_->find(bad)), "not_signed_in");
  EXPECT_EQ(code(sessions_->find(std::string(10'000, 'a'))), "not_signed_in");
  const auto rotated = sessions_->rotate(in->token);
  ASSERT_TRUE(rotated);
  EXPECT_EQ(code(sessions_->find(in->token)), "not_signed_in");
  clock_.advance(hours(11));
  EXPECT_EQ(code(sessions_->find(rotated->token)), "ok");
  clock_.advance(hours(11));
  EXPECT_EQ(code(sessions_->find(rotated->token)), "ok");  // in use: kept
  EXPECT_EQ(users_->find(root.id)->last_seen_at, clock_.now());
  clock_.advance(hours(12));
  EXPECT_EQ(code(sessions_->find(rotated->token)), "not_signed_in");
  const auto again = sessions_->sign_in("root", kPassword, "a");
  for (int i = 0; i < 17; ++i) {
    clock_.advance(hours(10));
    (void)sessions_->find(again->token);
  }
  EXPECT_EQ(code(sessions_->find(again->token)), "not_signed_in");  // however much it was used
  EXPECT_TRUE(sessions_->clean());
  const auto last = sessions_->sign_in("root", kPassword, "a");
  EXPECT_TRUE(sessions_->sign_out(last->token));
  EXPECT_TRUE(sessions_->sign_out(last->token));
  EXPECT_EQ(code(sessions_->find(last->token)), "not_signed_in");
}

TEST_F(UsersTest, ANewPasswordEndsOtherSessions) {
  const User root = make("root");
  const auto here = sessions_->sign_in("root", kPassword, "a"),
             there = sessions_->sign_in("root", kPassword, "b");
  const std::string keep = sessions_->find(here->token)->token_hash;
  EXPECT_EQ(code(users_->change_password(root.id, "wrong", "another password", keep)), "sign_in_failed");
  EXPECT_EQ(code(users_->change_password(root.id, kPassword, "short", keep)), "weak_password");
  EXPECT_EQ(code(users_->change_password(root.id, kPassword, "another password", keep)), "ok");
  EXPECT_EQ(code(sessions_->find(here->token)), "ok");
  EXPECT_EQ(code(sessions_->find(there->token)), "not_signed_in");
  EXPECT_EQ(code(sessions_->sign_in("root", kPassword, "a")), "sign_in_failed");
  EXPECT_EQ(code(users_->set_language(root.id, "zh")), "ok");
  EXPECT_EQ(users_->find(root.id)->language, "zh");
  EXPECT_EQ(code(users_->set_language(root.id, "xx")), "bad_user");
}

TEST_F(UsersTest, NoSecretIsStored) {
  make("root");
  const auto in = sessions_->sign_in("root", kPassword, "203.0.113.77");
  ASSERT_TRUE(in);
  for (const char* suffix : {"", "-wal"}) {
    std::ifstream file(folder_.path / ("ledger.db" + std::string(suffix)), std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    EXPECT_EQ(bytes.find(kPassword), std::string::npos);
    EXPECT_EQ(bytes.find(in->token), std::string::npos);
    EXPECT_EQ(bytes.find("203.0.113.77"), std::string::npos);
  }
}

TEST_F(UsersTest, TheAuditChainShowsEveryChange) {
  const User root = make("root");
  make("second", "viewer");
  ASSERT_TRUE(users_->change(root.id, {2}, {.role = "analyst"}));
  const auto broken = [&] {
    std::optional<std::uint64_t> out;
    EXPECT_TRUE(db_->read([&](ledger::Tx& tx) -> Result<void> {
      CX_TRY(out, audit_->first_broken(tx));
      return {};
    }));
    return out;
  };
  EXPECT_FALSE(broken());
  std::vector<AuditEntry> list;
  ASSERT_TRUE(db_->read([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(list, audit_->list(tx, 0, 2));
    return {};
  }));
  ASSERT_EQ(list.size(), 2U);
  EXPECT_EQ(list[0].seq, 3U);
  EXPECT_EQ(list[0].actor, root.id);
  EXPECT_EQ(list[0].target, "user/2");
  EXPECT_EQ(list[0].detail, "role viewer to analyst");
  const auto tamper = [&](std::string_view sql) {
    ASSERT_TRUE(db_->write([&](ledger::Tx& tx) -> Result<void> {
      CX_TRY(tx.sql(sql).run());
      return {};
    }));
  };
  tamper("UPDATE audit SET actor = 9 WHERE seq = 2");
  EXPECT_EQ(broken(), 2U);
  tamper("DELETE FROM audit WHERE seq = 2");
  EXPECT_EQ(broken(), 2U);
}

}  // namespace
}  // namespace zhike::govern
