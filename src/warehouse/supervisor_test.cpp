// The engine dies, grows, is started twice: what the supervisor makes of it.
#include "warehouse/supervisor.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "base/file.h"
#include "warehouse/migrate.h"
#include "warehouse/test_engine.h"

extern char** environ;

namespace zhike::warehouse {
namespace {

using std::chrono::milliseconds;

template <class Condition>
bool eventually(Condition condition) {
  for (int i = 0; i < 3'000; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(milliseconds(10));
  }
  return false;
}

TEST(Supervisor, KilledUnderLoadItComesBack) {
  auto engine = TestEngine::start();
  ASSERT_TRUE(engine) << to_string(engine.error());
  Supervisor& supervisor = (*engine)->supervisor();
  Client& client = (*engine)->client();
  ASSERT_TRUE(client.execute({.sql = "CREATE TABLE t (id UInt64) ENGINE = MergeTree ORDER BY id SETTINGS "
                                     "non_replicated_deduplication_window = 1000"}));

  std::atomic<bool> stop = false;
  std::atomic<int> other_errors = 0, down = 0;
  std::atomic<std::uint64_t> acknowledged = 0;
  std::vector<std::thread> load;
  for (int i = 0; i < 3; ++i) {
    load.emplace_back([&] {
      while (!stop) {
        const auto table = client.select({.sql = "SELECT sum(sipHash64(number)) FROM numbers(100000)"});
        if (!table) ++(table.error().code == Code::kWarehouseDown ? down : other_errors);
        if (!table) std::this_thread::sleep_for(milliseconds(5));
      }
    });
  }
  load.emplace_back([&] {
    for (std::uint64_t id = 0; !stop; ++id) {
      RowWriter row;
      row.u64(id);
      const std::string token = "token-" + std::to_string(id);
      while (!stop) {  // retried with its token until it is acknowledged
        const auto done = client.insert({.table = "t", .token = token}, row.bytes());
        if (done) break;
        if (done.error().code != Code::kWarehouseDown) ++other_errors;
        std::this_thread::sleep_for(milliseconds(5));
      }
      if (!stop) acknowledged = id + 1;
    }
  });
  for (int round = 1; round <= 3; ++round) {
    std::this_thread::sleep_for(milliseconds(200));
    const int pid = supervisor.status().pid;
    const auto from = std::chrono::steady_clock::now();
    ASSERT_EQ(::kill(pid, SIGKILL), 0);
    ASSERT_TRUE(eventually([&] { return supervisor.status().ready && supervisor.status().pid != pid; }));
    const auto ms = std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - from).count();
    RecordProperty(fmt::format("back_after_ms_{}", round), std::to_string(ms));
    std::printf("back after %lld ms\n", static_cast<long long>(ms));
  }
  std::this_thread::sleep_for(milliseconds(200));
  stop = true;
  for (auto& thread : load) thread.join();
  EXPECT_GT(down, 0);
  EXPECT_EQ(other_errors, 0);
  EXPECT_EQ(supervisor.status().restarts, 3U);
  EXPECT_NE(supervisor.status().last_death.find("signal 9"), std::string::npos);
  const auto table = client.select({.sql = "SELECT count(), uniqExact(id) FROM t"});
  ASSERT_TRUE(table) << to_string(table.error());
  EXPECT_EQ(as_u64(table->rows[0][0]), as_u64(table->rows[0][1]));  // nothing twice
  EXPECT_GE(as_u64(table->rows[0][0]), acknowledged.load());        // nothing lost
}

TEST(Supervisor, TheLargestQueryIsCancelledWhenMemoryIsShort) {
  auto engine = TestEngine::start({.memory_bytes_max = 600ULL << 20, .counted_bytes_max = 8ULL << 30});
  ASSERT_TRUE(engine) << to_string(engine.error());
  const auto table = (*engine)->client().select(
      {.sql = "SELECT count() FROM (SELECT number, count() FROM numbers(300000000) GROUP BY number) "
              "SETTINGS max_bytes_ratio_before_external_group_by = 0",
       .limits = {.memory_bytes_max = 8ULL << 30, .time_max = seconds(120)}});
  ASSERT_FALSE(table);
  // Cancelled, or, when it grew faster than it could be cancelled, the engine was restarted.
  EXPECT_TRUE(table.error().code == Code::kQueryCancelled || table.error().code == Code::kWarehouseDown)
      << to_string(table.error());
  // The query may learn that the engine is gone before the supervisor does.
  EXPECT_TRUE(eventually([&] {
    const auto now = (*engine)->supervisor().status();
    return now.ready && now.queries_cancelled + now.restarts > 0;
  }));
  const auto status = (*engine)->supervisor().status();
  std::printf("cancelled %llu, restarts %llu\n", static_cast<unsigned long long>(status.queries_cancelled),
              static_cast<unsigned long long>(status.restarts));
  EXPECT_TRUE(eventually([&] { return (*engine)->client().select({.sql = "SELECT 1"}).has_value(); }));
}

TEST(Supervisor, TheEngineRefusesBeforeTheWatchdogMust) {
  auto engine = TestEngine::start({.memory_bytes_max = 800ULL << 20});
  ASSERT_TRUE(engine) << to_string(engine.error());
  const auto table =
      (*engine)->client().select({.sql = "SELECT number, count() FROM numbers(300000000) GROUP BY number "
                                         "SETTINGS max_bytes_ratio_before_external_group_by = 0",
                                  .limits = {.memory_bytes_max = 8ULL << 30, .time_max = seconds(120)}});
  ASSERT_FALSE(table);
  EXPECT_TRUE(table.error().code == Code::kWarehouseBusy || table.error().code == Code::kQueryCancelled)
      << to_string(table.error());
  EXPECT_EQ((*engine)->supervisor().status().restarts, 0U);
}

TEST(Supervisor, OneStoreHasOneEngine) {
  auto engine = TestEngine::start();
  ASSERT_TRUE(engine) << to_string(engine.error());
  const auto second = Supervisor::start({.program = find_engine(),
                                         .folder = (*engine)->folder() / "store",
                                         .socket = (*engine)->folder() / "second.sock",
                                         .lock_max = {200}});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Code::kEngineFailed);
  EXPECT_NE(second.error().detail.find("lock"), std::string::npos) << second.error().detail;
  EXPECT_TRUE((*engine)->client().select({.sql = "SELECT 1"}));
}

TEST(Supervisor, StopsInOrderAndStartsAgainOnTheSameData) {
  auto engine = TestEngine::start();
  ASSERT_TRUE(engine) << to_string(engine.error());
  Client& client = (*engine)->client();
  ASSERT_TRUE(client.execute({.sql = "CREATE TABLE kept (id UInt64) ENGINE = MergeTree ORDER BY id"}));
  RowWriter row;
  row.u64(7);
  ASSERT_TRUE(client.insert({.table = "kept"}, row.bytes()));
  const int pid = (*engine)->supervisor().status().pid;
  (*engine)->supervisor().stop();
  EXPECT_NE(::kill(pid, 0), 0);
  EXPECT_FALSE((*engine)->supervisor().status().ready);
  EXPECT_FALSE(std::filesystem::exists((*engine)->folder() / "engine.sock"));
  EXPECT_EQ(client.select({.sql = "SELECT 1"}).error().code, Code::kWarehouseDown);
  const auto again = Supervisor::start({.program = find_engine(),
                                        .folder = (*engine)->folder() / "store",
                                        .socket = (*engine)->folder() / "engine.sock"});
  ASSERT_TRUE(again) << to_string(again.error());
  const auto table = client.select({.sql = "SELECT sum(id) FROM kept"});
  ASSERT_TRUE(table) << to_string(table.error());
  EXPECT_EQ(as_u64(table->rows[0][0]), 7U);
}

TEST(Supervisor, WaitsForTheStoreOfAnEngineThatIsLeaving) {
  auto engine = TestEngine::start();
  ASSERT_TRUE(engine) << to_string(engine.error());
  std::thread leaving([&] {
    std::this_thread::sleep_for(milliseconds(600));
    (*engine)->supervisor().stop();
  });
  const auto second = Supervisor::start({.program = find_engine(),
                                         .folder = (*engine)->folder() / "store",
                                         .socket = (*engine)->folder() / "b.sock"});
  leaving.join();
  EXPECT_TRUE(second) << to_string(second.error());
}

TEST(Supervisor, SaysWhyItCannotStart) {
  const auto none = Supervisor::start({.program = "/nonexistent/zhike-engine", .folder = "/tmp"});
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, Code::kEngineFailed);
  const auto wrong = Supervisor::start(
      {.program = "/bin/false", .folder = std::filesystem::temp_directory_path() / "zhike-none"});
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, Code::kEngineFailed);
  EXPECT_NE(wrong.error().detail.find("exit 1"), std::string::npos);
  const auto path = Supervisor::start({.program = find_engine(),
                                       .folder = std::filesystem::temp_directory_path() / "zhike-none",
                                       .socket = "/tmp/" + std::string(200, 'x')});
  ASSERT_FALSE(path);
  EXPECT_EQ(path.error().code, Code::kEngineFailed);
}

TEST(Supervisor, TheEngineEndsWithItsParent) {
  std::string folder = (std::filesystem::temp_directory_path() / "zhike-orphan-XXXXXX").string();
  ASSERT_NE(::mkdtemp(folder.data()), nullptr);
  std::string program = find_engine(), path = folder + "/store", socket = folder + "/s";
  std::string parent = "1";  // not this process: as if it had died already
  std::string names[] = {"--path", "--socket", "--parent"};
  char* arguments[] = {program.data(), names[0].data(), path.data(),   names[1].data(),
                       socket.data(),  names[2].data(), parent.data(), nullptr};
  pid_t pid = 0;
  ASSERT_EQ(::posix_spawn(&pid, program.c_str(), nullptr, nullptr, arguments, environ), 0);
  int status = 0;
  ASSERT_TRUE(eventually([&] { return ::waitpid(pid, &status, WNOHANG) == pid; }));
  EXPECT_TRUE(WIFEXITED(status));
  std::filesystem::remove_all(folder);
}

class Migrations : public testing::Test {
 protected:
  void SetUp() override {
    auto started = TestEngine::start();
    ASSERT_TRUE(started) << to_string(started.error());
    engine_ = std::move(*started);
    folder_ = engine_->folder() / "migrations";
    std::filesystem::create_directory(folder_);
    write("0001_a.sql",
          "-- why\nCREATE TABLE IF NOT EXISTS a (x Int32)\nENGINE = MergeTree ORDER BY x;\n\nINSERT INTO a "
          "VALUES (1);\n");
    write("0002_b.sql", "-- why; not a statement\nALTER TABLE a ADD COLUMN y String DEFAULT 'a;b';\n");
    write("readme.txt", "not a migration");
  }
  void write(const std::string& name, std::string_view text) {
    ASSERT_TRUE(write_file(folder_ / name, text));
  }
  Result<std::size_t> run() { return migrate(engine_->client(), folder_); }
  std::unique_ptr<TestEngine> engine_;
  std::filesystem::path folder_;
};

TEST_F(Migrations, AreAppliedOnceInOrder) {
  EXPECT_EQ(run().value_or(99), 2U);
  EXPECT_EQ(run().value_or(99), 0U);
  write("0003_c.sql", "CREATE TABLE c (x Int32) ENGINE = MergeTree ORDER BY x");
  EXPECT_EQ(run().value_or(99), 1U);
  const auto table = engine_->client().select({.sql = "SELECT x, y FROM a"});
  ASSERT_TRUE(table);
  EXPECT_EQ(as_text(table->rows.at(0).at(1)), "a;b");
}

TEST_F(Migrations, ChangedNewerOrMissingOnesAreRefused) {
  ASSERT_TRUE(run());
  write("0001_a.sql", "CREATE TABLE IF NOT EXISTS a (x Int64) ENGINE = MergeTree ORDER BY x;\n");
  EXPECT_EQ(run().error().code, Code::kMigrationChanged);
  std::filesystem::remove(folder_ / "0002_b.sql");
  EXPECT_EQ(run().error().code, Code::kMigrationNewer);
  write("0003_c.sql", "SELECT 1");
  EXPECT_EQ(run().error().code, Code::kFileFailed);  // a gap
  EXPECT_EQ(migrate(engine_->client(), folder_ / "none").error().code, Code::kFileFailed);
}

TEST_F(Migrations, AFailedOneIsNamedAndTriedAgain) {
  write("0003_c.sql", "CREATE TABLE IF NOT EXISTS c (x Int32) ENGINE = MergeTree ORDER BY x;\nSELEC 1;\n");
  const auto failed = run();
  ASSERT_FALSE(failed);
  EXPECT_NE(failed.error().detail.find("0003_c.sql, statement 2"), std::string::npos)
      << failed.error().detail;
  write("0003_c.sql", "CREATE TABLE IF NOT EXISTS c (x Int32) ENGINE = MergeTree ORDER BY x;\nSELECT 1;\n");
  EXPECT_EQ(run().value_or(99), 1U);
}

}  // namespace
}  // namespace zhike::warehouse
