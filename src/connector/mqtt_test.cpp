// Against a real broker, Debian's mosquitto; skipped where it is not installed.
#include "connector/mqtt.h"

#include <gtest/gtest.h>
#include <mosquitto.h>

#include <filesystem>
#include <fstream>
#include <mutex>

#include "connector/kinds.h"
#include "connector/test_program.h"
#include "ledger/test_folder.h"

namespace zhike::connector {
namespace {

constexpr const char* kBroker = "/usr/sbin/mosquitto";

class Journal final : public Inlet {
 public:
  Result<Taken> take(const Connector&, std::span<const Inbound> messages) override {
    const std::lock_guard lock(mutex_);
    if (failing) return fail(Code::kDiskFull);
    for (const Inbound& message : messages) kept.push_back(message);
    return Taken{.events = messages.size()};
  }
  std::vector<Inbound> all() {
    const std::lock_guard lock(mutex_);
    return kept;
  }
  std::atomic<bool> failing{false};

 private:
  std::mutex mutex_;
  std::vector<Inbound> kept;
};

class NoOutlet final : public Outlet {
  Result<Page> after(const Connector&, std::uint64_t, std::size_t) override { return Page{}; }
  Result<std::uint64_t> newest() override { return std::uint64_t{0}; }
};

TEST(MqttMessage, TellsItsTopic) {
  const Inbound json = mqtt_message("shop/7/door", R"( {"open": true})", "m1");
  EXPECT_EQ(json.body, R"( {"open": true})");
  const std::vector<std::pair<std::string, std::string>> told{{"message_id", "m1"},
                                                              {"topic", "shop/7/door"},
                                                              {"topic/1", "shop"},
                                                              {"topic/2", "7"},
                                                              {"topic/3", "door"}};
  EXPECT_EQ(json.transport, told);
  EXPECT_EQ(mqtt_message("t", "21.5", "").body, R"({"payload":"21.5"})");
  EXPECT_EQ(mqtt_message("t", "", "").body, R"({"payload":""})");
  EXPECT_EQ(mqtt_message("t", "\xff", "").body, "{\"payload\":\"\xef\xbf\xbd\"}");
}

class MqttTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(kBroker)) GTEST_SKIP() << "mosquitto is not installed";
    port_ = free_port();
    start_broker();
    db_ = std::move(
        *ledger::Db::open({.file = folder_.path / "ledger.db", .migrations = ZHIKE_MIGRATIONS "/ledger"}));
    store_ = std::move(*Store::open(*db_, crypto::random_key(), Clock::system()));
    activities_ = std::make_unique<Activities>(*db_, Clock::system());
  }
  void TearDown() override { runner_.reset(); }

  void start_broker() {
    const auto conf = folder_.path / "mosquitto.conf";
    std::ofstream(conf) << "listener " << port_ << " 127.0.0.1\nallow_anonymous false\npassword_file "
                        << (folder_.path / "passwords").string()
                        << "\npersistence true\npersistence_location " << folder_.path.string()
                        << "/\nlog_dest none\nuser " << (::geteuid() == 0 ? "root" : "") << "\n";
    const auto passwords = folder_.path / "passwords";
    if (!std::filesystem::exists(passwords)) {
      const std::string command =
          "mosquitto_passwd -c -b '" + passwords.string() + "' device 'a password' >/dev/null 2>&1";
      ASSERT_EQ(std::system(command.c_str()), 0);
    }
    broker_ = std::make_unique<TestProgram>(std::vector<std::string>{kBroker, "-c", conf.string()});
    ASSERT_TRUE(TestProgram::wait_for(port_));
  }

  Store::Entry make(Settings more = {}) {
    Connector c{.key = "devices", .name = "Devices", .kind = find_kind("mqtt"), .source = {1}};
    c.settings = {{"host", "127.0.0.1"},
                  {"port", std::to_string(port_)},
                  {"username", "device"},
                  {"topics", "shop/+/door, shop/#"}};
    for (auto& [key, value] : more) c.settings[key] = value;
    c.secrets["password"] = "a password";
    auto made = store_->make(std::move(c));
    EXPECT_TRUE(made) << (made ? "" : to_string(made.error()));
    return *made;
  }
  Ports ports() {
    return {.store = *store_,
            .inlet = journal_,
            .outlet = outlet_,
            .hosts = hosts_,
            .clock = Clock::system(),
            .retry_first = {50},
            .retry_most = {200}};
  }
  void start(const Store::Entry& c) {
    activity_ = *activities_->of(c->id);
    auto made = make_runner(c, activity_, ports());
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
  void publish(const std::string& topic, const std::string& payload) {
    mosquitto* mosq = mosquitto_new(nullptr, true, nullptr);
    mosquitto_username_pw_set(mosq, "device", "a password");
    ASSERT_EQ(mosquitto_connect(mosq, "127.0.0.1", port_, 30), MOSQ_ERR_SUCCESS);
    int id = 0;
    std::atomic<int> published{-1};
    mosquitto_user_data_set(mosq, &published);
    mosquitto_publish_callback_set(
        mosq, [](mosquitto*, void* seen, int mid) { *static_cast<std::atomic<int>*>(seen) = mid; });
    for (int i = 0; i < 50; ++i) mosquitto_loop(mosq, 10, 1);
    ASSERT_EQ(mosquitto_publish(mosq, &id, topic.c_str(), static_cast<int>(payload.size()), payload.data(), 1,
                                false),
              MOSQ_ERR_SUCCESS);
    for (int i = 0; i < 500 && published != id; ++i) mosquitto_loop(mosq, 10, 1);
    EXPECT_EQ(published, id);
    mosquitto_disconnect(mosq);
    mosquitto_destroy(mosq);
  }

  TestFolder folder_;
  int port_ = 0;
  std::unique_ptr<TestProgram> broker_;
  std::unique_ptr<ledger::Db> db_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<Activities> activities_;
  std::shared_ptr<Activity> activity_;
  Journal journal_;
  NoOutlet outlet_;
  Hosts hosts_{"", "127.0.0.1"};
  std::unique_ptr<Runner> runner_;
};

TEST_F(MqttTest, TakesMessagesOfItsTopics) {
  start(make());
  ASSERT_TRUE(eventually([&] { return activity_->state() == "working"; }));
  publish("shop/7/door", R"({"open": true})");
  publish("other/7", "{}");
  publish("shop/8/temperature", "21.5");
  ASSERT_TRUE(eventually([&] { return journal_.all().size() == 2; }));
  const auto all = journal_.all();
  EXPECT_EQ(all[0].body, R"({"open": true})");
  EXPECT_EQ(all[1].body, R"({"payload":"21.5"})");
  EXPECT_NE(all[0].transport[0].second, all[1].transport[0].second) << "message ids";
}

TEST_F(MqttTest, AcknowledgesOnlyWhatIsInTheJournal) {
  start(make());
  ASSERT_TRUE(eventually([&] { return activity_->state() == "working"; }));
  journal_.failing = true;
  publish("shop/1/door", R"({"n": 1})");
  ASSERT_TRUE(eventually([&] { return activity_->counts().failed > 1; })) << "it comes again and again";
  EXPECT_TRUE(journal_.all().empty());
  journal_.failing = false;
  ASSERT_TRUE(eventually([&] { return !journal_.all().empty(); })) << "the broker still has it";
  EXPECT_EQ(journal_.all()[0].body, R"({"n": 1})");
}

TEST_F(MqttTest, GetsWhatCameWhileItWasAway) {
  const auto c = make();
  start(c);
  ASSERT_TRUE(eventually([&] { return activity_->state() == "working"; }));
  runner_.reset();
  publish("shop/1/door", R"({"n": 2})");
  EXPECT_TRUE(journal_.all().empty());
  start(c);
  ASSERT_TRUE(eventually([&] { return journal_.all().size() == 1; }));
  broker_->stop();
  ASSERT_TRUE(
      eventually([&] { return activity_->state() == "failing" || activity_->state() == "connecting"; }));
  start_broker();
  ASSERT_TRUE(eventually([&] { return activity_->state() == "working"; }));
  publish("shop/1/door", R"({"n": 3})");
  EXPECT_TRUE(eventually([&] { return journal_.all().size() == 2; }));
}

TEST_F(MqttTest, SaysWhatIsWrong) {
  const auto c = make();
  const auto good = try_out(*c, ports());
  EXPECT_TRUE(good) << to_string(good.error());
  Connector other = *c;
  other.secrets["password"] = "not this";
  EXPECT_EQ(try_out(other, ports()).error().code, Code::kConnectorRefused);
  other = *c;
  other.settings["port"] = std::to_string(free_port());
  EXPECT_EQ(try_out(other, ports()).error().code, Code::kConnectorFailed);
  other = *c;
  other.settings["topics"] = "shop/#/door";
  EXPECT_EQ(try_out(other, ports()).error().code, Code::kBadConnector);
  hosts_ = Hosts("127.0.0.1", "");
  EXPECT_EQ(try_out(*c, ports()).error().code, Code::kHostNotAllowed);
  hosts_ = Hosts("", "");
  EXPECT_EQ(try_out(*c, ports()).error().code, Code::kHostNotAllowed);
}

}  // namespace
}  // namespace zhike::connector
