// zhike channel attribution: which part each channel has in the conversions, from paths in a file.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <boost/json/array.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "clean/width.h"
#include "cli/channel_commands.h"
#include "cli/progress.h"
#include "ingest/file_format.h"
#include "ingest/row_reader.h"
#include "stats/attribution.h"

namespace zhike::cli {
namespace {

struct Journeys {
  std::vector<std::string> channels;  ///< in order of first appearance
  std::vector<stats::ChannelPath> paths;
};

class JourneyReader {
 public:
  JourneyReader(const ChannelCommand& command, ingest::RowReader& rows) : command_(command), rows_(rows) {}

  Result<Journeys> read() {
    CX_TRY(const std::size_t path_at, column(command_.path));
    CX_TRY(const std::size_t conversions_at, column(command_.conversions));
    std::optional<std::size_t> lost_at;
    if (!command_.lost.empty()) {
      CX_TRY(lost_at, column(command_.lost));
    }
    for (;;) {
      CX_TRY(const auto next, rows_.next());
      if (next == ingest::RowReader::Next::kEnd) return std::move(out_);
      if (next == ingest::RowReader::Next::kBad)
        return fail(Code::kBadPaths, "{} line {}: {}", command_.file, rows_.line(), rows_.problem());
      const auto cells = rows_.cells();
      stats::ChannelPath path = parse_path(cells[path_at]);
      CX_TRY(path.conversions, whole(cells[conversions_at], command_.conversions));
      if (lost_at) {
        CX_TRY(path.lost, whole(cells[*lost_at], command_.lost));
      }
      out_.paths.push_back(std::move(path));
    }
  }

 private:
  Result<std::size_t> column(std::string_view name) const {
    const std::string wanted = ascii::lower(clean::trim(name));
    const std::vector<std::string>& header = rows_.header();
    for (std::size_t c = 0; c < header.size(); ++c)
      if (ascii::lower(clean::trim(header[c])) == wanted) return c;
    return fail(
        Code::kDriverColumnMissing, "{}: {}; there are {}", command_.file, name,
        fmt::join(header.begin(),
                  header.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(header.size(), 30)),
                  ", "));
  }

  /// An empty cell is 0.
  Result<std::uint64_t> whole(std::string_view cell, std::string_view name) const {
    constexpr double kMost = 1e15;  // up to it every whole number is one
    if (clean::trim(cell).empty()) return 0;
    const auto value = ascii::parse_number<double>(clean::trim(cell));
    if (value && *value >= 0 && *value <= kMost && std::floor(*value) == *value)
      return static_cast<std::uint64_t>(*value);
    return fail(Code::kBadPaths, "{} line {}: {} is no whole number", command_.file, rows_.line(), name);
  }

  stats::ChannelPath parse_path(std::string_view text) {
    stats::ChannelPath out;
    while (!text.empty()) {
      const std::size_t end = std::min(text.find(command_.separator), text.size());
      const std::string name(clean::trim(text.substr(0, end)));
      text.remove_prefix(std::min(text.size(), end + command_.separator.size()));
      if (name.empty()) continue;
      const auto [channel, is_new] =
          numbers_.try_emplace(name, static_cast<std::uint32_t>(out_.channels.size()));
      if (is_new) out_.channels.push_back(name);
      out.channels.push_back(channel->second);
    }
    return out;
  }

  const ChannelCommand& command_;
  ingest::RowReader& rows_;
  Journeys out_;
  std::unordered_map<std::string, std::uint32_t> numbers_;
};

Result<Journeys> read_journeys(const ChannelCommand& command) {
  const ingest::FileRule rule;
  CX_TRY(const ingest::FileFormat* const format, ingest::detect_format(command.file));
  if (format == nullptr || format->open == nullptr)
    return fail(Code::kBadFile, "{}: no table of paths", command.file);
  CX_TRY(const auto rows, format->open({command.file, rule}));
  return JourneyReader(command, *rows).read();
}

void say(Console& console, const Journeys& journeys, const stats::Attribution& found) {
  std::vector<std::vector<std::string>> rows(1);
  rows[0].emplace_back(console.pick("channel", "渠道"));
  for (std::size_t m = 0; m < stats::kAttributionModels; ++m)
    rows[0].emplace_back(stats::to_string(static_cast<stats::AttributionModel>(m)));
  rows[0].emplace_back(console.pick("removal effect", "移除效应"));
  for (std::size_t c = 0; c < journeys.channels.size(); ++c) {
    std::vector<std::string> row{journeys.channels[c]};
    for (const stats::Attributed& model : found.models)
      row.push_back(fmt::format("{:.1f} %", 100 * model.shares[c]));
    row.push_back(fmt::format("{:.3f}", found.removal_effects[c]));
    rows.push_back(std::move(row));
  }
  console.say(table(rows));
  console.say(fmt::format(
      fmt::runtime(console.pick("{} journeys, {} of them converted", "{} 段旅程，其中 {} 段转化")),
      found.journeys, found.conversions));
}

json::object result_of(const Journeys& journeys, const stats::Attribution& found,
                       const ChannelCommand& command) {
  json::object models;
  for (std::size_t m = 0; m < stats::kAttributionModels; ++m) {
    const stats::Attributed& model = found.models[m];
    json::array channels;
    for (std::size_t c = 0; c < journeys.channels.size(); ++c) {
      json::object one{{"channel", journeys.channels[c]},
                       {"conversions", model.conversions[c]},
                       {"share", model.shares[c]}};
      one["interval"] = model.intervals[c]
                            ? json::value(json::array{model.intervals[c]->low, model.intervals[c]->high})
                            : json::value(nullptr);
      channels.push_back(std::move(one));
    }
    models[stats::to_string(static_cast<stats::AttributionModel>(m))] = std::move(channels);
  }
  json::object effects;
  for (std::size_t c = 0; c < journeys.channels.size(); ++c)
    effects[journeys.channels[c]] = found.removal_effects[c];
  return {{"file", command.file},
          {"journeys", found.journeys},
          {"conversions", found.conversions},
          {"channels", journeys.channels.size()},
          {"models", std::move(models)},
          {"removal_effects", std::move(effects)},
          {"confidence", command.confidence},
          {"resamples", command.resamples},
          {"seed", command.seed}};
}

Result<int> run(Console& console, const ChannelCommand& command) {
  CX_TRY(const Journeys journeys, read_journeys(command));
  Progress progress(console.on_terminal(), std::string(console.pick("draws", "次抽样")));
  const auto show = [&](double share) {
    progress.update(share, static_cast<std::uint64_t>(share * command.resamples + 0.5), "");
  };
  const stats::AttributionOptions options{.half_life = command.half_life,
                                          .bootstrap = {.seed = command.seed,
                                                        .resamples = command.resamples,
                                                        .confidence = command.confidence,
                                                        .progress = show}};
  CX_TRY(const stats::Attribution found, stats::attribute(journeys.paths, journeys.channels.size(), options));
  progress.clear();
  say(console, journeys, found);
  console.result(result_of(journeys, found, command));
  return kDone;
}

}  // namespace

int channel_attribution(Console& console, const ChannelCommand& command) {
  if (command.file.empty()) {
    if (!command.path.empty() || !command.conversions.empty() || !command.lost.empty())
      return console.usage("--path, --conversions and --null name columns of a file");
    return channel_attribution_of_store(console, command);
  }
  if (command.path.empty() || command.conversions.empty())
    return console.usage("a file needs --path and --conversions");
  if (!command.conversion.empty() || !command.property.empty() || !command.filters.empty() || command.each)
    return console.usage("--conversion, --property, --each and --where are of the store, without a file");
  if (command.separator.empty()) return console.usage("--separator must not be empty");
  const auto done = run(console, command);
  return done ? *done : console.failed(done.error());
}

}  // namespace zhike::cli
