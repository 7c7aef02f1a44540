// Metrics and the overview.
#include "app/virtual.h"
#include "metric/metric.h"
#include "metric/overview.h"
#include "server/api.h"

namespace zhike::server {
namespace {

void put_value(json::object& out, const metric::Value& value) {
  out["value"] = number_or_null(value.value);
  out["low"] = number_or_null(value.low);
  out["high"] = number_or_null(value.high);
  out["n"] = value.n;
}

json::value change_or_null(const std::optional<metric::Change>& change) {
  if (!change) return nullptr;
  return json::object{{"value", change->value},
                      {"low", number_or_null(change->low)},
                      {"high", number_or_null(change->high)},
                      {"significant", change->significant}};
}

json::array series_of(const std::vector<metric::Point>& series) {
  json::array out;
  for (const auto& point : series) {
    json::object entry{{"at", time_text(point.at)}};
    put_value(entry, point.value);
    out.push_back(std::move(entry));
  }
  return out;
}

/// What a card and a metric's answer have in common.
json::object common(const metric::Answer& answer) {
  json::object out;
  put_value(out, answer.value);
  out["enough"] = answer.value.enough;
  out["change"] = change_or_null(answer.change);
  out["currency"] = answer.currency.empty() ? json::value(nullptr) : json::value(answer.currency);
  out["series"] = series_of(answer.series);
  return out;
}

Result<Response> list_metrics(Call&) {
  json::array items;
  for (const auto& m : metric::list())
    items.push_back(json::object{{"key", m.key},
                                 {"name_en", m.name_en},
                                 {"name_zh", m.name_zh},
                                 {"group", m.group},
                                 {"unit", m.unit},
                                 {"direction", m.direction},
                                 {"formula_en", m.formula_en},
                                 {"formula_zh", m.formula_zh},
                                 {"source", m.source},
                                 {"version", m.version}});
  return answer(json::object{{"items", std::move(items)}});
}

Result<Response> get_metric(Call& call) {
  static constexpr std::string_view kOwn[] = {"grain", "by", "compare"};
  CX_TRY(const auto* found, metric::find(call.params.front().second));
  metric::Question question;
  CX_TRY(question.filter, call.filter(kOwn));
  question.grain = query::grain_for(question.filter.range);
  if (!call.param("grain").empty()) {
    CX_TRY(question.grain, query::parse_grain(call.param("grain")));
  }
  if (question.grain == query::Grain::kNone) question.grain = query::grain_for(question.filter.range);
  const std::string_view by = call.param("by");
  const bool by_virtual = by.find('.') != by.npos;
  if (!by.empty() && !by_virtual) {
    CX_TRY(question.by, query::parse_by(by));
  }
  if (!call.param("compare").empty()) {
    CX_TRY(question.compare, query::parse_compare(call.param("compare")));
  }
  CX_TRY(const auto computed, by_virtual
                                  ? app::compute_by(call.app, call.grant, *found, question, by)
                                  : metric::compute(call.app.warehouse(), call.grant, *found, question));
  json::object out = common(computed);
  out["key"] = found->key;
  out["version"] = found->version;
  out["unit"] = found->unit;
  out["from"] = time_text(question.filter.range.from);
  out["to"] = time_text(question.filter.range.to);
  out["grain"] = query::to_string(question.grain);
  json::array groups;
  for (const auto& group : computed.groups) {
    json::object entry{{"group", group.key}, {"enough", group.value.enough}};
    put_value(entry, group.value);
    groups.push_back(std::move(entry));
  }
  out["groups"] = std::move(groups);
  return answer(out);
}

Result<Response> get_overview(Call& call) {
  static constexpr std::string_view kOwn[] = {"compare"};
  CX_TRY(const auto filter, call.filter(kOwn));
  auto compare = query::Compare::kPrevious;
  if (!call.param("compare").empty()) {
    CX_TRY(compare, query::parse_compare(call.param("compare")));
  }
  CX_TRY(const auto overview, metric::overview(call.app.warehouse(), call.grant, filter, compare));
  json::array cards, mix;
  for (const auto& card : overview.cards) {
    json::object entry = common(card);
    entry["metric"] = card.metric->key;
    cards.push_back(std::move(entry));
  }
  for (const auto& share : overview.channel_mix)
    mix.push_back(json::object{{"channel", share.channel},
                               {"events", share.events},
                               {"customers", share.customers},
                               {"share", share.share}});
  return answer(json::object{{"from", time_text(overview.range.from)},
                             {"to", time_text(overview.range.to)},
                             {"grain", query::to_string(overview.grain)},
                             {"cards", std::move(cards)},
                             {"channel_mix", std::move(mix)},
                             {"totals", json::object{{"events", overview.events},
                                                     {"customers", overview.customers},
                                                     {"orders", overview.orders}}},
                             {"data_as_of", time_or_null(overview.stored.received)},
                             {"data_from", time_or_null(overview.stored.oldest)},
                             {"data_to", time_or_null(overview.stored.newest)}});
}

}  // namespace

void add_metric_handlers(Handlers& handlers) {
  handlers["listMetrics"] = list_metrics;
  handlers["getMetric"] = get_metric;
  handlers["getOverview"] = get_overview;
}

}  // namespace zhike::server
