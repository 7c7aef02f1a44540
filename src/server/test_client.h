// For tests: a socket that sends exactly the bytes it is given, and reads what comes back.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/file.h"

namespace zhike::server {

class RawClient {
 public:
  explicit RawClient(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_port = htons(port);
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = ::connect(fd_.get(), reinterpret_cast<sockaddr*>(&at), sizeof at) == 0;
  }
  [[nodiscard]] bool connected() const { return connected_; }

  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto sent = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  /// Reads until `mark` has arrived, the peer closes, or `longest_ms` have passed.
  std::string read_until(std::string_view mark, int longest_ms = 5000) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(longest_ms);
    std::string out;
    while (mark.empty() || out.find(mark) == std::string::npos) {
      const auto left =
          std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
      if (left.count() <= 0 || !read_some(out, static_cast<int>(left.count()))) break;
    }
    return out;
  }
  /// Appends what has arrived, after waiting for it; false: nothing came within `longest_ms`, or the peer
  /// closed.
  bool read_some(std::string& out, int longest_ms) {
    pollfd ready{.fd = fd_.get(), .events = POLLIN, .revents = 0};
    if (::poll(&ready, 1, longest_ms) <= 0) return false;
    char piece[16'384];
    const auto got = ::recv(fd_.get(), piece, sizeof piece, 0);
    if (got <= 0) {
      closed_ = true;
      return false;
    }
    out.append(piece, static_cast<std::size_t>(got));
    return true;
  }
  /// Everything until the peer closes.
  std::string read_all(int longest_ms = 5000) { return read_until("", longest_ms); }
  [[nodiscard]] bool closed_by_peer() const { return closed_; }

 private:
  Fd fd_;
  bool connected_ = false;
  bool closed_ = false;
};

}  // namespace zhike::server
