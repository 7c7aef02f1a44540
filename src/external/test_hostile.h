// For tests: a server that means no good. Not part of the product.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

namespace zhike::external {

/// A server that says something of its own, then nothing, or drips.
class Hostile {
 public:
  explicit Hostile(std::string greeting, std::chrono::milliseconds drip = {},
                   std::vector<std::string> answers = {})
      : greeting_(std::move(greeting)), drip_(drip), answers_(std::move(answers)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(listener_, 5) != 0)
      std::abort();
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~Hostile() {
    stopping_ = true;
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }

  /// What the client said, once everything was answered.
  std::string heard() {
    while (!done_) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    return heard_;
  }

  int port = 0;

 private:
  void serve() {
    const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) return;
    ::send(client, greeting_.data(), greeting_.size(), MSG_NOSIGNAL);
    for (const std::string& answer : answers_) {
      hear(client);
      ::send(client, answer.data(), answer.size(), MSG_NOSIGNAL);
    }
    if (!answers_.empty()) hear(client);
    done_ = true;
    while (!stopping_) {
      std::this_thread::sleep_for(drip_.count() > 0 ? drip_ : std::chrono::milliseconds(50));
      if (drip_.count() > 0) ::send(client, "\x16", 1, MSG_NOSIGNAL);
    }
    ::close(client);
  }

  void hear(int client) {
    char piece[64 * 1024];
    const ssize_t got = ::recv(client, piece, sizeof piece, 0);
    heard_.append(piece, static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  }

  const std::string greeting_;
  const std::chrono::milliseconds drip_;
  int listener_ = -1;
  const std::vector<std::string> answers_;
  std::string heard_;
  std::atomic<bool> stopping_{false}, done_{false};
  std::thread thread_;
};

}  // namespace zhike::external
