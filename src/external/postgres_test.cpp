// A real PostgreSQL, joined with customers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "external/test_database.h"
#include "external/test_world.h"
#include "identity/traits.h"
#include "query/where.h"

namespace zhike::external {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

Reach local() { return {.hosts = connector::Hosts("", "127.0.0.1,localhost"), .folders = {}, .engine = {}}; }

Source contracts(int port) {
  Source s;
  s.key = "crm";
  s.name = "Contracts";
  s.kind = find_kind("postgres");
  s.settings = {{"host", "127.0.0.1"},
                {"port", std::to_string(port)},
                {"database", "crm"},
                {"table", "contracts"},
                {"user", TestPostgres::kUser}};
  s.secrets = {{"password", TestPostgres::kPassword}};
  s.key_column = "phone";
  s.key_kind = IdentifierKind::kPhone;
  return s;
}

class PostgresTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    database_ = TestPostgres::start();
    if (!database_) return;
    world_ = std::make_unique<World>(local());
    li_ = world_->customer({{IdentifierKind::kPhone, "13900000001"}, {IdentifierKind::kUserId, "li"}});
    wang_ = world_->customer({{IdentifierKind::kPhone, "13900000002"}});
    database_->run(
        "CREATE TABLE contracts (phone text, tariff varchar(20), monthly numeric(10,2), since date, at "
        "timestamptz, "
        "active boolean, n bigint, id uuid, extra jsonb, grade char(3))");
    database_->run(
        "INSERT INTO contracts VALUES "
        "('+86 139-0000-0001', 'gold', 99.50, '2024-01-02', '2024-01-02 08:00+08', true, 1, "
        "'00000000-0000-0000-0000-000000000001', '{\"a\": 1}', 'a'),"
        "('13900000002', '基本', 9, '2025-06-30', '2025-06-30 23:59:59Z', false, 2, NULL, NULL, 'b'),"
        "('13900000002', 'gold', 5, NULL, NULL, NULL, 3, NULL, NULL, NULL),"
        "('13999999999', 'gold', 5, NULL, NULL, NULL, 4, NULL, NULL, NULL),"
        "(NULL, 'gold', 5, NULL, NULL, NULL, 5, NULL, NULL, NULL),"
        "('not a phone', $$it's \"odd\" \\$$, 5, NULL, NULL, NULL, 6, NULL, NULL, NULL)");
  }
  static void TearDownTestSuite() {
    world_.reset();
    database_.reset();
  }
  void SetUp() override {
    if (!database_) GTEST_SKIP() << "needs Debian's postgresql-15";
    world_->open(local());
    for (const auto& s : world_->externals->list(owner_)) must(world_->externals->remove(owner_, s->id));
  }
  /// Registers the contracts with all their columns.
  void register_contracts() {
    Source s = contracts(database_->port());
    s.columns = must(externals().describe(owner_, s));
    made_ = must(externals().make(owner_, std::move(s)));
  }
  static Externals& externals() { return *world_->externals; }
  std::vector<std::uint64_t> subjects(const std::string& where) {
    return world_->subjects_where(owner_, where);
  }
  Error refused(const std::string& where, const Grant& grant = Grant::owner()) {
    query::Filter filter{.range = {}, .where = must(query::parse_where(where))};
    const auto done = externals().resolve(grant, filter);
    EXPECT_FALSE(done) << where;
    return done ? Error{} : done.error();
  }

  static inline std::unique_ptr<TestPostgres> database_;
  static inline std::unique_ptr<World> world_;
  static inline SubjectId li_, wang_;
  const Grant owner_ = Grant::owner();
  Store::Entry made_;
};

TEST_F(PostgresTest, ReadsTheColumnsThatAreThere) {
  const auto columns = must(externals().describe(owner_, contracts(database_->port())));
  std::vector<std::string> seen;
  for (const Column& c : columns)
    seen.push_back(c.is.name + " " + std::string(to_string(c.is.type)) + (c.sensitive ? " !" : ""));
  EXPECT_THAT(seen, ElementsAre("phone text !", "tariff text", "monthly number", "since time", "at time",
                                "active flag", "n number", "id text", "extra text", "grade text"));
}

TEST_F(PostgresTest, ShowsRowsMasked) {
  register_contracts();
  const Rows rows = must(externals().preview(owner_, "crm", 2));
  ASSERT_EQ(rows.rows.size(), 2U);
  EXPECT_TRUE(rows.more);
  EXPECT_THAT(*rows.rows[0][0], Not(HasSubstr("0000-0001")));
  EXPECT_EQ(rows.rows[0][1], "gold");
  EXPECT_EQ(rows.rows[0][3], "2024-01-02");
  EXPECT_EQ(rows.rows[0][4], "2024-01-02 00:00:00+00");
  EXPECT_EQ(rows.rows[1][7], std::nullopt);
}

TEST_F(PostgresTest, JoinsByTheRulesOfIngest) {
  register_contracts();
  const Match match = must(externals().match(owner_, "crm"));
  EXPECT_EQ(match.rows, 5U) << "a row without a key is nobody's";
  EXPECT_EQ(match.matched, 3U);
  EXPECT_EQ(match.customers, 2U);
}

TEST_F(PostgresTest, FiltersByEveryTypeOfColumn) {
  register_contracts();
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
  EXPECT_EQ(subjects("crm.id exists"), li);
  EXPECT_EQ(subjects("crm.id = 00000000-0000-0000-0000-000000000001"), li);
  EXPECT_EQ(subjects("crm.grade = b"), wang);
  EXPECT_EQ(subjects("crm exists"), both);
}

TEST_F(PostgresTest, ValuesAreNoSql) {
  register_contracts();
  for (const char* value :
       {"x' OR 1=1 --", "x\\' OR 1=1 --", "\"}' OR true; DROP TABLE contracts; --", "{gold}"}) {
    query::Filter filter{.range = {}, .where = query::is(query::Field::kVirtual, {value})};
    filter.where.condition.name = "crm.tariff";
    must(externals().resolve(owner_, filter));
    EXPECT_THAT(world_->subjects(std::stoull(filter.where.condition.values.front())), testing::IsEmpty())
        << value;
  }
  EXPECT_EQ(database_->run("SELECT count(*) FROM contracts"), "6");
}

TEST_F(PostgresTest, HostileNamesOfTablesAndColumns) {
  database_->run("DROP SCHEMA IF EXISTS \"s\"\".;--'\" CASCADE");
  database_->run("CREATE SCHEMA \"s\"\".;--'\"");
  database_->run(
      "CREATE TABLE \"s\"\".;--'\".\"t\\`$1 \"\"; DROP TABLE contracts;--\" (\"k\"\"'\\\" text, \"中 文`\" "
      "text)");
  database_->run(
      "INSERT INTO \"s\"\".;--'\".\"t\\`$1 \"\"; DROP TABLE contracts;--\" VALUES ('13900000001', 'v')");
  Source s = contracts(database_->port());
  s.key = "odd";
  s.settings["schema"] = "s\".;--'";
  s.settings["table"] = "t\\`$1 \"; DROP TABLE contracts;--";
  s.key_column = "k\"'\\";
  s.columns = must(externals().describe(owner_, s));
  must(externals().make(owner_, std::move(s)));
  EXPECT_EQ(subjects("odd.`中 文``` = v"), (std::vector<std::uint64_t>{li_.value}));
  EXPECT_EQ(must(externals().preview(owner_, "odd", 5)).rows.size(), 1U);
  EXPECT_EQ(database_->run("SELECT count(*) FROM contracts"), "6");
}

TEST_F(PostgresTest, DividesCustomersByAColumn) {
  register_contracts();
  const Groups groups = must(externals().groups(owner_, "crm.tariff"));
  ASSERT_EQ(groups.values.size(), 2U);
  EXPECT_EQ(groups.values[0].value, "gold");
  EXPECT_EQ(groups.values[0].customers, 2U);
  EXPECT_EQ(groups.values[1].value, "基本");
  EXPECT_EQ(world_->subjects(groups.set, "基本"), (std::vector<std::uint64_t>{wang_.value}));
  EXPECT_EQ(externals().groups(owner_, "crm.phone").error().code, Code::kBadFilter);
  EXPECT_EQ(externals().groups(owner_, "crm.nothing").error().code, Code::kUnknownField);
}

TEST_F(PostgresTest, ShowsTheRowsOfOneCustomer) {
  register_contracts();
  const Rows wang = must(externals().rows_of(owner_, "crm", CustomerId{wang_.value}, 10));
  EXPECT_EQ(wang.rows.size(), 2U);
  const Rows li = must(externals().rows_of(owner_, "crm", CustomerId{li_.value}, 10));
  EXPECT_EQ(li.rows.size(), 1U) << "+86 139-0000-0001";
  const auto stranger = world_->customer({{IdentifierKind::kUserId, "stranger-7"}});
  EXPECT_TRUE(must(externals().rows_of(owner_, "crm", CustomerId{stranger.value}, 10)).rows.empty());
}

TEST_F(PostgresTest, AnswersAreUsedAgainForAWhile) {
  register_contracts();
  const auto before = must(externals().groups(owner_, "crm.tariff")).set;
  EXPECT_EQ(must(externals().groups(owner_, "crm.tariff")).set, before);
  Source changed = *made_;
  changed.refresh = seconds(0);
  must(externals().replace(owner_, made_->id, std::move(changed)));
  const auto after = must(externals().groups(owner_, "crm.tariff")).set;
  EXPECT_NE(after, before) << "another source";
  EXPECT_NE(must(externals().groups(owner_, "crm.tariff")).set, after) << "no answer is kept";
}

TEST_F(PostgresTest, TraitsOfCustomersMixWithThem) {
  register_contracts();
  const identity::Traits traits(*world_->keys);
  const auto put = [&](SubjectId subject, std::string city, std::string age) {
    const Instant now = world_->clock.now();
    const std::vector<identity::Trait> stated{{"city", std::move(city), false, {1}, now},
                                              {"age", std::move(age), false, {1}, now},
                                              {"name", "Li", true, {1}, now}};
    must(world_->identity_db->write([&](ledger::Tx& tx) { return traits.put(tx, subject, stated); }));
  };
  put(li_, "上海", "41");
  put(wang_, "Paris", "9");
  EXPECT_EQ(subjects("trait.city = 上海"), (std::vector<std::uint64_t>{li_.value}));
  EXPECT_EQ(subjects("trait.age >= 10"), (std::vector<std::uint64_t>{li_.value}));
  EXPECT_EQ(subjects("trait.age <= 10.5"), (std::vector<std::uint64_t>{wang_.value}));
  EXPECT_EQ(subjects("trait.city exists").size(), 2U);
  EXPECT_TRUE(subjects("trait.town exists").empty());
  EXPECT_EQ(subjects("trait.name exists").size(), 2U);
  EXPECT_TRUE(subjects("trait.name = Li").empty()) << "what is sensitive is not compared";
  EXPECT_EQ(refused("trait.age >= old").code, Code::kBadFilter);
  const Groups cities = must(externals().groups(owner_, "trait.city"));
  ASSERT_EQ(cities.values.size(), 2U);
  EXPECT_EQ(cities.values[0].customers, 1U);
  EXPECT_EQ(cities.values[0].value, "Paris");
  EXPECT_EQ(externals().groups(owner_, "trait.name").error().code, Code::kBadFilter) << "sensitive";
  EXPECT_TRUE(must(externals().groups(owner_, "trait.town")).values.empty());
}

TEST_F(PostgresTest, GrantsHold) {
  Source s = contracts(database_->port());
  s.unit = "north";
  s.columns = must(externals().describe(owner_, s));
  made_ = must(externals().make(owner_, std::move(s)));
  const auto bit = [](Permission p) { return 1U << static_cast<unsigned>(p); };
  const Grant south{
      .user = {}, .permissions = bit(Permission::kViewMetrics), .all_units = false, .units = {"south"}};
  const Grant north{
      .user = {}, .permissions = bit(Permission::kViewMetrics), .all_units = false, .units = {"north"}};
  EXPECT_EQ(refused("crm.tariff = gold", south).code, Code::kUnknownVirtualSource);
  EXPECT_TRUE(externals().list(south).empty());
  query::Filter filter{.range = {}, .where = must(query::parse_where("crm.tariff = gold"))};
  EXPECT_TRUE(externals().resolve(north, filter));
  EXPECT_EQ(refused("crm.phone = 13900000001", north).code, Code::kPermissionMissing);
  EXPECT_EQ(externals().preview(north, "crm", 5).error().code, Code::kPermissionMissing);
  EXPECT_EQ(externals().rows_of(north, "crm", CustomerId{li_.value}, 5).error().code,
            Code::kPermissionMissing);
  EXPECT_EQ(externals().make(north, contracts(1)).error().code, Code::kPermissionMissing);
  EXPECT_EQ(refused("crm.tariff = gold", {}).code, Code::kPermissionMissing);
}

TEST_F(PostgresTest, NothingCanBeWrittenThere) {
  database_->run(
      "CREATE OR REPLACE FUNCTION spend() RETURNS text LANGUAGE sql VOLATILE AS "
      "$$ INSERT INTO contracts (tariff) VALUES ('spent') RETURNING tariff $$");
  database_->run("CREATE OR REPLACE VIEW trap AS SELECT '13900000001'::text AS phone, spend() AS tariff");
  Source s = contracts(database_->port());
  s.key = "trap";
  s.settings["table"] = "trap";
  s.columns = must(externals().describe(owner_, s));
  must(externals().make(owner_, std::move(s)));
  EXPECT_EQ(externals().preview(owner_, "trap", 5).error().code, Code::kVirtualFailed);
  EXPECT_EQ(database_->run("SELECT count(*) FROM contracts"), "6");
}

TEST_F(PostgresTest, SaysWhatIsWrong) {
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
  EXPECT_EQ(described([](Source& s) { s.settings["database"] = "nothing"; }).code,
            Code::kVirtualTableMissing);
  EXPECT_EQ(described([](Source& s) { s.settings["tls"] = "require"; }).code, Code::kVirtualRefused);
  EXPECT_EQ(described([](Source& s) { s.settings["host"] = "db.example.com"; }).code,
            Code::kVirtualHostNotAllowed);
  EXPECT_EQ(described([](Source& s) { s.settings["port"] = std::to_string(connector::free_port()); }).code,
            Code::kVirtualUnreachable);
  register_contracts();
  database_->run("ALTER TABLE contracts RENAME COLUMN tariff TO plan");
  EXPECT_EQ(refused("crm.tariff = gold").code, Code::kVirtualTableMissing);
  database_->run("ALTER TABLE contracts RENAME COLUMN plan TO tariff");
  EXPECT_EQ(subjects("crm.tariff = 基本").size(), 1U) << "it is well again";
}

TEST_F(PostgresTest, ErrorsDoNotShowRows) {
  database_->run("CREATE OR REPLACE VIEW broken AS SELECT phone, (phone || 'x')::int AS n FROM contracts");
  Source s = contracts(database_->port());
  s.key = "broken";
  s.settings["table"] = "broken";
  s.columns = must(externals().describe(owner_, s));
  must(externals().make(owner_, std::move(s)));
  const auto out = externals().preview(owner_, "broken", 5);
  ASSERT_FALSE(out);
  EXPECT_EQ(out.error().code, Code::kVirtualFailed);
  EXPECT_THAT(out.error().detail, Not(HasSubstr("139")));
  EXPECT_THAT(out.error().detail, HasSubstr("22P02"));
}

TEST_F(PostgresTest, AHostMustBeAllowedWhereItLies) {
  world_->open({.hosts = connector::Hosts("127.0.0.1,localhost", ""), .folders = {}, .engine = {}});
  EXPECT_EQ(world_->externals->describe(owner_, contracts(database_->port())).error().code,
            Code::kVirtualHostNotAllowed);
}

TEST_F(PostgresTest, RowsAreBounded) {
  Source s = contracts(database_->port());
  s.rows_max = 3;
  s.columns = must(externals().describe(owner_, s));
  made_ = must(externals().make(owner_, std::move(s)));
  EXPECT_EQ(externals().match(owner_, "crm").error().code, Code::kVirtualTooLarge);
  EXPECT_EQ(subjects("crm.n <= 1").size(), 1U);
}

TEST_F(PostgresTest, ASlowTableHoldsNobodyUp) {
  database_->run(
      "CREATE OR REPLACE VIEW slow AS SELECT phone, tariff, pg_sleep(30)::text AS s FROM contracts");
  Source s = contracts(database_->port());
  s.key = "slow";
  s.settings["table"] = "slow";
  s.time_max = seconds(1);
  s.columns = must(externals().describe(owner_, s));
  must(externals().make(owner_, std::move(s)));
  EXPECT_EQ(externals().preview(owner_, "slow", 5).error().code, Code::kVirtualTooSlow);
}

TEST_F(PostgresTest, AServerThatNeverAnswersHoldsNobodyUp) {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ASSERT_EQ(::bind(listener, reinterpret_cast<sockaddr*>(&address), size), 0);
  ASSERT_EQ(::listen(listener, 5), 0);
  ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
  Source s = contracts(ntohs(address.sin_port));
  s.time_max = seconds(1);
  EXPECT_EQ(externals().describe(owner_, s).error().code, Code::kVirtualUnreachable);
  ::close(listener);
}

TEST_F(PostgresTest, SecretsAreSealedAndStayWhereTheyWereEntered) {
  register_contracts();
  EXPECT_EQ(database_->run("SELECT 1"), "1");
  std::string kept;
  must(world_->ledger->read([&](ledger::Tx& tx) -> Result<void> {
    ledger::Statement& row = tx.sql("SELECT body, secrets FROM virtual_sources");
    CX_TRY(row.step());
    kept = std::string(row.text(0)) + std::string(row.blob(1));
    return {};
  }));
  EXPECT_THAT(kept, Not(HasSubstr(TestPostgres::kPassword)));
  world_->open(local());
  EXPECT_EQ(subjects("crm.tariff = 基本").size(), 1U) << "opened again after a restart";
  Source same = *made_;
  same.secrets.clear();
  same.name = "Another name";
  EXPECT_TRUE(must(externals().replace(owner_, made_->id, std::move(same)))->secrets.contains("password"));
  Source moved = *made_;
  moved.secrets.clear();
  moved.settings["host"] = "localhost";
  EXPECT_FALSE(must(externals().replace(owner_, made_->id, std::move(moved)))->secrets.contains("password"));
}

}  // namespace
}  // namespace zhike::external
