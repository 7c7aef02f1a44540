// zhike channel best: by which channel to meet a customer, or many, for a purpose.
#include <fmt/format.h>

#include <cstddef>
#include <fstream>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "app/app.h"
#include "app/channel_choices.h"
#include "cli/channel_commands.h"
#include "cli/opened.h"
#include "cli/progress.h"
#include "journey/channel_best.h"
#include "server/channel_best_json.h"
#include "server/channel_json.h"

namespace zhike::cli {
namespace {

using Row = std::vector<std::string>;

std::string tried_text(const journey::Tried& tried) {
  if (tried.n == 0) return "0";
  return fmt::format("{}/{}", tried.hits, tried.n);
}
std::string share_text(const journey::Tried& tried) {
  if (tried.n == 0) return "0";
  return fmt::format("{:.1f} % (n {})", 100 * static_cast<double>(tried.hits) / static_cast<double>(tried.n),
                     tried.n);
}

void say(Console& console, const journey::ChannelChoice& choice, const journey::Purpose& purpose) {
  std::vector<Row> rows{
      {std::string(console.pick("channel", "渠道")), std::string(console.pick("own", "本人")),
       std::string(console.pick("customers alike", "相似客户")), std::string(console.pick("all", "全体")),
       std::string(console.pick("expected", "预期")), std::string(console.pick("best", "最佳概率")),
       std::string(console.pick("why not", "不可选原因"))}};
  for (const journey::ChannelProspect& one : choice.channels)
    rows.push_back({one.channel, tried_text(one.own), share_text(one.alike), share_text(one.all),
                    fmt::format("{:.1f} % [{:.1f}, {:.1f}]", 100 * one.expected.mean(),
                                100 * one.interval.low, 100 * one.interval.high),
                    fmt::format("{:.0f} %", 100 * one.best), std::string(journey::to_string(one.why))});
  console.say(table(rows));
  console.say(fmt::format(fmt::runtime(console.pick("{}: of {}, those that {}", "{}：{}中{}的比例")),
                          console.pick(purpose.name_en, purpose.name_zh),
                          console.pick(purpose.trial_en, purpose.trial_zh),
                          console.pick(purpose.hit_en, purpose.hit_zh)));
  if (const journey::ChannelProspect* const best = choice.best())
    console.say(fmt::format(fmt::runtime(console.pick("best: {}", "最佳：{}")), best->channel));
  else
    console.say(fmt::format(fmt::runtime(console.pick("no channel is named: {}", "未推荐渠道：{}")),
                            journey::to_string(choice.why)));
}

/// One customer in a line; figures of the channel named, or of the first to choose from.
Result<void> write_file(const app::ChannelChoices::Many& many, const std::string& path) {
  std::ofstream out(path, std::ios::binary);
  out << "customer_id,best,why,main,first,expected,low,high,probability,own_hits,own_n\n";
  for (const journey::ChannelChoice& choice : many.choices) {
    const journey::ChannelProspect* const best = choice.best();
    out << choice.customer << ',' << (best == nullptr ? "" : best->channel) << ','
        << journey::to_string(choice.why) << ',' << choice.main;
    if (choice.channels.empty() || choice.channels.front().why != journey::NoChoice::kNone) {
      out << ",,,,,,,\n";
      continue;
    }
    const journey::ChannelProspect& first = choice.channels.front();
    out << fmt::format(",{},{:.4f},{:.4f},{:.4f},{:.4f},{},{}\n", first.channel, first.expected.mean(),
                       first.interval.low, first.interval.high, first.best, first.own.hits, first.own.n);
  }
  out.close();
  if (!out) return fail(Code::kBadFile, "{} cannot be written", path);
  return {};
}

void say(Console& console, const app::ChannelChoices::Many& many, const json::object& result) {
  std::vector<Row> rows{
      {std::string(console.pick("channel", "渠道")), std::string(console.pick("customers", "客户"))}};
  for (const auto& one : result.at("items").as_array())
    rows.push_back({std::string(one.at("channel").as_string()),
                    std::to_string(one.at("customers").to_number<std::uint64_t>())});
  for (const auto& one : result.at("refused").as_array())
    rows.push_back({fmt::format("({})", std::string_view(one.at("why").as_string())),
                    std::to_string(one.at("customers").to_number<std::uint64_t>())});
  console.say(table(rows));
  console.say(
      fmt::format(fmt::runtime(console.pick("{} customers drawn of {}", "从 {1} 名客户中抽取 {0} 名")),
                  many.choices.size(), many.customers));
}

Result<journey::ChoiceOptions> options_of(const ChannelBestCommand& command) {
  journey::ChoiceOptions out{.costs = {}, .worth = {}, .sure = command.sure};
  std::string costs;
  for (const std::string& cost : command.costs) costs += cost + ",";
  CX_TRY(out.costs, server::parse_costs(costs));
  if (command.worth > 0) out.worth = command.worth;
  return out;
}

Result<void> run(Console& console, app::App& app, const ChannelBestCommand& command) {
  CX_TRY(const journey::Purpose* const purpose, journey::find_purpose(command.purpose));
  CX_TRY(const journey::ChoiceOptions options, options_of(command));
  CX_TRY(auto filter, filter_of(app, command.filters));
  // What a customer did at any time tells of them; a range is only looked at when one is given.
  if (command.filters.empty()) filter.range = {{0}, {7'258'118'400'000}};
  const app::ChannelChoices choices(app.warehouse(), app.profiles());
  if (!command.customer.empty()) {
    CX_TRY(const auto id, parse_id<CustomerId>(command.customer));
    CX_TRY(const auto choice, choices.of(Grant::owner(), filter, *purpose, id, options));
    say(console, choice, *purpose);
    console.result(server::choice_json(choice, *purpose, options.sure));
    return {};
  }
  Progress progress(console.on_terminal(), std::string(console.pick("customers", "名客户")));
  const auto show = [&](double share) { progress.update(share, 0, ""); };
  CX_TRY(const auto many, choices.of_many(Grant::owner(), filter, *purpose, command.sample, options, show));
  progress.clear();
  json::object result = server::choices_json(many, *purpose, options.sure);
  say(console, many, result);
  if (!command.out.empty()) {
    CX_TRY(write_file(many, command.out));
    result["out"] = command.out;
  }
  console.result(std::move(result));
  return {};
}

}  // namespace

int channel_best(Console& console, const ChannelBestCommand& command) {
  if (!command.customer.empty() && !command.out.empty())
    return console.usage("--out is of many customers, without one");
  return with_app(console, [&](app::App& app) { return run(console, app, command); });
}

}  // namespace zhike::cli
