// zhike metric: list, show, compute.
#include <algorithm>
#include <cmath>

#include "app/virtual.h"
#include "cli/commands.h"
#include "cli/opened.h"
#include "metric/metric.h"

namespace zhike::cli {
namespace {

json::value number(const std::optional<double>& value) {
  if (!value || !std::isfinite(*value)) return nullptr;
  return *value;
}

json::object definition(const metric::Metric& m) {
  return {{"key", m.key},
          {"version", m.version},
          {"group", m.group},
          {"name_en", m.name_en},
          {"name_zh", m.name_zh},
          {"unit", m.unit},
          {"direction", m.direction},
          {"formula_en", m.formula_en},
          {"formula_zh", m.formula_zh},
          {"interval", m.interval},
          {"source", m.source},
          {"minimum", m.minimum},
          {"additive", m.additive}};
}

json::object value_json(const metric::Value& value) {
  return {{"value", number(value.value)},
          {"low", number(value.low)},
          {"high", number(value.high)},
          {"n", value.n},
          {"enough", value.enough}};
}

std::string value_text(const metric::Value& value) {
  if (!value.value) return fmt::format("– (n {})", value.n);
  if (!value.low || !value.high) return fmt::format("{:.6g} (n {})", *value.value, value.n);
  return fmt::format("{:.6g} [{:.6g}, {:.6g}] (n {})", *value.value, *value.low, *value.high, value.n);
}

bool is_virtual(std::string_view by) { return by.find('.') != by.npos; }

Result<metric::Question> question_of(app::App& app, const MetricOptions& options) {
  metric::Question question;
  CX_TRY(question.filter, filter_of(app, options.filters));
  if (!options.grain.empty()) {
    CX_TRY(question.grain, query::parse_grain(options.grain));
  }
  if (!options.by.empty() && !is_virtual(options.by)) {
    CX_TRY(question.by, query::parse_by(options.by));
  }
  return question;
}

Result<void> compute(Console& console, app::App& app, const metric::Metric& m, const MetricOptions& options) {
  CX_TRY(const auto question, question_of(app, options));
  CX_TRY(const auto answer, is_virtual(options.by)
                                ? app::compute_by(app, Grant::owner(), m, question, options.by)
                                : metric::compute(app.warehouse(), Grant::owner(), m, question));
  json::object out = value_json(answer.value);
  out["key"] = m.key;
  out["unit"] = m.unit;
  out["from"] = format_utc(question.filter.range.from);
  out["to"] = format_utc(question.filter.range.to);
  out["currency"] = answer.currency.empty() ? json::value(nullptr) : json::value(answer.currency);
  console.say(fmt::format("{}  {} … {}", console.pick(m.name_en, m.name_zh),
                          format_utc(question.filter.range.from), format_utc(question.filter.range.to)));
  console.say(
      fmt::format("{} {}", value_text(answer.value), answer.currency.empty() ? m.unit : answer.currency));
  json::array series, groups;
  std::vector<std::vector<std::string>> rows;
  for (const auto& point : answer.series) {
    json::object entry = value_json(point.value);
    entry["at"] = format_utc(point.at);
    series.push_back(std::move(entry));
    rows.push_back({format_utc(point.at), value_text(point.value)});
  }
  for (const auto& group : answer.groups) {
    json::object entry = value_json(group.value);
    entry["group"] = group.key;
    groups.push_back(std::move(entry));
    rows.push_back({group.key, value_text(group.value)});
  }
  if (!rows.empty()) console.say(table(rows));
  out["series"] = std::move(series);
  out["groups"] = std::move(groups);
  console.result(out);
  return {};
}

}  // namespace

int metric_list(Console& console) {
  json::array items;
  std::vector<std::vector<std::string>> rows{
      {"key", "group", "unit", std::string(console.pick("name", "名称"))}};
  for (const auto& m : metric::list()) {
    items.push_back(definition(m));
    rows.push_back({m.key, m.group, m.unit, std::string(console.pick(m.name_en, m.name_zh))});
  }
  console.say(table(rows));
  console.result({{"metrics", std::move(items)}});
  return kDone;
}

int metric_show(Console& console, const MetricOptions& options) {
  const auto found = metric::find(options.key);
  if (!found) return console.failed(found.error());
  const metric::Metric& m = **found;
  console.say(table(
      {{std::string(console.pick("name", "名称")), m.name_en + " / " + m.name_zh},
       {std::string(console.pick("formula", "公式")), std::string(console.pick(m.formula_en, m.formula_zh))},
       {std::string(console.pick("unit", "单位")), m.unit},
       {std::string(console.pick("interval", "区间")), m.interval},
       {std::string(console.pick("source", "出处")), m.source},
       {std::string(console.pick("version", "版本")), std::to_string(m.version)}}));
  console.result(definition(m));
  return kDone;
}

int metric_compute(Console& console, const MetricOptions& options) {
  const auto found = metric::find(options.key);
  if (!found) return console.failed(found.error());
  auto app = open_app(console);
  if (!app) return console.failed(app.error());
  const auto done = compute(console, **app, **found, options);
  return done ? kDone : console.failed(done.error());
}

}  // namespace zhike::cli
