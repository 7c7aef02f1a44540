// Key drivers from what is known of each customer, and the service-profit chain.
#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "app/driver_analyses.h"
#include "base/time.h"
#include "feedback/customer_drivers.h"
#include "metric/chain.h"
#include "server/analysis_json.h"
#include "server/api.h"
#include "server/driver_handlers.h"

namespace zhike::server {
namespace {

constexpr double kConditionHigh = 30;  // Belsley, Kuh and Welsch (1980), Regression Diagnostics, 3.2
constexpr std::int64_t kDayMs = 86'400'000;
constexpr std::int64_t kLagsUsual = 3;

json::object column_json(std::string_view key) {
  const feedback::CustomerColumn* column = feedback::find_customer_column(key);
  if (column == nullptr)
    return {{"key", key}, {"text", json::object{{"zh", key}, {"en", key}}}, {"unit", "number"}};
  return {
      {"key", key}, {"text", json::object{{"zh", column->zh}, {"en", column->en}}}, {"unit", column->unit}};
}

json::value text_or_null(const std::string& text) {
  return text.empty() ? json::value(nullptr) : json::value(json::string(text));
}

Result<feedback::CustomerQuestion> question_of(Call& call) {
  static constexpr std::string_view kOwn[] = {"outcome", "drivers"};
  CX_TRY(auto filter, call.filter(kOwn));
  return app::customer_question(
      call.app, call.grant, std::move(filter),
      {.outcome = std::string(call.param("outcome")), .drivers = words(call.param("drivers"))});
}

Result<Response> list_columns(Call& call) {
  CX_TRY(const auto question, question_of(call));
  CX_TRY(const auto found, feedback::customer_outline(call.app.warehouse(), call.grant, question));
  json::array columns;
  for (const feedback::ColumnState& state : found.columns)
    columns.push_back(json::object{
        {"column", column_json(state.key)}, {"customers", state.known}, {"varies", state.varies}});
  return answer(json::object{{"customers", found.customers},
                             {"cut", found.is_cut},
                             {"currency", text_or_null(found.currency)},
                             {"columns", std::move(columns)},
                             {"outcome", found.usual.outcome},
                             {"drivers", texts(found.usual.drivers)}});
}

Result<Response> get_drivers(Call& call) {
  CX_TRY(const auto question, question_of(call));
  CX_TRY(const auto found, feedback::customer_drivers(call.app.warehouse(), call.grant, question));
  json::array drivers;
  for (std::size_t d = 0; d < found.drivers.size(); ++d) {
    json::object one = driver_json(found.found, d);
    one["column"] = column_json(found.drivers[d]);
    drivers.push_back(std::move(one));
  }
  json::object out = analysis_json(found.found);
  out["outcome"] = column_json(found.outcome);
  out["customers"] = found.outline.customers;
  out["cut"] = found.outline.is_cut;
  out["currency"] = text_or_null(found.outline.currency);
  out["complete"] = found.complete;
  out["needed"] = feedback::responses_needed(found.drivers.size());
  out["ample"] = feedback::responses_ample(found.drivers.size());
  out["resamples"] = found.resamples;
  out["collinear"] = found.found.regression.condition > kConditionHigh;
  out["drivers"] = std::move(drivers);
  return answer(out);
}

// ---- the service-profit chain -----------------------------------------------------------------------------

Result<metric::ChainWish> wish_of(const Call& call) {
  metric::ChainWish out;
  CX_TRY(out.stages, metric::parse_stages(words(call.param("stages"))));
  if (!call.param("grain").empty()) {
    CX_TRY(out.grain, query::parse_grain(call.param("grain")));
  }
  if (out.grain == query::Grain::kNone) return fail(Code::kBadField, "'grain': a chain needs periods");
  CX_TRY(const std::int64_t lags,
         call.number("lags", kLagsUsual, 0, static_cast<std::int64_t>(stats::kChainLagsMax)));
  out.lags = static_cast<std::size_t>(lags);
  CX_TRY(out.fixed, metric::parse_lags(call.param("fixed"), out.stages.size() - 1, out.lags));
  return out;
}

std::string day_text(std::int32_t day) { return format_utc({day * kDayMs}).substr(0, 10); }

Result<Response> get_chain(Call& call) {
  static constexpr std::string_view kOwn[] = {"stages", "by", "grain", "lags", "fixed"};
  CX_TRY(const auto wish, wish_of(call));
  CX_TRY(const auto filter, call.filter(kOwn));
  CX_TRY(const auto found, app::metric_chain(call.app, call.grant, filter, wish, call.param("by")));
  json::array stages;
  std::vector<std::string> keys;
  for (std::size_t s = 0; s < found.stages.size(); ++s) {
    keys.push_back(found.stages[s].metric->key);
    stages.push_back(
        json::object{{"metric", keys.back()}, {"log", found.stages[s].is_log}, {"known", found.known[s]}});
  }
  json::object out = chain_json(found.found, keys);
  out["by"] = call.param("by").empty() ? std::string_view("unit") : call.param("by");
  out["grain"] = query::to_string(wish.grain);
  out["units"] = found.units.size();
  out["periods"] = found.periods.size();
  out["first_period"] = day_text(found.periods.front());  // a chain that was found has periods
  out["last_period"] = day_text(found.periods.back());
  out["stages"] = std::move(stages);
  return answer(out);
}

}  // namespace

std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    if (comma > 0) out.emplace_back(text.substr(0, comma));
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return out;
}

void add_driver_handlers(Handlers& handlers) {
  handlers["listCustomerColumns"] = list_columns;
  handlers["getCustomerDrivers"] = get_drivers;
  handlers["getDriverChain"] = get_chain;
}

}  // namespace zhike::server
