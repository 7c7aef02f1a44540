// Against librdkafka's built-in mock cluster; with $ZHIKE_KAFKA (host:port) against that broker too.
#include "connector/kafka.h"

#include <gtest/gtest.h>
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include <algorithm>
#include <cstdlib>
#include <mutex>
#include <set>

#include "base/crypto.h"
#include "connector/kinds.h"
#include "ledger/test_folder.h"

namespace zhike::connector {
namespace {

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

class Events final : public Outlet {
 public:
  Result<Page> after(const Connector&, std::uint64_t after, std::size_t count_max) override {
    Page page{{}, newest_};
    for (std::uint64_t id = after + 1; id <= newest_ && page.events.size() < count_max; ++id)
      page.events.push_back({id, "{\"id\":\"" + std::to_string(id) + "\"}", "customer"});
    if (page.events.size() == count_max) page.seen = page.events.back().id;
    return page;
  }
  Result<std::uint64_t> newest() override { return newest_.load(); }
  std::atomic<std::uint64_t> newest_{0};
};

/// Brokers within this process.
class Cluster {
 public:
  Cluster() {
    char wrong[200];
    rd_kafka_conf_t* conf = rd_kafka_conf_new();
    rd_kafka_conf_set(conf, "log_level", "0", wrong, sizeof wrong);
    client_ = rd_kafka_new(RD_KAFKA_PRODUCER, conf, wrong, sizeof wrong);
    cluster_ = rd_kafka_mock_cluster_new(client_, 2);
    brokers = rd_kafka_mock_cluster_bootstraps(cluster_);
  }
  ~Cluster() {
    rd_kafka_mock_cluster_destroy(cluster_);
    rd_kafka_destroy(client_);
  }
  std::string brokers;

 private:
  rd_kafka_t* client_;
  rd_kafka_mock_cluster_t* cluster_;
};

class KafkaTest : public testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    const char* real = std::getenv("ZHIKE_KAFKA");
    if (GetParam() && real == nullptr) GTEST_SKIP() << "ZHIKE_KAFKA names no broker";
    if (!GetParam()) cluster_ = std::make_unique<Cluster>();
    brokers_ = GetParam() ? real : cluster_->brokers;
    hosts_ = Hosts("", GetParam() ? brokers_.substr(0, brokers_.find(':')) : "127.0.0.1");
    topic_ = "zhike-test-" + std::to_string(std::chrono::steady_clock::now().time_since_epoch().count());
    db_ = std::move(
        *ledger::Db::open({.file = folder_.path / "ledger.db", .migrations = ZHIKE_MIGRATIONS "/ledger"}));
    store_ = std::move(*Store::open(*db_, crypto::random_key(), Clock::system()));
    activities_ = std::make_unique<Activities>(*db_, Clock::system());
  }
  void TearDown() override { runners_.clear(); }

  Store::Entry make(const char* kind, Settings more) {
    Connector c{
        .key = kind[6] == 'i' ? "in" : "out", .name = "Kafka", .kind = find_kind(kind), .source = {1}};
    c.settings = std::move(more);
    c.settings["brokers"] = brokers_;
    c.settings["begin"] = "beginning";
    auto made = store_->make(std::move(c));
    EXPECT_TRUE(made) << (made ? "" : to_string(made.error()));
    return *made;
  }
  Ports ports() {
    return {.store = *store_,
            .inlet = journal_,
            .outlet = events_,
            .hosts = hosts_,
            .clock = Clock::system(),
            .retry_first = {50},
            .retry_most = {200}};
  }
  void start(const Store::Entry& c) {
    auto made = make_runner(c, *activities_->of(c->id), ports());
    ASSERT_TRUE(made) << to_string(made.error());
    (*made)->start();
    runners_.push_back(std::move(*made));
  }
  static bool eventually(const std::function<bool()>& holds) {
    for (int i = 0; i < 3000; ++i) {
      if (holds()) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return false;
  }

  TestFolder folder_;
  std::unique_ptr<Cluster> cluster_;
  std::string brokers_, topic_;
  std::unique_ptr<ledger::Db> db_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<Activities> activities_;
  Journal journal_;
  Events events_;
  Hosts hosts_{"", ""};
  std::vector<std::unique_ptr<Runner>> runners_;
};

TEST_P(KafkaTest, WhatGoesOutComesInOnce) {
  events_.newest_ = 700;
  const auto out = make("kafka_out", {{"topic", topic_}});
  start(out);
  ASSERT_TRUE(eventually([&] { return *store_->state(out->id, "position") == "700"; }));
  EXPECT_EQ((*activities_->of(out->id))->counts().sent, 700U);
  const auto in = make("kafka_in", {{"topics", topic_}});
  start(in);
  ASSERT_TRUE(eventually([&] { return journal_.all().size() >= 700; }));
  std::set<std::string> bodies, ids;
  for (const Inbound& message : journal_.all()) {
    bodies.insert(message.body);
    ids.insert(message.transport[0].second);
  }
  EXPECT_EQ(bodies.size(), 700U);
  EXPECT_EQ(ids.size(), 700U) << "topic, partition and offset name each";
  const auto told = journal_.all()[0].transport;
  EXPECT_EQ(told[1], (std::pair<std::string, std::string>{"topic", topic_}));
  EXPECT_NE(std::ranges::find(told, std::pair<std::string, std::string>{"key", "customer"}), told.end());
  runners_.clear();  // ends the group in order
  events_.newest_ = 701;
  start(out);
  start(in);
  ASSERT_TRUE(eventually([&] { return journal_.all().size() >= 701; }));
  EXPECT_EQ(journal_.all().size(), 701U) << "what was committed does not come again";
}

TEST_P(KafkaTest, CommitsNothingThatTheJournalDidNotTake) {
  events_.newest_ = 3;
  const auto out = make("kafka_out", {{"topic", topic_}});
  start(out);
  ASSERT_TRUE(eventually([&] { return *store_->state(out->id, "position") == "3"; }));
  journal_.failing = true;
  const auto in = make("kafka_in", {{"topics", topic_}});
  start(in);
  ASSERT_TRUE(eventually([&] { return (*activities_->of(in->id))->counts().failed > 0; }));
  EXPECT_TRUE(journal_.all().empty());
  journal_.failing = false;
  EXPECT_TRUE(eventually([&] { return journal_.all().size() >= 3; }));
}

TEST_P(KafkaTest, SaysWhatIsWrong) {
  const auto c = make("kafka_out", {{"topic", topic_}});
  const auto good = try_out(*c, ports());
  EXPECT_TRUE(good) << to_string(good.error());
  Connector other = *c;
  other.settings["brokers"] = "";
  EXPECT_EQ(try_out(other, ports()).error().code, Code::kBadConnector);
  other.settings["brokers"] = "elsewhere.example:9092";
  EXPECT_EQ(try_out(other, ports()).error().code, Code::kHostNotAllowed);
  hosts_ = Hosts(brokers_.substr(0, brokers_.find(':')), "");
  if (!GetParam()) {
    EXPECT_EQ(try_out(*c, ports()).error().code, Code::kHostNotAllowed) << "named, but at a loopback address";
  }
}

INSTANTIATE_TEST_SUITE_P(Mock, KafkaTest, testing::Values(false));
INSTANTIATE_TEST_SUITE_P(Real, KafkaTest, testing::Values(true));

}  // namespace
}  // namespace zhike::connector
