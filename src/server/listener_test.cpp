#include "server/listener.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "server/problem.h"
#include "server/test_client.h"

namespace zhike::server {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

/// Answers with what it was asked; /slow waits for release().
class Echo final : public Service {
 public:
  ~Echo() override { release(); }
  void handle(Request request, Reply reply) override {
    ++handled;
    if (request.path == "/watched") {
      const std::lock_guard lock(mutex_);
      waiting_.push_back(std::thread([this, request, reply = std::move(reply)] {
        for (int i = 0; i < 300 && !request.is_abandoned(); ++i)
          std::this_thread::sleep_for(std::chrono::milliseconds(10));
        if (request.is_abandoned()) ++abandoned;
        reply(Response{.type = "text/plain", .body = "watched", .headers = {}});
      }));
      return;
    }
    if (request.path == "/slow") {
      const std::lock_guard lock(mutex_);
      waiting_.push_back(std::thread([this, reply = std::move(reply)] {
        std::unique_lock hold(mutex_);
        wake_.wait(hold, [this] { return released_; });
        reply(Response{.type = "text/plain", .body = "late", .headers = {}});
      }));
      return;
    }
    reply(Response{.type = "text/plain",
                   .body = request.method + " " + request.path + " " + std::to_string(request.body.size()) +
                           " " + request.body.substr(0, 20),
                   .headers = {}});
  }
  std::size_t body_bytes_max(std::string_view, std::string_view path) const override {
    return path == "/large" ? 1 << 20 : 1000;
  }
  bool is_watched(std::string_view, std::string_view path) const override { return path == "/watched"; }
  Result<std::shared_ptr<SocketHandler>> upgrade(const Request&) override { return fail(Code::kNotSignedIn); }
  void release() {
    std::vector<std::thread> waiting;
    {
      const std::lock_guard lock(mutex_);
      released_ = true;
      waiting.swap(waiting_);
    }
    wake_.notify_all();
    for (auto& thread : waiting) thread.join();
  }
  std::atomic<int> handled{0}, abandoned{0};

 private:
  std::mutex mutex_;
  std::condition_variable wake_;
  bool released_ = false;
  std::vector<std::thread> waiting_;
};

class ListenerTest : public testing::Test {
 protected:
  void SetUp() override {
    ListenerOptions options;
    options.read_timeout = Millis{300};
    options.idle_timeout = Millis{600};
    options.header_bytes_max = 4096;
    options.connections_max = 20;
    auto started = Listener::start(options, echo_);
    ASSERT_TRUE(started) << to_string(started.error());
    listener_ = std::move(*started);
  }
  std::string ask(std::string_view bytes) {
    RawClient client(listener_->port());
    EXPECT_TRUE(client.send(bytes));
    return client.read_all(2000);
  }
  Echo echo_;
  std::unique_ptr<Listener> listener_;
};

TEST_F(ListenerTest, AnswersAndKeepsTheConnection) {
  RawClient client(listener_->port());
  for (int i = 0; i < 3; ++i) {
    client.send("POST /a%20b?x=1 HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello");
    const std::string answer = client.read_until("hello");
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
    EXPECT_THAT(answer, HasSubstr("POST /a b 5 hello"));
    EXPECT_THAT(answer, HasSubstr("X-Request-Id: "));
  }
}

TEST_F(ListenerTest, PipelinedRequestsAreAnsweredInOrder) {
  const std::string answers =
      ask("GET /1 HTTP/1.1\r\nHost: h\r\n\r\nGET /2 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  EXPECT_LT(answers.find("GET /1"), answers.find("GET /2"));
  EXPECT_NE(answers.find("GET /2"), std::string::npos);
}

TEST_F(ListenerTest, HeadHasLengthButNoBody) {
  const std::string answer = ask("HEAD /x HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(answer, HasSubstr("Content-Length: 10"));
  EXPECT_THAT(answer, Not(HasSubstr("HEAD /x")));
}

TEST_F(ListenerTest, ChunkedBodiesArePutTogether) {
  const std::string answer =
      ask("POST /c HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
          "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
  EXPECT_THAT(answer, HasSubstr("POST /c 5 abcde"));
}

TEST_F(ListenerTest, ExpectContinueIsHonoured) {
  RawClient client(listener_->port());
  client.send("POST /e HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  EXPECT_THAT(client.read_until("\r\n\r\n"), StartsWith("HTTP/1.1 100 Continue"));
  client.send("ok");
  EXPECT_THAT(client.read_until("ok"), HasSubstr("POST /e 2 ok"));
}

struct Hostile {
  const char* name;
  std::string bytes;
  const char* answer;
};

TEST_F(ListenerTest, HostileRequestsAreRefusedAndTheServiceLives) {
  const std::string big(6000, 'a');
  const Hostile cases[] = {
      {"not http", "\x16\x03\x01\x02\x00\x01\xfc\x03\r\n\r\n", "HTTP/1.1 400"},
      {"no host", "GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 400"},
      {"two hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "HTTP/1.1 400"},
      {"two lengths", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
       "HTTP/1.1 400"},
      {"equal lengths", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na",
       "HTTP/1.1 400"},
      {"length and chunked",
       "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
       "HTTP/1.1 400"},
      {"unknown transfer encoding", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n",
       "HTTP/1.1 400"},
      {"negative length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", "HTTP/1.1 400"},
      {"space before colon", "GET / HTTP/1.1\r\nHost : a\r\n\r\n", "HTTP/1.1 400"},
      {"folded header with a bare newline", "GET / HTTP/1.1\nHost: a\n\n", "HTTP/1.1 400"},
      {"large header", "GET / HTTP/1.1\r\nHost: a\r\nX: " + big + "\r\n\r\n", "HTTP/1.1 431"},
      {"large body", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 6000\r\n\r\n" + big, "HTTP/1.1 413"},
      {"large chunked body",
       "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1770\r\n" + big + "\r\n0\r\n\r\n",
       "HTTP/1.1 413"},
      {"bad chunk", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "HTTP/1.1 400"},
      {"path above the root", "GET /../etc/passwd HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 400"},
      {"encoded dots", "GET /%2e%2e/x HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 400"},
      {"nul", "GET /%00 HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 400"},
      {"absolute target", "GET http://evil/ HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 400"},
      {"http 2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "HTTP/1.1 400"},
  };
  for (const auto& hostile : cases) {
    const std::string answer = ask(hostile.bytes);
    EXPECT_THAT(answer, StartsWith(hostile.answer)) << hostile.name;
    EXPECT_THAT(answer, HasSubstr("application/problem+json")) << hostile.name;
  }
  EXPECT_EQ(echo_.handled, 0);
  EXPECT_THAT(ask("GET /alive HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"), HasSubstr("GET /alive"));
}

TEST_F(ListenerTest, StalledRequestsAreToldAndClosed) {
  for (const char* start :
       {"GET / HTTP/1.1\r\nHo", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc",
        "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab"}) {
    RawClient client(listener_->port());
    client.send(start);
    const std::string answer = client.read_all(3000);
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 408 Request Timeout\r\n")) << start;
    EXPECT_THAT(answer, HasSubstr("Connection: close\r\n")) << start;
    EXPECT_THAT(answer, HasSubstr("\"code\":\"request_timeout\"")) << start;
    EXPECT_TRUE(client.closed_by_peer()) << start;
  }
  EXPECT_EQ(echo_.handled, 0);
}

TEST_F(ListenerTest, AStallAfterAnAnswerIsToldToo) {
  RawClient client(listener_->port());
  client.send("GET /1 HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_THAT(client.read_until("GET /1"), HasSubstr("200 OK"));
  std::this_thread::sleep_for(std::chrono::milliseconds(350));  // longer than a request may take, but idle
  client.send("GET /2 HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_THAT(client.read_until("GET /2"), HasSubstr("200 OK"));
  client.send("GET /3 HT");
  EXPECT_THAT(client.read_all(3000), HasSubstr("HTTP/1.1 408"));
  EXPECT_EQ(echo_.handled, 2);
}

TEST_F(ListenerTest, IdleConnectionsAreClosedSilently) {
  RawClient client(listener_->port());
  EXPECT_EQ(client.read_all(3000), "");
  EXPECT_TRUE(client.closed_by_peer());
}

TEST_F(ListenerTest, GzipBodiesAreInflatedWithinTheLimit) {
  const auto post = [&](const std::string& body, std::string_view encoding) {
    return ask(
        fmt::format("POST /z HTTP/1.1\r\nHost: h\r\nContent-Encoding: {}\r\nContent-Length: "
                    "{}\r\nConnection: close\r\n\r\n{}",
                    encoding, body.size(), body));
  };
  EXPECT_THAT(post(gzip("hello"), "gzip"), HasSubstr("POST /z 5 hello"));
  EXPECT_THAT(post(gzip(std::string(500'000, 'a')), "gzip"), StartsWith("HTTP/1.1 413"));
  EXPECT_THAT(post("not gzip", "gzip"), StartsWith("HTTP/1.1 400"));
  EXPECT_THAT(post(gzip("hello").substr(0, 15), "gzip"), StartsWith("HTTP/1.1 400"));
  EXPECT_THAT(post(gzip("hello") + "tail", "gzip"), StartsWith("HTTP/1.1 400"));
  EXPECT_THAT(post("x", "br"), StartsWith("HTTP/1.1 415"));
}

TEST_F(ListenerTest, RequestIdsAreTakenOnlyWhenPlain) {
  EXPECT_THAT(ask("GET / HTTP/1.1\r\nHost: h\r\nX-Request-Id: abc-1\r\nConnection: close\r\n\r\n"),
              HasSubstr("X-Request-Id: abc-1\r\n"));
  EXPECT_THAT(ask("GET / HTTP/1.1\r\nHost: h\r\nX-Request-Id: <script>\r\nConnection: close\r\n\r\n"),
              Not(HasSubstr("script")));
}

TEST_F(ListenerTest, TooManyConnectionsAreClosed) {
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 30; ++i) clients.push_back(std::make_unique<RawClient>(listener_->port()));
  EXPECT_EQ(clients.back()->read_all(200), "");
  EXPECT_TRUE(clients.back()->closed_by_peer());
  EXPECT_LE(listener_->connections(), 20U);
}

TEST_F(ListenerTest, StopWaitsForTheAnswerOwed) {
  RawClient client(listener_->port());
  client.send("GET /slow HTTP/1.1\r\nHost: h\r\n\r\n");
  while (echo_.handled == 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  std::thread stopper([&] { listener_->stop(seconds(3)); });
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  echo_.release();
  EXPECT_THAT(client.read_all(3000), HasSubstr("late"));
  stopper.join();
  EXPECT_FALSE(RawClient(listener_->port()).connected());
}

TEST_F(ListenerTest, AClientThatLeavesIsNoticedWhileItsAnswerIsMade) {
  {
    RawClient client(listener_->port());
    client.send("GET /watched HTTP/1.1\r\nHost: h\r\n\r\n");
    while (echo_.handled == 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  for (int i = 0; i < 200 && echo_.abandoned == 0; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  EXPECT_EQ(echo_.abandoned, 1);
}

TEST_F(ListenerTest, AClientThatStaysOrAsksOnHasNotLeft) {
  RawClient client(listener_->port());
  client.send(
      "GET /watched HTTP/1.1\r\nHost: h\r\n\r\nGET /next HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  const std::string answers = client.read_all(4000);
  EXPECT_THAT(answers, HasSubstr("watched"));
  EXPECT_THAT(answers, HasSubstr("GET /next"));
  EXPECT_EQ(echo_.abandoned, 0);
}

TEST_F(ListenerTest, AnAddressInUseIsAClearError) {
  ListenerOptions options;
  options.port = listener_->port();
  const auto second = Listener::start(options, echo_);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Code::kAddressInUse);
  options.address = "localhost";
  const auto name = Listener::start(options, echo_);
  ASSERT_FALSE(name);
  EXPECT_EQ(name.error().code, Code::kBadSetting);
}

}  // namespace
}  // namespace zhike::server
