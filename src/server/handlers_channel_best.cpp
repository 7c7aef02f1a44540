// The best channel for a customer, and how many customers each channel is best for.
#include <cmath>

#include "app/channel_choices.h"
#include "base/ascii.h"
#include "server/api.h"
#include "server/channel_best_json.h"
#include "server/channel_handlers.h"
#include "server/channel_json.h"

namespace zhike::server {
namespace {

/// Nothing where the parameter is absent.
Result<std::optional<double>> decimal(const Call& call, std::string_view name, double least, double most) {
  const std::string_view text = call.param(name);
  if (text.empty()) return std::nullopt;
  const auto value = ascii::parse_number<double>(text);
  if (!value || !(*value >= least && *value <= most))
    return fail(Code::kBadField, "'{}' is a number from {} to {}", name, least, most);
  return value;
}

struct Asked {
  query::Filter filter;
  const journey::Purpose* purpose = nullptr;
  journey::ChoiceOptions options;
};
Result<Asked> asked(const Call& call) {
  static constexpr std::string_view kOwn[] = {"purpose", "costs", "worth", "sure", "sample"};
  constexpr double kWorthLeast = 1e-6, kWorthMost = 1e12;
  Asked out;
  CX_TRY(out.filter, call.filter(kOwn));
  // What a customer did at any time tells of them; a range is only looked at when one is given.
  if (call.param("from").empty() && call.param("to").empty()) out.filter.range = {{0}, {7'258'118'400'000}};
  CX_TRY(out.purpose, journey::find_purpose(call.param("purpose")));
  CX_TRY(out.options.costs, parse_costs(call.param("costs")));
  CX_TRY(out.options.worth, decimal(call, "worth", kWorthLeast, kWorthMost));
  CX_TRY(const auto sure, decimal(call, "sure", 0.5, 0.999));
  out.options.sure = sure.value_or(out.options.sure);
  return out;
}

Result<Response> get_best_channel(Call& call) {
  CX_TRY(const auto id, call.id<CustomerId>("id"));
  CX_TRY(const Asked what, asked(call));
  const app::ChannelChoices choices(call.app.warehouse(), call.app.profiles());
  CX_TRY(const auto choice, choices.of(call.grant, what.filter, *what.purpose, id, what.options));
  return answer(choice_json(choice, *what.purpose, what.options.sure));
}

Result<Response> get_best_channels(Call& call) {
  CX_TRY(const Asked what, asked(call));
  CX_TRY(const auto sample, call.number("sample", 1000, 1, journey::kSampleMost));
  const app::ChannelChoices choices(call.app.warehouse(), call.app.profiles());
  CX_TRY(const auto many, choices.of_many(call.grant, what.filter, *what.purpose,
                                          static_cast<std::uint64_t>(sample), what.options));
  return answer(choices_json(many, *what.purpose, what.options.sure));
}

}  // namespace

void add_channel_best_handlers(Handlers& handlers) {
  handlers["getBestChannel"] = get_best_channel;
  handlers["getBestChannels"] = get_best_channels;
}

}  // namespace zhike::server
