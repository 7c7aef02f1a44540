#include "connector/wechat_kf.h"

#include <gtest/gtest.h>

#include "connector/hook.h"
#include "connector/kinds.h"
#include "connector/test_http.h"
#include "connector/wechat_crypt.h"
#include "ledger/test_folder.h"

namespace zhike::connector {
namespace {

constexpr std::string_view kAesKey = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C";

class Journal final : public Inlet {
 public:
  Result<Taken> take(const Connector&, std::span<const Inbound> messages) override {
    const std::lock_guard lock(mutex_);
    if (failing) return fail(Code::kDiskFull);
    kept_.insert(kept_.end(), messages.begin(), messages.end());
    return Taken{.events = messages.size()};
  }
  std::vector<Inbound> all() {
    const std::lock_guard lock(mutex_);
    return kept_;
  }
  std::atomic<bool> failing{false};

 private:
  std::mutex mutex_;
  std::vector<Inbound> kept_;
};

class NoOutlet final : public Outlet {
  Result<Page> after(const Connector&, std::uint64_t, std::size_t) override { return Page{}; }
  Result<std::uint64_t> newest() override { return std::uint64_t{0}; }
};

/// The platform: pages of one message each, from a cursor that is a number.
class Platform {
 public:
  Platform() : http([this](const TestRequest& request) { return answer(request); }) {}
  TestReply answer(const TestRequest& request) {
    if (request.line.starts_with("GET /cgi-bin/gettoken?corpid=ww1234&corpsecret=corp-secret "))
      return {.body = R"({"errcode":0,"access_token":"kf-token","expires_in":7200})"};
    if (!request.line.starts_with("POST /cgi-bin/kf/sync_msg?access_token=kf-token ")) return {.status = 404};
    const auto at = request.body.find("\"cursor\":\"");
    const int from = at == std::string::npos ? 0 : std::atoi(request.body.c_str() + at + 10);
    if (from >= stored)
      return {.body = fmt::format(R"({{"errcode":0,"next_cursor":"{}","has_more":0,"msg_list":[]}})", from)};
    return {
        .body = fmt::format(
            R"({{"errcode":0,"next_cursor":"{}","has_more":{},"msg_list":[{{"msgid":"m{}","external_userid":"wm1","send_time":1795255200,"msgtype":"text","text":{{"content":"{}"}}}}]}})",
            from + 1, from + 1 < stored ? 1 : 0, from + 1, from + 1)};
  }
  std::atomic<int> stored{0};
  TestHttp http;
};

class WechatKfTest : public testing::Test {
 protected:
  WechatKfTest() {
    db_ = std::move(
        *ledger::Db::open({.file = folder_.path / "ledger.db", .migrations = ZHIKE_MIGRATIONS "/ledger"}));
    store_ = std::move(*Store::open(*db_, crypto::random_key(), Clock::system()));
    activities_ = std::make_unique<Activities>(*db_, Clock::system());
    Connector c{.key = "kf", .name = "Service", .kind = find_kind("wechat_kf"), .source = {1}};
    c.settings = {{"corp_id", "ww1234"}, {"api_url", platform_.http.url("")}, {"window_seconds", "0"}};
    c.secrets = {{"token", "kftoken"}, {"aes_key", std::string(kAesKey)}, {"corp_secret", "corp-secret"}};
    c_ = *store_->make(std::move(c));
  }
  ~WechatKfTest() override { runner_.reset(); }
  Ports ports() {
    return {.store = *store_,
            .inlet = journal_,
            .outlet = outlet_,
            .hosts = hosts_,
            .clock = Clock::system(),
            .retry_first = {20},
            .retry_most = {50}};
  }
  void start() {
    auto made = make_runner(c_, *activities_->of(c_->id), ports());
    ASSERT_TRUE(made) << to_string(made.error());
    runner_ = std::move(*made);
    runner_->start();
  }
  static bool eventually(const std::function<bool()>& holds) {
    for (int i = 0; i < 500; ++i) {
      if (holds()) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return false;
  }
  /// As the platform calls.
  Result<HookVerdict> call(std::string_view signature) {
    const auto hook = *make_hook(*c_);
    const std::string encrypted =
        wechat_encrypt(*wechat_key(kAesKey), "ww1234",
                       "<xml><Event>kf_msg_or_event</Event><Token>T1</Token><OpenKfId>wk1</OpenKfId></xml>",
                       "0123456789abcdef");
    const std::string good = wechat_signature({"kftoken", "1700000000", "n", encrypted});
    const std::string body = "<xml><Encrypt>" + encrypted + "</Encrypt></xml>";
    const std::map<std::string, std::string, std::less<>> params{
        {"timestamp", "1700000000"},
        {"nonce", "n"},
        {"msg_signature", signature.empty() ? good : std::string(signature)}};
    return hook->take({.method = "POST",
                       .body = body,
                       .header = [](std::string_view) { return std::string_view{}; },
                       .param = [&params](std::string_view name) -> std::string_view {
                         const auto at = params.find(name);
                         return at == params.end() ? std::string_view{} : at->second;
                       },
                       .headers = {},
                       .now = Clock::system().now()});
  }

  TestFolder folder_;
  Platform platform_;
  std::unique_ptr<ledger::Db> db_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<Activities> activities_;
  Journal journal_;
  NoOutlet outlet_;
  Hosts hosts_{"", "127.0.0.1"};
  Store::Entry c_;
  std::unique_ptr<Runner> runner_;
};

TEST_F(WechatKfTest, FetchesWhatACallAnnounces) {
  EXPECT_EQ(call("0000").error().code, Code::kBadSignature);
  const auto verdict = call("");
  ASSERT_TRUE(verdict) << to_string(verdict.error());
  EXPECT_TRUE(verdict->at_once);
  EXPECT_EQ(verdict->answer.body, "success");
  platform_.stored = 3;
  start();
  EXPECT_TRUE(journal_.all().empty()) << "no account is known yet";
  runner_->told(verdict->announcement);
  ASSERT_TRUE(eventually([&] { return journal_.all().size() == 3; }));
  EXPECT_NE(journal_.all()[0].body.find(R"("msgid":"m1")"), std::string::npos);
  EXPECT_EQ(journal_.all()[0].transport[0].second, "wk1");
  ASSERT_TRUE(eventually([&] { return *store_->state(c_->id, "cursor/wk1") == "3"; }));
  EXPECT_NE(platform_.http.requests().at(1).body.find(R"("token":"T1")"), std::string::npos);
}

TEST_F(WechatKfTest, GoesOnFromItsCursorAndLosesNothing) {
  platform_.stored = 2;
  start();
  runner_->told(R"({"OpenKfId":"wk1","Token":"T1"})");
  ASSERT_TRUE(eventually([&] { return journal_.all().size() == 2; }));
  runner_.reset();
  journal_.failing = true;
  platform_.stored = 4;
  start();  // the account is known from before
  ASSERT_TRUE(eventually([&] { return (*activities_->of(c_->id))->counts().failed > 1; }));
  EXPECT_EQ(*store_->state(c_->id, "cursor/wk1"), "2") << "the cursor waits for the journal";
  journal_.failing = false;
  ASSERT_TRUE(eventually([&] { return journal_.all().size() == 4; }));
  runner_->told("not json");
  runner_->told("[]");
  EXPECT_TRUE(try_out(*c_, ports()));
}

}  // namespace
}  // namespace zhike::connector
