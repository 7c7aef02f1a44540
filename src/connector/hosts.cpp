#include "connector/hosts.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "base/ascii.h"

namespace zhike::connector {
namespace {

std::vector<std::string> names(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const auto end = std::min(text.find(','), text.size());
    std::string name = ascii::lower(text.substr(0, end));
    std::erase_if(name, [](char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; });
    if (!name.empty()) out.push_back(std::move(name));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

std::string plain(std::string_view host) {
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  while (host.ends_with('.')) host.remove_suffix(1);
  return ascii::lower(host);
}

bool is_among(const std::vector<std::string>& all, std::string_view host) {
  return std::ranges::any_of(all, [&](const std::string& name) {
    if (name.starts_with("*."))
      return host.size() > name.size() - 1 && host.ends_with(std::string_view(name).substr(1));
    return name == host;
  });
}

struct Range4 {
  std::uint32_t net;
  int bits;
};
constexpr std::uint32_t ip(std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t d) {
  return a << 24 | b << 16 | c << 8 | d;
}
constexpr std::array kSpecial4{
    Range4{ip(0, 0, 0, 0), 8},     Range4{ip(10, 0, 0, 0), 8},      Range4{ip(100, 64, 0, 0), 10},
    Range4{ip(127, 0, 0, 0), 8},   Range4{ip(169, 254, 0, 0), 16},  Range4{ip(172, 16, 0, 0), 12},
    Range4{ip(192, 0, 0, 0), 24},  Range4{ip(192, 0, 2, 0), 24},    Range4{ip(192, 168, 0, 0), 16},
    Range4{ip(198, 18, 0, 0), 15}, Range4{ip(198, 51, 100, 0), 24}, Range4{ip(203, 0, 113, 0), 24},
    Range4{ip(224, 0, 0, 0), 4},   Range4{ip(240, 0, 0, 0), 4}};

bool is_special4(std::uint32_t address) {
  return std::ranges::any_of(kSpecial4, [&](const Range4& r) {
    return (address & ~((std::uint64_t{1} << (32 - r.bits)) - 1)) == r.net;
  });
}

bool is_special6(const unsigned char* a) {
  constexpr unsigned char kMapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  constexpr unsigned char kTranslated[12] = {0, 0x64, 0xff, 0x9b};
  const auto inner = [&](std::size_t from) {
    return is_special4(ip(a[from], a[from + 1], a[from + 2], a[from + 3]));
  };
  if (std::memcmp(a, kMapped, 12) == 0 || std::memcmp(a, kTranslated, 12) == 0) return inner(12);
  if (a[0] == 0x20 && a[1] == 0x02) return inner(2);  // 6to4
  if ((a[0] & 0xe0) != 0x20) return true;             // only 2000::/3 is the public internet
  return a[0] == 0x20 && a[1] == 0x01 &&
         (a[2] < 2 || (a[2] == 0x0d && a[3] == 0xb8));  // special, documentation
}

}  // namespace

bool is_special_address(const sockaddr* address) {
  if (address->sa_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, address, sizeof v4);
    return is_special4(ntohl(v4.sin_addr.s_addr));
  }
  if (address->sa_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, address, sizeof v6);
    return is_special6(v6.sin6_addr.s6_addr);
  }
  return true;
}

Hosts::Hosts(std::string_view allowed, std::string_view private_hosts)
    : allowed_(names(allowed)), private_(names(private_hosts)) {}

Result<void> Hosts::check(std::string_view host) const {
  const std::string name = plain(host);
  if (!name.empty() && (is_among(allowed_, name) || is_among(private_, name))) return {};
  return fail(Code::kHostNotAllowed, "{}", name.substr(0, 200));
}

bool Hosts::may_lie_at(std::string_view host, const sockaddr* address) const {
  return is_among(private_, plain(host)) || !is_special_address(address);
}

Result<Address> parse_address(std::string_view url) {
  constexpr std::size_t kUrlMax = 2000;
  const auto bad = [&] {
    return fail(Code::kBadConnector, "'url' is not an address such as https://example.com/path");
  };
  if (url.size() > kUrlMax ||
      std::ranges::any_of(url, [](char c) { return static_cast<unsigned char>(c) <= ' '; }))
    return bad();
  Address out;
  const auto scheme = url.find("://");
  if (scheme == url.npos) return bad();
  out.scheme = ascii::lower(url.substr(0, scheme));
  url.remove_prefix(scheme + 3);
  const auto slash = std::min(url.find_first_of("/?#"), url.size());
  std::string_view authority = url.substr(0, slash);
  out.path = std::string(url.substr(slash));
  if (out.path.empty() || out.path.front() != '/') out.path.insert(0, "/");
  if (authority.find('@') != authority.npos || authority.find('\\') != authority.npos) return bad();
  const auto bracket = authority.find(']');
  const auto colon = authority.find(':', bracket == authority.npos ? 0 : bracket);
  out.host = std::string(authority.substr(0, colon));
  if (colon != authority.npos) out.port = std::string(authority.substr(colon + 1));
  if (out.host.empty() || (colon != authority.npos && !ascii::parse_number<std::uint16_t>(out.port)))
    return bad();
  return out;
}

}  // namespace zhike::connector
