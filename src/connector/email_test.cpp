// Against real servers, Debian's Dovecot and Exim (tests/api/mail_servers.py); skipped where they are not
// installed.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <set>
#include <sstream>

#include "connector/email_in.h"
#include "connector/email_out.h"
#include "connector/kinds.h"
#include "connector/mail_server.h"
#include "connector/test_program.h"
#include "ledger/test_folder.h"

namespace zhike::connector {
namespace {

class Journal final : public Inlet {
 public:
  Result<Taken> take(const Connector&, std::span<const Inbound> messages) override {
    const std::lock_guard lock(mutex_);
    if (failing) return fail(Code::kDiskFull);
    for (const Inbound& message : messages) kept_.push_back(message);
    if (after_take) std::exchange(after_take, nullptr)();
    return Taken{.events = messages.size()};
  }
  std::vector<Inbound> all() {
    const std::lock_guard lock(mutex_);
    return kept_;
  }
  /// What counts: repeats have the same id.
  std::set<std::string> ids() {
    std::set<std::string> out;
    for (const Inbound& one : all()) out.insert(one.transport[0].second);
    return out;
  }
  std::atomic<bool> failing{false};
  std::function<void()> after_take;

 private:
  std::mutex mutex_;
  std::vector<Inbound> kept_;
};

class Events final : public Outlet {
 public:
  Result<Page> after(const Connector&, std::uint64_t after, std::size_t count_max) override {
    Page page{{}, newest_};
    for (std::uint64_t id = after + 1; id <= newest_ && page.events.size() < count_max; ++id)
      page.events.push_back(
          {id, R"({"id":")" + std::to_string(id) + R"(","name":"订单已付款","text":"很好"})"});
    if (page.events.size() == count_max) page.seen = page.events.back().id;
    return page;
  }
  Result<std::uint64_t> newest() override { return newest_.load(); }
  std::atomic<std::uint64_t> newest_{0};
};

std::string said(const Result<std::string>& answer) { return answer ? *answer : to_string(answer.error()); }

std::string contents(const std::filesystem::path& file) {
  std::ostringstream out;
  out << std::ifstream(file).rdbuf();
  return out.str();
}

class EmailTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists("/usr/sbin/dovecot") || !std::filesystem::exists("/usr/sbin/exim4") ||
        !std::filesystem::exists("/usr/bin/openssl"))
      GTEST_SKIP() << "dovecot, exim4 or openssl is not installed";
    for (int* port : {&imap_, &imaps_, &smtp_, &smtps_}) *port = free_port();
    std::filesystem::permissions(folder_.path, std::filesystem::perms(0755));
    start_servers();
    db_ = std::move(
        *ledger::Db::open({.file = folder_.path / "ledger.db", .migrations = ZHIKE_MIGRATIONS "/ledger"}));
    store_ = std::move(*Store::open(*db_, crypto::random_key(), Clock::system()));
    activities_ = std::make_unique<Activities>(*db_, Clock::system());
  }
  void TearDown() override { runner_.reset(); }

  void start_servers() {
    servers_ = std::make_unique<TestProgram>(std::vector<std::string>{
        "/usr/bin/env", "python3", ZHIKE_MAIL_SERVERS, mail_folder().string(), std::to_string(imap_),
        std::to_string(imaps_), std::to_string(smtp_), std::to_string(smtps_)});
    for (const int port : {imap_, imaps_, smtp_, smtps_}) ASSERT_TRUE(TestProgram::wait_for(port));
  }
  std::filesystem::path mail_folder() const { return folder_.path / "servers"; }
  std::string certificate() const { return contents(mail_folder() / "cert.pem"); }
  /// Puts a mail into the mailbox, as a delivery would.
  void put(const std::string& mail) {
    const auto box = mail_folder() / "mail/shop";
    const std::string name = std::to_string(++put_) + ".test";
    std::ofstream(box / "tmp" / name) << mail;
    std::filesystem::permissions(box / "tmp" / name, std::filesystem::perms(0644));
    std::filesystem::rename(box / "tmp" / name, box / "new" / name);
  }
  static std::string mail(const std::string& id, const std::string& words) {
    return "From: Li <li@example.com>\nTo: shop@shop.example\nSubject: s\nMessage-ID: <" + id +
           "@example.com>\n\n" + words + "\n";
  }
  /// What lies in a mailbox.
  std::vector<Mail> delivered(const std::string& user) {
    std::vector<Mail> out;
    for (const char* part : {"new", "cur"})
      for (const auto& one : std::filesystem::directory_iterator(mail_folder() / "mail" / user / part))
        out.push_back(read_mail(contents(one.path())));
    return out;
  }

  Store::Entry make_in(Settings more = {}) {
    Connector c{.key = "box", .name = "Box", .kind = find_kind("email_in"), .source = {1}};
    c.settings = {{"host", "127.0.0.1"}, {"port", std::to_string(imaps_)},
                  {"username", "shop"},  {"begin", "beginning"},
                  {"poll_seconds", "1"}, {"ca_certificate", certificate()}};
    for (auto& [key, value] : more) c.settings[key] = value;
    c.secrets["password"] = "a password";
    auto made = store_->make(std::move(c));
    EXPECT_TRUE(made) << (made ? "" : to_string(made.error()));
    return *made;
  }
  Store::Entry make_out(Settings more = {}) {
    Connector c{.key = "out", .name = "Out", .kind = find_kind("email_out")};
    c.settings = {{"host", "127.0.0.1"},
                  {"port", std::to_string(smtp_)},
                  {"username", "shop"},
                  {"from", "小店 <shop@shop.example>"},
                  {"to", "li@shop.example"},
                  {"begin", "beginning"},
                  {"ca_certificate", certificate()}};
    for (auto& [key, value] : more) c.settings[key] = value;
    c.secrets["password"] = "a password";
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
    activity_ = *activities_->of(c->id);
    auto made = make_runner(c, activity_, ports());
    ASSERT_TRUE(made) << to_string(made.error());
    runner_ = std::move(*made);
    runner_->start();
  }
  void sql(std::string_view text) {
    const auto done = db_->write([&](ledger::Tx& tx) -> Result<void> {
      CX_TRY(tx.sql(text).run());
      return {};
    });
    EXPECT_TRUE(done) << to_string(done.error());
  }
  static bool eventually(const std::function<bool()>& holds) {
    for (int i = 0; i < 1000; ++i) {
      if (holds()) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return false;
  }

  TestFolder folder_;
  int imap_ = 0, imaps_ = 0, smtp_ = 0, smtps_ = 0, put_ = 0;
  std::unique_ptr<TestProgram> servers_;
  std::unique_ptr<ledger::Db> db_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<Activities> activities_;
  std::shared_ptr<Activity> activity_;
  Journal journal_;
  Events events_;
  Hosts hosts_{"", "127.0.0.1, localhost"};
  std::unique_ptr<Runner> runner_;
};

TEST_F(EmailTest, TakesEachMailOnceAndLeavesTheMailboxAsItIs) {
  put(mail("1", "one"));
  put(mail("2", "two"));
  const auto c = make_in();
  start(c);
  ASSERT_TRUE(eventually([&] { return journal_.all().size() == 2; })) << said(try_email_in(*c, ports()));
  EXPECT_TRUE(eventually([&] { return activity_->state() == "working"; }));
  put(mail("3", "three"));
  ASSERT_TRUE(eventually([&] { return journal_.all().size() == 3; }));
  runner_.reset();
  start(c);
  put(mail("4", "four"));
  ASSERT_TRUE(eventually([&] { return journal_.all().size() == 4; })) << "from where it was left";
  EXPECT_EQ(journal_.ids().size(), 4U);
  EXPECT_NE(journal_.all()[0].body.find(R"("text":"one")"), std::string::npos);
  for (const char* part : {"mail/shop/new", "mail/shop/cur"})
    for (const auto& one : std::filesystem::directory_iterator(mail_folder() / part))
      EXPECT_FALSE(one.path().string().contains(":2,S")) << "marked as seen: " << one.path();
}

TEST_F(EmailTest, BeginsWithWhatIsToCome) {
  put(mail("1", "old"));
  const auto c = make_in({{"begin", "now"}, {"security", "starttls"}, {"port", std::to_string(imap_)}});
  start(c);
  ASSERT_TRUE(eventually([&] { return activity_->state() == "working"; })) << said(try_email_in(*c, ports()));
  put(mail("2", "new"));
  ASSERT_TRUE(eventually([&] { return journal_.all().size() == 1; }));
  EXPECT_NE(journal_.all()[0].body.find("\"new\""), std::string::npos);
}

TEST_F(EmailTest, AStopBetweenJournalAndPlaceCountsOnce) {
  for (int i = 0; i < 5; ++i) put(mail(std::to_string(i), "words"));
  const auto c = make_in();
  // The journal has them; then writing the place down fails, as when the process dies there.
  journal_.after_take = [this] {
    sql("CREATE TRIGGER broken BEFORE UPDATE ON connector_state BEGIN SELECT RAISE(ABORT, 'broken'); END");
  };
  start(c);
  ASSERT_TRUE(eventually([&] { return !journal_.all().empty() && activity_->counts().failed > 0; }));
  runner_.reset();
  sql("DROP TRIGGER broken");
  start(c);
  ASSERT_TRUE(eventually([&] { return journal_.all().size() >= 10; })) << "read again";
  EXPECT_EQ(journal_.ids().size(), 5U) << "and the same";
}

TEST_F(EmailTest, WaitsForTheJournalAndForTheServer) {
  put(mail("1", "words"));
  journal_.failing = true;
  const auto c = make_in();
  start(c);
  ASSERT_TRUE(eventually([&] { return activity_->counts().failed > 1; }));
  EXPECT_EQ(activity_->state(), "failing");
  journal_.failing = false;
  ASSERT_TRUE(eventually([&] { return journal_.all().size() == 1; }));
  servers_->stop();
  ASSERT_TRUE(eventually([&] { return activity_->state() == "failing"; }));
  put(mail("2", "words"));
  start_servers();
  ASSERT_TRUE(eventually([&] { return journal_.all().size() == 2; }));
  EXPECT_TRUE(eventually([&] { return activity_->state() == "working"; }));
}

TEST_F(EmailTest, AMailboxThatWasBuiltAnewCountsOnce) {
  put(mail("1", "words"));
  const auto c = make_in();
  start(c);
  ASSERT_TRUE(eventually([&] { return journal_.all().size() == 1; }));
  runner_.reset();
  const std::string place = *store_->state(c->id, "place");
  // Another UIDVALIDITY than the mailbox has.
  ASSERT_TRUE(store_->set_state(c->id, "place", "1" + place));
  start(c);
  ASSERT_TRUE(eventually([&] { return journal_.all().size() == 2; }));
  EXPECT_EQ(journal_.ids().size(), 1U);
  EXPECT_TRUE(std::ranges::any_of(activity_->log(),
                                  [](const LogEntry& one) { return one.what == "mailbox_renewed"; }));
  EXPECT_TRUE(eventually([&] { return store_->state(c->id, "place")->ends_with(" 0"); }));
}

TEST_F(EmailTest, AMailThatIsTooLargeIsReadToItsLimit) {
  put(mail("1", "the words\n" + std::string(200'000, 'x')));
  start(make_in({{"size_kib", "16"}}));
  ASSERT_TRUE(eventually([&] { return journal_.all().size() == 1; }));
  EXPECT_NE(journal_.all()[0].body.find(R"("whole":false)"), std::string::npos);
  EXPECT_NE(journal_.all()[0].body.find("the words"), std::string::npos);
  EXPECT_LT(journal_.all()[0].body.size(), 16'000U);
}

TEST_F(EmailTest, SaysWhatIsWrong) {
  const auto c = make_in();
  const auto good = try_out(*c, ports());
  EXPECT_TRUE(good) << to_string(good.error());
  const auto code = [&](const Settings& settings, const std::string& password = "a password") {
    Connector other = *c;
    for (const auto& [key, value] : settings) other.settings[key] = value;
    other.secrets["password"] = password;
    const auto said = try_out(other, ports());
    return said ? Code{} : said.error().code;
  };
  EXPECT_EQ(code({}, "not this"), Code::kConnectorRefused);
  EXPECT_EQ(code({{"folder", "nowhere"}}), Code::kConnectorRefused);
  EXPECT_EQ(code({{"port", std::to_string(free_port())}}), Code::kConnectorFailed);
  EXPECT_EQ(code({{"ca_certificate", ""}}), Code::kConnectorFailed) << "nobody vouches for its certificate";
  EXPECT_EQ(code({{"security", "starttls"}, {"port", std::to_string(imap_)}, {"ca_certificate", ""}}),
            Code::kConnectorFailed);
  EXPECT_EQ(code({{"host", "mail.example.com"}}), Code::kHostNotAllowed);
  EXPECT_EQ(code({{"host", "127.0.0.1/x"}}), Code::kBadConnector);
  EXPECT_EQ(code({{"ca_certificate", "x"}}), Code::kBadConnector);
  hosts_ = Hosts("127.0.0.1", "");
  EXPECT_EQ(try_out(*c, ports()).error().code, Code::kHostNotAllowed);
}

TEST_F(EmailTest, EventsGoToPeople) {
  events_.newest_ = 2;
  const auto c = make_out({{"unsubscribe", "mailto:leave@shop.example"}, {"subject", "{name} ({count})"}});
  start(c);
  ASSERT_TRUE(eventually([&] { return delivered("li").size() == 2; })) << said(try_out(*c, ports()));
  for (const Mail& one : delivered("li")) {
    EXPECT_EQ(one.subject, "订单已付款 (1)");
    EXPECT_EQ(one.from.name, "小店");
    EXPECT_EQ(one.text, "事件：订单已付款\n原话：很好");
    EXPECT_EQ(one.kind, MailKind::kAutoReply);
  }
  ASSERT_TRUE(eventually([&] { return activity_->counts().sent == 2; }));
  runner_.reset();
  EXPECT_EQ(*store_->state(c->id, "position"), "2");
}

TEST_F(EmailTest, ARefusedMailIsKeptAndSentAgain) {
  events_.newest_ = 1;
  auto c = make_out({{"to", "nobody@shop.example"}, {"security", "tls"}, {"port", std::to_string(smtps_)}});
  start(c);
  ASSERT_TRUE(eventually([&] { return *store_->open_letters(c->id) == 1; }));
  const auto letters = *store_->letters(c->id, 0, 10);
  EXPECT_EQ(letters[0].detail, "SMTP 550 5.1.1");
  runner_.reset();
  Settings settings = c->settings;
  settings["to"] = "li@shop.example";
  c = *store_->change(c->id, {.settings = settings});
  start(c);
  ASSERT_TRUE(store_->ask_again(c->id, {}));
  runner_->wake();
  ASSERT_TRUE(eventually([&] { return delivered("li").size() == 1; }));
  EXPECT_TRUE(eventually([&] { return *store_->open_letters(c->id) == 0; }));
}

TEST_F(EmailTest, AServerThatPutsOffIsAskedAgain) {
  events_.newest_ = 1;
  const auto c = make_out({{"to", "later@shop.example"}});
  start(c);
  ASSERT_TRUE(eventually([&] { return activity_->counts().failed > 2; }));
  EXPECT_EQ(activity_->state(), "failing");
  EXPECT_EQ(*store_->open_letters(c->id), 0U);
  runner_.reset();
  EXPECT_NE(*store_->state(c->id, "position"), "1");
  Connector other = *c;
  other.secrets["password"] = "not this";
  EXPECT_EQ(try_out(other, ports()).error().code, Code::kConnectorRefused);
  other = *c;
  other.settings["ca_certificate"] = "";
  EXPECT_EQ(try_out(other, ports()).error().code, Code::kConnectorFailed);
  other.settings["from"] = "no address";
  EXPECT_EQ(try_out(other, ports()).error().code, Code::kBadConnector);
}

TEST_F(EmailTest, WritesToACustomer) {
  const auto c = make_out({{"to", ""}});
  EXPECT_EQ(*make_runner(c, *activities_->of(c->id), ports()), nullptr) << "nobody is told of events";
  const std::atomic<bool> never{false};
  const auto writer = make_writer(*c, ports(), never);
  ASSERT_TRUE(writer);
  const auto done =
      writer->write({.to = "li@shop.example", .subject = "关于退货", .text = "已收到。\n.\n谢谢"});
  ASSERT_TRUE(done) << to_string(done.error());
  ASSERT_TRUE(writer->write({.to = "li@shop.example", .subject = "b\r\nBcc: x@y.cn", .text = "two"}))
      << "the same connection";
  ASSERT_TRUE(eventually([&] { return delivered("li").size() == 2; }));
  EXPECT_TRUE(
      std::ranges::any_of(delivered("li"), [](const Mail& one) { return one.text == "已收到。\n.\n谢谢"; }));
  EXPECT_EQ(writer->write({.to = "nobody@shop.example", .subject = "a", .text = "b"}).error().code,
            Code::kConnectorRefused);
  EXPECT_EQ(writer->write({.to = "later@shop.example", .subject = "a", .text = "b"}).error().code,
            Code::kConnectorFailed);
  EXPECT_EQ(
      writer->write({.to = "li@shop.example>\r\nRCPT TO:<x@y.cn", .subject = "a", .text = "b"}).error().code,
      Code::kBadField);
  EXPECT_EQ(writer->write({.to = "li@shop.example", .subject = "", .text = "b"}).error().code,
            Code::kBadField);
  EXPECT_EQ(*try_out(*c, ports()), "SMTP");
}

TEST(MailMessages, TellWhoTheCustomerIs) {
  Mail mail;
  mail.from = {"li@example.com", "Li"};
  mail.to = {{"shop@shop.example", ""}};
  mail.message_id = "1@example.com";
  mail.thread = "0@shop.example";
  mail.text = "words";
  const MailPlace place{.validity = 7, .uid = 5, .received = {1000}};
  const std::vector<std::string> own{"@shop.example"};
  const auto body = [&] { return mail_messages(mail, place, own).at(0).body; };
  EXPECT_NE(body().find(R"("kind":"message")"), std::string::npos);
  EXPECT_NE(body().find(R"("customer":{"address":"li@example.com","name":"Li"})"), std::string::npos);
  const auto id = mail_messages(mail, place, own)[0].transport[0];
  EXPECT_EQ(id.first, "message_id");
  EXPECT_EQ(mail_messages(mail, {.validity = 8, .uid = 9, .received = {2000}}, own)[0].transport[0].second,
            id.second);
  mail.from.address = "han@example.com";
  EXPECT_NE(mail_messages(mail, place, own)[0].transport[0].second, id.second) << "another who numbers badly";
  // What we answered: the customer is who it went to.
  mail.from = {"desk@shop.example", "Desk"};
  mail.to = {{"shop@shop.example", ""}, {"li@example.com", ""}};
  EXPECT_NE(body().find(R"("kind":"own")"), std::string::npos);
  EXPECT_NE(body().find(R"("customer":{"address":"li@example.com")"), std::string::npos);
  mail.to.pop_back();
  EXPECT_EQ(body().find("\"customer\""), std::string::npos) << "among ourselves";
  // A form of the own site.
  mail.reply_to = {"wang@example.com", "Wang"};
  EXPECT_NE(body().find(R"("kind":"message")"), std::string::npos);
  EXPECT_NE(body().find(R"("customer":{"address":"wang@example.com")"), std::string::npos);
  // No words of machines.
  mail.kind = MailKind::kAutoReply;
  EXPECT_EQ(body().find("words"), std::string::npos);
  mail.kind = MailKind::kBounce;
  mail.failures = {{"a@b.cn", "failed", "5.1.1"}, {"c@d.cn", "delayed", ""}};
  const auto all = mail_messages(mail, place, own);
  ASSERT_EQ(all.size(), 2U);
  EXPECT_NE(all[1].body.find(R"("bounce":{"recipient":"c@d.cn","action":"delayed")"), std::string::npos);
  EXPECT_NE(all[0].transport[0].second, all[1].transport[0].second);
  mail = {};
  EXPECT_EQ(mail_messages(mail, place, own)[0].transport[0].second, "mail:7:5");
}

}  // namespace
}  // namespace zhike::connector
