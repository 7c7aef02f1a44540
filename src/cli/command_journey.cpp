// zhike journey: models from event logs in files, and how well a log and a model agree.
#include <fmt/format.h>

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>

#include "base/file.h"
#include "cli/journey_commands.h"
#include "cli/journey_output.h"
#include "cli/progress.h"
#include "journey/log_file.h"
#include "mining/conform.h"
#include "mining/dfg.h"
#include "mining/inductive.h"
#include "mining/net.h"

namespace zhike::cli {
namespace {

using WallClock = std::chrono::steady_clock;

constexpr std::size_t kSoundnessMarkings = 200'000;  // of a model from a file

double seconds_since(WallClock::time_point start) {
  return std::chrono::duration<double>(WallClock::now() - start).count();
}

Result<mining::EventLog> read(Console& console, const JourneyCommand& command) {
  Progress progress(console.on_terminal(), "");
  const auto show = [&](double share) { progress.update(share, 0, command.log); };
  auto log = journey::read_log(command.log, {.columns = {command.case_name, command.activity, command.time},
                                             .bytes_max = command.memory_max << 20U,
                                             .progress = show});
  progress.clear();
  if (log) note_log(console, *log);
  return log;
}

Result<JourneyModel> discovered(const mining::EventLog& log, const mining::Sequences& variants,
                                double noise) {
  CX_TRY(mining::Tree tree, mining::mine_inductive(variants, noise));
  mining::Net net = mining::net_of(tree, log.activities);
  return JourneyModel{
      .net = std::move(net), .tree = std::move(tree), .file = {}, .noise = noise, .sound = std::nullopt};
}

Result<JourneyModel> from_file(const std::string& file) {
  CX_TRY(const std::string text, read_file(file));
  CX_TRY(mining::Net net, mining::read_net(text, std::filesystem::path(file).filename().string()));
  const mining::Soundness sound = mining::soundness(net, kSoundnessMarkings);
  return JourneyModel{.net = std::move(net), .tree = std::nullopt, .file = file, .noise = 0, .sound = sound};
}

Result<void> write_model(const JourneyModel& model, const mining::EventLog& log,
                         const JourneyCommand& command) {
  const std::string name = std::filesystem::path(command.log).filename().string();
  const bool is_bpmn = command.out.ends_with(".bpmn");
  return write_file(
      command.out,
      is_bpmn ? mining::write_bpmn(*model.tree, log.activities, name) : mining::write_pnml(model.net, name),
      0644);
}

Result<int> discover(Console& console, const JourneyCommand& command) {
  const auto start = WallClock::now();
  JourneyDiscovery found;
  found.log = command.log;
  CX_TRY(found.events, read(console, command));
  found.follows = mining::directly_follows(found.events);
  found.variants = mining::variants_of(found.events);
  if (!command.discover.empty() || !command.out.empty() || command.noise > 0) {
    CX_TRY(found.model, discovered(found.events, found.variants, command.noise));
  }
  found.seconds = seconds_since(start);
  if (!command.out.empty()) CX_TRY(write_model(*found.model, found.events, command));
  say_discovery(console, found, command.variants, command.graph);
  json::object out = discovery_json(found, command.variants, command.graph);
  if (!command.out.empty()) out["out"] = command.out;
  console.result(out);
  return kDone;
}

Result<int> compare(Console& console, const JourneyCommand& command) {
  const auto start = WallClock::now();
  CX_TRY(const mining::EventLog log, read(console, command));
  const mining::Sequences variants = mining::variants_of(log);
  JourneyConformance report;
  report.log = command.log;
  report.cases = log.cases.size();
  report.events = log.events.size();
  report.variants = variants.size();
  report.activities = log.activities;
  CX_TRY(report.model,
         (command.model.empty() ? discovered(log, variants, command.noise) : from_file(command.model)));
  Progress progress(console.on_terminal(), std::string(console.pick("variants", "变体")));
  const auto show = [&](double share) {
    progress.update(share, static_cast<std::uint64_t>(share * static_cast<double>(variants.size()) + 0.5),
                    "");
  };
  CX_TRY(report.found, (mining::conform(variants, log.activities, report.model.net,
                                        {.bytes_max = command.memory_max << 20U, .progress = show})));
  progress.clear();
  report.seconds = seconds_since(start);
  say_conformance(console, report);
  console.result(conformance_json(report));
  return kDone;
}

}  // namespace

int journey_discover(Console& console, const JourneyCommand& command) {
  if (!command.out.empty() && !command.out.ends_with(".pnml") && !command.out.ends_with(".bpmn"))
    return console.usage(fmt::format("--out {}: a file named .pnml or .bpmn", command.out));
  const auto done = discover(console, command);
  return done ? *done : console.failed(done.error());
}

int journey_conform(Console& console, const JourneyCommand& command) {
  if (command.model.empty() == command.discover.empty())
    return console.usage("either --model FILE.pnml or --discover inductive");
  if (command.discover.empty() && command.noise > 0) return console.usage("--noise belongs to --discover");
  const auto done = compare(console, command);
  return done ? *done : console.failed(done.error());
}

}  // namespace zhike::cli
