#include "metric/catalogue.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <utility>

#include "metric/sql.h"

namespace zhike::metric {

namespace {

namespace json = boost::json;

struct Embedded {
  std::string_view key, text;
};
constexpr Embedded kEmbedded[] = {
#include "catalog/metrics.inc"
};

constexpr std::pair<std::string_view, std::string_view> kSql[] = {
    {"answers", sql::kAnswers},
    {"case_amounts", sql::kCaseAmounts},
    {"case_lag", sql::kCaseLag},
    {"case_share", sql::kCaseShare},
    {"cases", sql::kCases},
    {"cases_per_customer", sql::kCasesPerCustomer},
    {"channel_share", sql::kChannelShare},
    {"count_ratio", sql::kCountRatio},
    {"cross_channel", sql::kCrossChannel},
    {"customer_share", sql::kCustomerShare},
    {"customers", sql::kCustomers},
    {"events", sql::kEvents},
    {"new_customers", sql::kNewCustomers},
    {"on_time", sql::kOnTime},
    {"sessions", sql::kSessions},
};

constexpr std::pair<std::string_view, Estimator> kEstimators[] = {
    {"count", Estimator::kCount}, {"sum", Estimator::kSum},   {"share", Estimator::kShare},
    {"nps", Estimator::kNps},     {"mean", Estimator::kMean}, {"median", Estimator::kMedian},
    {"ratio", Estimator::kRatio},
};

std::string text_of(const json::object& entry, const char* key) {
  return std::string(entry.at(key).as_string());
}

Param read_param(std::string_view name, const json::value& value) {
  Param param{.name = std::string(name), .texts = {}, .text = {}, .number = {}, .is_list = value.is_array()};
  if (value.is_array()) {
    for (const auto& item : value.as_array()) param.texts.emplace_back(item.as_string());
  } else if (value.is_string()) {
    param.text = value.as_string();
  } else {
    param.number = value.to_number<double>();
  }
  return param;
}

/// What the metric counts, as a filter: the union of its touchpoints, within its channels or instruments.
query::Expr events_of(const std::vector<Param>& params) {
  std::vector<query::Expr> parts;
  std::vector<std::string> touchpoints;
  bool any_touchpoint = false;
  for (const Param& param : params) {
    const std::string& name = param.name;
    if (name == "touchpoints" || name == "base" || name == "goal" || name == "above" || name == "below" ||
        name == "otherwise") {
      any_touchpoint = any_touchpoint || (param.texts.empty() && name != "otherwise");
      touchpoints.insert(touchpoints.end(), param.texts.begin(), param.texts.end());
    } else if ((name == "channels" || name == "base_channels") && !param.texts.empty()) {
      if (name == "base_channels" ||
          std::ranges::none_of(params, [](const Param& p) { return p.name == "base_channels"; }))
        parts.push_back(query::is(query::Field::kChannel, param.texts));
    } else if (name == "instruments") {
      parts.push_back(query::is(query::Field::kInstrument, param.texts));
    }
  }
  std::ranges::sort(touchpoints);
  const auto repeats = std::ranges::unique(touchpoints);
  touchpoints.erase(repeats.begin(), repeats.end());
  if (!any_touchpoint && !touchpoints.empty())
    parts.push_back(query::is(query::Field::kTouchpoint, touchpoints));
  return query::all(std::move(parts));
}

}  // namespace

std::string_view sql_named(std::string_view name) {
  for (const auto& [key, text] : kSql)
    if (key == name) return text;
  cx_check(false, "a metric names SQL that is not there");
  return {};
}

std::vector<Metric> read_catalogue() {
  std::vector<std::pair<std::int64_t, Metric>> ordered;
  for (const Embedded& embedded : kEmbedded) {
    const json::value parsed = json::parse(embedded.text);
    const json::object& entry = parsed.as_object();
    Metric metric;
    metric.key = text_of(entry, "key");
    metric.version = static_cast<int>(entry.at("version").as_int64());
    metric.name_en = text_of(entry, "name_en");
    metric.name_zh = text_of(entry, "name_zh");
    metric.group = text_of(entry, "group");
    metric.unit = text_of(entry, "unit");
    metric.direction = text_of(entry, "direction");
    metric.formula_en = text_of(entry, "formula_en");
    metric.formula_zh = text_of(entry, "formula_zh");
    metric.source = text_of(entry, "source");
    metric.interval = text_of(entry, "interval");
    metric.sql = text_of(entry, "sql");
    (void)sql_named(metric.sql);
    const std::string estimator = text_of(entry, "estimator");
    const auto* const known =
        std::ranges::find(kEstimators, std::string_view(estimator), [](const auto& e) { return e.first; });
    cx_check(known != std::end(kEstimators), "a metric names an unknown estimator");
    metric.estimator = known->second;
    metric.additive = entry.at("additive").as_bool();
    metric.minimum = entry.at("minimum").to_number<std::uint64_t>();
    metric.scale = entry.at("scale").to_number<double>();
    for (const auto& [name, value] : entry.at("params").as_object())
      metric.params.push_back(read_param(name, value));
    metric.events = events_of(metric.params);
    ordered.emplace_back(entry.at("order").as_int64(), std::move(metric));
  }
  std::ranges::sort(ordered, {}, [](const auto& entry) { return entry.first; });
  std::vector<Metric> out;
  for (auto& [order, metric] : ordered) out.push_back(std::move(metric));
  return out;
}

}  // namespace zhike::metric
