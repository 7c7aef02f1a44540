// zhike benchmark: import, list, compare.
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/file.h"
#include "cli/opened.h"
#include "cli/survey_commands.h"
#include "feedback/benchmarks.h"
#include "feedback/surveys.h"

namespace zhike::cli {
namespace {

constexpr std::size_t kBadShown = 10;

std::string shown(double value, const std::optional<stats::Interval>& interval) {
  if (!interval) return fmt::format("{:.3f}", value);
  return fmt::format("{:.3f} ({:.3f} … {:.3f})", value, interval->low, interval->high);
}

json::value interval_json(const std::optional<stats::Interval>& interval) {
  if (!interval) return nullptr;
  return json::array{interval->low, interval->high};
}

json::object benchmark_json(const feedback::Benchmark& one) {
  return {{"metric", one.metric},
          {"period", one.period},
          {"source", one.source},
          {"value", one.value},
          {"n", one.n}};
}

Result<void> take(Console& console, app::App& app, const BenchmarkOptions& options) {
  CX_TRY(const auto bytes, read_file(options.file));
  CX_TRY(const auto file, feedback::parse_benchmarks(bytes));
  CX_TRY(app.surveys().benchmarks().put(Grant::owner(), file.good));
  json::array rejected;
  for (const auto& one : file.bad) rejected.push_back(json::object{{"line", one.line}, {"what", one.what}});
  for (std::size_t i = 0; i < std::min(file.bad.size(), kBadShown); ++i)
    console.note(fmt::format("{}: {}", file.bad[i].line, file.bad[i].what));
  console.say(
      fmt::format(fmt::runtime(console.pick("{} stored, {} rows refused", "已存储 {} 条，拒绝 {} 行")),
                  file.good.size(), file.bad.size()));
  console.result({{"stored", file.good.size()}, {"rejected", std::move(rejected)}});
  return {};
}

Result<void> list(Console& console, app::App& app, const BenchmarkOptions& options) {
  CX_TRY(const auto known, app.surveys().benchmarks().list(Grant::owner(), options.metric));
  json::array items;
  std::vector<std::vector<std::string>> rows{{"metric", "period", "value", "n", "source"}};
  for (const auto& one : known) {
    items.push_back(benchmark_json(one));
    rows.push_back(
        {one.metric, one.period, fmt::format("{:.3f}", one.value), std::to_string(one.n), one.source});
  }
  console.say(table(rows));
  console.result({{"benchmarks", std::move(items)}});
  return {};
}

Result<void> compare(Console& console, app::App& app, const BenchmarkOptions& options) {
  CX_TRY(const auto filter, filter_of(app, options.filters));
  CX_TRY(const auto compared, app.surveys().benchmarks().compare(Grant::owner(), options.metric, filter));
  json::array items;
  std::vector<std::vector<std::string>> rows{
      {"source", "metric", "period", "theirs", "own", "difference", ""}};
  for (const auto& one : compared) {
    json::object item = benchmark_json(one.benchmark);
    item["theirs"] = interval_json(one.theirs);
    item["own"] = one.own.enough && one.own.value ? json::value(*one.own.value) : json::value(nullptr);
    item["own_n"] = one.own.n;
    item["difference"] = one.difference ? json::value(one.difference->value) : json::value(nullptr);
    item["interval"] = one.difference ? interval_json(one.difference->interval) : json::value(nullptr);
    item["standing"] =
        one.difference ? json::value(stats::to_string(one.difference->standing)) : json::value(nullptr);
    items.push_back(std::move(item));
    const bool enough = one.own.enough && one.own.value;
    rows.push_back({one.benchmark.source, one.benchmark.metric, one.benchmark.period,
                    shown(one.benchmark.value, one.theirs),
                    enough ? fmt::format("{:.3f}", *one.own.value) : fmt::format("n = {}", one.own.n),
                    one.difference ? shown(one.difference->value, one.difference->interval) : "-",
                    one.difference ? std::string(stats::to_string(one.difference->standing)) : ""});
  }
  console.say(table(rows));
  console.result({{"compared", std::move(items)}});
  return {};
}

}  // namespace

int benchmark_import(Console& console, const BenchmarkOptions& options) {
  return with_app(console, [&](app::App& app) { return take(console, app, options); });
}

int benchmark_list(Console& console, const BenchmarkOptions& options) {
  return with_app(console, [&](app::App& app) { return list(console, app, options); });
}

int benchmark_compare(Console& console, const BenchmarkOptions& options) {
  return with_app(console, [&](app::App& app) { return compare(console, app, options); });
}

}  // namespace zhike::cli
