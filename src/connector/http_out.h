// HTTP to other systems, by libcurl: bounded in time and size, only to allowed hosts, no redirects,
// certificates checked. Proxies of the environment are not used: the address that is connected to is the one
// that is checked.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "connector/hosts.h"

namespace zhike::connector {

struct HttpCall {
  std::string method = "POST", url{}, body{};
  std::vector<std::pair<std::string, std::string>> headers{};
  Millis timeout = seconds(20);
};

struct HttpAnswer {
  int status = 0;
  std::string body;  ///< at most kBodyMax bytes; the rest is not read
  std::optional<Millis> retry_after;
};

/// Keeps its connection from call to call. One thread; `stopping` ends a call from another.
class HttpOut {
 public:
  static constexpr std::size_t kBodyMax = 1 << 20;

  HttpOut(const Hosts& hosts, const std::atomic<bool>& stopping);
  ~HttpOut();
  /// An answer of whatever status. Errors: kHostNotAllowed; kBadConnector (not http or https);
  /// kConnectorFailed (no connection, no answer in time, cut off, its certificate).
  [[nodiscard]] Result<HttpAnswer> call(const HttpCall& call);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace zhike::connector
