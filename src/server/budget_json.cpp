#include "server/budget_json.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "base/day_range.h"
#include "govern/audit.h"

namespace zhike::server {
namespace {

namespace json = boost::json;

json::object note_json(const stats::BudgetNote& note) {
  return {{"issue", stats::to_string(note.issue)},
          {"channel", note.channel},
          {"other", note.other},
          {"value", note.value},
          {"needed", note.needed}};
}
json::array notes_json(const std::vector<stats::BudgetNote>& notes) {
  json::array out;
  for (const stats::BudgetNote& one : notes) out.push_back(note_json(one));
  return out;
}

json::object ranged_json(const stats::Ranged& ranged) {
  json::object out{{"value", ranged.value}, {"low", nullptr}, {"high", nullptr}};
  if (ranged.interval) {
    out["low"] = ranged.interval->low;
    out["high"] = ranged.interval->high;
  }
  return out;
}

json::object channel_json(const stats::ChannelResponse& one) {
  json::array curve;
  for (const stats::CurvePoint& point : one.curve) {
    json::object at = ranged_json(point.brings);
    at["spend"] = point.spend;
    curve.push_back(std::move(at));
  }
  return {{"channel", one.name},
          {"why", one.why ? json::value(note_json(*one.why)) : json::value(nullptr)},
          {"spent", one.spent},
          {"present", one.present},
          {"least", one.least},
          {"most", one.most},
          {"carry", one.carry},
          {"slope", one.slope},
          {"half", one.half ? json::value(*one.half) : json::value(nullptr)},
          {"share", ranged_json(one.share)},
          {"average", ranged_json(one.average)},
          {"marginal", ranged_json(one.marginal)},
          {"better", one.better},
          {"curve", std::move(curve)}};
}

}  // namespace

journey::SpendingBook spending_book(app::App& app) {
  return {app.ledger(), govern::Audit(app.keys()), app.clock()};
}

json::object budget_json(const journey::SpendTable& table, const stats::BudgetResponse& found) {
  const bool is_answered = found.is_answered();
  json::array channels;
  for (const stats::ChannelResponse& one : found.channels) channels.push_back(channel_json(one));
  const auto end = [&](bool is_first) -> json::value {
    if (table.periods.empty()) return nullptr;
    return json::value(format_day(is_first ? table.periods.front().from : table.periods.back().to));
  };
  return {{"answered", is_answered},
          {"from", end(true)},
          {"to", end(false)},
          {"currency", table.currency},
          {"periods", found.periods},
          {"parameters", found.parameters},
          {"latest", found.latest},
          {"memory", found.memory},
          {"resamples", found.resamples},
          {"confidence", found.confidence},
          {"total_outcome", found.outcome},
          {"r2", found.r2},
          {"base", ranged_json(found.base)},
          {"total", found.total},
          {"gain", ranged_json(found.gain)},
          {"refused", notes_json(found.refused)},
          {"notes", notes_json(found.notes)},
          {"channels", std::move(channels)}};
}

json::object budget_json(const journey::StoredBudget& budget, const journey::BudgetQuestion& question) {
  json::object out = budget_json(budget.table, budget.found);
  out["outcome"] = budget.outcome->key;
  out["conversion"] = question.conversion;
  out["unit"] = budget.outcome->unit;
  out["outcome_currency"] = budget.outcome_currency;
  out["grain"] = stats::to_string(question.period);
  return out;
}

json::object spending_json(const std::vector<journey::Spending>& spending, std::string_view channel,
                           std::size_t limit) {
  struct Sum {
    std::size_t entries = 0;
    double amount = 0;
    DayRange days{};
  };
  std::map<std::pair<std::string_view, std::string_view>, Sum> sums;  // by channel and currency
  json::array items, channels;
  std::size_t count = 0;
  for (const journey::Spending& one : spending) {
    Sum& sum = sums[{one.channel, one.currency}];
    sum.days = sum.entries++ == 0
                   ? one.days
                   : DayRange{std::min(sum.days.from, one.days.from), std::max(sum.days.to, one.days.to)};
    sum.amount += one.amount;
    if (!channel.empty() && one.channel != channel) continue;
    ++count;
    if (items.size() >= limit) continue;
    items.push_back(json::object{{"channel", one.channel},
                                 {"unit", one.unit},
                                 {"from", format_day(one.days.from)},
                                 {"to", format_day(one.days.to)},
                                 {"spend", one.amount},
                                 {"currency", one.currency}});
  }
  for (const auto& [key, sum] : sums)
    channels.push_back(json::object{{"channel", key.first},
                                    {"currency", key.second},
                                    {"entries", sum.entries},
                                    {"from", format_day(sum.days.from)},
                                    {"to", format_day(sum.days.to)},
                                    {"spend", sum.amount}});
  return {{"items", std::move(items)}, {"count", count}, {"channels", std::move(channels)}};
}

json::object spending_stored_json(const journey::SpendingFile& file) {
  constexpr std::size_t kBadShown = 100;
  json::array rejected;
  for (const journey::BadSpending& one : file.bad)
    if (rejected.size() < kBadShown) rejected.push_back(json::object{{"line", one.line}, {"what", one.what}});
  return {
      {"stored", file.good.size()}, {"rejected_count", file.bad.size()}, {"rejected", std::move(rejected)}};
}

}  // namespace zhike::server
