// Channels: scorecard, switching, attribution.
#include "server/api.h"
#include "server/channel_handlers.h"
#include "server/channel_json.h"

namespace zhike::server {
namespace {

Result<Response> get_scorecard(Call& call) {
  static constexpr std::string_view kOwn[] = {"channel", "retention_days", "costs"};
  journey::ScorecardOptions options;
  CX_TRY(const auto filter, call.filter(kOwn));
  CX_TRY(const auto days, call.number("retention_days", options.retention_days, 2, 365));
  CX_TRY(options.costs, parse_costs(call.param("costs")));
  options.retention_days = static_cast<int>(days);
  CX_TRY(const auto card, journey::scorecard(call.app.warehouse(), call.grant, filter, options));
  return answer(scorecard_json(card, options.retention_days, call.param("channel")));
}

Result<Response> get_switching(Call& call) {
  static constexpr std::string_view kOwn[] = {"channel"};
  CX_TRY(const auto filter, call.filter(kOwn));
  CX_TRY(const auto found, journey::switching(call.app.warehouse(), call.grant, filter));
  return answer(switching_json(found, call.param("channel")));
}

Result<Response> get_attribution(Call& call) {
  static constexpr std::string_view kOwn[] = {"conversion", "window", "property", "repeats", "resamples"};
  constexpr std::size_t kNameMax = 200, kPropertyMax = 120;
  CX_TRY(const auto filter, call.filter(kOwn));
  journey::ChannelPathOptions options;
  CX_TRY(const auto window, call.number("window", options.window_days, 1, 365));
  CX_TRY(const auto resamples, call.number("resamples", 200, 0, 2000));
  options.conversion = call.param("conversion");
  options.property = call.param("property");
  if (options.conversion.size() > kNameMax) return fail(Code::kBadField, "'conversion' is too long");
  if (options.property.size() > kPropertyMax) return fail(Code::kBadField, "'property' is too long");
  const std::string_view repeats = call.param("repeats");
  if (!repeats.empty() && repeats != "one" && repeats != "each")
    return fail(Code::kBadField, "'repeats' is one or each");
  options.each = repeats == "each";
  options.window_days = static_cast<int>(window);
  options.attribution.bootstrap.resamples = static_cast<int>(resamples);
  CX_TRY(const auto credit, journey::channel_credit(call.app.warehouse(), call.grant, filter, options));
  return answer(credit_json(credit, options));
}

}  // namespace

void add_channel_handlers(Handlers& handlers) {
  handlers["getChannelScorecard"] = get_scorecard;
  handlers["getChannelSwitching"] = get_switching;
  handlers["getChannelAttribution"] = get_attribution;
  add_channel_best_handlers(handlers);
  add_channel_budget_handlers(handlers);
}

}  // namespace zhike::server
