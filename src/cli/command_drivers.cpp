// zhike drivers: what moves a target, from the columns of a file.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "cli/commands.h"
#include "cli/drivers_output.h"
#include "cli/number_files.h"
#include "cli/progress.h"
#include "stats/drivers.h"
#include "stats/reliability.h"

namespace zhike::cli {
namespace {

/// "1:5". None where it is no scale.
std::optional<stats::Scale> parse_scale(std::string_view text) {
  stats::Scale out;
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto read = [](std::string_view part, double& value) {
    const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), value);
    return error == std::errc{} && end == part.data() + part.size();
  };
  if (!read(text.substr(0, colon), out.low) || !read(text.substr(colon + 1), out.high)) return std::nullopt;
  return out.low < out.high ? std::optional(out) : std::nullopt;
}

/// "NAME=C1,C2". None where a part is missing.
std::optional<DriverOutline> parse_group(std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0) return std::nullopt;
  DriverOutline out{
      .name = std::string(text.substr(0, equals)), .symbol = {}, .items = {}, .reliability = {}};
  for (std::string_view rest = text.substr(equals + 1);;) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    if (comma == 0) return std::nullopt;
    out.items.emplace_back(rest.substr(0, comma));
    if (comma == rest.size()) return out;
    rest.remove_prefix(comma + 1);
  }
}

/// The drivers that the options name, or what is wrong with them.
struct Asked {
  std::vector<DriverOutline> drivers;
  std::optional<stats::Scale> scale, target_scale;
  std::string wrong;  ///< empty: nothing
};

void add_satisfaction(Asked& out, const DriversCommand& command) {
  // Satisfaction = α quality + β interaction + γ personalisation, and a constant.
  for (const auto& [name, symbol, items] : {std::tuple{"quality", "α", &command.quality},
                                            {"interaction", "β", &command.interaction},
                                            {"personalisation", "γ", &command.personalisation}}) {
    if (items->empty()) out.wrong = fmt::format("--preset satisfaction needs --{} COLUMN", name);
    out.drivers.push_back({.name = name, .symbol = symbol, .items = *items, .reliability = {}});
  }
}

Asked ask(const DriversCommand& command) {
  Asked out;
  if (command.preset == "satisfaction")
    add_satisfaction(out, command);
  else if (!command.preset.empty())
    out.wrong = fmt::format("--preset {}: there is satisfaction", command.preset);
  else if (!command.quality.empty() || !command.interaction.empty() || !command.personalisation.empty())
    out.wrong = "--quality, --interaction and --personalisation belong to --preset satisfaction";
  for (const std::string& name : command.drivers)
    out.drivers.push_back({.name = name, .symbol = {}, .items = {name}, .reliability = {}});
  for (const std::string& text : command.groups) {
    if (const auto group = parse_group(text))
      out.drivers.push_back(*group);
    else
      out.wrong = fmt::format("--group {}: write NAME=COLUMN,COLUMN", text);
  }
  for (const auto& [option, text, scale] : {std::tuple{"--scale", &command.scale, &out.scale},
                                            {"--target-scale", &command.target_scale, &out.target_scale}}) {
    *scale = text->empty() ? std::nullopt : parse_scale(*text);
    if (!text->empty() && !*scale) out.wrong = fmt::format("{} {}: write LOW:HIGH, as 1:5", option, *text);
  }
  if (out.drivers.empty() && out.wrong.empty()) out.wrong = "name at least one --driver, --group or --preset";
  std::set<std::string> columns{ascii::lower(command.target)};
  for (const DriverOutline& driver : out.drivers)
    for (const std::string& item : driver.items)
      if (!columns.insert(ascii::lower(item)).second) out.wrong = fmt::format("{} is named twice", item);
  return out;
}

void note_missing(Console& console, const NumberColumns& read) {
  for (const std::string& note : read.notes) console.note(note);
  if (read.unreadable > 0)
    console.note(fmt::format(
        "{}: {}", console.pick("rows that cannot be read, left out", "无法读取而略去的行"), read.unreadable));
  if (read.complete() == read.rows) return;
  console.note(fmt::format(fmt::runtime(console.pick("{} of {} rows are left out: a value is missing",
                                                     "略去 {} 行（共 {} 行）：有缺失值")),
                           read.rows - read.complete(), read.rows));
  for (const NumberColumn& column : read.columns)
    if (column.empty + column.not_numbers + column.outside > 0)
      console.note(
          fmt::format(fmt::runtime(console.pick("  {}: {} empty, {} no numbers, {} outside the scale",
                                                "  {}：空 {}，非数字 {}，超出量表 {}")),
                      column.name, column.empty, column.not_numbers, column.outside));
}

Result<int> run(Console& console, const DriversCommand& command, Asked asked) {
  std::vector<WantedColumn> wanted{{command.target, asked.target_scale}};
  for (const DriverOutline& driver : asked.drivers)
    for (const std::string& item : driver.items) wanted.push_back({item, asked.scale});
  CX_TRY(NumberColumns read, read_numbers(command.file, wanted));
  note_missing(console, read);
  DriversReport report{.target = read.columns[0].name,
                       .confidence = command.confidence,
                       .drivers = std::move(asked.drivers),
                       .read = {},
                       .complete = read.complete(),
                       .found = {}};
  stats::Design design{.target = {report.target, read.columns[0].values}, .drivers = {}};
  std::deque<std::vector<double>> composites;
  std::size_t column = 1;
  for (DriverOutline& driver : report.drivers) {
    std::vector<std::span<const double>> items;
    for (std::string& item : driver.items) {
      item = read.columns[column].name;
      items.emplace_back(read.columns[column++].values);
    }
    driver.reliability = stats::cronbach(items, command.confidence);
    composites.push_back(stats::composite(items));
    design.drivers.push_back({driver.name, composites.back()});
  }
  Progress progress(console.on_terminal(), std::string(console.pick("draws", "次抽样")));
  const auto show = [&](double share) {
    progress.update(share, static_cast<std::uint64_t>(share * command.resamples + 0.5), "");
  };
  const stats::DriverOptions options{.bootstrap = {.seed = command.seed,
                                                   .resamples = command.resamples,
                                                   .confidence = command.confidence,
                                                   .progress = show},
                                     .is_on_one_scale = asked.scale.has_value()};
  CX_TRY(report.found, stats::analyse_drivers(design, options));
  progress.clear();
  for (NumberColumn& at : read.columns) at.values = {};
  report.read = std::move(read);
  say_drivers(console, report);
  json::object out = drivers_json(report);
  if (!command.preset.empty()) out["preset"] = command.preset;
  out["seed"] = command.seed;
  out["resamples"] = command.resamples;
  console.result(out);
  return kDone;
}

}  // namespace

int drivers(Console& console, const DriversCommand& command) {
  Asked asked = ask(command);
  if (!asked.wrong.empty()) return console.usage(asked.wrong);
  const auto done = run(console, command, std::move(asked));
  return done ? *done : console.failed(done.error());
}

}  // namespace zhike::cli
