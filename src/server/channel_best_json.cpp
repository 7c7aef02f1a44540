#include "server/channel_best_json.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/json.h"

namespace zhike::server {
namespace {

json::object tried_json(const journey::Tried& tried) {
  return {{"customers", tried.customers}, {"n", tried.n}, {"hits", tried.hits}};
}

json::object prospect_json(const journey::ChannelProspect& one) {
  return {{"channel", one.channel},
          {"why", journey::to_string(one.why)},
          {"expected", one.expected.mean()},
          {"low", one.interval.low},
          {"high", one.interval.high},
          {"best", one.best},
          {"own", tried_json(one.own)},
          {"alike", tried_json(one.alike)},
          {"all", tried_json(one.all)},
          {"cost", number_or_null(one.cost)},
          {"cost_per_result", number_or_null(one.cost_per_result)},
          {"value", number_or_null(one.value)}};
}

}  // namespace

json::object choice_json(const journey::ChannelChoice& choice, const journey::Purpose& purpose, double sure) {
  json::array channels;
  for (const journey::ChannelProspect& one : choice.channels) channels.push_back(prospect_json(one));
  const journey::ChannelProspect* const best = choice.best();
  return {{"customer_id", std::to_string(choice.customer)},
          {"purpose", purpose.key},
          {"sure", sure},
          {"main", choice.main},
          {"best", best == nullptr ? std::string() : best->channel},
          {"why", journey::to_string(choice.why)},
          {"items", std::move(channels)}};
}

json::object choices_json(const app::ChannelChoices::Many& many, const journey::Purpose& purpose,
                          double sure) {
  std::map<std::string, std::uint64_t, std::less<>> named;
  std::map<std::string_view, std::uint64_t> refused;
  for (const journey::ChannelChoice& choice : many.choices)
    if (const journey::ChannelProspect* const best = choice.best())
      ++named[best->channel];
    else
      ++refused[journey::to_string(choice.why)];
  std::vector<std::pair<std::string, std::uint64_t>> order(named.begin(), named.end());
  std::ranges::stable_sort(order, [](const auto& a, const auto& b) { return a.second > b.second; });
  json::array items, reasons;
  for (const auto& [channel, count] : order)
    items.push_back(json::object{{"channel", channel}, {"customers", count}});
  for (const auto& [why, count] : refused)
    reasons.push_back(json::object{{"why", why}, {"customers", count}});
  return {{"purpose", purpose.key},       {"sure", sure},          {"customers", many.customers},
          {"drawn", many.choices.size()}, {"unseen", many.unseen}, {"items", std::move(items)},
          {"refused", std::move(reasons)}};
}

}  // namespace zhike::server
