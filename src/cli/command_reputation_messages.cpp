// zhike reputation messages: who is told of bursts, and what was told.
#include <fmt/format.h>

#include <optional>
#include <string>
#include <vector>

#include "cli/opened.h"
#include "cli/reputation_commands.h"
#include "reputation/burst_messages.h"
#include "server/reputation_json.h"

namespace zhike::cli {
namespace {

Result<void> messages(Console& console, app::App& app, const BurstMessageOptions& options) {
  reputation::BurstMessages& parts = app.reputation().messages();
  if (options.nobody) {
    CX_TRY(parts.put(Grant::owner(), std::nullopt));
  } else if (options.connector != 0) {
    CX_TRY(parts.put(Grant::owner(), reputation::BurstRecipient{.connector = options.connector,
                                                                .to = options.to,
                                                                .language = options.language,
                                                                .negative_only = options.negative_only}));
  }
  CX_TRY(const auto to, parts.recipient(Grant::owner()));
  CX_TRY(const auto items, parts.list(Grant::owner()));
  console.say(to ? fmt::format("{} {} {}", console.pick("told through connector", "通过连接器通知"),
                               to->connector, to->to)
                 : std::string(console.pick("nobody is told of bursts", "爆发时不通知任何人")));
  std::vector<std::vector<std::string>> rows{
      {std::string(console.pick("brand", "品牌")), std::string(console.pick("from", "开始")),
       std::string(console.pick("mentions", "提及")), std::string(console.pick("state", "状态"))}};
  for (const auto& one : items)
    rows.push_back({one.brand, format_utc(one.from), std::to_string(one.mentions),
                    std::string(reputation::to_string(one.state))});
  console.say(table(rows));
  CX_TRY(const auto out, server::burst_messages_json(parts, Grant::owner()));
  console.result(out);
  return {};
}

}  // namespace

int reputation_messages(Console& console, const BurstMessageOptions& options) {
  return with_app(console, [&](app::App& app) { return messages(console, app, options); });
}

}  // namespace zhike::cli
