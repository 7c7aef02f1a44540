// The client against a real engine: values, limits, errors, streams.
#include "warehouse/client.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <string>
#include <thread>

#include "warehouse/test_engine.h"

namespace zhike::warehouse {
namespace {

class ClientTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    auto started = TestEngine::start();
    ASSERT_TRUE(started) << to_string(started.error());
    engine_ = std::move(*started);
  }
  static void TearDownTestSuite() { engine_.reset(); }

  static Client& client() { return engine_->client(); }

  static Table must(const Query& query) {
    auto table = client().select(query);
    EXPECT_TRUE(table) << to_string(table.error());
    return table ? std::move(*table) : Table{.columns = {}, .rows = {{nullptr, nullptr, nullptr}}};
  }
  static void run(std::string_view sql) {
    const auto done = client().execute({.sql = sql});
    ASSERT_TRUE(done) << to_string(done.error());
  }
  static std::uint64_t count(const std::string& table) {
    return as_u64(must({.sql = "SELECT count() FROM " + table}).rows[0][0]);
  }

  static std::unique_ptr<TestEngine> engine_;
};
std::unique_ptr<TestEngine> ClientTest::engine_;

std::string hex(std::string_view bytes) {
  std::string out;
  for (const unsigned char c : bytes) out += fmt::format("{:02X}", c);
  return out;
}

TEST_F(ClientTest, AnswersKeepTheirTypes) {
  const Table table =
      must({.sql = "SELECT toUInt64(18446744073709551615) AS big, toInt64(-9007199254740993) AS low, "
                   "1.5 AS ratio, NULL AS none, '你好 \"x\"' AS text, [1,2] AS list"});
  ASSERT_EQ(table.columns.size(), 6U);
  EXPECT_EQ(table.columns[0].name, "big");
  EXPECT_EQ(table.columns[1].type, "Int64");
  const auto& row = table.rows.at(0);
  EXPECT_EQ(as_u64(row[0]), 18446744073709551615ULL);
  EXPECT_EQ(as_i64(row[1]), -9007199254740993LL);
  EXPECT_DOUBLE_EQ(as_double(row[2]), 1.5);
  EXPECT_TRUE(std::isnan(as_double(row[3])));
  EXPECT_EQ(as_text(row[4]), "你好 \"x\"");
  EXPECT_EQ(row[5].as_array().size(), 2U);
}

TEST_F(ClientTest, ParametersCarryEveryByte) {
  std::string all;
  for (int c = 0; c < 256; ++c) all += static_cast<char>(c);
  for (const std::string& value :
       {all, std::string(), std::string("\\"), std::string("\\N"), std::string("\t\n\r\0\b\f", 6),
        std::string("'); DROP TABLE x; --"), std::string("{a:String}"), std::string("%00+&=")}) {
    Params params;
    params.set("s", value).set("list", std::vector<std::string>{value, "", value});
    const Table table = must(
        {.sql = "SELECT hex({s:String}), arrayMap(x -> hex(x), {list:Array(String)})", .params = params});
    EXPECT_EQ(as_text(table.rows[0][0]), hex(value));
    ASSERT_TRUE(table.rows[0][1].is_array());
    EXPECT_EQ(as_text(table.rows[0][1].as_array().at(0)), hex(value));
    EXPECT_EQ(as_text(table.rows[0][1].as_array().at(1)), "");
  }
}

TEST_F(ClientTest, LongParametersGoAsAForm) {
  std::vector<std::uint64_t> ids;
  for (std::uint64_t i = 0; i < 200'000; ++i) ids.push_back(i * 7'919);
  Params params;
  params.set("ids", ids).set("evil", std::string("--zhike\r\n--zhike--\r\n\0x", 22));
  const Table table =
      must({.sql = "SELECT length({ids:Array(UInt64)}), arraySum({ids:Array(UInt64)}), hex({evil:String})",
            .params = params});
  EXPECT_EQ(as_u64(table.rows[0][0]), 200'000U);
  EXPECT_EQ(as_u64(table.rows[0][1]), 7'919ULL * 199'999 * 100'000);
  EXPECT_EQ(as_text(table.rows[0][2]), hex(std::string("--zhike\r\n--zhike--\r\n\0x", 22)));
}

TEST_F(ClientTest, ParametersOfEachType) {
  Params params;
  params.set("i", std::int64_t{-5})
      .set("u", std::uint64_t{18446744073709551615ULL})
      .set("d", 0.1)
      .set("t", Instant{1'499'637'425'123});
  const Table table = must({.sql = "SELECT {i:Int64}, {u:UInt64}, {d:Float64} = 0.1, "
                                   "toUnixTimestamp64Milli({t:DateTime64(3, 'UTC')})",
                            .params = params});
  EXPECT_EQ(as_i64(table.rows[0][0]), -5);
  EXPECT_EQ(as_u64(table.rows[0][1]), 18446744073709551615ULL);
  EXPECT_EQ(as_i64(table.rows[0][2]), 1);
  EXPECT_EQ(as_i64(table.rows[0][3]), 1'499'637'425'123);
}

TEST_F(ClientTest, NothingInAValueRunsAsAStatement) {
  run("CREATE TABLE victim (s String) ENGINE = MergeTree ORDER BY s");
  Params number;
  number.set("n", "1; DROP TABLE victim");
  EXPECT_EQ(client().select({.sql = "SELECT {n:UInt64}", .params = number}).error().code, Code::kQueryFailed);
  EXPECT_EQ(client().execute({.sql = "SELECT 1; DROP TABLE victim"}).error().code, Code::kQueryFailed);
  EXPECT_FALSE(
      client().insert({.table = "victim", .format = "JSONEachRow"}, "{\"s\":\"a\"}\n\ndrop table victim\n"));
  EXPECT_FALSE(client().insert({.table = "victim", .format = "JSONEachRow"},
                               "{\"s\":\"a\"};\n\ndrop table victim;\n"));
  ASSERT_TRUE(client().insert({.table = "victim", .format = "TSV"}, "a\n\ndrop table victim\n"));
  RowWriter rows;
  rows.text("\n\n; DROP TABLE victim; --");
  ASSERT_TRUE(client().insert({.table = "victim"}, rows.bytes()));
  EXPECT_EQ(count("victim"), 4U);  // three of the TSV, one of the RowBinary: all of them data
  run("DROP TABLE victim");
}

TEST_F(ClientTest, TheStoreReachesNeitherFilesNorTheNetwork) {
  for (const char* sql :
       {"SELECT * FROM file('/etc/passwd', 'LineAsString')", "SELECT * FROM `/etc/passwd`",
        "SELECT * FROM url('http://127.0.0.1:1/', 'LineAsString')",
        "SELECT * FROM remote('127.0.0.1:1', 'system.one')",
        "INSERT INTO FUNCTION file('/tmp/zhike-evil', 'TSV', 'a String') SELECT 'x'",
        "GRANT FILE ON *.* TO default", "BACKUP DATABASE default TO File('/tmp/zhike-evil.tar')"}) {
    EXPECT_EQ(client().execute({.sql = sql}).error().code, Code::kQueryFailed) << sql;
  }
}

TEST_F(ClientTest, InsertsAreFsynced) {
  const Table table =
      must({.sql = "SELECT name FROM system.merge_tree_settings WHERE value = '1' AND name IN "
                   "('fsync_after_insert', 'fsync_part_directory', 'min_rows_to_fsync_after_merge')"});
  EXPECT_EQ(table.rows.size(), 3U);
  EXPECT_EQ(as_text(must({.sql = "SELECT getSetting('async_insert')"}).rows[0][0]), "false");
}

TEST_F(ClientTest, RowsAreWrittenOnceForOneToken) {
  run("CREATE TABLE once (id UInt64, at DateTime64(3, 'UTC'), score Nullable(Float32), tags Map(String, "
      "String)) "
      "ENGINE = MergeTree ORDER BY id SETTINGS non_replicated_deduplication_window = 100");
  RowWriter rows;
  for (std::uint64_t id = 0; id < 2'570; ++id) {  // 2570 = 0x0A0A: two line ends inside binary data
    rows.u64(id);
    rows.instant({1'700'000'000'000});
    if (id % 2 == 0)
      rows.null();
    else {
      rows.not_null();
      rows.f32(4.5F);
    }
    rows.map_size(1);
    rows.text("键");
    rows.text(std::string(200, 'x'));
  }
  for (int repeat = 0; repeat < 3; ++repeat) {
    const auto done = client().insert({.table = "once", .columns = "id, at, score, tags", .token = "block-1"},
                                      rows.bytes());
    ASSERT_TRUE(done) << to_string(done.error());
  }
  EXPECT_EQ(count("once"), 2'570U);
  ASSERT_TRUE(
      client().insert({.table = "once", .columns = "id, at, score, tags", .token = "block-2"}, rows.bytes()));
  EXPECT_EQ(count("once"), 5'140U);
  const Table table = must({.sql = "SELECT countIf(isNull(score)), any(length(tags['键'])) FROM once"});
  EXPECT_EQ(as_u64(table.rows[0][0]), 2'570U);
  EXPECT_EQ(as_u64(table.rows[0][1]), 200U);
  run("DROP TABLE once");
}

TEST_F(ClientTest, ABrokenBlockLeavesNothing) {
  run("CREATE TABLE broken (id UInt64, s String) ENGINE = MergeTree ORDER BY id");
  RowWriter rows;
  for (std::uint64_t id = 0; id < 1'000; ++id) {
    rows.u64(id);
    rows.text("text");
  }
  const std::string cut = rows.bytes().substr(0, rows.bytes().size() - 2);
  EXPECT_EQ(client().insert({.table = "broken"}, cut).error().code, Code::kQueryFailed);
  EXPECT_EQ(client().insert({.table = "nothing"}, rows.bytes()).error().code, Code::kQueryFailed);
  EXPECT_EQ(client().insert({.table = "broken", .columns = "no_such"}, rows.bytes()).error().code,
            Code::kQueryFailed);
  EXPECT_EQ(count("broken"), 0U);
  EXPECT_TRUE(client().insert({.table = "broken"}, rows.bytes()));
  EXPECT_TRUE(client().insert({.table = "broken"}, ""));
  EXPECT_EQ(count("broken"), 1'000U);
  run("DROP TABLE broken");
}

TEST_F(ClientTest, LimitsHaveTheirOwnErrorsAndTheEngineLives) {
  const int pid = engine_->supervisor().status().pid;
  const Limits small{.memory_bytes_max = 20 << 20, .time_max = seconds(30), .result_rows_max = 10};
  EXPECT_EQ(
      client()
          .select({.sql = "SELECT number, count() FROM numbers(10000000) GROUP BY number", .limits = small})
          .error()
          .code,
      Code::kQueryTooLarge);
  EXPECT_EQ(client().select({.sql = "SELECT number FROM numbers(1000)", .limits = small}).error().code,
            Code::kQueryTooLarge);
  const Limits brief{.time_max = {200}};
  EXPECT_EQ(client()
                .select({.sql = "SELECT count() FROM numbers(1000000000000) WHERE sipHash64(number) = 1",
                         .limits = brief})
                .error()
                .code,
            Code::kQueryTooSlow);
  // A limit holds for its own request only, also on the same connection.
  EXPECT_EQ(must({.sql = "SELECT number FROM numbers(1000)"}).rows.size(), 1'000U);
  EXPECT_EQ(engine_->supervisor().status().pid, pid);
}

TEST_F(ClientTest, ErrorsSayWhatTheStoreSaid) {
  const auto failed = client().select({.sql = "SELECT * FROM nothing"});
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, Code::kQueryFailed);
  EXPECT_NE(failed.error().detail.find("UNKNOWN_TABLE"), std::string::npos);
  const auto syntax = client().select({.sql = "SELEC 1"});
  ASSERT_FALSE(syntax);
  EXPECT_LT(syntax.error().detail.size(), 700U);
  EXPECT_FALSE(client().select({.sql = ""}));
}

TEST_F(ClientTest, AStreamHasOneHeaderHoweverManyPieces) {
  std::string text;
  std::size_t pieces = 0;
  const auto done =
      client().stream({.sql = "SELECT number AS \"a \"\"quoted\"\" name\", 'x' AS s FROM numbers(300000)",
                       .limits = {.result_rows_max = 0}},
                      "CSVWithNames", [&](std::string_view piece) {
                        text += piece;
                        ++pieces;
                        return true;
                      });
  ASSERT_TRUE(done) << to_string(done.error());
  EXPECT_GT(pieces, 3U);
  EXPECT_EQ(std::ranges::count(text, '\n'), 300'001);
  EXPECT_EQ(text.find("name", 40), std::string::npos);
}

TEST_F(ClientTest, AnErrorInTheMiddleOfAStreamIsNoSuccess) {
  std::size_t bytes = 0;
  const auto done = client().stream(
      {.sql = "SELECT number, throwIf(number = 900000) FROM numbers(1000000) SETTINGS max_threads = 1",
       .limits = {.result_rows_max = 0}},
      "TSV", [&](std::string_view piece) {
        bytes += piece.size();
        return true;
      });
  EXPECT_GT(bytes, 100'000U);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Code::kQueryFailed);
  EXPECT_NE(done.error().detail.find("throwIf"), std::string::npos);
}

TEST_F(ClientTest, ASinkMayStopAStream) {
  std::size_t pieces = 0;
  EXPECT_TRUE(
      client().stream({.sql = "SELECT number FROM numbers(100000000)", .limits = {.result_rows_max = 0}},
                      "TSV", [&](std::string_view) {
                        ++pieces;
                        return pieces < 2;
                      }));
  EXPECT_EQ(pieces, 2U);
  EXPECT_EQ(must({.sql = "SELECT 1"}).rows.size(), 1U);
}

TEST_F(ClientTest, AWholeFileFormatArrivesInOnePiece) {
  std::string file;
  ASSERT_TRUE(
      client().stream({.sql = "SELECT number FROM numbers(200000)"}, "Parquet", [&](std::string_view piece) {
        file += piece;
        return true;
      }));
  EXPECT_TRUE(file.starts_with("PAR1"));
  EXPECT_TRUE(file.ends_with("PAR1"));
  EXPECT_EQ(file.find("PAR1", 4), file.size() - 4);
}

TEST_F(ClientTest, AQueryCanBeCancelledByItsName) {
  std::atomic<bool> done = false;
  Code code{};
  std::thread slow([&] {
    const auto answer =
        client().select({.sql = "SELECT count() FROM numbers(10000000000000) WHERE sipHash64(number) = 1",
                         .limits = {.time_max = seconds(120)},
                         .query_id = "export-17"});
    code = answer ? Code::kInternal : answer.error().code;
    done = true;
  });
  while (!done) {
    EXPECT_TRUE(client().cancel("export-17"));
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  slow.join();
  EXPECT_EQ(code, Code::kQueryCancelled);
}

TEST_F(ClientTest, ManyThreadsShareOneClient) {
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (std::uint64_t id = 0; id < 8; ++id) {
    threads.emplace_back([&wrong, id] {
      for (std::uint64_t i = 0; i < 25; ++i) {
        Params params;
        params.set("n", id * 1'000 + i);
        const auto table = client().select({.sql = "SELECT {n:UInt64}", .params = params});
        if (!table || as_u64(table->rows.at(0).at(0)) != id * 1'000 + i) ++wrong;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

TEST_F(ClientTest, OneRequestLeavesNothingToTheNext) {
  run("SET max_threads = 1, max_result_rows = 1");
  run("CREATE TEMPORARY TABLE scratch (a Int32)");
  run("CREATE DATABASE other");
  run("USE other");
  EXPECT_EQ(as_text(must({.sql = "SELECT currentDatabase()"}).rows[0][0]), "default");
  EXPECT_FALSE(client().select({.sql = "SELECT * FROM scratch"}));
  EXPECT_EQ(must({.sql = "SELECT number FROM numbers(10)"}).rows.size(), 10U);
  run("DROP DATABASE other");
}

}  // namespace
}  // namespace zhike::warehouse
