#include "connector/webhook_out.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "connector/kinds.h"
#include "connector/test_http.h"
#include "ledger/test_folder.h"

namespace zhike::connector {
namespace {

class NoInlet final : public Inlet {
  Result<Taken> take(const Connector&, std::span<const Inbound>) override { return Taken{}; }
};

/// Events with ids from 1.
class Events final : public Outlet {
 public:
  Result<Page> after(const Connector&, std::uint64_t after, std::size_t count_max) override {
    Page page{{}, newest_};
    for (std::uint64_t id = after + 1; id <= newest_ && page.events.size() < count_max; ++id)
      page.events.push_back({id, "{\"id\":\"" + std::to_string(id) + "\"}"});
    if (page.events.size() == count_max) page.seen = page.events.back().id;
    return page;
  }
  Result<std::uint64_t> newest() override { return newest_.load(); }
  std::atomic<std::uint64_t> newest_{0};
};

class WebhookOutTest : public testing::Test {
 protected:
  WebhookOutTest() {
    db_ = std::move(
        *ledger::Db::open({.file = folder_.path / "ledger.db", .migrations = ZHIKE_MIGRATIONS "/ledger"}));
    store_ = std::move(*Store::open(*db_, crypto::random_key(), Clock::system()));
    activities_ = std::make_unique<Activities>(*db_, Clock::system());
  }
  ~WebhookOutTest() override { runner_.reset(); }

  Store::Entry make(const std::string& key, const std::string& url, Settings more = {}) {
    Connector c{.key = key, .name = "Out", .kind = find_kind("webhook_out")};
    c.settings = std::move(more);
    c.settings["url"] = url;
    c.settings.try_emplace("begin", "beginning");
    c.secrets["secret"] = "a secret of some length";
    auto made = store_->make(std::move(c));
    EXPECT_TRUE(made) << (made ? "" : to_string(made.error()));
    return *made;
  }
  Ports ports() {
    return {.store = *store_,
            .inlet = inlet_,
            .outlet = events_,
            .hosts = hosts_,
            .clock = Clock::system(),
            .retry_first = {10},
            .retry_most = {40}};
  }
  std::unique_ptr<Runner> start(const Store::Entry& c) {
    auto made = make_runner(c, *activities_->of(c->id), ports());
    EXPECT_TRUE(made) << (made ? "" : to_string(made.error()));
    (*made)->start();
    return std::move(*made);
  }
  static bool eventually(const std::function<bool()>& holds) {
    for (int i = 0; i < 500; ++i) {
      if (holds()) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return false;
  }
  std::uint64_t open_letters(const Store::Entry& c) { return *store_->open_letters(c->id); }

  TestFolder folder_;
  std::unique_ptr<ledger::Db> db_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<Activities> activities_;
  NoInlet inlet_;
  Events events_;
  Hosts hosts_{"", "127.0.0.1"};
  std::unique_ptr<Runner> runner_;
};

TEST_F(WebhookOutTest, HandsMessagesToAGatewaySignedAndWithAnIdOfTheirOwn) {
  int status = 200;
  TestHttp other([&](const TestRequest&) { return TestReply{.status = status}; });
  Connector c{.key = "gate", .name = "Gate", .kind = find_kind("message_out")};
  c.settings["url"] = other.url("/send");
  c.secrets["secret"] = "a secret of some length";
  const auto made = store_->make(std::move(c));
  ASSERT_TRUE(made) << to_string(made.error());
  const std::atomic<bool> never{false};
  const auto writer = make_writer(**made, ports(), never);
  ASSERT_NE(writer, nullptr);
  const Writer::Message message{.to = "+8613800000000",
                                .subject = "Q",
                                .text = "Hello https://x/s/t",
                                .id = "survey-1-0",
                                .channel = "sms",
                                .link = "https://x/s/t"};
  ASSERT_TRUE(writer->write(message));
  ASSERT_TRUE(other.wait_for(1));
  const auto sent = other.requests().front();
  EXPECT_EQ(sent.body, R"({"id":"survey-1-0","channel":"sms","to":"+8613800000000","subject":"Q",)"
                       R"("text":"Hello https://x/s/t","link":"https://x/s/t"})");
  EXPECT_EQ(sent.header("x-message-id"), "survey-1-0");
  EXPECT_EQ(sent.header("x-signature"),
            "sha256=" +
                to_hex(hmac_sha256("a secret of some length", sent.header("x-timestamp") + "." + sent.body)));
  status = 410;
  EXPECT_EQ(writer->write(message).error().code, Code::kConnectorRefused) << "this one is not wanted";
  status = 503;
  EXPECT_EQ(writer->write(message).error().code, Code::kConnectorFailed) << "later perhaps";
}

TEST_F(WebhookOutTest, SendsEachEventSignedAndInOrder) {
  TestHttp other([](const TestRequest&) { return TestReply{}; });
  events_.newest_ = 3;
  const auto c = make("out", other.url("/in"));
  runner_ = start(c);
  ASSERT_TRUE(other.wait_for(3));
  const auto requests = other.requests();
  const auto rule = *SignatureRule::of(*c);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(requests[i].line, "POST /in HTTP/1.1");
    EXPECT_EQ(requests[i].body, "{\"id\":\"" + std::to_string(i + 1) + "\"}");
    EXPECT_EQ(requests[i].header("x-message-id"), std::to_string(i + 1));
    const auto at = [&](std::string_view name) -> std::string_view {
      static thread_local std::string kept;
      return kept = requests[i].header(std::string(name));
    };
    const std::string signature = requests[i].header("x-signature"), time = requests[i].header("x-timestamp");
    EXPECT_EQ(signature,
              "sha256=" + to_hex(hmac_sha256("a secret of some length", time + "." + requests[i].body)));
    EXPECT_FALSE(at("content-type").empty());
  }
  ASSERT_TRUE(eventually([&] { return (*activities_->of(c->id))->counts().sent == 3; }));
  runner_.reset();
  EXPECT_EQ(*store_->state(c->id, "position"), "3");
  runner_ = start(c);
  events_.newest_ = 4;
  ASSERT_TRUE(other.wait_for(4));
  EXPECT_EQ(other.requests().at(3).body, "{\"id\":\"4\"}") << "goes on where it was";
}

TEST_F(WebhookOutTest, SendsBatchesAndOnlyWhatIsToCome) {
  TestHttp other([](const TestRequest&) { return TestReply{}; });
  events_.newest_ = 5;
  const auto c = make("out", other.url(), {{"batch", "10"}, {"begin", "now"}});
  runner_ = start(c);
  ASSERT_TRUE(eventually([&] { return *store_->state(c->id, "position") == "5"; }));
  events_.newest_ = 7;
  ASSERT_TRUE(other.wait_for(1));
  EXPECT_EQ(other.requests().at(0).body, R"({"events":[{"id":"6"},{"id":"7"}]})");
}

TEST_F(WebhookOutTest, TriesAgainWhatMayPassAndLosesNothing) {
  std::atomic<int> calls{0};
  TestHttp other([&](const TestRequest&) {
    const int call = ++calls;
    return TestReply{.status = call <= 3 ? 503 : call == 4 ? 500 : 200};
  });
  events_.newest_ = 2;
  const auto c = make("out", other.url());
  runner_ = start(c);
  ASSERT_TRUE(other.wait_for(6));
  std::vector<std::string> bodies;
  for (const auto& request : other.requests()) bodies.push_back(request.body);
  EXPECT_EQ(std::count(bodies.begin(), bodies.end(), "{\"id\":\"1\"}"), 5);
  EXPECT_EQ(bodies.back(), "{\"id\":\"2\"}");
  EXPECT_EQ(open_letters(c), 0U);
  EXPECT_EQ((*activities_->of(c->id))->counts().failed, 4U);
}

TEST_F(WebhookOutTest, WhatIsNotWantedBecomesALetterThatCanBeSentAgain) {
  std::atomic<bool> mended{false};
  TestHttp other([&](const TestRequest& request) {
    return TestReply{.status = !mended && request.body == "{\"id\":\"2\"}" ? 422 : 200};
  });
  events_.newest_ = 3;
  const auto c = make("out", other.url());
  runner_ = start(c);
  ASSERT_TRUE(other.wait_for(3));
  ASSERT_TRUE(eventually([&] { return open_letters(c) == 1; }));
  const auto letter = store_->letters(c->id, 0, 10)->at(0);
  EXPECT_EQ(letter.first, 2U);
  EXPECT_EQ(letter.error, "connector_refused");
  EXPECT_EQ(letter.detail, "HTTP 422");
  mended = true;
  EXPECT_EQ(*store_->ask_again(c->id, {}), 1U);
  runner_->wake();
  ASSERT_TRUE(eventually([&] { return open_letters(c) == 0; }));
  EXPECT_EQ(other.requests().back().body, "{\"id\":\"2\"}");
}

TEST_F(WebhookOutTest, GivesUpAfterTheAttemptsOfAFault) {
  TestHttp other([](const TestRequest& request) {
    return TestReply{.status = request.body == "{\"id\":\"1\"}" ? 500 : 200};
  });
  events_.newest_ = 2;
  const auto c = make("out", other.url(), {{"attempts", "3"}});
  runner_ = start(c);
  ASSERT_TRUE(other.wait_for(4));
  ASSERT_TRUE(eventually([&] { return open_letters(c) == 1; }));
  EXPECT_EQ(store_->letters(c->id, 0, 1)->at(0).attempts, 3U);
}

TEST_F(WebhookOutTest, ADeadDestinationSlowsNoOther) {
  TestHttp dead([](const TestRequest&) { return TestReply{.silent_ms = 60'000}; });
  TestHttp good([](const TestRequest&) { return TestReply{}; });
  events_.newest_ = 50;
  const auto to_dead = make("dead", dead.url());
  const auto to_nobody = make("nobody", "http://127.0.0.1:9/");
  const auto to_good = make("good", good.url());
  auto first = start(to_dead), second = start(to_nobody);
  ASSERT_TRUE(dead.wait_for(1));
  runner_ = start(to_good);
  EXPECT_TRUE(good.wait_for(50));
  EXPECT_EQ((*activities_->of(to_dead->id))->counts().sent, 0U);
  const auto before = std::chrono::steady_clock::now();
  first.reset();
  second.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(5))
      << "it ends in the middle of a call";
  EXPECT_EQ(*store_->state(to_dead->id, "position"), "0");
}

TEST_F(WebhookOutTest, GoesNowhereThatIsNotAllowed) {
  TestHttp other(
      [](const TestRequest&) { return TestReply{.status = 302, .headers = "Location: /elsewhere\r\n"}; });
  const auto allowed = make("a", other.url());
  EXPECT_EQ(try_out(*allowed, ports()).error().code, Code::kConnectorRefused) << "a redirect is not followed";
  EXPECT_EQ(other.requests().size(), 1U);
  hosts_ = Hosts("127.0.0.1", "");
  const auto blocked = try_out(*allowed, ports());
  EXPECT_EQ(blocked.error().code, Code::kHostNotAllowed) << "named, but at a loopback address";
  hosts_ = Hosts("example.com", "");
  EXPECT_EQ(make_runner(allowed, *activities_->of(allowed->id), ports()).error().code, Code::kHostNotAllowed);
  const auto ftp = make("b", "ftp://127.0.0.1/");
  EXPECT_EQ(make_runner(ftp, *activities_->of(ftp->id), ports()).error().code, Code::kBadConnector);
  EXPECT_EQ(other.requests().size(), 1U);
}

TEST(BackOff, DoublesUpToTheMostWithSomeChance) {
  std::set<std::int64_t> seen;
  for (unsigned failures = 1; failures < 40; ++failures) {
    const std::int64_t whole = std::min<std::int64_t>(300'000, 1000LL << std::min(failures - 1, 20U));
    for (int i = 0; i < 50; ++i) {
      const auto wait = back_off(failures, seconds(1), minutes(5)).value;
      EXPECT_GE(wait, whole / 2);
      EXPECT_LE(wait, whole);
      if (failures == 39) seen.insert(wait);
    }
  }
  EXPECT_GT(seen.size(), 10U);
}

TEST(Outcomes, AreSortedByWhatMayPass) {
  for (const int status : {200, 201, 204}) EXPECT_EQ(outcome_of(status), Outcome::kTaken) << status;
  for (const int status : {0, 301, 302, 401, 404, 408, 429, 502, 503, 504})
    EXPECT_EQ(outcome_of(status), Outcome::kHold) << status;
  for (const int status : {500, 501, 505}) EXPECT_EQ(outcome_of(status), Outcome::kRetry) << status;
  for (const int status : {400, 409, 410, 413, 422})
    EXPECT_EQ(outcome_of(status), Outcome::kUnwanted) << status;
}

}  // namespace
}  // namespace zhike::connector
