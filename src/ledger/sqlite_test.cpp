// What only SQLite has: a full disk, another process on the file, the reading of the common subset.
#include "ledger/sqlite.h"

#include <gtest/gtest.h>

#include "ledger/migrate.h"
#include "ledger/test_folder.h"

namespace zhike::ledger {
namespace {

TEST(Sqlite, ReadsTheCommonSubset) {
  EXPECT_EQ(to_sqlite("CREATE TABLE a (id BIGINT PRIMARY KEY, b BYTEA) /*sqlite WITHOUT ROWID*/;"),
            "CREATE TABLE a (id INTEGER PRIMARY KEY, b BLOB) WITHOUT ROWID;");
  EXPECT_EQ(to_sqlite("/*sqlite never closed"), "/*sqlite never closed");
}

TEST(Sqlite, AFullDiskHasItsOwnCodeAndPasses) {
  const TestFolder folder;
  std::filesystem::create_directories(folder.path / "migrations");
  auto db = SqliteConnection::open({.file = folder.path / "a.db", .migrations = {}},
                                   SqliteConnection::Role::kWriter);
  ASSERT_TRUE(db);
  ASSERT_TRUE((*db)->execute("CREATE TABLE t (a BLOB); PRAGMA max_page_count=20"));
  const auto fill = [&] {
    return (*db)->transact("BEGIN IMMEDIATE", [](Tx& tx) -> Result<void> {
      CX_TRY(tx.sql("INSERT INTO t (a) VALUES (zeroblob($1))").bind(1, 200'000).run());
      return {};
    });
  };
  const auto full = fill();
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().code, Code::kDiskFull);
  ASSERT_TRUE((*db)->execute("PRAGMA max_page_count=1000"));
  EXPECT_TRUE(fill());
}

TEST(Sqlite, AFileThatIsNoDatabaseIsRefused) {
  const TestFolder folder;
  std::filesystem::create_directories(folder.path / "migrations");
  EXPECT_FALSE(Db::open({.file = folder.path / "missing/a.db", .migrations = folder.path / "migrations"}));
  EXPECT_FALSE(Db::open({.file = folder.path, .migrations = folder.path / "migrations"}));
  EXPECT_FALSE(Db::open({.file = folder.path / "a.db", .migrations = folder.path / "none"}));
}

}  // namespace
}  // namespace zhike::ledger
