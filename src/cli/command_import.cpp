// zhike import.
#include "app/import_report.h"
#include "base/log.h"
#include "cli/commands.h"
#include "cli/load.h"
#include "cli/opened.h"
#include "cli/progress.h"
#include "cli/signals.h"
#include "ingest/file_format.h"
#include "ingest/infer.h"
#include "ingest/presets.h"

namespace zhike::cli {
namespace {

constexpr std::size_t kDryRunRows = 1000;
constexpr std::size_t kDryRunShown = 3;

Result<ingest::Mapping> mapping_of(const ImportOptions& options,
                                   std::span<const std::filesystem::path> files) {
  if (!options.preset.empty()) return ingest::preset(options.preset);
  if (options.map.empty()) return ingest::default_mapping(files);
  CX_TRY(const std::string text, read_file(options.map));
  return ingest::Mapping::parse(text, options.map);
}

Result<int> dry_run(Console& console, std::span<const std::filesystem::path> files,
                    const ingest::Mapping& mapping) {
  CX_TRY(const auto run, ingest::dry_run(files, mapping, kDryRunRows, Clock::system().now()));
  json::array out;
  std::vector<ingest::FileReport> reports;
  std::uint64_t rejected = 0;
  for (const auto& file : run.files) {
    json::object entry = app::to_json(file.report);
    json::array events;
    for (std::size_t i = 0; i < std::min(kDryRunShown, file.events.size()); ++i)
      events.push_back(json::string(app::describe(file.events[i])));
    console.say(fmt::format("{}: {}", file.report.file, console.pick("first events", "前几个事件")));
    for (const auto& event : events) console.say("  " + std::string(event.get_string()));
    entry["first_events"] = std::move(events);
    rejected += file.report.rejected;
    reports.push_back(file.report);
    out.push_back(std::move(entry));
  }
  print_report(console, reports);
  console.result({{"dry_run", true}, {"files", std::move(out)}});
  return rejected == 0 ? kDone : kPartly;
}

Result<int> infer(Console& console, std::span<const std::filesystem::path> files) {
  if (files.size() != 1) return fail(Code::kCannotInfer, "--infer looks at one file");
  CX_TRY(const auto config, console.config());
  CX_TRY(const auto sample, ingest::sample_file(files[0], {}));
  CX_TRY(const auto draft, ingest::propose(sample, files[0], config.text("app.zone")));
  const std::string toml = ingest::to_toml(draft);
  json::array columns;
  for (const auto& column : sample.columns)
    columns.push_back(json::object{{"name", column.name},
                                   {"type", ingest::to_string(column.type)},
                                   {"filled", column.filled},
                                   {"distinct", column.distinct}});
  console.say(toml);
  console.result({{"format", sample.format}, {"columns", std::move(columns)}, {"mapping", toml}});
  return kDone;
}

Result<int> import_files(Console& console, const ImportOptions& options) {
  const std::vector<std::filesystem::path> files(options.files.begin(), options.files.end());
  if (options.infer) return infer(console, files);
  CX_TRY(const auto mapping, mapping_of(options, files));
  if (options.dry_run) return dry_run(console, files, mapping);
  CX_TRY(auto app, open_app(console));
  CX_TRY(const auto report, load(console, *app, files, mapping));
  json::array out;
  std::uint64_t rows = 0, stored = 0, rejected = 0, duplicates = 0;
  for (const auto& file : report.files) {
    rows += file.rows;
    stored += file.stored;
    rejected += file.rejected;
    duplicates += file.duplicates;
    out.push_back(app::to_json(file));
  }
  print_report(console, report.files);
  console.say(fmt::format("{} {} {:.1f} s", rows, console.pick("rows in", "行，用时"), report.seconds));
  console.result({{"source", report.source},
                  {"files", std::move(out)},
                  {"rows", rows},
                  {"stored", stored},
                  {"rejected", rejected},
                  {"duplicates", duplicates},
                  {"seconds", report.seconds}});
  return rejected == 0 ? kDone : kPartly;
}

}  // namespace

void print_report(Console& console, std::span<const ingest::FileReport> files) {
  std::vector<std::vector<std::string>> rows{
      {std::string(console.pick("file", "文件")), std::string(console.pick("rows", "行")),
       std::string(console.pick("stored", "入库")), std::string(console.pick("rejected", "拒绝")),
       std::string(console.pick("duplicates", "其中重复")), std::string(console.pick("events", "事件"))}};
  for (const auto& file : files) {
    const std::string name = std::filesystem::path(file.file).filename().string();
    if (file.reference)
      rows.push_back({name, std::string(console.pick("(looked up)", "（供查找）"))});
    else
      rows.push_back({name, std::to_string(file.rows), std::to_string(file.stored),
                      std::to_string(file.rejected), std::to_string(file.duplicates),
                      std::to_string(file.events)});
  }
  console.say(table(rows));
  for (const auto& file : files) {
    for (const auto& note : file.notes) console.note(fmt::format("{}: {}", file.file, note));
    for (const auto& reject : file.first_rejects)
      console.note(fmt::format("{} {} {}: {} ({})", file.file, console.pick("line", "行"), reject.line,
                               reject.detail, to_string(reject.reason)));
  }
}

Result<ingest::ImportReport> load(Console& console, app::App& app,
                                  std::span<const std::filesystem::path> files,
                                  const ingest::Mapping& mapping) {
  const Signals signals;
  Progress bar(console.on_terminal(), std::string(console.pick("rows", "行")));
  ingest::ImportOptions options;
  options.progress = [&](const ingest::ImportProgress& at) {
    bar.update(at.bytes_total == 0 ? 0 : static_cast<double>(at.bytes) / static_cast<double>(at.bytes_total),
               at.rows, std::filesystem::path(at.file).filename().string());
    return !Signals::arrived();
  };
  ingest::Importer importer({.intake = app.intake(),
                             .mover = app.mover(),
                             .journal = app.journal(),
                             .sources = app.sources(),
                             .ledger = app.ledger(),
                             .clock = app.clock()});
  return importer.run(files, mapping, options);
}

int import(Console& console, const ImportOptions& options) {
  const auto done = import_files(console, options);
  return done ? *done : console.failed(done.error());
}

}  // namespace zhike::cli
