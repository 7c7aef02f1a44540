// A real MariaDB, joined with customers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "external/test_hostile.h"
#include "external/test_mariadb.h"
#include "external/test_world.h"
#include "query/where.h"

namespace zhike::external {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

Reach local() { return {.hosts = connector::Hosts("", "127.0.0.1,localhost"), .folders = {}, .engine = {}}; }

Source contracts(int port) {
  Source s;
  s.key = "crm";
  s.name = "Contracts";
  s.kind = find_kind("mysql");
  s.settings = {{"host", "127.0.0.1"},
                {"port", std::to_string(port)},
                {"database", "crm"},
                {"table", "contracts"},
                {"user", TestMariadb::kUser}};
  s.secrets = {{"password", TestMariadb::kPassword}};
  s.key_column = "phone";
  s.key_kind = IdentifierKind::kPhone;
  return s;
}

class MysqlTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    database_ = TestMariadb::start();
    if (!database_) return;
    world_ = std::make_unique<World>(local());
    li_ = world_->customer({{IdentifierKind::kPhone, "13900000001"}, {IdentifierKind::kUserId, "li"}});
    wang_ = world_->customer({{IdentifierKind::kPhone, "13900000002"}});
    database_->run(
        "CREATE TABLE contracts (phone varchar(30), tariff varchar(20), monthly decimal(10,2), since date, "
        "at timestamp NULL, active boolean, n bigint, extra longtext)");
    database_->run(
        "INSERT INTO contracts VALUES "
        "('+86 139-0000-0001', 'gold', 99.50, '2024-01-02', '2024-01-02 00:00:00', true, 1, '{\"a\": 1}'),"
        "('13900000002', '基本', 9, '2025-06-30', '2025-06-30 23:59:59', false, 2, repeat('长', 9000)),"
        "('13900000002', 'gold', 5, NULL, NULL, NULL, 3, NULL),"
        "('13999999999', 'gold', 5, NULL, NULL, NULL, 4, NULL),"
        "(NULL, 'gold', 5, NULL, NULL, NULL, 5, NULL),"
        "('not a phone', 'it''s \"odd\" \\\\', 5, NULL, NULL, NULL, 6, NULL)");
  }
  static void TearDownTestSuite() {
    world_.reset();
    database_.reset();
  }
  void SetUp() override {
    if (!database_) GTEST_SKIP() << "needs Debian's mariadb-server";
    world_->open(local());
    for (const auto& s : externals().list(owner_)) must(externals().remove(owner_, s->id));
  }
  Store::Entry put(Source s) {
    s.columns = must(externals().describe(owner_, s));
    return must(externals().make(owner_, std::move(s)));
  }
  Source named(const std::string& table) {
    Source s = contracts(database_->port());
    s.settings["table"] = table;
    return s;
  }
  static Externals& externals() { return *world_->externals; }
  std::vector<std::uint64_t> subjects(const std::string& where) {
    return world_->subjects_where(owner_, where);
  }

  static inline std::unique_ptr<TestMariadb> database_;
  static inline std::unique_ptr<World> world_;
  static inline SubjectId li_, wang_;
  const Grant owner_ = Grant::owner();
};

TEST_F(MysqlTest, ReadsTheColumnsThatAreThere) {
  std::vector<std::string> seen;
  for (const Column& c : must(externals().describe(owner_, contracts(database_->port()))))
    seen.push_back(c.is.name + " " + std::string(to_string(c.is.type)) + (c.sensitive ? " !" : ""));
  EXPECT_THAT(seen, ElementsAre("phone text !", "tariff text", "monthly number", "since time", "at time",
                                "active flag", "n number", "extra text"));
}

TEST_F(MysqlTest, ShowsRowsMasked) {
  put(contracts(database_->port()));
  const Rows rows = must(externals().preview(owner_, "crm", 2));
  ASSERT_EQ(rows.rows.size(), 2U);
  EXPECT_TRUE(rows.more);
  EXPECT_THAT(*rows.rows[0][0], Not(HasSubstr("0000-0001")));
  EXPECT_EQ(rows.rows[0][2], "99.50");
  EXPECT_EQ(rows.rows[0][3], "2024-01-02");
  EXPECT_THAT(*rows.rows[1][7], HasSubstr("长长长")) << "longer than what is fetched at first";
  EXPECT_EQ(must(externals().preview(owner_, "crm", 3)).rows[2][7], std::nullopt);
}

TEST_F(MysqlTest, JoinsAndFiltersByEveryTypeOfColumn) {
  put(contracts(database_->port()));
  const std::vector<std::uint64_t> li{li_.value}, wang{wang_.value}, both{li_.value, wang_.value}, none;
  EXPECT_EQ(subjects("crm.tariff = 基本"), wang);
  EXPECT_EQ(subjects("crm.tariff in (gold, silver)"), both);
  EXPECT_EQ(subjects("crm.tariff != gold"), wang) << "one row is enough";
  EXPECT_EQ(subjects("crm.tariff = 'it''s \"odd\" \\'"), none) << "a row of nobody";
  EXPECT_EQ(subjects("crm.monthly >= 9.01"), li);
  EXPECT_EQ(subjects("crm.monthly = 99.5"), li);
  EXPECT_EQ(subjects("crm.n <= 1"), li);
  EXPECT_EQ(subjects("crm.n in (2, 3.0)"), wang);
  EXPECT_EQ(subjects("crm.since >= 2025-01-01"), wang);
  EXPECT_EQ(subjects("crm.at <= 2024-01-02T00:00:00Z"), li);
  EXPECT_EQ(subjects("crm.active = true"), li);
  EXPECT_EQ(subjects("crm.active = false"), wang);
  EXPECT_EQ(subjects("crm.extra exists"), both);
  const Match match = must(externals().match(owner_, "crm"));
  EXPECT_EQ(match.rows, 5U);
  EXPECT_EQ(match.matched, 3U);
  EXPECT_EQ(match.customers, 2U);
  const Groups groups = must(externals().groups(owner_, "crm.tariff"));
  ASSERT_EQ(groups.values.size(), 2U);
  EXPECT_EQ(groups.values[0].customers, 2U);
  EXPECT_EQ(must(externals().rows_of(owner_, "crm", CustomerId{wang_.value}, 10)).rows.size(), 2U);
  EXPECT_EQ(must(externals().rows_of(owner_, "crm", CustomerId{li_.value}, 10)).rows.size(), 1U);
}

TEST_F(MysqlTest, ValuesAndNamesAreNoSql) {
  database_->run("CREATE TABLE `t``\"; DROP TABLE contracts;--` (`k``'\\\\` varchar(20), `中 文\"` text)");
  database_->run("INSERT INTO `t``\"; DROP TABLE contracts;--` VALUES ('13900000001', 'v')");
  Source s = named("t`\"; DROP TABLE contracts;--");
  s.key_column = "k`'\\\\";
  put(std::move(s));
  EXPECT_EQ(subjects("crm.`中 文\"` = v"), (std::vector<std::uint64_t>{li_.value}));
  for (const char* value : {"x' OR 1=1 --", "x\\' OR 1=1 --", "?", "x\" OR 1=1 #"}) {
    query::Filter filter{.range = {}, .where = query::is(query::Field::kVirtual, {value})};
    filter.where.condition.name = "crm.中 文\"";
    must(externals().resolve(owner_, filter));
    EXPECT_THAT(world_->subjects(std::stoull(filter.where.condition.values.front())), IsEmpty()) << value;
  }
  EXPECT_EQ(database_->run("SELECT count(*) FROM contracts"), "6");
}

TEST_F(MysqlTest, NothingCanBeWrittenThere) {
  database_->run(
      "CREATE FUNCTION spend() RETURNS text SQL SECURITY DEFINER MODIFIES SQL DATA BEGIN INSERT INTO "
      "contracts "
      "(tariff) VALUES ('spent'); RETURN 'spent'; END");
  database_->run("CREATE VIEW trap AS SELECT '13900000001' AS phone, spend() AS tariff");
  Source s = named("trap");
  EXPECT_EQ(externals().describe(owner_, s).error().code, Code::kVirtualTableMissing)
      << "it cannot be opened";
  s.columns = {{.is = {.name = "phone"}}, {.is = {.name = "tariff"}}};
  must(externals().make(owner_, std::move(s)));
  EXPECT_EQ(externals().preview(owner_, "crm", 5).error().code, Code::kVirtualFailed);
  EXPECT_EQ(database_->run("SELECT count(*) FROM contracts"), "6");
}

TEST_F(MysqlTest, SaysWhatIsWrong) {
  const auto described = [&](const std::function<void(Source&)>& change) {
    Source s = contracts(database_->port());
    change(s);
    const auto out = externals().describe(owner_, std::move(s));
    EXPECT_FALSE(out);
    return out ? Error{} : out.error();
  };
  const Error wrong = described([](Source& s) { s.secrets["password"] = "wr0ng secret"; });
  EXPECT_EQ(wrong.code, Code::kVirtualRefused);
  EXPECT_THAT(wrong.detail, Not(HasSubstr("wr0ng")));
  EXPECT_EQ(described([](Source& s) { s.settings["table"] = "nothing"; }).code, Code::kVirtualTableMissing);
  EXPECT_EQ(described([](Source& s) { s.settings["tls"] = "require"; }).code, Code::kVirtualRefused);
  EXPECT_EQ(described([](Source& s) { s.settings["tls"] = "verify-full"; }).code, Code::kVirtualRefused);
  EXPECT_EQ(described([](Source& s) { s.settings["host"] = "db.example.com"; }).code,
            Code::kVirtualHostNotAllowed);
  EXPECT_EQ(described([](Source& s) { s.settings["port"] = std::to_string(connector::free_port()); }).code,
            Code::kVirtualUnreachable);
  put(contracts(database_->port()));
  database_->run("ALTER TABLE contracts RENAME COLUMN tariff TO plan");
  query::Filter filter{.range = {}, .where = must(query::parse_where("crm.tariff = gold"))};
  EXPECT_EQ(externals().resolve(owner_, filter).error().code, Code::kVirtualTableMissing);
  database_->run("ALTER TABLE contracts RENAME COLUMN plan TO tariff");
  EXPECT_EQ(subjects("crm.tariff = 基本").size(), 1U) << "it is well again";
}

TEST_F(MysqlTest, AHostMustBeAllowedWhereItLies) {
  world_->open({.hosts = connector::Hosts("127.0.0.1,localhost", ""), .folders = {}, .engine = {}});
  EXPECT_EQ(world_->externals->describe(owner_, contracts(database_->port())).error().code,
            Code::kVirtualHostNotAllowed);
}

TEST_F(MysqlTest, RowsAndTimeAreBounded) {
  Source s = contracts(database_->port());
  s.rows_max = 3;
  put(s);
  EXPECT_EQ(externals().match(owner_, "crm").error().code, Code::kVirtualTooLarge);
  EXPECT_EQ(subjects("crm.n <= 1").size(), 1U);
  database_->run("CREATE VIEW slow AS SELECT phone, tariff, sleep(10) AS s FROM contracts");
  Source slow = named("slow");
  slow.key = "slow";
  slow.time_max = seconds(1);
  put(std::move(slow));
  const auto began = std::chrono::steady_clock::now();
  EXPECT_EQ(externals().preview(owner_, "slow", 5).error().code, Code::kVirtualTooSlow);
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(8));
}

TEST_F(MysqlTest, TlsAndTheCertificateOfThatHost) {
  const TestFolder folder;
  std::filesystem::permissions(folder.path, std::filesystem::perms::all);
  const std::string certificate = folder.path / "cert.pem", key = folder.path / "key.pem";
  const std::string make =
      "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext "
      "subjectAltName=DNS:localhost "
      "-out " +
      certificate + " -keyout " + key + " 2>/dev/null && chmod a+r " + key;
  ASSERT_EQ(std::system(make.c_str()), 0);
  const auto server = TestMariadb::start({"--ssl-cert=" + certificate, "--ssl-key=" + key});
  server->run("CREATE TABLE contracts (phone varchar(30))");
  server->run("ALTER USER reader@'%' REQUIRE SSL");
  const auto code = [&](const std::string& tls, const std::string& host) {
    Source s = contracts(server->port());
    s.settings["tls"] = tls;
    s.settings["host"] = host;
    const auto out = externals().describe(owner_, s);
    return out ? Code{} : out.error().code;
  };
  EXPECT_EQ(code("disable", "127.0.0.1"), Code::kVirtualRefused);
  EXPECT_EQ(code("prefer", "127.0.0.1"), Code{});
  EXPECT_EQ(code("require", "127.0.0.1"), Code{});
  EXPECT_EQ(code("verify-full", "localhost"), Code::kVirtualRefused) << "by an authority that nobody trusts";
  Reach reach = local();
  reach.authorities = certificate;
  world_->open(reach);
  EXPECT_EQ(code("verify-full", "localhost"), Code{});
  EXPECT_EQ(code("verify-full", "127.0.0.1"), Code::kVirtualRefused) << "the certificate is of another name";
}

/// Of a MariaDB 10.11; with TLS on offer when `tls`.
std::string greeting(bool tls) {
  std::string body(
      "\x0a"
      "10.11.0-MariaDB\0",
      17);
  body += std::string("\x01\x00\x00\x00", 4) + "12345678" + std::string(1, '\0');
  body += tls ? std::string("\xff\xff", 2) : std::string("\xff\xf7", 2);
  body += std::string("\x21\x02\x00\xff\x81\x15", 6) + std::string(10, '\0') + "123456789012" +
          std::string(1, '\0');
  body += std::string("mysql_native_password\0", 22);
  return std::string(1, static_cast<char>(body.size())) + std::string("\0\0\0", 3) + body;
}

TEST_F(MysqlTest, AServerThatDoesNotAnswerHoldsNobodyUp) {
  for (const auto& [first, drip] : {std::pair<std::string, int>{"", 0},
                                    {greeting(false), 0},
                                    {greeting(true), 0},
                                    {greeting(true), 200}}) {
    const Hostile server(first, std::chrono::milliseconds(drip));
    Source s = contracts(server.port);
    s.time_max = seconds(1);
    const auto began = std::chrono::steady_clock::now();
    const auto out = externals().describe(owner_, s);
    ASSERT_FALSE(out);
    EXPECT_EQ(out.error().code, Code::kVirtualUnreachable) << out.error().detail;
    EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(3));
  }
}

TEST_F(MysqlTest, AServerCannotAskForFilesOrForThePassword) {
  const TestFolder folder;
  const std::string file = folder.path / "secret.txt";
  std::ofstream(file) << "of this machine only\n";
  const std::string welcome("\x07\0\0\x02\0\0\0\x02\0\0\0", 11);
  const std::string wanted = "\xfb" + file;
  Hostile asks(
      greeting(false), {},
      {welcome, std::string(1, static_cast<char>(wanted.size())) + std::string("\0\0\x01", 3) + wanted});
  Source s = contracts(asks.port);
  s.time_max = seconds(2);
  EXPECT_FALSE(externals().describe(owner_, s));
  EXPECT_THAT(asks.heard(), HasSubstr("max_statement_time"));
  EXPECT_THAT(asks.heard(), Not(HasSubstr("of this machine only")));

  const std::string clear("\xfemysql_clear_password\0", 22);
  Hostile lures(greeting(false), {}, {std::string("\x16\0\0\x02", 4) + clear});
  s = contracts(lures.port);
  s.time_max = seconds(2);
  EXPECT_FALSE(externals().describe(owner_, s));
  EXPECT_THAT(lures.heard(), Not(HasSubstr(TestMariadb::kPassword)));
}

}  // namespace
}  // namespace zhike::external
