// The client against servers that misbehave, and the engine against clients that do.
#include "warehouse/http.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <random>
#include <string>
#include <thread>

#include "warehouse/client.h"
#include "warehouse/test_engine.h"

namespace zhike::warehouse {
namespace {

/// Answers every connection with the same bytes, after it has read a head, and closes.
class FixedServer {
 public:
  explicit FixedServer(std::string answer)
      : answer_(std::move(answer)), listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    cx_check(::bind(listener_.get(), reinterpret_cast<sockaddr*>(&address), size) == 0 &&
             ::listen(listener_.get(), 8) == 0);
    ::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address), &size);
    address_ = "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
    thread_ = std::thread([this] { serve(); });
  }
  ~FixedServer() {
    ::shutdown(listener_.get(), SHUT_RDWR);
    thread_.join();
  }
  [[nodiscard]] const std::string& address() const { return address_; }

 private:
  void serve() {
    while (true) {
      const Fd peer(::accept(listener_.get(), nullptr, nullptr));
      if (!peer.is_open()) return;
      std::string head;
      char bytes[4096];
      while (head.find("\r\n\r\n") == std::string::npos) {
        const ssize_t size = ::recv(peer.get(), bytes, sizeof bytes, 0);
        if (size <= 0) break;
        head.append(bytes, static_cast<std::size_t>(size));
      }
      (void)::send(peer.get(), answer_.data(), answer_.size(), MSG_NOSIGNAL);
      ::shutdown(peer.get(), SHUT_WR);
      while (::recv(peer.get(), bytes, sizeof bytes, 0) > 0) {
      }
    }
  }
  std::string answer_, address_;
  Fd listener_;
  std::thread thread_;
};

Code code_for(const std::string& answer) {
  const FixedServer server(answer);
  const auto result = Client::connect(server.address())->select({.sql = "SELECT 1"});
  return result ? Code::kInternal : result.error().code;
}

constexpr std::string_view kTable = R"({"meta":[{"name":"a","type":"UInt8"}],"data":[[1]],"rows":1})";

TEST(HttpClient, ReadsWholeAnswersOfBothKinds) {
  const std::string length = "HTTP/1.1 200 OK\r\ncontent-length: " + std::to_string(kTable.size()) +
                             "\r\n\r\n" + std::string(kTable);
  EXPECT_EQ(code_for(length), Code::kInternal);  // no error
  std::string chunks = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (std::size_t i = 0; i < kTable.size(); i += 5)
    chunks +=
        fmt::format("{:X};x=y\r\n{}\r\n", std::min<std::size_t>(5, kTable.size() - i), kTable.substr(i, 5));
  EXPECT_EQ(code_for(chunks + "0\r\nTrailer: x\r\n\r\n"), Code::kInternal);
  EXPECT_EQ(code_for(chunks), Code::kWarehouseDown);  // without its last chunk
}

TEST(HttpClient, BrokenAnswersAreErrors) {
  EXPECT_EQ(code_for(""), Code::kWarehouseDown);
  EXPECT_EQ(code_for("garbage\r\n\r\n"), Code::kWarehouseDown);
  EXPECT_EQ(code_for(std::string(1 << 20, 'x')), Code::kWarehouseDown);
  EXPECT_EQ(code_for("HTTP/1.1 200 OK\r\n"), Code::kWarehouseDown);
  EXPECT_EQ(code_for("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"meta\""), Code::kWarehouseDown);
  EXPECT_EQ(code_for("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"), Code::kWarehouseDown);
  EXPECT_EQ(code_for("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\n"), Code::kWarehouseDown);
  EXPECT_EQ(code_for("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"), Code::kQueryFailed);
}

TEST(HttpClient, StoreErrorsAreTold) {
  const auto answer = [](int status, int code, std::string_view text) {
    return fmt::format("HTTP/1.1 {} X\r\nX-ClickHouse-Exception-Code: {}\r\nContent-Length: {}\r\n\r\n{}",
                       status, code, text.size(), text);
  };
  EXPECT_EQ(code_for(answer(500, 241, "Code: 241. Memory limit (for query) exceeded")), Code::kQueryTooLarge);
  EXPECT_EQ(code_for(answer(500, 241, "Code: 241. (total) memory limit exceeded")), Code::kWarehouseBusy);
  EXPECT_EQ(code_for(answer(503, 202, "")), Code::kWarehouseBusy);
  EXPECT_EQ(code_for(answer(500, 243, "Code: 243. Cannot reserve")), Code::kDiskFull);
  EXPECT_EQ(code_for(answer(500, 1001, "No space left on device")), Code::kDiskFull);
  // Older servers write the error into a 200 answer and cut the connection.
  EXPECT_EQ(code_for("HTTP/1.1 200 OK\r\nTransfer-Encoding: "
                     "chunked\r\n\r\n2B\r\n{\"meta\":[],\"data\":[[1]Code: 159. DB::Excepti"),
            Code::kQueryTooSlow);
}

TEST(HttpClient, NobodyThere) {
  EXPECT_EQ(Client::connect("unix:/nonexistent/engine.sock")->select({.sql = "SELECT 1"}).error().code,
            Code::kWarehouseDown);
  EXPECT_EQ(Client::connect("http://127.0.0.1:1")->select({.sql = "SELECT 1"}).error().code,
            Code::kWarehouseDown);
  EXPECT_EQ(Client::connect("ftp://x")->select({.sql = "SELECT 1"}).error().code, Code::kQueryFailed);
  EXPECT_EQ(Client::connect("unix:" + std::string(200, 'x'))->select({.sql = "SELECT 1"}).error().code,
            Code::kWarehouseDown);
}

/// A raw connection to the engine.
class Raw {
 public:
  explicit Raw(const std::string& path) : fd_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.data(), path.size());
    cx_check(::connect(fd_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  }
  void send(std::string_view bytes) const {
    (void)::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
  }
  void end() const { ::shutdown(fd_.get(), SHUT_WR); }
  /// What comes until it is quiet for a while or closed.
  [[nodiscard]] std::string receive(int quiet_ms = 300) const {
    std::string out;
    char bytes[4096];
    pollfd entry{fd_.get(), POLLIN, 0};
    while (::poll(&entry, 1, quiet_ms) > 0) {
      const ssize_t size = ::recv(fd_.get(), bytes, sizeof bytes, 0);
      if (size <= 0) break;
      out.append(bytes, static_cast<std::size_t>(size));
    }
    return out;
  }

 private:
  Fd fd_;
};

class EngineHttp : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    auto started = TestEngine::start();
    ASSERT_TRUE(started) << to_string(started.error());
    engine_ = std::move(*started);
    pid_ = engine_->supervisor().status().pid;
  }
  static void TearDownTestSuite() { engine_.reset(); }
  /// The same engine still answers.
  void TearDown() override {
    EXPECT_TRUE(engine_->client().select({.sql = "SELECT 1"}));
    EXPECT_EQ(engine_->supervisor().status().pid, pid_);
  }
  static std::string socket() { return engine_->folder() / "engine.sock"; }
  static std::string answer_to(std::string_view bytes) {
    const Raw raw(socket());
    raw.send(bytes);
    raw.end();
    return raw.receive(2'000);
  }
  static std::unique_ptr<TestEngine> engine_;
  static int pid_;
};
std::unique_ptr<TestEngine> EngineHttp::engine_;
int EngineHttp::pid_ = 0;

TEST_F(EngineHttp, SpeaksHttp) {
  EXPECT_TRUE(answer_to("GET /ping HTTP/1.1\r\nHost: x\r\n\r\n").ends_with("Ok.\n"));
  EXPECT_NE(answer_to("GET /?query=SELECT%201%2B1+FORMAT+TSV HTTP/1.1\r\nHost: x\r\n\r\n").find("\r\n2\n"),
            std::string::npos);
  EXPECT_NE(answer_to("GET /none HTTP/1.1\r\nHost: x\r\n\r\n").find(" 404 "), std::string::npos);
  EXPECT_NE(answer_to("DELETE / HTTP/1.1\r\nHost: x\r\n\r\n").find(" 404 "), std::string::npos);
  const std::string two = answer_to(
      "POST / HTTP/1.1\r\nContent-Length: 8\r\n\r\nSELECT 7POST / HTTP/1.1\r\nContent-Length: "
      "8\r\n\r\nSELECT 8");
  EXPECT_NE(two.find("7\n"), std::string::npos);
  EXPECT_NE(two.find("8\n"), std::string::npos);
}

TEST_F(EngineHttp, GarbageIsRefused) {
  EXPECT_NE(answer_to("hello\r\n\r\n").find(" 400 "), std::string::npos);
  EXPECT_NE(answer_to("POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n").find(" 400 "), std::string::npos);
  EXPECT_NE(answer_to("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"), "x");
  EXPECT_NE(answer_to("GET /?query=%zz HTTP/1.1\r\n\r\n").find("X-ClickHouse-Exception-Code"),
            std::string::npos);
  EXPECT_NE(answer_to("GET /?a-b=1&query=SELECT+1 HTTP/1.1\r\n\r\n").find("Unknown setting"),
            std::string::npos);
  answer_to("POST / HTTP/1.1\r\nX: " + std::string(3 << 20, 'x') + "\r\n\r\n");
  answer_to(
      "POST / HTTP/1.1\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: "
      "20\r\n\r\n--b\r\nname=x\r\n--b--xxxx");
}

TEST_F(EngineHttp, RandomBytesDoNotEndIt) {
  std::mt19937_64 random{7};
  const std::string valid =
      "POST /?query=INSERT+INTO+nothing+FORMAT+RowBinary&param_a=%41&max_threads=1 HTTP/1.1\r\n"
      "Transfer-Encoding: chunked\r\nContent-Type: text/plain\r\n\r\n4\r\nabcd\r\n0\r\n\r\n";
  for (int round = 0; round < 300; ++round) {
    std::string bytes = valid;
    const auto changes = 1 + random() % 8;
    for (std::uint64_t i = 0; i < changes; ++i) bytes[random() % bytes.size()] = static_cast<char>(random());
    if (round % 3 == 0) bytes.resize(random() % bytes.size());
    if (round % 7 == 0)
      for (char& c : bytes) c = static_cast<char>(random());
    const Raw raw(socket());
    raw.send(bytes);
    raw.end();
    (void)raw.receive(50);
  }
}

TEST_F(EngineHttp, HalfAnInsertIsNoInsert) {
  ASSERT_TRUE(
      engine_->client().execute({.sql = "CREATE TABLE half (s String) ENGINE = MergeTree ORDER BY s"}));
  const std::string row(1 << 16, 'x');
  for (int round = 0; round < 5; ++round) {
    const Raw raw(socket());
    raw.send("POST /?query=INSERT+INTO+half+FORMAT+TSV HTTP/1.1\r\nContent-Length: 100000000\r\n\r\n");
    for (int i = 0; i < 20 * round; ++i) raw.send(row + "\n");
    raw.end();
    (void)raw.receive();
  }
  const auto table = engine_->client().select({.sql = "SELECT count() FROM half"});
  ASSERT_TRUE(table);
  EXPECT_EQ(as_u64(table->rows[0][0]), 0U);
  EXPECT_NE(answer_to("POST /?query=INSERT+INTO+half+FORMAT+TSV HTTP/1.1\r\nTransfer-Encoding: "
                      "chunked\r\n\r\n2\r\na\n\r\n3\r\nbb\n\r\n0\r\n\r\n")
                .find("\"written_rows\":\"2\""),
            std::string::npos);
}

TEST_F(EngineHttp, RowsInsideTheStatementAreRefused) {
  const std::string sql = "INSERT INTO half FORMAT JSONEachRow {\"s\":\"a\"}\n\nDROP TABLE half";
  EXPECT_NE(answer_to(fmt::format("POST / HTTP/1.1\r\nContent-Length: {}\r\n\r\n{}", sql.size(), sql))
                .find("Exception-Code"),
            std::string::npos);
  EXPECT_TRUE(engine_->client().select({.sql = "SELECT 1 FROM half LIMIT 1"}));
}

TEST_F(EngineHttp, AClientThatLeavesEndsItsQuery) {
  {
    const Raw raw(socket());
    raw.send("POST / HTTP/1.1\r\nContent-Length: 41\r\n\r\nSELECT number FROM system.numbers  /* x */");
    (void)raw.receive(100);
  }
  std::uint64_t running = 1;
  for (int i = 0; i < 200 && running > 0; ++i) {
    const auto table =
        engine_->client().select({.sql = "SELECT count() FROM system.processes WHERE query LIKE "
                                         "'%system.numbers  %' AND query NOT LIKE '%processes%'"});
    ASSERT_TRUE(table) << to_string(table.error());
    running = as_u64(table->rows[0][0]);
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  EXPECT_EQ(running, 0U);
}

TEST_F(EngineHttp, TooManyConnectionsAreTurnedAway) {
  std::vector<std::unique_ptr<Raw>> open;
  for (int i = 0; i < 80; ++i) open.push_back(std::make_unique<Raw>(socket()));
  open.back()->send("GET /ping HTTP/1.1\r\n\r\n");
  EXPECT_NE(open.back()->receive().find(" 503 "), std::string::npos);
  open.clear();
  for (int i = 0; i < 100 && !engine_->client().select({.sql = "SELECT 1"}); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
}

}  // namespace
}  // namespace zhike::warehouse
