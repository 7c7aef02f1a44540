#include "server/channel_json.h"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "server/json.h"

namespace zhike::server {
namespace {

constexpr std::uint64_t kEnough = 30;

/// Calls `each` with every part between commas that is not empty.
void split(std::string_view text, const auto& each) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(','), text.size());
    if (end > 0) each(text.substr(0, end));
    text.remove_prefix(std::min(text.size(), end + 1));
  }
}

using Keys = std::set<std::string, std::less<>>;
Keys keys_of(std::string_view text) {
  Keys out;
  split(text, [&](std::string_view key) { out.emplace(key); });
  return out;
}

json::object measure_json(journey::ChannelMeasure which, const journey::Measured& one) {
  const auto end = [&](double stats::Interval::* side) -> json::value {
    return one.interval ? number_or_null((*one.interval).*side) : json::value(nullptr);
  };
  return {{"key", journey::to_string(which)},
          {"unit", journey::unit_of(which)},
          {"purpose", journey::purpose_of(which)},
          {"value", number_or_null(one.value)},
          {"low", end(&stats::Interval::low)},
          {"high", end(&stats::Interval::high)},
          {"n", one.n},
          {"young", one.young},
          {"why", journey::to_string(one.why)},
          {"verdict", journey::to_string(one.verdict)}};
}

json::value share_or_null(const stats::Share& share) {
  if (share.n == 0) return nullptr;
  const auto interval = stats::wilson(share);
  return json::object{{"value", share.value()},
                      {"low", interval ? json::value(interval->low) : json::value(nullptr)},
                      {"high", interval ? json::value(interval->high) : json::value(nullptr)},
                      {"n", share.n},
                      {"enough", share.n >= kEnough}};
}

json::array models_json(const stats::Attribution& found, std::size_t place) {
  json::array out;
  for (std::size_t m = 0; m < stats::kAttributionModels; ++m) {
    const stats::Attributed& model = found.models[m];
    const auto& interval = model.intervals[place];
    out.push_back(json::object{{"model", stats::to_string(static_cast<stats::AttributionModel>(m))},
                               {"conversions", model.conversions[place]},
                               {"share", model.shares[place]},
                               {"low", interval ? json::value(interval->low) : json::value(nullptr)},
                               {"high", interval ? json::value(interval->high) : json::value(nullptr)}});
  }
  return out;
}

}  // namespace

Result<journey::ChannelCosts> parse_costs(std::string_view text) {
  journey::ChannelCosts out;
  std::optional<std::string> wrong;
  split(text, [&](std::string_view part) {
    const std::size_t mark = part.find_last_of(":=");
    const auto cost =
        mark == std::string_view::npos ? std::nullopt : ascii::parse_number<double>(part.substr(mark + 1));
    if (mark == 0 || !cost || *cost < 0)
      wrong = std::string(part.substr(0, 60));
    else
      out[std::string(part.substr(0, mark))] = *cost;
  });
  if (wrong) return fail(Code::kBadField, "'costs' is web:1200.50,store:900, not {}", *wrong);
  return out;
}

json::object scorecard_json(const journey::Scorecard& card, int retention_days, std::string_view shown) {
  const Keys wanted = keys_of(shown);
  json::array items;
  for (const journey::Channel& one : card.channels) {
    if (!wanted.empty() && !wanted.contains(one.channel)) continue;
    json::array measures;
    for (std::size_t m = 0; m < journey::kChannelMeasures; ++m)
      measures.push_back(measure_json(static_cast<journey::ChannelMeasure>(m), one.measures[m]));
    items.push_back(json::object{{"channel", one.channel},
                                 {"events", one.events},
                                 {"customers", one.customers},
                                 {"orders", one.orders},
                                 {"contacts", one.contacts},
                                 {"won", one.won},
                                 {"waiting_median", number_or_null(one.waiting_median)},
                                 {"measures", std::move(measures)}});
  }
  return {{"items", std::move(items)},
          {"satisfaction", card.satisfaction},
          {"retention_days", retention_days},
          {"known_until", time_or_null(card.known_until)}};
}

json::object switching_json(const journey::Switching& found, std::string_view shown) {
  const Keys wanted = keys_of(shown);
  json::array items;
  for (const journey::ChannelSwitch& pair : found.pairs) {
    if (!wanted.empty() && !wanted.contains(pair.from) && !wanted.contains(pair.to)) continue;
    items.push_back(json::object{{"from", pair.from},
                                 {"to", pair.to},
                                 {"count", pair.count},
                                 {"customers", pair.customers},
                                 {"median_ms", pair.median_ms},
                                 {"carried", pair.carried},
                                 {"lost_identity", pair.lost_identity},
                                 {"lost_matter", pair.lost_matter}});
  }
  return {{"journeys", found.journeys},
          {"switching", found.switching},
          {"switches", found.switches},
          {"carried", found.carried},
          {"lost", found.lost},
          {"untold", found.switches - found.carried - found.lost},
          {"degree", share_or_null(found.degree())},
          {"degree_told", share_or_null(found.degree_told())},
          {"channels", found.channels},
          {"connected", found.connected},
          {"items", std::move(items)}};
}

json::object credit_json(const journey::ChannelCredit& credit, const journey::ChannelPathOptions& options) {
  json::array items;
  if (credit.found) {
    std::vector<std::size_t> order(credit.names.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    const auto& shares = credit.found->models.back().shares;
    std::ranges::sort(order, [&](std::size_t a, std::size_t b) {
      return shares[a] != shares[b] ? shares[a] > shares[b] : credit.names[a] < credit.names[b];
    });
    for (const std::size_t place : order)
      items.push_back(json::object{{"key", credit.names[place]},
                                   {"removal_effect", credit.found->removal_effects[place]},
                                   {"models", models_json(*credit.found, place)}});
  }
  return {{"journeys", credit.journeys},
          {"conversions", credit.conversions},
          {"paths", credit.paths},
          {"left_out", credit.left_out},
          {"by", options.property.empty() ? std::string("channel") : options.property},
          {"conversion", options.conversion},
          {"window_days", options.window_days},
          {"items", std::move(items)}};
}

}  // namespace zhike::server
