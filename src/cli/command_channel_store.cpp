// zhike channel scorecard, switching, attribution: of the customers in the store.
#include <fmt/format.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/app.h"
#include "cli/channel_commands.h"
#include "cli/opened.h"
#include "journey/channel_paths.h"
#include "journey/channels.h"
#include "journey/switching.h"
#include "server/channel_json.h"

namespace zhike::cli {
namespace {

using journey::ChannelMeasure;
using Row = std::vector<std::string>;

std::string value_text(double value, std::string_view unit) {
  if (unit == "share") return fmt::format("{:.1f} %", 100 * value);
  if (unit == "seconds") return fmt::format("{:.0f} s", value);
  return fmt::format("{:.2f}", value);
}

/// A + or - stands where the channel is better or worse than the others.
std::string measure_text(ChannelMeasure which, const journey::Measured& one) {
  if (!one.value) return std::string(journey::to_string(one.why));
  std::string out = value_text(*one.value, journey::unit_of(which));
  if (one.interval)
    out += fmt::format(" [{}, {}]", value_text(one.interval->low, journey::unit_of(which)),
                       value_text(one.interval->high, journey::unit_of(which)));
  if (one.verdict == journey::Verdict::kStrong) out += " +";
  if (one.verdict == journey::Verdict::kWeak) out += " -";
  return out;
}

/// A column for each channel: there are more measures than fit beside each other.
void say(Console& console, const journey::Scorecard& card) {
  std::vector<Row> rows{{""},
                        {std::string(console.pick("events", "事件"))},
                        {std::string(console.pick("customers", "客户"))},
                        {std::string(console.pick("new customers", "新客户"))},
                        {std::string(console.pick("orders", "订单"))},
                        {std::string(console.pick("contacts", "服务请求"))}};
  for (std::size_t m = 0; m < journey::kChannelMeasures; ++m)
    rows.push_back({std::string(journey::to_string(static_cast<ChannelMeasure>(m)))});
  for (const journey::Channel& one : card.channels) {
    rows[0].push_back(one.channel);
    std::size_t at = 1;
    for (const std::uint64_t count : {one.events, one.customers, one.won, one.orders, one.contacts})
      rows[at++].push_back(std::to_string(count));
    for (std::size_t m = 0; m < journey::kChannelMeasures; ++m)
      rows[at++].push_back(measure_text(static_cast<ChannelMeasure>(m), one.measures[m]));
  }
  console.say(table(rows));
  console.say(console.pick("+ better, - worse than all other channels together (95 % intervals do not meet)",
                           "+ 优于、- 劣于其余渠道之和（95% 区间不相交）"));
}

Result<void> run_scorecard(Console& console, app::App& app, const ChannelStoreCommand& command) {
  journey::ScorecardOptions options{.retention_days = command.retention_days, .costs = {}};
  std::string costs;
  for (const std::string& cost : command.costs) costs += cost + ",";
  CX_TRY(options.costs, server::parse_costs(costs));
  CX_TRY(const auto filter, filter_of(app, command.filters));
  CX_TRY(const auto card, journey::scorecard(app.warehouse(), Grant::owner(), filter, options));
  say(console, card);
  console.result(server::scorecard_json(card, options.retention_days, {}));
  return {};
}

void say(Console& console, const journey::Switching& found) {
  std::vector<Row> rows{{std::string(console.pick("from", "自")), std::string(console.pick("to", "至")),
                         std::string(console.pick("switches", "切换")),
                         std::string(console.pick("customers", "客户")),
                         std::string(console.pick("carried", "承接")),
                         std::string(console.pick("identified again", "重复表明身份")),
                         std::string(console.pick("matter anew", "重复诉求"))}};
  for (const journey::ChannelSwitch& pair : found.pairs)
    rows.push_back({pair.from, pair.to, std::to_string(pair.count), std::to_string(pair.customers),
                    std::to_string(pair.carried), std::to_string(pair.lost_identity),
                    std::to_string(pair.lost_matter)});
  console.say(table(rows));
  console.say(
      fmt::format(fmt::runtime(console.pick("{} switches in {} of {} journeys; {} carried the context, "
                                            "{} lost it, of the others nothing is known",
                                            "{} 次切换，发生在 {} / {} 段旅程中；{} 次带上了上下文，{} "
                                            "次丢失，其余无从得知")),
                  found.switches, found.switching, found.journeys, found.carried, found.lost));
  if (found.switches == 0) return;
  const auto interval = stats::wilson(found.degree());
  console.say(
      fmt::format(fmt::runtime(console.pick("channel-integration degree {:.1f} % [{:.1f}, {:.1f}]; {} of "
                                            "{} channels are connected",
                                            "渠道整合度 {:.1f} % [{:.1f}, {:.1f}]；{} / {} 个渠道已打通")),
                  100 * found.degree().value(), interval ? 100 * interval->low : 0.0,
                  interval ? 100 * interval->high : 100.0, found.connected, found.channels));
}

Result<void> run_switching(Console& console, app::App& app, const ChannelStoreCommand& command) {
  CX_TRY(const auto filter, filter_of(app, command.filters));
  CX_TRY(const auto found, journey::switching(app.warehouse(), Grant::owner(), filter));
  say(console, found);
  console.result(server::switching_json(found, {}));
  return {};
}

void say(Console& console, const journey::ChannelCredit& credit) {
  if (credit.found) {
    std::vector<Row> rows(1);
    rows[0].emplace_back(console.pick("channel", "渠道"));
    for (std::size_t m = 0; m < stats::kAttributionModels; ++m)
      rows[0].emplace_back(stats::to_string(static_cast<stats::AttributionModel>(m)));
    for (std::size_t c = 0; c < credit.names.size(); ++c) {
      Row row{credit.names[c]};
      for (const stats::Attributed& model : credit.found->models)
        row.push_back(fmt::format("{:.1f} %", 100 * model.shares[c]));
      rows.push_back(std::move(row));
    }
    console.say(table(rows));
  }
  console.say(fmt::format(fmt::runtime(console.pick("{} journeys on {} paths, {} of them converted",
                                                    "{} 段旅程，{} 种路径，其中 {} 段转化")),
                          credit.journeys, credit.paths, credit.conversions));
}

Result<void> run_attribution(Console& console, app::App& app, const ChannelCommand& command) {
  journey::ChannelPathOptions options{.conversion = command.conversion,
                                      .property = command.property,
                                      .window_days = command.window_days,
                                      .each = command.each};
  options.attribution = {
      .half_life = command.half_life,
      .bootstrap = {.seed = command.seed, .resamples = command.resamples, .confidence = command.confidence}};
  CX_TRY(const auto filter, filter_of(app, command.filters));
  CX_TRY(const auto credit, journey::channel_credit(app.warehouse(), Grant::owner(), filter, options));
  say(console, credit);
  console.result(server::credit_json(credit, options));
  return {};
}

}  // namespace

int channel_scorecard(Console& console, const ChannelStoreCommand& command) {
  return with_app(console, [&](app::App& app) { return run_scorecard(console, app, command); });
}

int channel_switching(Console& console, const ChannelStoreCommand& command) {
  return with_app(console, [&](app::App& app) { return run_switching(console, app, command); });
}

int channel_attribution_of_store(Console& console, const ChannelCommand& command) {
  return with_app(console, [&](app::App& app) { return run_attribution(console, app, command); });
}

}  // namespace zhike::cli
