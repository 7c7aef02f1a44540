// zhike resolve: records of files to customers.
#include <algorithm>
#include <chrono>
#include <thread>

#include "base/file.h"
#include "cli/commands.h"
#include "cli/match_progress.h"
#include "cli/resolve_files.h"
#include "cli/resolve_known.h"
#include "cli/resolve_output.h"
#include "cli/resolve_unfinished.h"
#include "match/explain.h"
#include "match/report.h"
#include "match/resolve.h"

namespace zhike::cli {
namespace {

using match::Resolution;
using WallClock = std::chrono::steady_clock;

struct Scored {
  match::Quality at_threshold;
  double best_f1 = 0, best_threshold = 0;
  json::array curve;  ///< threshold, precision, recall
};

match::ResolveOptions options_of(const ResolveCommand& command) {
  match::ResolveOptions out;
  out.limits.giant = command.giant == "refuse"                    ? match::Giant::kRefuse
                     : command.giant == "sample"                  ? match::Giant::kSample
                     : command.giant == "skip" || command.is_auto ? match::Giant::kSkip
                                                                  : match::Giant::kRefuse;
  out.limits.pairs_max = command.pairs_max;
  out.limits.seed = command.seed;
  out.estimate.seed = command.seed;
  out.estimate.threads =
      command.threads > 0 ? command.threads : std::max(1U, std::thread::hardware_concurrency());
  out.one_to_one = command.one_to_one;
  out.keep_weak = !command.labels.empty() || !command.truth_column.empty();
  return out;
}

/// What makes other pairs or other weights of the same records.
std::string told(const ResolveCommand& command, std::string_view model) {
  return fmt::format("{} {} {} {} {} {} {} {} {}", command.is_auto, command.within, command.one_to_one,
                     !command.labels.empty() || !command.truth_column.empty(), command.giant,
                     command.pairs_max, command.seed, command.threshold.value_or(-1), model);
}

std::string unfinished_file(const ResolveCommand& command) { return command.out + ".unfinished"; }

struct Resolved {
  Resolution of{};
  double resumed_pairs = 0;  ///< that an interrupted run had compared
};

Result<Resolved> resolve_table(const ResolveCommand& command, Records& records, MatchProgress& progress,
                               std::vector<match::Label> taught, std::vector<std::uint32_t> known) {
  const match::Table& table = records.table;
  auto options = options_of(command);
  options.labels = std::move(taught);
  options.known = std::move(known);
  options.watch = [&](match::Stage stage, double share) { return progress(stage, share); };
  const bool between = table.source_count > 1 && !command.within && command.known.empty();
  std::string text;
  if (!command.is_auto) {
    CX_TRY(text, read_file(command.model));
  }
  const auto print = [&] { return print_of(table, told(command, text), options.labels, options.known); };
  Result<void> kept = fail(Code::kStopping, "interrupted; nothing was written");
  if (!command.out.empty())
    options.leave = [&](const match::Unfinished& done) {
      kept = save_unfinished(unfinished_file(command), print(), done);
    };
  Resolved out;
  const auto resolved = [&]() -> Result<Resolution> {
    if (command.resume) {
      auto begun = load_unfinished(unfinished_file(command), print(), table.rows());
      if (begun) {
        out.resumed_pairs = begun->compared_pairs;
        return match::resolve_rest(std::move(*begun), table, between, options);
      }
      records.notes.push_back("nothing to go on with, of these records and options: compared from the start");
    }
    if (command.is_auto) return match::resolve_auto(table, between, options);
    CX_TRY(match::Model model, match::parse_model(text));
    if (command.threshold) model.merge_at = match::log2_odds_of(*command.threshold);
    model.review_at = std::min(model.review_at, model.merge_at);
    return match::resolve_by(model, table, between, options);
  };
  auto done = resolved();
  if (!done && done.error().code == Code::kStopping) {
    if (!kept) return std::unexpected(kept.error());
    done.error().detail =
        fmt::format("interrupted; {} keeps what was compared: the same command with --resume goes on",
                    unfinished_file(command));
  }
  CX_TRY(out.of, std::move(done));
  return out;
}

match::Quality quality_of(const match::Clusters& clusters, const Records& records, const Labels* labels) {
  return labels != nullptr ? match::against_labels(clusters.of, labels->pairs)
                           : match::against_truth(clusters.of, records.truth);
}

Scored judge(const Resolution& resolution, const Records& records, const Labels* labels, bool one_to_one) {
  constexpr double kFrom = -10, kTo = 30;
  constexpr std::size_t kManyRecords = 200'000;
  const double step = records.table.rows() > kManyRecords ? 4 : 1;
  Scored out{.at_threshold = quality_of(resolution.clusters, records, labels), .curve = {}};
  out.best_f1 = out.at_threshold.f1();
  out.best_threshold = resolution.model.merge_at;
  for (double at = kFrom; at <= kTo; at += step) {
    const auto clusters = match::cluster_at(resolution, at, one_to_one);
    const auto quality = quality_of(clusters, records, labels);
    out.curve.push_back(json::object{{"log2_odds", at},
                                     {"precision", quality.precision()},
                                     {"recall", quality.recall()},
                                     {"f1", quality.f1()}});
    if (quality.f1() <= out.best_f1) continue;
    out.best_f1 = quality.f1();
    out.best_threshold = at;
  }
  return out;
}

Result<void> write_clusters(const std::string& path, const Records& records, const Resolution& resolution,
                            const std::vector<std::string>& names) {
  CsvFile out(path);
  for (const std::string_view name : {"id", "source", "cluster_id"}) out.cell(name);
  out.end_row();
  for (std::size_t row = 0; row < records.table.rows(); ++row) {
    out.cell(records.table.ids[row]);
    out.cell(records.names[records.table.sources[row]]);
    out.cell(names[resolution.clusters.of[row]]);
    out.end_row();
  }
  return out.close();
}

Result<void> write_pairs(const std::string& path, const Records& records, const Resolution& resolution) {
  CsvFile out(path);
  const match::Table& table = records.table;
  for (const std::string_view name : {"id_l", "source_l", "id_r", "source_r", "log2_odds", "probability",
                                      "decision", "same_cluster", "prior"})
    out.cell(name);
  for (const auto& comparison : resolution.model.comparisons)
    for (const std::string_view end : {"_l", "_r", "_level", "_weight", "_rarity"})
      out.cell(comparison.column + std::string(end));
  out.end_row();
  match::Explainer explainer(resolution);
  for (const match::Edge& edge : resolution.edges) {
    if (edge.weight < resolution.model.review_at) break;
    const match::Waterfall why = explainer.explain(edge.a, edge.b);
    for (const std::uint32_t row : {edge.a, edge.b}) {
      out.cell(table.ids[row]);
      out.cell(records.names[table.sources[row]]);
    }
    out.number(why.total);
    out.number(match::probability_of(why.total));
    out.cell(edge.weight >= resolution.model.merge_at ? "merge" : "review");
    out.cell(resolution.clusters.of[edge.a] == resolution.clusters.of[edge.b] ? "1" : "0");
    out.number(why.prior);
    for (const match::Step& step : why.steps) {
      const match::Column& column = *table.find(step.column);
      out.cell(column.values.text(column.codes[edge.a]));
      out.cell(column.values.text(column.codes[edge.b]));
      out.cell(step.level_name);
      out.number(step.weight);
      out.number(step.value_weight);
    }
    out.end_row();
  }
  return out.close();
}

json::array columns_json(const std::vector<match::ColumnProfile>& profiles) {
  json::array out;
  for (const auto& at : profiles)
    out.push_back(json::object{{"column", at.column},
                               {"kind", match::to_string(at.kind)},
                               {"filled", at.records},
                               {"distinct", at.distinct},
                               {"why", at.why}});
  return out;
}

void add_quality(json::object& out, const std::optional<Scored>& scored) {
  if (!scored) {
    for (const char* name : {"precision", "recall", "f1", "best_f1"}) out[name] = nullptr;
    return;
  }
  out["precision"] = scored->at_threshold.precision();
  out["recall"] = scored->at_threshold.recall();
  out["f1"] = scored->at_threshold.f1();
  out["best_f1"] = scored->best_f1;
  out["best_threshold_log2_odds"] = scored->best_threshold;
  out["curve"] = scored->curve;
}

void say(Console& console, const json::object& out, const Records& records) {
  for (const auto& note : records.notes) console.note(note);
  const auto number = [&](const char* name) {
    const json::value& value = out.at(name);
    return value.is_null() ? std::string("-") : fmt::format("{:.6g}", value.to_number<double>());
  };
  std::vector<std::vector<std::string>> rows{{}};
  std::vector<std::string> values;
  for (const char* name : {"records", "compared_pairs", "threshold", "precision", "recall", "f1", "best_f1",
                           "clusters", "seconds", "peak_mib"}) {
    rows[0].emplace_back(name);
    values.push_back(number(name));
  }
  rows.push_back(std::move(values));
  console.say(table(rows));
}

Result<Labels> read_noted(const std::string& file, Records& records) {
  CX_TRY(Labels out, read_labels(file, records.table));
  if (out.contradictory > 0)
    records.notes.push_back(fmt::format("{} pairs are labelled both ways: left out", out.contradictory));
  if (out.unknown > 0) records.notes.push_back(fmt::format("{} labels name no record", out.unknown));
  return out;
}

Result<int> run(Console& console, const ResolveCommand& command) {
  const auto start = WallClock::now();
  RecordFiles from{.files = {}, .id_column = command.id, .truth_column = command.truth_column};
  for (const std::string& file : command.files) from.files.emplace_back(file);
  MatchProgress progress(console, match::kReadsFiles);
  CX_TRY(Records records,
         read_records(from, [&](double share) { return progress(match::Stage::kReading, share); }));
  std::optional<Labels> labels;
  if (!command.labels.empty()) {
    CX_TRY(labels, read_noted(command.labels, records));
  }
  std::vector<match::Label> taught;
  if (!command.teach.empty()) {
    CX_TRY(Labels decided, read_noted(command.teach, records));
    taught = std::move(decided.pairs);
  }
  Known known;
  if (!command.known.empty()) {
    CX_TRY(known, read_known(command.known, records));
    if (known.gone > 0)
      records.notes.push_back(fmt::format("{} known records are in no file any more", known.gone));
  }
  CX_TRY(Resolved resolved, resolve_table(command, records, progress, std::move(taught), known.of));
  Resolution& resolution = resolved.of;
  if (command.is_auto && command.threshold) {
    resolution.model.merge_at = match::log2_odds_of(*command.threshold);
    resolution.clusters = match::cluster_at(resolution, resolution.model.merge_at, command.one_to_one);
  }
  std::size_t merged = 0;
  const auto names = name_clusters(resolution.clusters, known, merged);
  if (!command.out.empty()) {
    CX_TRY(write_clusters(command.out, records, resolution, names));
    std::error_code ignored;
    std::filesystem::remove(unfinished_file(command), ignored);
  }
  const double seconds = std::chrono::duration<double>(WallClock::now() - start).count();
  std::optional<Scored> scored;
  if (labels || !records.truth.empty())
    scored = judge(resolution, records, labels ? &*labels : nullptr, command.one_to_one);
  if (!command.explain.empty()) CX_TRY(write_pairs(command.explain, records, resolution));
  if (command.is_auto && !command.model.empty())
    CX_TRY(write_file(command.model, match::to_toml(resolution.model), 0644));
  json::object out{{"records", records.table.rows()},
                   {"possible_pairs", resolution.possible_pairs},
                   {"compared_pairs", resolution.compared_pairs},
                   {"resumed_pairs", resolved.resumed_pairs},
                   {"threshold", match::probability_of(resolution.model.merge_at)},
                   {"threshold_log2_odds", resolution.model.merge_at},
                   {"expected_matches", resolution.estimated.matches},
                   {"clusters", resolution.clusters.count},
                   {"bridges_refused", resolution.clusters.refused},
                   {"known_records", std::ranges::count_if(known.of, [](auto at) { return at != 0; })},
                   {"known_merged", merged},
                   {"seconds", seconds},
                   {"peak_mib", peak_mib()}};
  add_quality(out, scored);
  out["columns"] = columns_json(resolution.profiles);
  out["rules"] = match::rules_json(resolution);
  out["comparisons"] = match::comparisons_json(resolution.model);
  out["notes"] = json::array(records.notes.begin(), records.notes.end());
  say(console, out, records);
  console.result(out);
  return kDone;
}

}  // namespace

int resolve(Console& console, const ResolveCommand& command) {
  if (!command.by.empty()) return resolve_exact(console, command);
  if (!command.is_auto && command.model.empty()) return console.usage("--auto, --model or --by is needed");
  if (!command.known.empty() && command.is_auto)
    return console.usage("--known goes with the --model of the run that made it, not with --auto");
  if (command.resume && command.out.empty())
    return console.usage("--resume goes with --out: what an interrupted run has done is kept beside it");
  auto done = run(console, command);
  return done ? *done : console.failed(done.error());
}

}  // namespace zhike::cli
