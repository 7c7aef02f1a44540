// zhike channel spending: import, list.
#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <cstddef>
#include <string>
#include <vector>

#include "app/app.h"
#include "base/file.h"
#include "cli/channel_commands.h"
#include "cli/opened.h"
#include "journey/spending.h"
#include "server/budget_json.h"

namespace zhike::cli {
namespace {

constexpr std::size_t kBadShown = 10;

Result<void> take(Console& console, app::App& app, const ChannelSpendingCommand& command) {
  CX_TRY(const auto bytes, read_file(command.file));
  CX_TRY(const auto file, journey::parse_spending(bytes));
  CX_TRY(server::spending_book(app).put(Grant::owner(), file.good, command.replaces_all));
  for (std::size_t i = 0; i < std::min(file.bad.size(), kBadShown); ++i)
    console.note(fmt::format("{}: {}", file.bad[i].line, file.bad[i].what));
  console.say(
      fmt::format(fmt::runtime(console.pick("{} stored, {} rows refused", "已存储 {} 条，拒绝 {} 行")),
                  file.good.size(), file.bad.size()));
  console.result(server::spending_stored_json(file));
  return {};
}

Result<void> list(Console& console, app::App& app, const ChannelSpendingCommand& command) {
  CX_TRY(const auto all, server::spending_book(app).list(Grant::owner()));
  json::object out = server::spending_json(all, command.channel, command.limit);
  std::vector<std::vector<std::string>> rows{
      {std::string(console.pick("channel", "渠道")), std::string(console.pick("entries", "条数")),
       std::string(console.pick("from", "自")), std::string(console.pick("to", "至")),
       std::string(console.pick("spent", "花费")), std::string(console.pick("currency", "币种"))}};
  const auto text = [](const json::object& of, std::string_view key) {
    return std::string(of.at(key).as_string());
  };
  for (const json::value& value : out.at("channels").as_array()) {
    const json::object& one = value.as_object();
    rows.push_back({text(one, "channel"), fmt::format("{}", one.at("entries").to_number<std::uint64_t>()),
                    text(one, "from"), text(one, "to"), fmt::format("{:.2f}", one.at("spend").as_double()),
                    text(one, "currency")});
  }
  console.say(table(rows));
  console.result(out);
  return {};
}

}  // namespace

int channel_spending_import(Console& console, const ChannelSpendingCommand& command) {
  return with_app(console, [&](app::App& app) { return take(console, app, command); });
}

int channel_spending_list(Console& console, const ChannelSpendingCommand& command) {
  return with_app(console, [&](app::App& app) { return list(console, app, command); });
}

}  // namespace zhike::cli
