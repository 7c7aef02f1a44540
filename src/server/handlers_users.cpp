// Users.
#include "govern/users.h"
#include "server/api.h"

namespace zhike::server {
namespace {

json::object user_json(const govern::User& user) {
  return {{"id", user.id.str()},
          {"user", user.login},
          {"name", user.name},
          {"role", user.role},
          {"all_units", user.all_units},
          {"units", texts(user.units)},
          {"language", user.language},
          {"enabled", user.enabled},
          {"created_at", time_text(user.created_at)},
          {"last_seen_at", time_or_null(user.last_seen_at)}};
}

Result<Response> list_users(Call& call) {
  CX_TRY(const auto users, call.app.users().list());
  json::array items;
  for (const auto& user : users) items.push_back(user_json(user));
  return answer(json::object{{"items", std::move(items)}});
}

Result<Response> create_user(Call& call) {
  CX_TRY(const auto fields, Fields::parse(call.request.body));
  govern::NewUser user;
  CX_TRY(user.login, fields.text("user", 320));
  CX_TRY(user.name, fields.text("name", 320));
  CX_TRY(user.role, fields.text("role", 40));
  CX_TRY(user.all_units, fields.flag_or("all_units", false));
  CX_TRY(user.units, fields.list_or_empty("units", 1000));
  CX_TRY(user.language,
         fields.text_or("language", call.request.language == Language::kChinese ? "zh" : "en", 8));
  CX_TRY(user.password, fields.text("password", 1024));
  CX_TRY(const auto made, call.app.users().create(call.grant.user, user));
  return answer(user_json(made), 201);
}

Result<Response> change_user(Call& call) {
  CX_TRY(const auto id, call.id<UserId>("id"));
  CX_TRY(const auto fields, Fields::parse(call.request.body));
  govern::UserChange change;
  if (fields.has("name")) {
    CX_TRY(change.name, fields.text("name", 320));
  }
  if (fields.has("role")) {
    CX_TRY(change.role, fields.text("role", 40));
  }
  if (fields.has("password")) {
    CX_TRY(change.password, fields.text("password", 1024));
  }
  if (fields.has("all_units")) {
    CX_TRY(change.all_units, fields.flag_or("all_units", false));
  }
  if (fields.has("enabled")) {
    CX_TRY(change.enabled, fields.flag_or("enabled", true));
  }
  if (fields.has("units")) {
    CX_TRY(change.units, fields.list_or_empty("units", 1000));
  }
  CX_TRY(const auto changed, call.app.users().change(call.grant.user, id, change));
  return answer(user_json(changed));
}

}  // namespace

void add_user_handlers(Handlers& handlers) {
  handlers["listUsers"] = list_users;
  handlers["createUser"] = create_user;
  handlers["changeUser"] = change_user;
}

}  // namespace zhike::server
