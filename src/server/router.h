// Which endpoint of the contract (catalog/endpoints) a request means.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "server/http.h"

namespace zhike::server {

struct Endpoint {
  std::string_view method;      ///< "GET"
  std::string_view path;        ///< "/api/customers/{id}"
  std::string_view operation;   ///< "getCustomer"
  std::string_view permission;  ///< none, any, write_key, signature, link, or the name of a Permission
};
[[nodiscard]] std::span<const Endpoint> all_endpoints() noexcept;
/// The OpenAPI 3.1 document, as JSON.
[[nodiscard]] const std::string& openapi_document();

struct Match {
  const Endpoint* endpoint = nullptr;
  std::size_t index = 0;  ///< of the endpoint in the table
  Pairs params;           ///< path parameters, decoded
};

class Router {
 public:
  /// Borrows `endpoints`, which must outlive the router.
  explicit Router(std::span<const Endpoint> endpoints);
  /// A literal segment wins over a parameter. HEAD means GET.
  /// Errors: kUnknownPath; kMethodNotAllowed (detail: the methods that the path takes, "GET, POST").
  [[nodiscard]] Result<Match> find(std::string_view method, std::string_view path) const;
  /// "GET, POST"; empty: unknown path.
  [[nodiscard]] std::string methods_of(std::string_view path) const;

 private:
  struct Route {
    std::vector<std::string_view> segments;  // "{id}" for a parameter
    std::size_t index;
  };
  std::span<const Endpoint> endpoints_;
  std::vector<Route> routes_;  // more literal segments first
};

}  // namespace zhike::server
