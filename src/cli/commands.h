// The commands. Each takes its parsed options, prints through the console and answers the exit code.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/console.h"

namespace zhike::cli {

struct ServeOptions {
  std::optional<int> port;
  std::string address, write_key;
};
[[nodiscard]] int serve(Console& console, const ServeOptions& options);

struct ImportOptions {
  std::vector<std::string> files;
  std::string map, preset;
  bool dry_run = false, infer = false;
};
[[nodiscard]] int import(Console& console, const ImportOptions& options);

struct SimulateOptions {
  std::uint64_t customers = 5000, days = 90, seed = 1;
  std::string out;
};
[[nodiscard]] int simulate(Console& console, const SimulateOptions& options);

struct DemoOptions {
  SimulateOptions world;
  ServeOptions serve;
  bool stop_after_load = false;
};
[[nodiscard]] int demo(Console& console, const DemoOptions& options);

[[nodiscard]] int doctor(Console& console, std::optional<int> port);

struct MetricOptions {
  std::string key;
  std::vector<std::string> filters;  ///< "channel=web", or text as query/where.h has it
  std::string grain, by;
};
[[nodiscard]] int metric_list(Console& console);
[[nodiscard]] int metric_show(Console& console, const MetricOptions& options);
[[nodiscard]] int metric_compute(Console& console, const MetricOptions& options);

struct UserOptions {
  std::string user, name, role = "viewer", password;
  std::vector<std::string> units;
};
[[nodiscard]] int user_add(Console& console, const UserOptions& options);
[[nodiscard]] int user_list(Console& console);
[[nodiscard]] int user_password(Console& console, const UserOptions& options);
/// A fresh one-time link that makes an administrator.
[[nodiscard]] int user_link(Console& console);

struct SourceOptions {
  std::string name, channel, unit, zone = "UTC";
  std::string id;  ///< source: number or name
  std::string key;
};
[[nodiscard]] int source_list(Console& console);
[[nodiscard]] int source_add(Console& console, const SourceOptions& options);
[[nodiscard]] int key_add(Console& console, const SourceOptions& options);
[[nodiscard]] int key_list(Console& console, const SourceOptions& options);
[[nodiscard]] int key_end(Console& console, const SourceOptions& options);

struct ItemOptions {
  std::string type, text;
  std::uint32_t count = 50;
  bool gone = false;
};
[[nodiscard]] int item_list(Console& console, const ItemOptions& options);

struct PlanOptions {
  std::string source;  ///< number or name
  std::string file;
};
[[nodiscard]] int plan_show(Console& console, const PlanOptions& options);
[[nodiscard]] int plan_set(Console& console, const PlanOptions& options);
[[nodiscard]] int plan_infer(Console& console, const PlanOptions& options);

struct VirtualOptions {
  std::string key, name, kind = "postgres", key_column, key_kind, unit, owner, secret_file;
  std::vector<std::string> settings;   ///< "host=db.example.com"
  std::vector<std::string> sensitive;  ///< names of columns
  std::uint64_t rows = 10, rows_max = 2'000'000;
  std::int64_t time_max = 30, refresh = 60;
};
[[nodiscard]] int virtual_list(Console& console);
[[nodiscard]] int virtual_add(Console& console, const VirtualOptions& options);
[[nodiscard]] int virtual_show(Console& console, const VirtualOptions& options);
[[nodiscard]] int virtual_preview(Console& console, const VirtualOptions& options);
[[nodiscard]] int virtual_match(Console& console, const VirtualOptions& options);
[[nodiscard]] int virtual_remove(Console& console, const VirtualOptions& options);

/// What is not given stays as it is.
struct UnitOptions {
  std::string key;
  std::optional<std::string> name_en, name_zh, parent, zone;
  bool forget = false;
};
[[nodiscard]] int unit_list(Console& console);
[[nodiscard]] int unit_set(Console& console, const UnitOptions& options);

struct ResolveCommand {
  std::vector<std::string> files;
  std::string id, model, out, explain, labels, truth_column, teach, known;
  std::string giant;  ///< refuse, skip, sample; empty: skip with --auto, else refuse
  std::optional<double> threshold;
  double pairs_max = 4e8;
  std::uint64_t seed = 1;
  unsigned threads = 0;              ///< 0: as many as there are processors
  std::vector<std::string> by;       ///< columns of identifiers: deterministic
  std::uint32_t shared_after = 100;  ///< records; a value of more joins nobody
  bool is_auto = false, within = false, one_to_one = false, resume = false;
};
[[nodiscard]] int resolve(Console& console, const ResolveCommand& command);
[[nodiscard]] int resolve_exact(Console& console, const ResolveCommand& command);

struct TextCommand {
  std::vector<std::string> files;
  std::string text, label;            ///< columns; of aspects, label has the terms that are asked for
  std::string positive;               ///< the label that means positive; empty: by its spelling
  std::string model, out;             ///< files
  std::string date;                   ///< of the card; empty: none
  std::vector<std::string> licences;  ///< of the files, in their order; or none
  std::vector<float> weights;         ///< of the texts of the files, in their order; or none
  std::uint64_t seed = 1;
  unsigned bits = 21;
  std::string dictionary;            ///< file of words of one's own
  std::string method = "tfidf";      ///< of keywords: tfidf, textrank
  std::string idf;                   ///< file, large; empty: by the number of texts
  std::uint32_t top = 20, each = 5;  ///< keywords of all texts, and of each; examples of each topic
  std::uint32_t topics = 0;          ///< 0: chosen
  std::string domain = "retail";     ///< catalogue of aspects
  std::string aspects;               ///< file of aspects of one's own
  std::vector<std::string> filters;  ///< of a report on the store
};
[[nodiscard]] int text_train(Console& console, const TextCommand& command);
[[nodiscard]] int text_evaluate(Console& console, const TextCommand& command);
[[nodiscard]] int text_sentiment(Console& console, const TextCommand& command);
[[nodiscard]] int text_keywords(Console& console, const TextCommand& command);
[[nodiscard]] int text_topics(Console& console, const TextCommand& command);
[[nodiscard]] int text_aspects(Console& console, const TextCommand& command);
[[nodiscard]] int text_intent(Console& console, const TextCommand& command);
[[nodiscard]] int text_report(Console& console, const TextCommand& command);

struct ComplaintOptions {
  std::string id, state, category, channel, unit;
  std::string from, to;  ///< of the opening
  std::uint32_t count = 50;
  int days = 0;  ///< within which a further complaint is a repeat; 0: the catalogue's
  bool overdue = false, waiting = false;
};
[[nodiscard]] int complaint_list(Console& console, const ComplaintOptions& options);
[[nodiscard]] int complaint_show(Console& console, const ComplaintOptions& options);
[[nodiscard]] int complaint_report(Console& console, const ComplaintOptions& options);
[[nodiscard]] int complaint_suggest(Console& console, const TextCommand& command);

struct DriversCommand {
  std::string file, target;
  std::vector<std::string> drivers;  ///< columns
  std::vector<std::string> groups;   ///< "NAME=COLUMN,COLUMN": a driver of several columns
  std::string preset;                ///< satisfaction; empty: none
  std::vector<std::string> quality, interaction, personalisation;  ///< columns of that preset
  std::string scale, target_scale;                                 ///< "1:5"; empty: any number
  double confidence = 0.95;
  int resamples = 1000;
  std::uint64_t seed = 1;
};
[[nodiscard]] int drivers(Console& console, const DriversCommand& command);

struct IndicesCommand {
  std::string file;
  std::vector<std::string> perceived, expected;      ///< columns of the items, in the order of the dimensions
  std::vector<std::string> weights, weight_columns;  ///< five numbers, or five columns; empty: all alike
  std::vector<std::string> items;                    ///< how many items each dimension has; empty: 4,5,4,4,5
  std::vector<std::string> gaps;                     ///< "N=WANTED/GOT"
  std::string needs, ease, delight;                  ///< "COLUMN:4.." or "COLUMN:..2"
  std::string scale;                                 ///< "1:7"; empty: any number
  double confidence = 0.95;
  std::size_t minimum = 10;  ///< fewer respondents: no value
};
[[nodiscard]] int indices_servqual(Console& console, const IndicesCommand& command);
[[nodiscard]] int indices_gap(Console& console, const IndicesCommand& command);
[[nodiscard]] int indices_pyramid(Console& console, const IndicesCommand& command);

struct CustomerOptions {
  std::string customer;  ///< id
  std::string other;     ///< id: of a merge
  std::vector<std::string> joins;
  std::string reason;
  bool preview = false, force = false, only_new = false, resume = false;
  std::optional<double> merge_from;  ///< of matching: a probability
};
[[nodiscard]] int customer_match(Console& console, const CustomerOptions& options);
[[nodiscard]] int customer_show(Console& console, const CustomerOptions& options);
[[nodiscard]] int customer_merge(Console& console, const CustomerOptions& options);
[[nodiscard]] int customer_split(Console& console, const CustomerOptions& options);

struct SqlOptions {
  std::string text, format;
  bool write = false;
};
[[nodiscard]] int sql(Console& console, const SqlOptions& options);

}  // namespace zhike::cli
