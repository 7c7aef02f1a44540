#include "warehouse/http.h"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <memory>

namespace zhike::warehouse {
namespace {

constexpr std::size_t kHeadMax = 64 << 10, kReadSize = 256 << 10;

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(
      out, out.begin(), [](unsigned char c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c); });
  return out;
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r'))
    text.remove_suffix(1);
  return text;
}

template <class Number>
bool number(std::string_view text, Number& out, int base = 10) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out, base);
  return error == std::errc{} && end == text.data() + text.size();
}

std::unexpected<Error> down(std::string_view what) {
  return fail(Code::kWarehouseDown, "{}: {}", what, std::strerror(errno));
}

/// Waits until the socket is ready. Errors: kWarehouseDown (time is up).
Result<void> wait(int fd, short what, HttpConnection::Deadline deadline) {
  while (true) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now()).count();
    pollfd entry{fd, what, 0};
    const int ready = ::poll(&entry, 1, static_cast<int>(std::clamp<std::int64_t>(left, 0, 3'600'000)));
    if (ready > 0) return {};
    if (ready == 0) return fail(Code::kWarehouseDown, "no answer in time");
    if (errno != EINTR) return down("poll");
  }
}

Result<void> connect_to(int fd, const sockaddr* address, socklen_t size, HttpConnection::Deadline deadline) {
  if (::connect(fd, address, size) == 0) return {};
  // A Unix socket with a full backlog answers EAGAIN; TCP goes on in the background.
  if (errno != EINPROGRESS) return down("connect");
  CX_TRY(wait(fd, POLLOUT, deadline));
  int error = 0;
  socklen_t length = sizeof error;
  ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length);
  if (error == 0) return {};
  errno = error;
  return down("connect");
}

Result<Fd> open_unix(const std::string& path, HttpConnection::Deadline deadline) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path)
    return fail(Code::kWarehouseDown, "the socket's path is too long");
  std::memcpy(address.sun_path, path.data(), path.size());
  Fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd.is_open()) return down("socket");
  CX_TRY(connect_to(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address, deadline));
  return fd;
}

Result<Fd> open_tcp(const std::string& host, const std::string& port, HttpConnection::Deadline deadline) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (const int error = ::getaddrinfo(host.c_str(), port.c_str(), &hints, &found); error != 0)
    return fail(Code::kWarehouseDown, "{}: {}", host, ::gai_strerror(error));
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, &::freeaddrinfo);
  Result<Fd> last = fail(Code::kWarehouseDown, "{}: no address", host);
  for (const addrinfo* at = found; at != nullptr; at = at->ai_next) {
    Fd fd(::socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!fd.is_open()) continue;
    const auto connected = connect_to(fd.get(), at->ai_addr, at->ai_addrlen, deadline);
    if (connected) {
      const int on = 1;
      ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      return fd;
    }
    last = std::unexpected(connected.error());
  }
  return last;
}

}  // namespace

Result<Address> Address::parse(std::string_view text) {
  Address address;
  constexpr std::string_view kUnix = "unix:", kHttp = "http://";
  if (text.starts_with(kUnix) && text.size() > kUnix.size()) {
    address.unix_path = text.substr(kUnix.size());
    return address;
  }
  if (text.starts_with(kHttp)) {
    std::string_view rest = text.substr(kHttp.size());
    while (rest.ends_with('/')) rest.remove_suffix(1);
    const auto colon = rest.rfind(':');
    address.host = rest.substr(0, colon);
    address.port = colon == std::string_view::npos ? "8123" : std::string(rest.substr(colon + 1));
    if (!address.host.empty() && !address.port.empty()) return address;
  }
  return fail(Code::kQueryFailed, "'{}' is neither unix:/path nor http://host:port", text);
}

Result<HttpConnection> HttpConnection::open(const Address& address, Deadline deadline) {
  if (!address.unix_path.empty()) {
    CX_TRY(Fd fd, open_unix(address.unix_path, deadline));
    return HttpConnection(std::move(fd));
  }
  CX_TRY(Fd fd, open_tcp(address.host, address.port, deadline));
  return HttpConnection(std::move(fd));
}

Result<void> HttpConnection::send(std::initializer_list<std::string_view> pieces, Deadline deadline) {
  keep_alive_ = false;  // until the answer was read whole
  for (std::string_view piece : pieces) {
    while (!piece.empty()) {
      const ssize_t size = ::send(fd_.get(), piece.data(), piece.size(), MSG_NOSIGNAL);
      if (size > 0) {
        piece.remove_prefix(static_cast<std::size_t>(size));
      } else if (errno == EAGAIN) {
        CX_TRY(wait(fd_.get(), POLLOUT, deadline));
      } else if (errno == EPIPE || errno == ECONNRESET) {
        return {};  // it may have answered before it closed
      } else if (errno != EINTR) {
        return down("send");
      }
    }
  }
  return {};
}

Result<void> HttpConnection::fill(Deadline deadline) {
  if (at_ == buffer_.size()) {
    buffer_.clear();
    at_ = 0;
  }
  const std::size_t before = buffer_.size();
  buffer_.resize(before + kReadSize);
  while (true) {
    const ssize_t size = ::recv(fd_.get(), buffer_.data() + before, kReadSize, 0);
    buffer_.resize(before + static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
    if (size > 0) return {};
    if (size == 0) return fail(Code::kWarehouseDown, "the connection ended in the middle of an answer");
    if (errno == EAGAIN) {
      CX_TRY(wait(fd_.get(), POLLIN, deadline));
    } else if (errno != EINTR) {
      return down("receive");
    }
    buffer_.resize(before + kReadSize);
  }
}

Result<std::string_view> HttpConnection::line(Deadline deadline) {
  while (true) {
    const auto end = buffer_.find('\n', at_);
    if (end != std::string::npos) {
      const std::string_view text = trim(std::string_view(buffer_).substr(at_, end - at_));
      at_ = end + 1;
      return text;
    }
    if (buffer_.size() - at_ > kHeadMax) return fail(Code::kWarehouseDown, "the answer is not HTTP");
    CX_TRY(fill(deadline));
  }
}

Result<void> HttpConnection::read_head(Deadline deadline) {
  Response& response = head_;
  response = {};
  CX_TRY(const std::string_view first, line(deadline));
  if (!first.starts_with("HTTP/1.") || first.size() < 12 || !number(first.substr(9, 3), response.status))
    return fail(Code::kWarehouseDown, "the answer is not HTTP");
  length_ = 0;
  keep_alive_ = true;
  while (true) {
    CX_TRY(const std::string_view text, line(deadline));
    if (text.empty()) return {};
    const auto colon = text.find(':');
    if (colon == std::string_view::npos) return fail(Code::kWarehouseDown, "the answer is not HTTP");
    const std::string name = lower(text.substr(0, colon));
    const std::string_view value = trim(text.substr(colon + 1));
    std::uint64_t length = 0;
    if (name == "content-length" && number(value, length)) length_ = length;
    if (name == "transfer-encoding" && lower(value) == "chunked") length_.reset();
    if (name == "connection" && lower(value) == "close") keep_alive_ = false;
    if (name == "x-clickhouse-exception-code") (void)number(value, response.exception_code);
    if (name == "x-clickhouse-exception-tag") response.exception_tag = value;
  }
}

Result<bool> HttpConnection::read_exactly(std::uint64_t size, const Sink& sink, Deadline deadline) {
  while (size > 0) {
    if (at_ == buffer_.size()) CX_TRY(fill(deadline));
    const std::size_t take = std::min<std::uint64_t>(size, buffer_.size() - at_);
    const std::string_view piece = std::string_view(buffer_).substr(at_, take);
    at_ += take;
    size -= take;
    if (!sink(piece)) return false;
  }
  return true;
}

Result<bool> HttpConnection::read_chunks(const Sink& sink, Deadline deadline) {
  while (true) {
    CX_TRY(std::string_view text, line(deadline));
    std::uint64_t size = 0;
    if (!number(trim(text.substr(0, text.find(';'))), size, 16))
      return fail(Code::kWarehouseDown, "a chunk of the answer is malformed");
    if (size > 0) {
      CX_TRY(const bool wanted, read_exactly(size, sink, deadline));
      if (!wanted) return false;
    }
    // The line end of the chunk, or the trailer up to an empty line.
    do {
      CX_TRY(text, line(deadline));
    } while (size == 0 && !text.empty());
    if (size == 0) return true;
  }
}

Result<Response> HttpConnection::receive(const Sink& sink, Deadline deadline) {
  head_ = {};
  do {
    CX_TRY(read_head(deadline));
  } while (head_.status == 100);
  const bool may_stay = std::exchange(keep_alive_, false);
  CX_TRY(const bool whole, length_ ? read_exactly(*length_, sink, deadline) : read_chunks(sink, deadline));
  keep_alive_ = whole && may_stay;
  return head_;
}

bool HttpConnection::reusable() const {
  if (!keep_alive_ || at_ != buffer_.size()) return false;
  char byte = 0;
  return ::recv(fd_.get(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && errno == EAGAIN;
}

}  // namespace zhike::warehouse
