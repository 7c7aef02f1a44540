// Who asks, and may they: the one place where sessions and permissions are checked.
#pragma once

#include "govern/sessions.h"
#include "server/api.h"

namespace zhike::server {

inline constexpr std::string_view kSessionCookie = "zhike_session";

/// Fills call.grant and call.session from the session cookie. `permission`: "any", or the name of a
/// Permission. Errors: kNotSignedIn, kPermissionMissing.
[[nodiscard]] Result<void> authorise(Call& call, std::string_view permission);

/// A write, or a WebSocket, that a browser sends from another site is refused: SameSite=Strict already keeps
/// the cookie back, this holds where it does not. Passes with the header X-Zhike (other sites cannot set it),
/// with an Origin that is this server, and without any cookie. Errors: kCrossSite.
[[nodiscard]] Result<void> check_origin(const Request& request);

/// Set-Cookie for a session, or to remove it.
[[nodiscard]] std::string session_cookie(const app::App& app, const govern::SignedIn& signed_in);
[[nodiscard]] std::string no_session_cookie(const app::App& app);

}  // namespace zhike::server
