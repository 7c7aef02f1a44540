#include "server/auth.h"

#include <algorithm>

namespace zhike::server {
namespace {

std::string cookie(const app::App& app, std::string_view value, std::int64_t seconds) {
  return fmt::format("{}={}; Path=/; HttpOnly; SameSite=Strict; Max-Age={}{}", kSessionCookie, value, seconds,
                     app.config().flag("server.secure_cookies") ? "; Secure" : "");
}

}  // namespace

Result<void> authorise(Call& call, std::string_view permission) {
  const auto token = call.request.cookie(kSessionCookie);
  if (token.empty()) return fail(Code::kNotSignedIn);
  CX_TRY(auto session, call.app.sessions().find(token));
  call.session = token;
  call.grant = call.app.units().widened(std::move(session.grant));
  if (permission == "any") return {};
  for (std::size_t i = 0; i < kPermissionCount; ++i) {
    const auto known = static_cast<Permission>(i);
    if (to_string(known) != permission) continue;
    if (call.grant.may(known)) return {};
    return fail(Code::kPermissionMissing, "{}", permission);
  }
  return fail(Code::kPermissionMissing, "{}", permission);  // unknown to the code: nobody has it
}

Result<void> check_origin(const Request& request) {
  if (!request.header("x-zhike").empty()) return {};
  const auto origin = request.header("origin");
  if (origin.empty()) {
    if (request.header("cookie").empty()) return {};
    return fail(Code::kCrossSite, "neither Origin nor X-Zhike");
  }
  const auto scheme = origin.find("://");
  const auto host = scheme == std::string_view::npos ? origin : origin.substr(scheme + 3);
  if (host == request.header("host")) return {};
  return fail(Code::kCrossSite, "{}", host.substr(0, 100));
}

std::string session_cookie(const app::App& app, const govern::SignedIn& signed_in) {
  const Millis left = signed_in.expires_at - app.clock().now();
  return cookie(app, signed_in.token, std::max<std::int64_t>(left.value / 1000, 0));
}

std::string no_session_cookie(const app::App& app) { return cookie(app, "", 0); }

}  // namespace zhike::server
