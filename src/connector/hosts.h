// Which hosts connectors may reach: those that the operator named, and none that lies at a loopback, private
// or link-local address unless that is named too. Whoever sets a connector up in the console can therefore
// not make the server look around in its own network.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

struct sockaddr;

namespace zhike::connector {

/// Immutable, so safe from any thread.
class Hosts {
 public:
  /// Names separated by commas; "*.example.com": every host below. `private_hosts` may be reached at any
  /// address.
  Hosts(std::string_view allowed, std::string_view private_hosts);

  /// Errors: kHostNotAllowed, naming the host.
  [[nodiscard]] Result<void> check(std::string_view host) const;
  /// Whether the name may lie at that address; to be asked with the address that is really connected to, so
  /// that a name cannot change its address in between.
  [[nodiscard]] bool may_lie_at(std::string_view host, const sockaddr* address) const;

 private:
  std::vector<std::string> allowed_, private_;
};

/// Loopback, private, link-local, shared, documentation, multicast and unspecified addresses of IPv4 and
/// IPv6, IPv4 within IPv6 too (RFC 6890).
[[nodiscard]] bool is_special_address(const sockaddr* address);

struct Address {
  std::string scheme, host, port, path;  ///< port empty: the scheme's own; path with query, begins with '/'
};
/// "https://example.com:8443/a?b". Errors: kBadConnector (not of that form, a user in it, blanks).
[[nodiscard]] Result<Address> parse_address(std::string_view url);

}  // namespace zhike::connector
