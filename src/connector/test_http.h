// A small HTTP server on a free loopback port, for tests: answers what it is told, keeps what it was sent.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cctype>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace zhike::connector {

struct TestRequest {
  std::string line, head, body;  ///< head in lower case
  [[nodiscard]] std::string header(const std::string& name) const {
    const auto at = head.find("\r\n" + name + ": ");
    if (at == std::string::npos) return {};
    const auto from = at + name.size() + 4;
    return head.substr(from, head.find("\r\n", from) - from);
  }
};

struct TestReply {
  int status = 200;
  std::string body = "{}", headers{};
  int silent_ms = 0;
};

class TestHttp {
 public:
  using Answer = std::function<TestReply(const TestRequest&)>;
  explicit TestHttp(Answer answer) : answer_(std::move(answer)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(listener_, 16) != 0)
      std::abort();
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~TestHttp() {
    ending_ = true;
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }
  [[nodiscard]] std::string url(const std::string& path = "/") const {
    return "http://127.0.0.1:" + std::to_string(port_) + path;
  }
  void answer(Answer answer) {
    const std::lock_guard lock(mutex_);
    answer_ = std::move(answer);
  }
  [[nodiscard]] std::vector<TestRequest> requests() {
    const std::lock_guard lock(mutex_);
    return requests_;
  }
  /// Until so many requests have come; false after ten seconds.
  bool wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(10), [&] { return requests_.size() >= count; });
  }

 private:
  void serve() {
    while (!ending_) {
      const int peer = ::accept(listener_, nullptr, nullptr);
      if (peer < 0) continue;
      timeval patience{.tv_sec = 0, .tv_usec = 200'000};
      ::setsockopt(peer, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
      one(peer);
      ::close(peer);
    }
  }
  void one(int peer) {
    std::string bytes;
    char piece[4096];
    std::size_t end = std::string::npos, length = 0;
    for (int idle = 0; !ending_ && idle < 20;) {
      if (end == std::string::npos && (end = bytes.find("\r\n\r\n")) != std::string::npos) {
        std::string head = bytes.substr(0, end + 2);
        for (char& c : head) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        const auto at = head.find("content-length: ");
        length = at == std::string::npos ? 0 : std::stoul(head.substr(at + 16));
      }
      if (end != std::string::npos && bytes.size() >= end + 4 + length) break;
      const ssize_t got = ::recv(peer, piece, sizeof piece, 0);
      if (got == 0) return;
      if (got < 0)
        ++idle;
      else
        bytes.append(piece, static_cast<std::size_t>(got));
    }
    if (end == std::string::npos) return;
    TestRequest request{.line = bytes.substr(0, bytes.find("\r\n")),
                        .head = bytes.substr(0, end + 2),
                        .body = bytes.substr(end + 4)};
    for (char& c : request.head) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    TestReply reply;
    {
      const std::lock_guard lock(mutex_);
      requests_.push_back(request);
      reply = answer_(request);
    }
    changed_.notify_all();
    for (int waited = 0; waited < reply.silent_ms && !ending_; waited += 20)
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    const std::string text = "HTTP/1.1 " + std::to_string(reply.status) + " X\r\nConnection: close\r\n" +
                             reply.headers + "Content-Length: " + std::to_string(reply.body.size()) +
                             "\r\n\r\n" + reply.body;
    [[maybe_unused]] const auto sent = ::send(peer, text.data(), text.size(), MSG_NOSIGNAL);
  }

  int listener_ = -1;
  int port_ = 0;
  std::atomic<bool> ending_{false};
  std::mutex mutex_;
  std::condition_variable changed_;
  Answer answer_;                      // guarded by mutex_
  std::vector<TestRequest> requests_;  // guarded by mutex_
  std::thread thread_;
};

}  // namespace zhike::connector
