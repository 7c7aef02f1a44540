// zhike chain: the service-profit chain, from a file or from the metrics of the store.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <cstddef>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/driver_analyses.h"
#include "base/ascii.h"
#include "cli/driver_commands.h"
#include "cli/opened.h"
#include "cli/panel_files.h"
#include "metric/chain.h"
#include "server/analysis_json.h"
#include "stats/chain.h"

namespace zhike::cli {
namespace {

std::string shown(const std::optional<stats::Interval>& interval) {
  return interval ? fmt::format("{:.4g} … {:.4g}", interval->low, interval->high) : "-";
}

void say_links(Console& console, const stats::Chain& found, std::span<const std::string> names) {
  std::vector<std::vector<std::string>> rows{
      {std::string(console.pick("link", "环节")), std::string(console.pick("lag", "滞后")),
       std::string(console.pick("slope", "斜率")), std::string(console.pick("interval", "区间")),
       std::string(console.pick("with lag chosen", "含滞后选择")),
       std::string(console.pick("standardised", "标准化")), "R²",
       std::string(console.pick("draws", "抽样占比")), "n"}};
  for (std::size_t l = 0; l < found.links.size(); ++l) {
    const stats::ChainLink& link = found.links[l];
    for (std::size_t lag = 0; lag < link.lags.size(); ++lag) {
      const stats::LagFit& at = link.lags[lag];
      const bool is_chosen = lag == link.lag;
      rows.push_back({lag == 0 ? fmt::format("{} → {}", names[l], names[l + 1]) : "",
                      fmt::format("{}{}", lag, is_chosen ? (link.is_fixed ? " =" : " *") : ""),
                      fmt::format("{:.4g}", at.slope), shown(at.certainty.interval),
                      is_chosen ? shown(link.interval) : "", fmt::format("{:.3f}", at.standardised),
                      fmt::format("{:.4f}", at.r2), fmt::format("{:.0f} %", 100 * at.chosen_share),
                      lag == 0 ? fmt::format("{} ({} × {})", link.rows, link.units, link.periods) : ""});
    }
  }
  console.say(table(rows));
}

void say_effects(Console& console, const stats::Chain& found, std::span<const std::string> names) {
  std::vector<std::vector<std::string>> rows{
      {fmt::format("{} {}", console.pick("effect on", "对末端的影响："), names.back()),
       std::string(console.pick("after", "滞后合计")),
       std::string(console.pick("product of slopes", "斜率之积")),
       std::string(console.pick("interval", "区间")), std::string(console.pick("standardised", "标准化")),
       std::string(console.pick("interval", "区间"))}};
  for (std::size_t s = 0; s < found.effects.size(); ++s) {
    const stats::ChainEffect& effect = found.effects[s];
    rows.push_back({names[s], fmt::format("{}", effect.lag), fmt::format("{:.4g}", effect.value),
                    shown(effect.interval), fmt::format("{:.3f}", effect.standardised),
                    shown(effect.standardised_interval)});
  }
  console.say(table(rows));
  console.say(console.pick(
      "*: the lag with the largest R² within units and periods; =: fixed. Associations within units over "
      "time, "
      "not causes: only an experiment shows that a change of one stage changes the next.",
      "*：单位与时期内 R² "
      "最大的滞后；=：指定。以上是单位内随时间的关联，并非因果：只有实验才能证明改变一个环节会改变下"
      "一个环节。"));
}

json::object finish(Console& console, const stats::Chain& found, const std::vector<std::string>& names) {
  say_links(console, found, names);
  say_effects(console, found, names);
  return server::chain_json(found, names);
}

// ---- a file ---------------------------------------------------------------------------------------------

struct FileAsk {
  PeriodGrain grain = PeriodGrain::kMonth;
  std::vector<WantedStage> stages;
  std::vector<std::optional<std::size_t>> fixed;
  std::string wrong;  ///< empty: nothing
};

FileAsk ask_file(const ChainCommand& command) {
  FileAsk out;
  const auto grain = parse_period_grain(command.grain);
  if (!grain) out.wrong = fmt::format("--grain {}: day, week, month, quarter or year", command.grain);
  out.grain = grain.value_or(PeriodGrain::kMonth);
  if (command.unit.empty() || command.period.empty())
    out.wrong = "a file needs --unit COLUMN and --period COLUMN";
  if (!command.by.empty() || !command.filters.empty())
    out.wrong = "--by and --where belong to the store, not to a file";
  std::set<std::string> names;
  for (const std::string& text : command.stages) {
    const auto stage = parse_wanted_stage(text);
    if (!stage)
      out.wrong = fmt::format("--stage {}: write NAME=COLUMN, NAME=sum(COLUMN) or NAME=log(COLUMN)", text);
    else if (!names.insert(stage->name).second)
      out.wrong = fmt::format("--stage {}: the name is there already", text);
    else
      out.stages.push_back(*stage);
  }
  return out;
}

void note_file(Console& console, const PanelFile& read) {
  for (const std::string& note : read.notes) console.note(note);
  const auto note = [&](std::uint64_t count, std::string_view en, std::string_view zh) {
    if (count > 0) console.note(fmt::format("{}: {}", console.pick(en, zh), count));
  };
  note(read.unreadable, "rows that cannot be read, left out", "无法读取而略去的行");
  note(read.no_unit, "rows without a unit, left out", "缺少单位而略去的行");
  note(read.no_period, "rows without a period (or one of another kind than the first), left out",
       "缺少时期（或时期写法与首行不同）而略去的行");
  for (const StageRead& stage : read.stages)
    if (stage.empty + stage.not_numbers > 0)
      console.note(
          fmt::format(fmt::runtime(console.pick("  {}: {} empty, {} no numbers", "  {}：空 {}，非数字 {}")),
                      stage.name, stage.empty, stage.not_numbers));
}

json::array stages_json(const PanelFile& read, std::span<const WantedStage> stages) {
  json::array out;
  for (std::size_t s = 0; s < stages.size(); ++s)
    out.push_back(json::object{{"name", stages[s].name},
                               {"column", read.stages[s].column},
                               {"sum", stages[s].is_sum},
                               {"log", stages[s].is_log},
                               {"known", read.stages[s].known},
                               {"empty", read.stages[s].empty},
                               {"not_numbers", read.stages[s].not_numbers}});
  return out;
}

Result<int> run_file(Console& console, const ChainCommand& command, const FileAsk& asked) {
  CX_TRY(const PanelFile read,
         read_panel(command.file, command.unit, command.period, asked.grain, asked.stages));
  note_file(console, read);
  const stats::Panel panel = read.panel();
  const int resamples = command.resamples.value_or(
      stats::chain_resamples(panel.units * panel.periods, panel.stages.size(), command.lags));
  CX_TRY(const auto found, stats::chain(panel, {.lags = command.lags,
                                                .fixed = asked.fixed,
                                                .bootstrap = {.seed = command.seed,
                                                              .resamples = resamples,
                                                              .confidence = command.confidence}}));
  console.say(fmt::format("{}: {}   {}: {} … {} ({})   {} {:.0f} %", console.pick("units", "单位"),
                          read.units.size(), console.pick("periods", "时期"), to_string(read.first),
                          to_string(read.last), read.periods, console.pick("intervals", "区间"),
                          100 * command.confidence));
  std::vector<std::string> names;
  for (const WantedStage& stage : asked.stages) names.push_back(stage.name);
  json::object out = finish(console, found, names);
  out["units"] = read.units.size();
  out["periods"] = read.periods;
  out["first_period"] = to_string(read.first);
  out["last_period"] = to_string(read.last);
  out["rows"] = read.rows;
  out["unreadable"] = read.unreadable;
  out["no_unit"] = read.no_unit;
  out["no_period"] = read.no_period;
  out["stages"] = stages_json(read, asked.stages);
  out["seed"] = command.seed;
  out["notes"] = json::array(read.notes.begin(), read.notes.end());
  console.result(out);
  return kDone;
}

// ---- the store ------------------------------------------------------------------------------------------

Result<metric::ChainWish> wish_of(const ChainCommand& command) {
  metric::ChainWish out{.stages = {}, .grain = query::Grain::kMonth, .lags = command.lags, .fixed = {}};
  CX_TRY(out.stages, metric::parse_stages(command.stages));
  CX_TRY(out.grain, query::parse_grain(command.grain));
  CX_TRY(out.fixed, metric::parse_lags(command.fixed, out.stages.size() - 1, out.lags));
  return out;
}

Result<void> run_store(Console& console, app::App& app, const ChainCommand& command) {
  CX_TRY(const auto wish, wish_of(command));
  CX_TRY(const auto filter, filter_of(app, command.filters));
  CX_TRY(const auto found, app::metric_chain(app, Grant::owner(), filter, wish, command.by));
  console.say(fmt::format("{}: {}   {}: {} × {}", console.pick("units", "单位"), found.units.size(),
                          console.pick("periods", "时期"), found.periods.size(),
                          query::to_string(wish.grain)));
  std::vector<std::string> names;
  json::array stages;
  for (std::size_t s = 0; s < found.stages.size(); ++s) {
    names.push_back(found.stages[s].metric->key);
    stages.push_back(
        json::object{{"metric", names.back()}, {"log", found.stages[s].is_log}, {"known", found.known[s]}});
  }
  json::object out = finish(console, found.found, names);
  out["by"] = command.by.empty() ? "unit" : command.by;
  out["grain"] = query::to_string(wish.grain);
  out["units"] = found.units.size();
  out["periods"] = found.periods.size();
  out["stages"] = std::move(stages);
  console.result(out);
  return {};
}

}  // namespace

int chain(Console& console, const ChainCommand& command) {
  if (command.stages.size() < 2 || command.stages.size() > stats::kChainStagesMax)
    return console.usage(
        fmt::format("--stage: {}; a chain has 2 to {}", command.stages.size(), stats::kChainStagesMax));
  if (command.file.empty()) {
    if (!command.unit.empty() || !command.period.empty())
      return console.usage(
          "--unit and --period belong to a file; of the store, --by says what the units are");
    return with_app(console, [&](app::App& app) { return run_store(console, app, command); });
  }
  FileAsk asked = ask_file(command);
  if (!asked.wrong.empty()) return console.usage(asked.wrong);
  auto fixed = metric::parse_lags(command.fixed, asked.stages.size() - 1, command.lags);
  if (!fixed) return console.usage(fmt::format("--fixed: {}", fixed.error().detail));
  asked.fixed = std::move(*fixed);
  const auto done = run_file(console, command, asked);
  return done ? *done : console.failed(done.error());
}

}  // namespace zhike::cli
