// Data quality of sources, what was repaired, and where their events lead.
#include <algorithm>
#include <array>
#include <set>

#include "ingest/quality.h"
#include "metric/metric.h"
#include "server/api.h"

namespace zhike::server {
namespace {

constexpr std::size_t kEventsShown = 50;
/// Parameters of metrics that name touchpoints.
constexpr std::array<std::string_view, 6> kTouchpointParams{"touchpoints", "otherwise", "base",
                                                            "goal",        "above",     "below"};

json::string day_text(std::int64_t day) { return json::string(format_utc({day * 86'400'000}).substr(0, 10)); }

json::array alerts_json(const std::vector<ingest::QualityAlert>& alerts) {
  json::array out;
  for (const auto& alert : alerts) {
    json::value dimension = nullptr;
    if (alert.dimension) dimension = json::string(to_string(*alert.dimension));
    out.push_back(json::object{{"dimension", std::move(dimension)},
                               {"day", day_text(alert.day)},
                               {"value", alert.value},
                               {"usual", alert.usual}});
  }
  return out;
}

Result<ingest::Source> source_of(Call& call) {
  CX_TRY(const auto id, call.id<SourceId>("id"));
  return call.app.sources().find(id);
}

Result<ingest::Quality> quality(Call& call, const ingest::Source& source) {
  CX_TRY(const auto days, call.number("days", 30, 1, 90));
  return ingest::quality_of(source, call.app.sources(), call.app.day_counts(), call.app.clock().now(),
                            static_cast<std::size_t>(days));
}

Result<Response> get_quality(Call& call) {
  CX_TRY(const auto source, source_of(call));
  CX_TRY(const auto found, quality(call, source));
  json::array days;
  for (const auto& day : found.days) {
    json::object entry{
        {"day", day_text(day.day)}, {"received", day.received}, {"score", number_or_null(day.score)}};
    for (std::size_t i = 0; i < ingest::kDimensionCount; ++i)
      entry[to_string(static_cast<ingest::Dimension>(i))] =
          json::object{{"value", number_or_null(day.dimensions[i].value)}, {"of", day.dimensions[i].of}};
    days.push_back(std::move(entry));
  }
  return answer(json::object{{"source", source.id.str()},
                             {"enough", ingest::kEventsMin},
                             {"days", std::move(days)},
                             {"alerts", alerts_json(found.alerts)}});
}

Result<Response> list_quality(Call& call) {
  json::array items;
  for (const auto& source : call.app.sources().list()) {
    CX_TRY(const auto found, quality(call, source));
    json::array series;
    json::value score = nullptr, day = nullptr;
    for (const auto& entry : found.days) {
      series.push_back(number_or_null(entry.score));
      if (entry.score) score = *entry.score, day = day_text(entry.day);
    }
    items.push_back(json::object{{"source", source.id.str()},
                                 {"name", source.name},
                                 {"owner", source.owner},
                                 {"score", std::move(score)},
                                 {"day", std::move(day)},
                                 {"received", found.days.back().received},
                                 {"series", std::move(series)},
                                 {"alerts", alerts_json(found.alerts)}});
  }
  return answer(json::object{{"items", std::move(items)}});
}

Result<Response> get_repairs(Call& call) {
  CX_TRY(const auto source, source_of(call));
  CX_TRY(const auto days, call.number("days", 30, 1, 90));
  const auto zone = Zone::find(source.zone);
  const std::int64_t today = ingest::day_of(call.app.clock().now(), zone ? *zone : Zone::utc());
  CX_TRY(const auto marks, call.app.day_counts().read(source.id, today - days + 1, today));
  std::array<std::uint64_t, clean::kRuleCount> sums{};
  for (const auto& [day, counts] : marks)
    for (std::size_t i = 0; i < clean::kRuleCount; ++i)
      if (const auto at = counts.find(ingest::mark_of(static_cast<clean::Rule>(i))); at != counts.end())
        sums[i] += at->second;
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < clean::kRuleCount; ++i)
    if (sums[i] > 0) order.push_back(i);
  std::ranges::sort(order, std::greater{}, [&](std::size_t i) { return sums[i]; });
  json::array items;
  for (const std::size_t i : order) {
    const auto rule = static_cast<clean::Rule>(i);
    items.push_back(json::object{
        {"rule", clean::to_string(rule)}, {"finding", clean::is_finding(rule)}, {"count", sums[i]}});
  }
  return answer(json::object{{"items", std::move(items)}});
}

/// The touchpoints that the metric is made of.
std::set<std::string> touchpoints_of(const metric::Metric& metric) {
  std::set<std::string> out;
  for (const metric::Param& p : metric.params) {
    if (std::ranges::find(kTouchpointParams, p.name) != kTouchpointParams.end())
      out.insert(p.texts.begin(), p.texts.end());
    if (p.name == "instruments") out.insert("survey");
  }
  return out;
}

Result<Response> get_lineage(Call& call) {
  CX_TRY(const auto source, source_of(call));
  auto seen = call.app.observer().of(source.id);
  std::ranges::sort(seen.events, std::greater{}, &ingest::SeenEvent::count);
  if (seen.events.size() > kEventsShown) seen.events.resize(kEventsShown);
  const auto catalogue = call.app.touchpoints().current();
  json::array events;
  std::set<std::string> reached;
  for (const auto& e : seen.events) {
    const auto place = catalogue->place(e.type, e.name, source.channel, source.name);
    if (!place.touchpoint.empty()) reached.insert(place.touchpoint);
    events.push_back(json::object{{"type", to_string(e.type)},
                                  {"name", e.name},
                                  {"count", e.count},
                                  {"channel", place.channel},
                                  {"touchpoint", place.touchpoint},
                                  {"stage", place.stage}});
  }
  json::array metrics;
  for (const auto& metric : metric::list()) {
    json::array through;
    for (const std::string& touchpoint : touchpoints_of(metric))
      if (reached.contains(touchpoint)) through.push_back(json::string(touchpoint));
    if (!through.empty())
      metrics.push_back(json::object{{"metric", metric.key}, {"touchpoints", std::move(through)}});
  }
  return answer(json::object{{"events", std::move(events)}, {"metrics", std::move(metrics)}});
}

}  // namespace

void add_quality_handlers(Handlers& handlers) {
  handlers["getQuality"] = get_quality;
  handlers["listQuality"] = list_quality;
  handlers["getRepairs"] = get_repairs;
  handlers["getLineage"] = get_lineage;
}

}  // namespace zhike::server
