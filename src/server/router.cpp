#include "server/router.h"

#include <algorithm>
#include <array>
#include <set>

namespace zhike::server {
namespace {

constexpr std::array kEndpoints = std::to_array<Endpoint>({
#include "catalog/endpoints.inc"
});

std::vector<std::string_view> split(std::string_view path) {
  std::vector<std::string_view> segments;
  while (!path.empty()) {
    path.remove_prefix(1);
    const auto end = std::min(path.find('/'), path.size());
    segments.push_back(path.substr(0, end));
    path.remove_prefix(end);
  }
  return segments;
}

bool is_param(std::string_view segment) { return segment.starts_with('{'); }

bool fits(const std::vector<std::string_view>& route, const std::vector<std::string_view>& path) {
  return std::equal(route.begin(), route.end(), path.begin(), path.end(),
                    [](std::string_view want, std::string_view got) {
                      return is_param(want) ? !got.empty() : want == got;
                    });
}

}  // namespace

std::span<const Endpoint> all_endpoints() noexcept { return kEndpoints; }

const std::string& openapi_document() {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Woverlength-strings"
  static const std::string kDocument =
#include "catalog/openapi.inc"
      ;
#pragma GCC diagnostic pop
  return kDocument;
}

Router::Router(std::span<const Endpoint> endpoints) : endpoints_(endpoints) {
  for (std::size_t i = 0; i < endpoints.size(); ++i) routes_.push_back({split(endpoints[i].path), i});
  const auto loose = [](const Route& route) {
    return std::count_if(route.segments.begin(), route.segments.end(), is_param);
  };
  std::sort(routes_.begin(), routes_.end(), [&](const Route& a, const Route& b) {
    return std::pair(loose(a), a.index) < std::pair(loose(b), b.index);
  });
}

Result<Match> Router::find(std::string_view method, std::string_view path) const {
  const auto segments = split(path);
  if (method == "HEAD") method = "GET";
  for (const Route& route : routes_) {
    const Endpoint& endpoint = endpoints_[route.index];
    if (endpoint.method != method || !fits(route.segments, segments)) continue;
    Match match{.endpoint = &endpoint, .index = route.index, .params = {}};
    for (std::size_t i = 0; i < segments.size(); ++i)
      if (is_param(route.segments[i]))
        match.params.emplace_back(route.segments[i].substr(1, route.segments[i].size() - 2), segments[i]);
    return match;
  }
  const std::string methods = methods_of(path);
  if (!methods.empty()) return fail(Code::kMethodNotAllowed, "{}", methods);
  return fail(Code::kUnknownPath, "{}", path.substr(0, 200));
}

std::string Router::methods_of(std::string_view path) const {
  const auto segments = split(path);
  std::set<std::string_view> methods;
  for (const Route& route : routes_)
    if (fits(route.segments, segments)) methods.insert(endpoints_[route.index].method);
  if (methods.contains("GET")) methods.insert("HEAD");
  std::string out;
  for (const auto method : methods) out += (out.empty() ? "" : ", ") + std::string(method);
  return out;
}

}  // namespace zhike::server
