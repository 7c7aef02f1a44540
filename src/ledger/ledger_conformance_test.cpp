// What every backend of the ledger must do. A backend joins by adding a factory to kBackends: the suite names
// no SQLite.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <limits>
#include <stdexcept>
#include <thread>

#include "ledger/db.h"
#include "ledger/test_folder.h"

namespace zhike::ledger {
namespace {

struct Backend {
  const char* name;
  /// Opens (again) the database that belongs to `folder`, with `folder`/migrations.
  Result<std::unique_ptr<Db>> (*open)(const std::filesystem::path& folder);
};

const Backend kBackends[] = {
    {"sqlite", [](const std::filesystem::path& folder) {
       return Db::open({.file = folder / "test.db", .migrations = folder / "migrations", .readers_max = 3});
     }}};

constexpr const char* kFirst =
    "-- a comment; with a semicolon\n"
    "CREATE TABLE things (id BIGINT PRIMARY KEY, name TEXT NOT NULL UNIQUE, weight DOUBLE PRECISION, raw "
    "BYTEA);\n"
    "CREATE TABLE pairs (a BIGINT NOT NULL, b BIGINT NOT NULL, n BIGINT NOT NULL, PRIMARY KEY (a, b));\n";

class Conformance : public testing::TestWithParam<Backend> {
 protected:
  void SetUp() override {
    migration("0001_first.sql", kFirst);
    db_ = open();
  }
  void migration(const char* name, std::string_view text) {
    std::filesystem::create_directories(folder_.path / "migrations");
    std::ofstream(folder_.path / "migrations" / name) << text;
  }
  std::unique_ptr<Db> open() {
    auto db = GetParam().open(folder_.path);
    EXPECT_TRUE(db) << (db ? "" : to_string(db.error()));
    return db ? std::move(*db) : nullptr;
  }
  Result<void> put(std::int64_t id, std::string_view name) {
    return db_->write([&](Tx& tx) -> Result<void> {
      CX_TRY(tx.sql("INSERT INTO things (id, name) VALUES ($1, $2)").bind(1, id).bind(2, name).run());
      return {};
    });
  }
  std::int64_t count() {
    std::int64_t n = -1;
    const auto done = db_->read([&](Tx& tx) -> Result<void> {
      Statement& row = tx.sql("SELECT count(*) FROM things");
      CX_TRY(const bool there, row.step());
      n = there ? row.i64(0) : -1;
      return {};
    });
    EXPECT_TRUE(done) << to_string(done.error());
    return n;
  }

  TestFolder folder_;
  std::unique_ptr<Db> db_;
};

TEST_P(Conformance, KeepsEveryTypeBitByBit) {
  const std::string raw("\0\xff\x80 bytes", 9);
  const std::uint64_t large = std::numeric_limits<std::uint64_t>::max() - 1;
  ASSERT_TRUE(db_->write([&](Tx& tx) -> Result<void> {
    Statement& insert = tx.sql("INSERT INTO things (id, name, weight, raw) VALUES ($1, $2, $3, $4)");
    CX_TRY(const auto n, insert.bind(1, large).bind(2, "智客 é").bind(3, 0.1).bind(4, Blob{raw}).run());
    EXPECT_EQ(n, 1);
    CX_TRY(tx.sql("INSERT INTO things (id, name) VALUES ($1, $2)").bind(1, 2).bind(2, "").run());
    return {};
  }));
  ASSERT_TRUE(db_->read([&](Tx& tx) -> Result<void> {
    Statement& row = tx.sql("SELECT id, name, weight, raw FROM things WHERE id = $1").bind(1, large);
    CX_TRY(const bool there, row.step());
    EXPECT_TRUE(there);
    EXPECT_EQ(row.u64(0), large);
    EXPECT_EQ(row.text(1), "智客 é");
    EXPECT_EQ(row.real(2), 0.1);
    EXPECT_EQ(row.blob(3), raw);
    CX_TRY(const bool more, row.step());
    EXPECT_FALSE(more);
    Statement& bare = tx.sql("SELECT name, weight, raw FROM things WHERE id = 2");
    CX_TRY(const bool second, bare.step());
    EXPECT_TRUE(second);
    EXPECT_FALSE(bare.is_null(0));  // an empty text is not null
    EXPECT_TRUE(bare.is_null(1));
    EXPECT_TRUE(bare.is_null(2));
    EXPECT_EQ(bare.blob(2), "");
    return {};
  }));
}

TEST_P(Conformance, NumbersParametersByName) {
  ASSERT_TRUE(db_->write([&](Tx& tx) -> Result<void> {
    // $2 stands before $1, and $1 twice.
    CX_TRY(tx.sql("INSERT INTO pairs (b, a, n) VALUES ($2, $1, $1)").bind(1, 10).bind(2, 20).run());
    Statement& row = tx.sql("SELECT a, b, n FROM pairs");
    CX_TRY(const bool there, row.step());
    EXPECT_TRUE(there);
    EXPECT_EQ(row.i64(0), 10);
    EXPECT_EQ(row.i64(1), 20);
    EXPECT_EQ(row.i64(2), 10);
    return {};
  }));
}

TEST_P(Conformance, AStatementComesBackFresh) {
  ASSERT_TRUE(put(1, "one"));
  ASSERT_TRUE(db_->read([&](Tx& tx) -> Result<void> {
    constexpr auto kSql = "SELECT id FROM things WHERE name = $1";
    CX_TRY(const bool first, tx.sql(kSql).bind(1, "one").step());
    EXPECT_TRUE(first);
    CX_TRY(const bool unbound, tx.sql(kSql).step());  // reset and unbound: NULL equals nothing
    EXPECT_FALSE(unbound);
    return {};
  }));
}

TEST_P(Conformance, UpsertsAndReturns) {
  for (int round = 1; round <= 3; ++round) {
    ASSERT_TRUE(db_->write([&](Tx& tx) -> Result<void> {
      Statement& row = tx.sql(
          "INSERT INTO pairs (a, b, n) VALUES (1, 2, 1) ON CONFLICT (a, b) DO UPDATE SET n = pairs.n + 1 "
          "RETURNING n");
      CX_TRY(const bool there, row.step());
      EXPECT_TRUE(there);
      EXPECT_EQ(row.i64(0), round);
      return {};
    }));
  }
  ASSERT_TRUE(db_->write([&](Tx& tx) -> Result<void> {
    CX_TRY(const auto n, tx.sql("INSERT INTO pairs (a, b, n) VALUES (1, 2, 9) ON CONFLICT DO NOTHING").run());
    EXPECT_EQ(n, 0);
    return {};
  }));
}

TEST_P(Conformance, RollsBackWhatFails) {
  const auto failed = db_->write([&](Tx& tx) -> Result<void> {
    CX_TRY(tx.sql("INSERT INTO things (id, name) VALUES (1, 'one')").run());
    return fail(Code::kBadId, "on purpose");
  });
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, Code::kBadId);
  EXPECT_EQ(count(), 0);
  EXPECT_THROW((void)db_->write([&](Tx& tx) -> Result<void> {
    CX_TRY(tx.sql("INSERT INTO things (id, name) VALUES (1, 'one')").run());
    throw std::runtime_error("on purpose");
  }),
               std::runtime_error);
  EXPECT_EQ(count(), 0);
  EXPECT_TRUE(put(1, "one"));
  EXPECT_EQ(count(), 1);
}

TEST_P(Conformance, ReportsAUniqueViolation) {
  ASSERT_TRUE(put(1, "one"));
  const auto by_key = put(1, "other"), by_name = put(2, "one");
  ASSERT_FALSE(by_key);
  ASSERT_FALSE(by_name);
  EXPECT_EQ(by_key.error().code, Code::kLedgerConflict);
  EXPECT_EQ(by_name.error().code, Code::kLedgerConflict);
  EXPECT_THAT(by_name.error().detail, testing::Not(testing::HasSubstr("'one'")));
  const auto null = db_->write([](Tx& tx) -> Result<void> {
    CX_TRY(tx.sql("INSERT INTO things (id) VALUES (3)").run());
    return {};
  });
  ASSERT_FALSE(null);
  EXPECT_EQ(null.error().code, Code::kLedgerFailed);
}

TEST_P(Conformance, ASwallowedErrorStillFailsTheTransaction) {
  ASSERT_TRUE(put(1, "one"));
  const auto done = db_->write([&](Tx& tx) -> Result<void> {
    CX_TRY(tx.sql("INSERT INTO things (id, name) VALUES (2, 'two')").run());
    (void)tx.sql("INSERT INTO things (id, name) VALUES (1, 'again')").run();
    return {};
  });
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Code::kLedgerConflict);
  EXPECT_EQ(count(), 1);
}

TEST_P(Conformance, ReportsBadSqlAtItsFirstStep) {
  const auto run = [&](std::string_view sql) {
    return db_->write([&](Tx& tx) -> Result<void> {
      CX_TRY(tx.sql(sql).bind(1, 1).run());
      return {};
    });
  };
  for (const std::string_view sql :
       {"SELEC 1", "", "SELECT * FROM missing", "SELECT $1; DELETE FROM things", "SELECT 1"}) {
    const auto bad = run(sql);
    ASSERT_FALSE(bad) << sql;
    EXPECT_EQ(bad.error().code, Code::kLedgerFailed);
  }
}

TEST_P(Conformance, AReadCannotWrite) {
  const auto done = db_->read([&](Tx& tx) -> Result<void> {
    CX_TRY(tx.sql("DELETE FROM things").run());
    return {};
  });
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Code::kLedgerFailed);
}

TEST_P(Conformance, AReadSeesOneSnapshot) {
  ASSERT_TRUE(put(1, "one"));
  const auto done = db_->read([&](Tx& tx) -> Result<void> {
    const auto rows = [&]() -> Result<std::int64_t> {
      Statement& row = tx.sql("SELECT count(*) FROM things");
      CX_TRY(const bool there, row.step());
      EXPECT_TRUE(there);
      return row.i64(0);
    };
    CX_TRY(const auto before, rows());
    std::thread([&] { EXPECT_TRUE(put(2, "two")); }).join();  // the writer does not wait for readers
    CX_TRY(const auto after, rows());
    EXPECT_EQ(before, 1);
    EXPECT_EQ(after, 1);
    return {};
  });
  EXPECT_TRUE(done);
  EXPECT_EQ(count(), 2);
}

TEST_P(Conformance, ManyThreadsReadAndWrite) {
  constexpr int kThreads = 4, kRounds = 50;
  std::atomic<int> failures = 0;
  ASSERT_TRUE(db_->write([](Tx& tx) -> Result<void> {
    CX_TRY(tx.sql("INSERT INTO pairs (a, b, n) VALUES (0, 0, 0)").run());
    return {};
  }));
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < kRounds; ++i) {
        const auto wrote = db_->write([](Tx& tx) -> Result<void> {
          CX_TRY(tx.sql("UPDATE pairs SET n = n + 1 WHERE a = 0 AND b = 0").run());
          return {};
        });
        const auto read = db_->read([](Tx& tx) -> Result<void> {
          CX_TRY(const bool there, tx.sql("SELECT n FROM pairs WHERE a = 0").step());
          return there ? Result<void>{} : fail(Code::kNotFound);
        });
        if (!wrote || !read) ++failures;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(failures, 0);
  ASSERT_TRUE(db_->read([&](Tx& tx) -> Result<void> {
    Statement& row = tx.sql("SELECT n FROM pairs WHERE a = 0");
    CX_TRY(const bool there, row.step());
    EXPECT_TRUE(there);
    EXPECT_EQ(row.i64(0), kThreads * kRounds);
    return {};
  }));
}

TEST_P(Conformance, MigratesForwardAndKeepsRows) {
  ASSERT_TRUE(put(1, "one"));
  db_.reset();
  migration("0002_second.sql", "ALTER TABLE things ADD COLUMN colour TEXT NOT NULL DEFAULT 'red';\n");
  db_ = open();
  ASSERT_TRUE(db_);
  EXPECT_EQ(count(), 1);
  db_.reset();
  db_ = open();  // nothing to do the second time
  ASSERT_TRUE(db_);
  EXPECT_EQ(count(), 1);
}

TEST_P(Conformance, RefusesChangedNewerOrBrokenMigrations) {
  db_.reset();
  const auto code = [&] {
    const auto db = GetParam().open(folder_.path);
    return db ? std::string("opened") : std::string(info(db.error().code).id);
  };
  migration("0001_first.sql", std::string(kFirst) + "\n");
  EXPECT_EQ(code(), "migration_changed");
  migration("0001_first.sql", kFirst);
  migration("0003_gap.sql", "CREATE TABLE gap (a BIGINT);");
  EXPECT_EQ(code(), "ledger_failed");
  std::filesystem::remove(folder_.path / "migrations/0003_gap.sql");
  migration("0002_broken.sql", "CREATE TABLE half (a BIGINT);\nCREATE TABEL other (a BIGINT);\n");
  EXPECT_EQ(code(), "ledger_failed");
  migration("0002_broken.sql", "CREATE TABLE half (a BIGINT);\n");  // nothing of the broken one is left
  EXPECT_EQ(code(), "opened");
  std::filesystem::remove(folder_.path / "migrations/0002_broken.sql");
  EXPECT_EQ(code(), "migration_newer");
  migration("notes.sql", "");
  EXPECT_EQ(code(), "ledger_failed");
}

INSTANTIATE_TEST_SUITE_P(Backends, Conformance, testing::ValuesIn(kBackends),
                         [](const auto& backend) { return std::string(backend.param.name); });

}  // namespace
}  // namespace zhike::ledger
