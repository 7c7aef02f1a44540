#include "connector/resolve.h"

#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <memory>

#include "base/file.h"

namespace zhike::connector {

Result<std::string> resolve_allowed(const Hosts& hosts, const std::string& host, int port) {
  CX_TRY(hosts.check(host));
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  wanted.ai_flags = AI_ADDRCONFIG;
  addrinfo* found = nullptr;
  if (const int wrong = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &wanted, &found);
      wrong != 0)
    return fail(Code::kConnectorFailed, "{}: {}", host, ::gai_strerror(wrong));
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owned(found, &::freeaddrinfo);
  std::string first;
  for (const addrinfo* one = found; one != nullptr; one = one->ai_next) {
    if (!hosts.may_lie_at(host, one->ai_addr))
      return fail(Code::kHostNotAllowed, "{} is at a loopback, private or link-local address", host);
    char text[NI_MAXHOST];
    if (first.empty() &&
        ::getnameinfo(one->ai_addr, one->ai_addrlen, text, sizeof text, nullptr, 0, NI_NUMERICHOST) == 0)
      first = text;
  }
  if (first.empty()) return fail(Code::kConnectorFailed, "{} has no address", host);
  return first;
}

Result<void> check_reachable(const std::string& address, int port, Millis patience,
                             const std::atomic<bool>& stopping) {
  constexpr int kStepMs = 200;
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  wanted.ai_flags = AI_NUMERICHOST;
  addrinfo* found = nullptr;
  if (::getaddrinfo(address.c_str(), std::to_string(port).c_str(), &wanted, &found) != 0)
    return fail(Code::kConnectorFailed, "no address");
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owned(found, &::freeaddrinfo);
  const Fd socket(::socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket.is_open()) return fail(Code::kConnectorFailed, "no socket");
  if (::connect(socket.get(), found->ai_addr, found->ai_addrlen) == 0) return {};
  if (errno != EINPROGRESS) return fail(Code::kConnectorFailed, "{}", std::strerror(errno));
  for (std::int64_t waited = 0; waited < patience.value && !stopping; waited += kStepMs) {
    pollfd waiting{.fd = socket.get(), .events = POLLOUT, .revents = 0};
    if (::poll(&waiting, 1, kStepMs) <= 0) continue;
    int wrong = 0;
    socklen_t size = sizeof wrong;
    ::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &wrong, &size);
    if (wrong == 0) return {};
    return fail(Code::kConnectorFailed, "{}", std::strerror(wrong));
  }
  return fail(Code::kConnectorFailed, "no connection in time");
}

}  // namespace zhike::connector
