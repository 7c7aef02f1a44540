// zhike user.
#include <unistd.h>

#include <termios.h>
#include <iostream>

#include "cli/commands.h"
#include "cli/opened.h"

namespace zhike::cli {
namespace {

json::object user_json(const govern::User& user) {
  json::array units;
  for (const auto& unit : user.units) units.push_back(json::string(unit));
  return {{"id", user.id.str()},      {"user", user.login},      {"name", user.name},
          {"role", user.role},        {"enabled", user.enabled}, {"all_units", user.all_units},
          {"units", std::move(units)}};
}

/// One line of standard input; not shown while a person types it.
std::string read_password(Console& console) {
  const bool typed = ::isatty(STDIN_FILENO) == 1;
  termios before{};
  if (typed) {
    console.note(console.pick("Password (at least 10 characters):", "密码（至少 10 个字符）："));
    ::tcgetattr(STDIN_FILENO, &before);
    termios silent = before;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ::tcsetattr(STDIN_FILENO, TCSANOW, &silent);
  }
  std::string line;
  std::getline(std::cin, line);
  if (typed) ::tcsetattr(STDIN_FILENO, TCSANOW, &before);
  return line;
}

Result<govern::User> find_login(app::App& app, std::string_view login) {
  CX_TRY(const auto users, app.users().list());
  for (const auto& user : users)
    if (user.login == govern::comparable_login(login)) return user;
  return fail(Code::kNotFound, "{}", login);
}

}  // namespace

int user_add(Console& console, const UserOptions& options) {
  const std::string password = read_password(console);
  auto app = open_app(console);
  if (!app) return console.failed(app.error());
  govern::NewUser user;
  user.login = options.user;
  user.name = options.name.empty() ? options.user : options.name;
  user.role = options.role;
  user.units = options.units;
  user.all_units = options.units.empty();
  user.language = console.chinese() ? "zh" : "en";
  user.password = password;
  const auto made = (*app)->users().create(UserId{}, user);
  if (!made) return console.failed(made.error());
  console.say(fmt::format("{} {} ({})", made->login, console.pick("may sign in", "可以登录"), made->role));
  console.result({{"user", user_json(*made)}});
  return kDone;
}

int user_list(Console& console) {
  auto app = open_app(console);
  if (!app) return console.failed(app.error());
  const auto users = (*app)->users().list();
  if (!users) return console.failed(users.error());
  json::array items;
  std::vector<std::vector<std::string>> rows{{"user", "name", "role", "units", "enabled", "last seen"}};
  for (const auto& user : *users) {
    items.push_back(user_json(user));
    rows.push_back(
        {user.login, user.name, user.role,
         user.all_units ? std::string(console.pick("all", "全部")) : std::to_string(user.units.size()),
         user.enabled ? "yes" : "no", user.last_seen_at ? format_utc(*user.last_seen_at) : "–"});
  }
  console.say(table(rows));
  console.result({{"users", std::move(items)}});
  return kDone;
}

int user_password(Console& console, const UserOptions& options) {
  const std::string password = read_password(console);
  auto app = open_app(console);
  if (!app) return console.failed(app.error());
  const auto user = find_login(**app, options.user);
  if (!user) return console.failed(user.error());
  govern::UserChange change;
  change.password = password;
  const auto changed = (*app)->users().change(UserId{}, user->id, change);
  if (!changed) return console.failed(changed.error());
  console.say(console.pick("The password is set; open sessions have ended.", "密码已设置，原有会话已结束。"));
  console.result({{"user", user_json(*changed)}});
  return kDone;
}

int user_link(Console& console) {
  auto app = open_app(console);
  if (!app) return console.failed(app.error());
  const auto token = (*app)->setup_token();
  if (!token) return console.failed(token.error());
  if (!*token)
    return console.usage(console.pick("there is a user already: zhike user add, or zhike user password",
                                      "已有用户：请用 zhike user add 或 zhike user password"));
  console.say("/setup?token=" + **token);
  console.result({{"path", "/setup?token=" + **token}});
  return kDone;
}

}  // namespace zhike::cli
