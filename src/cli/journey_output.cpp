#include "cli/journey_output.h"

#include <fmt/format.h>
#include <boost/json/array.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace zhike::cli {
namespace {

constexpr std::size_t kEdgesShown = 30;       // in the terminal
constexpr std::size_t kActivitiesShown = 12;  // of a variant in the terminal

std::string duration(double ms) {
  constexpr double kSecond = 1000, kMinute = 60 * kSecond, kHour = 60 * kMinute, kDay = 24 * kHour;
  if (ms >= 2 * kDay) return fmt::format("{:.1f} d", ms / kDay);
  if (ms >= 2 * kHour) return fmt::format("{:.1f} h", ms / kHour);
  if (ms >= 2 * kMinute) return fmt::format("{:.1f} min", ms / kMinute);
  return fmt::format("{:.1f} s", ms / kSecond);
}

std::string variant_text(std::span<const mining::Activity> variant, std::span<const std::string> names) {
  std::string out;
  for (std::size_t i = 0; i < std::min(variant.size(), kActivitiesShown); ++i) {
    if (i > 0) out += " → ";
    out += names[variant[i]];
  }
  if (variant.size() > kActivitiesShown) out += fmt::format(" → … ({})", variant.size());
  return out;
}

json::array counted(std::span<const std::uint64_t> counts, std::span<const std::string> names) {
  json::array out;
  for (std::size_t a = 0; a < counts.size(); ++a)
    if (counts[a] > 0) out.push_back(json::object{{"activity", names[a]}, {"count", counts[a]}});
  return out;
}

json::array edges_json(const JourneyDiscovery& found) {
  json::array out;
  for (const mining::Edge& edge : found.follows.edges) {
    json::object one{{"from", found.events.activities[edge.from]},
                     {"to", found.events.activities[edge.to]},
                     {"count", edge.count}};
    one["mean_ms"] = edge.timed > 0 ? json::value(edge.mean_ms) : json::value(nullptr);
    one["median_ms"] = edge.timed > 0 ? json::value(edge.median_ms) : json::value(nullptr);
    out.push_back(std::move(one));
  }
  return out;
}

json::array variants_json(const JourneyDiscovery& found, std::uint32_t count) {
  json::array out;
  for (std::size_t v = 0; v < std::min<std::size_t>(count, found.variants.size()); ++v) {
    json::array steps;
    for (const mining::Activity activity : found.variants[v])
      steps.push_back(json::value(found.events.activities[activity]));
    out.push_back(json::object{{"count", found.variants.count(v)}, {"activities", std::move(steps)}});
  }
  return out;
}

json::object model_json(const JourneyModel& model, std::span<const std::string> names) {
  json::object out{{"places", model.net.places},
                   {"transitions", model.net.transitions.size()},
                   {"silent", model.net.silent()},
                   {"arcs", model.net.arcs()}};
  if (model.tree) {
    out["miner"] = model.noise > 0 ? "IMf" : "IM";
    out["noise"] = model.noise;
    out["tree"] = mining::to_string(*model.tree, names);
    out["soundness"] = to_string(mining::Soundness::kSound);
  } else {
    out["file"] = model.file;
    if (model.sound) out["soundness"] = to_string(*model.sound);
  }
  return out;
}

json::object left_out_json(const mining::EventLog& log) {
  return {{"without_activity", log.left_out.without_activity},
          {"without_case", log.left_out.without_case},
          {"without_time", log.left_out.without_time}};
}

void say_model(Console& console, const JourneyModel& model, std::span<const std::string> names) {
  if (model.tree)
    console.say(
        fmt::format("{}: {}", console.pick("process tree", "流程树"), mining::to_string(*model.tree, names)));
  console.say(fmt::format(fmt::runtime(console.pick("model: {} places, {} transitions ({} silent), {} arcs",
                                                    "模型：{} 个库所，{} 个变迁（{} 个静默），{} 条弧")),
                          model.net.places, model.net.transitions.size(), model.net.silent(),
                          model.net.arcs()));
  if (model.sound && *model.sound != mining::Soundness::kSound)
    console.note(fmt::format("{}: {}",
                             console.pick("the model is not known to be sound", "模型未能确认为健全"),
                             to_string(*model.sound)));
}

void say_edges(Console& console, const JourneyDiscovery& found) {
  std::vector<std::vector<std::string>> rows;
  rows.push_back({std::string(console.pick("from", "从")), std::string(console.pick("to", "到")),
                  std::string(console.pick("count", "次数")), std::string(console.pick("median", "中位等待")),
                  std::string(console.pick("mean", "平均等待"))});
  for (const mining::Edge& edge :
       std::span(found.follows.edges).first(std::min(kEdgesShown, found.follows.edges.size())))
    rows.push_back({found.events.activities[edge.from], found.events.activities[edge.to],
                    std::to_string(edge.count), edge.timed > 0 ? duration(edge.median_ms) : "-",
                    edge.timed > 0 ? duration(edge.mean_ms) : "-"});
  console.say(table(rows));
  if (found.follows.edges.size() > kEdgesShown)
    console.say(fmt::format(
        fmt::runtime(console.pick("… and {} more (--json has all)", "……另有 {} 条（--json 列出全部）")),
        found.follows.edges.size() - kEdgesShown));
}

}  // namespace

void note_log(Console& console, const mining::EventLog& log) {
  if (log.left_out.total() > 0)
    console.note(fmt::format(
        fmt::runtime(console.pick("left out: {} events without activity, {} without case, {} without time",
                                  "略去：{} 个事件缺活动，{} 个缺案例，{} 个缺时间")),
        log.left_out.without_activity, log.left_out.without_case, log.left_out.without_time));
  if (log.untimed > 0)
    console.note(
        fmt::format(fmt::runtime(console.pick("{} events have no readable time; they stay in their place",
                                              "{} 个事件没有可读的时间，按原有顺序保留")),
                    log.untimed));
  if (log.backwards > 0)
    console.note(
        fmt::format(fmt::runtime(console.pick(
                        "{} events are before the one that precedes them; their waiting is not counted",
                        "{} 个事件早于其前一事件，其等待时间不计")),
                    log.backwards));
}

void say_discovery(Console& console, const JourneyDiscovery& found, std::uint32_t variants, bool graph) {
  console.say(fmt::format(
      fmt::runtime(console.pick(
          "{} cases, {} events, {} activities, {} variants; {} of {} directly-follows edges differ",
          "{} 个案例，{} 个事件，{} 种活动，{} 个变体；直接跟随 {} 种，共 {} 次")),
      found.events.cases.size(), found.events.events.size(), found.events.activities.size(),
      found.variants.size(), found.follows.edges.size(), found.follows.total));
  for (std::size_t v = 0; v < std::min<std::size_t>(variants, found.variants.size()); ++v)
    console.say(fmt::format("{:>8} × {}", found.variants.count(v),
                            variant_text(found.variants[v], found.events.activities)));
  if (graph) say_edges(console, found);
  if (found.model) say_model(console, *found.model, found.events.activities);
}

json::object discovery_json(const JourneyDiscovery& found, std::uint32_t variants, bool graph) {
  json::object out{{"log", found.log},
                   {"cases", found.events.cases.size()},
                   {"events", found.events.events.size()},
                   {"activities", found.events.activities.size()},
                   {"edges", found.follows.edges.size()},
                   {"edge_total", found.follows.total},
                   {"variants", found.variants.size()},
                   {"top_variant", found.variants.count(0)},
                   {"variant_list", variants_json(found, variants)},
                   {"left_out", left_out_json(found.events)},
                   {"untimed", found.events.untimed},
                   {"backwards", found.events.backwards}};
  if (graph) {
    out["graph"] = edges_json(found);
    out["occurrences"] = counted(found.follows.occurrences, found.events.activities);
    out["starts"] = counted(found.follows.starts, found.events.activities);
    out["ends"] = counted(found.follows.ends, found.events.activities);
  }
  if (found.model) out["model"] = model_json(*found.model, found.events.activities);
  out["seconds"] = found.seconds;
  return out;
}

void say_conformance(Console& console, const JourneyConformance& report) {
  say_model(console, report.model, report.activities);
  const mining::Conformance& found = report.found;
  std::vector<std::vector<std::string>> rows;
  rows.push_back({std::string(console.pick("measure", "指标")), std::string(console.pick("value", "数值"))});
  const auto add = [&](std::string_view en, std::string_view zh, std::string value) {
    rows.push_back({std::string(console.pick(en, zh)), std::move(value)});
  };
  add("fitness (token replay)", "拟合度（标记重放）", fmt::format("{:.4f}", found.tokens.fitness()));
  add("fitness (alignments)", "拟合度（对齐）", fmt::format("{:.4f}", found.alignment_fitness()));
  add("precision", "精确度", found.precision ? fmt::format("{:.4f}", *found.precision) : "-");
  add("cases that fit", "完全拟合的案例", fmt::format("{} / {}", found.fitting, report.cases));
  console.say(table(rows));
}

json::object conformance_json(const JourneyConformance& report) {
  const mining::Conformance& found = report.found;
  json::object out{{"log", report.log},
                   {"cases", report.cases},
                   {"events", report.events},
                   {"variants", report.variants},
                   {"fitness", found.tokens.fitness()},
                   {"alignment_fitness", found.alignment_fitness()},
                   {"mean_trace_fitness", found.mean_fitness}};
  out["precision"] = found.precision ? json::value(*found.precision) : json::value(nullptr);
  out["fitting_cases"] = found.fitting;
  out["cost"] = found.cost;
  out["worst_cost"] = found.worst;
  out["tokens"] = json::object{{"produced", found.tokens.produced},
                               {"consumed", found.tokens.consumed},
                               {"missing", found.tokens.missing},
                               {"remaining", found.tokens.remaining}};
  out["methods"] = json::object{{"fitness", "token replay (Rozinat and van der Aalst 2008)"},
                                {"alignment_fitness", "alignments, unit costs (Adriansyah 2014)"},
                                {"precision", "one-align ETC (Adriansyah et al. 2015)"}};
  out["model"] = model_json(report.model, report.activities);
  out["markings"] = found.markings;
  out["seconds"] = report.seconds;
  return out;
}

}  // namespace zhike::cli
