// Signing in and out, the first administrator, one's own language and password.
#include "server/api.h"
#include "server/auth.h"

namespace zhike::server {
namespace {

Response session_answer(const govern::User& user) {
  const Grant grant = govern::grant_of(user);
  json::array permissions;
  for (std::size_t i = 0; i < kPermissionCount; ++i)
    if (grant.may(static_cast<Permission>(i)))
      permissions.push_back(json::string(to_string(static_cast<Permission>(i))));
  return answer(json::object{{"id", user.id.str()},
                             {"user", user.login},
                             {"name", user.name},
                             {"role", user.role},
                             {"permissions", std::move(permissions)},
                             {"all_units", user.all_units},
                             {"units", texts(user.units)},
                             {"language", user.language}});
}

Response signed_in_answer(const app::App& app, const govern::SignedIn& signed_in) {
  Response response = session_answer(signed_in.user);
  response.headers.emplace_back("Set-Cookie", session_cookie(app, signed_in));
  return response;
}

Result<Response> sign_in(Call& call) {
  CX_TRY(const auto fields, Fields::parse(call.request.body));
  CX_TRY(const auto login, fields.text("user", 320));
  CX_TRY(const auto password, fields.text("password", 1024));
  CX_TRY(const auto signed_in, call.app.sessions().sign_in(login, password, call.request.remote));
  return signed_in_answer(call.app, signed_in);
}

Result<Response> get_session(Call& call) {
  CX_TRY(const auto session, call.app.sessions().find(call.session));
  return session_answer(session.user);
}

Result<Response> sign_out(Call& call) {
  CX_TRY(call.app.sessions().sign_out(call.session));
  Response response = no_content();
  response.headers.emplace_back("Set-Cookie", no_session_cookie(call.app));
  return response;
}

Result<Response> get_setup(Call& call) {
  CX_TRY(const auto users, call.app.users().count());
  return answer(json::object{{"needed", users == 0}});
}

Result<Response> set_up(Call& call) {
  CX_TRY(const auto fields, Fields::parse(call.request.body));
  CX_TRY(const auto token, fields.text("token", 200));
  govern::NewUser user;
  CX_TRY(user.login, fields.text("user", 320));
  CX_TRY(user.name, fields.text("name", 320));
  CX_TRY(user.password, fields.text("password", 1024));
  CX_TRY(user.language, fields.text("language", 8));
  user.role = govern::kAdministrator;
  user.all_units = true;
  CX_TRY(const auto signed_in, call.app.sessions().set_up(token, std::move(user)));
  return signed_in_answer(call.app, signed_in);
}

Result<Response> set_language(Call& call) {
  CX_TRY(const auto fields, Fields::parse(call.request.body));
  CX_TRY(const auto language, fields.text("language", 8));
  CX_TRY(call.app.users().set_language(call.grant.user, language));
  return no_content();
}

Result<Response> change_password(Call& call) {
  CX_TRY(const auto fields, Fields::parse(call.request.body));
  CX_TRY(const auto current, fields.text("current", 1024));
  CX_TRY(const auto next, fields.text("password", 1024));
  CX_TRY(const auto session, call.app.sessions().find(call.session));
  CX_TRY(call.app.users().change_password(call.grant.user, current, next, session.token_hash));
  return no_content();
}

}  // namespace

void add_session_handlers(Handlers& handlers) {
  handlers["signIn"] = sign_in;
  handlers["getSession"] = get_session;
  handlers["signOut"] = sign_out;
  handlers["getSetup"] = get_setup;
  handlers["setup"] = set_up;
  handlers["setLanguage"] = set_language;
  handlers["changePassword"] = change_password;
}

}  // namespace zhike::server
