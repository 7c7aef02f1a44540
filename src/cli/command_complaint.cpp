// zhike complaint: the list, one with its history, the report, and what the words of texts suggest.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "cli/commands.h"
#include "cli/opened.h"
#include "cli/text_files.h"
#include "cli/text_readings.h"
#include "desk/complaints.h"
#include "server/complaint_json.h"
#include "text/aspect_catalogue.h"

namespace zhike::cli {
namespace {

using desk::Complaint;

Result<desk::ComplaintFilter> filter_of(app::App& app, const ComplaintOptions& options) {
  desk::ComplaintFilter out;
  out.category = options.category;
  if (!options.channel.empty()) out.channels = {options.channel};
  if (!options.unit.empty()) out.units = app.units().current()->with_below(std::vector{options.unit});
  out.overdue = options.overdue;
  out.waiting = options.waiting;
  for (const auto& [text, at] : {std::pair{&options.from, &out.from}, std::pair{&options.to, &out.to}}) {
    if (text->empty()) continue;
    CX_TRY(*at, parse_time(*text, app.zone()));
  }
  if (!options.state.empty()) {
    const auto state = desk::parse_state(options.state);
    if (!state) return fail(Code::kBadField, "--state: there is no '{}'", options.state);
    out.states.push_back(*state);
  }
  return out;
}

std::string name_of(const Console& console, const desk::Catalogue& catalogue, const std::string& key) {
  const desk::Category* category = catalogue.find(key);
  return category == nullptr ? key : std::string(console.pick(category->name_en, category->name_zh));
}

json::object head_json(const Complaint& one) {
  return {{"id", one.id.str()},
          {"number", one.number},
          {"state", desk::to_string(one.state)},
          {"severity", desk::to_string(one.severity)},
          {"category", one.category},
          {"channel", one.channel},
          {"unit", one.unit},
          {"opened", format_utc(one.opened)},
          {"due", format_utc(one.due)},
          {"reopened", one.reopened},
          {"waiting", one.waits_for_approval}};
}

std::string percent(const json::value& value) {
  return value.is_null() ? "–" : fmt::format("{:.1f} %", 100 * value.to_number<double>());
}
std::string share_line(const json::object& report, std::string_view key) {
  const json::object& share = report.at(key).as_object();
  return fmt::format("{} ({} – {}), n = {}", percent(share.at("value")), percent(share.at("low")),
                     percent(share.at("high")), share.at("n").to_number<std::uint64_t>());
}
std::string hours_line(const json::value& of) {
  const auto text = [](const json::value& value, std::string_view none) {
    return value.is_null() ? std::string(none) : fmt::format("{:.1f}", value.to_number<double>());
  };
  return fmt::format("{} h ({} – {})", text(of.at("value"), "–"), text(of.at("low"), "–"),
                     text(of.at("high"), "∞"));
}

void say_report(Console& console, const desk::Catalogue& catalogue, const json::object& report) {
  const json::object& recovery = report.at("recovery").as_object();
  const auto number = [&](std::string_view key) {
    return std::to_string(report.at(key).to_number<std::uint64_t>());
  };
  console.say(table({
      {std::string(console.pick("measure", "指标")), std::string(console.pick("value", "值"))},
      {std::string(console.pick("opened", "受理总数")), number("opened")},
      {std::string(console.pick("open", "未结")), number("open")},
      {std::string(console.pick("overdue", "超时未结")), number("overdue")},
      {std::string(console.pick("reopened", "重开")), number("reopened")},
      {std::string(console.pick("recovery, median", "恢复时长中位数")), hours_line(recovery.at("half"))},
      {std::string(console.pick("recovery, 90 %", "恢复时长 90 分位")),
       hours_line(recovery.at("nine_tenths"))},
      {std::string(console.pick("resolved in time", "按时解决率")), share_line(report, "in_time")},
      {std::string(console.pick("first time right", "一次解决率")), share_line(report, "first_time_right")},
      {std::string(console.pick("recurrence", "复发率")), share_line(report, "recurrence")},
  }));
  std::vector<std::vector<std::string>> rows{{std::string(console.pick("category", "类目")), "n"}};
  for (const json::value& one : report.at("categories").as_array())
    rows.push_back({name_of(console, catalogue, std::string(one.at("key").as_string())),
                    std::to_string(one.at("count").to_number<std::uint64_t>())});
  console.say(table(rows));
  std::vector<std::vector<std::string>> causes{
      {std::string(console.pick("root cause", "根因")), "", "n", "Σ"}};
  for (const json::value& one : report.at("pareto").as_array())
    causes.push_back(
        {std::string(one.at("cause_class").as_string()), std::string(one.at("cause").as_string()),
         std::to_string(one.at("count").to_number<std::uint64_t>()), percent(one.at("cumulative"))});
  if (causes.size() > 1) console.say(table(causes));
}

Result<int> suggest(Console& console, const TextCommand& command) {
  CX_TRY(const desk::Catalogue catalogue, desk::catalogue_of(command.domain, {}));
  const auto aspects = text::shipped_aspects(catalogue.key);
  const desk::Suggester suggester(catalogue, aspects ? &*aspects : nullptr);
  CX_TRY(const LabelledTexts texts, read_labelled(command));
  Reading reading(console, command, texts);
  reading.head({"category", "confidence", "words"});
  std::map<std::string, std::uint64_t> counts;
  std::uint64_t without = 0, right = 0, labelled = 0;
  for (std::size_t i = 0; i < texts.texts.size(); ++i) {
    const auto found = suggester.suggest(texts.texts[i], 1);
    without += found.empty() ? 1 : 0;
    const std::string category = found.empty() ? "" : found.front().category;
    if (!found.empty()) ++counts[category];
    if (!command.label.empty() && !texts.names[texts.labels[i]].empty()) {
      ++labelled;
      right += texts.names[texts.labels[i]] == category ? 1 : 0;
    }
    if (!reading.writes()) continue;
    CsvFile& row = reading.begin_row(i);
    row.cell(category);
    row.cell(found.empty() ? "" : fmt::format("{:.3f}", found.front().confidence));
    row.cell(found.empty() ? "" : fmt::format("{}", fmt::join(found.front().words, "; ")));
    reading.end_row();
  }
  std::vector<std::pair<std::string, std::uint64_t>> most(counts.begin(), counts.end());
  std::ranges::sort(most, [](const auto& a, const auto& b) {
    return std::tie(b.second, a.first) < std::tie(a.second, b.first);
  });
  std::vector<std::vector<std::string>> rows{{std::string(console.pick("category", "类目")), "n"}};
  json::array listed;
  for (const auto& [key, n] : most) {
    rows.push_back({name_of(console, catalogue, key), std::to_string(n)});
    listed.push_back(json::object{{"category", key}, {"texts", n}});
  }
  console.say(table(rows));
  json::object out{{"categories", std::move(listed)}, {"texts_without", without}};
  if (labelled > 0) {
    out["labelled"] = labelled;
    out["right"] = right;
    console.say(fmt::format("{} {} / {}", console.pick("right", "正确"), right, labelled));
  }
  return reading.end(std::move(out));
}

}  // namespace

int complaint_list(Console& console, const ComplaintOptions& options) {
  return with_app(console, [&](app::App& app) -> Result<void> {
    CX_TRY(const auto filter, filter_of(app, options));
    CX_TRY(const auto page, app.complaints().list(Grant::owner(), filter, 0, options.count));
    json::array items;
    std::vector<std::vector<std::string>> rows{
        {"id", "number", "state", "severity", "category", "channel", "due"}};
    for (const Complaint& one : page.items) {
      items.push_back(head_json(one));
      rows.push_back({one.id.str(), one.number, std::string(desk::to_string(one.state)),
                      std::string(desk::to_string(one.severity)),
                      name_of(console, app.complaints().catalogue(), one.category), one.channel,
                      format_utc(one.due)});
    }
    console.say(table(rows));
    console.result({{"complaints", std::move(items)}, {"more", page.next != 0}});
    return {};
  });
}

int complaint_show(Console& console, const ComplaintOptions& options) {
  return with_app(console, [&](app::App& app) -> Result<void> {
    CX_TRY(const auto id, parse_id<desk::ComplaintId>(options.id));
    CX_TRY(const auto found, app.complaints().find(Grant::owner(), id));
    const Complaint& one = found.complaint;
    console.say(fmt::format("{}  {}  {}  {}", one.number, desk::to_string(one.state),
                            desk::to_string(one.severity),
                            name_of(console, app.complaints().catalogue(), one.category)));
    console.say(one.text);
    json::array steps;
    std::vector<std::vector<std::string>> rows{{"at", "step", "detail", "cost", "state", "note"}};
    for (const desk::Step& step : found.steps) {
      const std::string cost =
          step.cost ? fmt::format("{} {}", format_amount(*step.cost), step.cost->currency.str())
                    : std::string();
      rows.push_back({format_utc(step.at), step.kind, step.detail, cost,
                      std::string(desk::to_string(step.state)), step.note});
      steps.push_back(json::object{{"id", step.id.str()},
                                   {"at", format_utc(step.at)},
                                   {"kind", step.kind},
                                   {"detail", step.detail},
                                   {"cost", cost},
                                   {"state", desk::to_string(step.state)},
                                   {"note", step.note}});
    }
    console.say(table(rows));
    json::object out = head_json(one);
    out["text"] = one.text;
    out["cause_class"] = desk::to_string(one.cause_class);
    out["cause"] = one.cause;
    out["steps"] = std::move(steps);
    console.result(out);
    return {};
  });
}

int complaint_report(Console& console, const ComplaintOptions& options) {
  return with_app(console, [&](app::App& app) -> Result<void> {
    CX_TRY(auto filter, filter_of(app, options));
    CX_TRY(const auto report, server::complaint_report(app, Grant::owner(), std::move(filter), options.days));
    say_report(console, app.complaints().catalogue(), report);
    console.result(report);
    return {};
  });
}

int complaint_suggest(Console& console, const TextCommand& command) {
  const auto done = suggest(console, command);
  return done ? *done : console.failed(done.error());
}

}  // namespace zhike::cli
