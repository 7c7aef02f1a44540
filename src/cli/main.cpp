// The program `zhike`: reads the command line and runs one command.
#include <CLI/CLI.hpp>

#include <functional>

#include <fmt/ranges.h>

#include "base/memory.h"
#include "cli/channel_commands.h"
#include "cli/commands.h"
#include "cli/driver_commands.h"
#include "cli/journey_commands.h"
#include "cli/survey_commands.h"
#include "cli/text_learn.h"
#include "external/source.h"
#include "govern/roles.h"

namespace zhike::cli {
namespace {

/// The command line, and the command that it chose.
class Program {
 public:
  Program() : app_("Zhike, the customer-experience engine", "zhike") {
    app_.set_version_flag("--version", std::string(kVersion));
    app_.require_subcommand(1);
    app_.failure_message(CLI::FailureMessage::simple);
    add_service();
    add_files();
    add_matching();
    add_text();
    add_drivers();
    add_chain();
    add_indices();
    add_journeys();
    add_channels();
    add_metrics();
    add_surveys();
    add_benchmarks();
    add_accounts();
    add_plans();
    add_sources();
    add_units();
    add_items();
    add_virtual();
    add_customers();
    add_complaints();
    add_reputation();
  }

  int run(int argc, char** argv) {
    try {
      app_.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
      if (error.get_exit_code() == 0) return app_.exit(error);  // --help, --version
      for (int i = 1; i < argc; ++i)
        common_.as_json = common_.as_json || std::string_view(argv[i]) == "--json";
      Console console(common_);
      // Without a known command CLI11 only says that one is needed; the word that was not understood helps
      // more.
      std::string what = error.what();
      for (const std::string& word : app_.remaining(true)) what += fmt::format("; not understood: {}", word);
      return console.usage(fmt::format("{} (zhike --help)", what));
    }
    Console console(common_);
    return chosen_(console);
  }

 private:
  static constexpr std::string_view kVersion = ZHIKE_VERSION;

  CLI::App* command(CLI::App* parent, const std::string& name, const std::string& text,
                    const std::string& example, std::function<int(Console&)> run) {
    CLI::App* made = parent->add_subcommand(name, text);
    made->add_option("--data", common_.data, "data folder (else $ZHIKE_DATA_FOLDER, else ~/.zhike)");
    made->add_option("--config", common_.config_file, "settings file (else zhike.toml of the data folder)");
    made->add_option("--lang", common_.language, "zh or en (else by LANG)");
    made->add_flag("--json", common_.as_json, "print exactly one JSON object");
    made->footer("Example: " + example);
    made->callback([this, run = std::move(run)] { chosen_ = run; });
    return made;
  }

  CLI::App* group(const std::string& name, const std::string& text) {
    CLI::App* made = app_.add_subcommand(name, text);
    made->require_subcommand(1);
    return made;
  }

  static void serve_options(CLI::App* at, ServeOptions& options) {
    at->add_option("--port", options.port, "port to listen on; 0 takes a free one")
        ->check(CLI::Range(0, 65535));
    at->add_option("--address", options.address, "address to listen on (127.0.0.1)");
    at->add_option("--write-key", options.write_key, "a write key of your choice for the default source");
  }

  static void world_options(CLI::App* at, SimulateOptions& options) {
    at->add_option("--customers", options.customers, "how many customers")->check(CLI::Range(1, 100'000'000));
    at->add_option("--days", options.days, "how many days")->check(CLI::Range(1, 3650));
    at->add_option("--seed", options.seed, "the same seed makes the same world");
  }

  void add_service() {
    serve_options(command(&app_, "serve", "Run the service", "zhike serve --data /var/lib/zhike --port 8080",
                          [this](Console& c) { return serve(c, serve_); }),
                  serve_);
    auto* doctor_command =
        command(&app_, "doctor", "Say what is wrong with an installation, and what to do",
                "zhike doctor --data /var/lib/zhike", [this](Console& c) { return doctor(c, serve_.port); });
    doctor_command->add_option("--port", serve_.port, "the port that the service is to use");
    auto* demo_command = command(&app_, "demo", "Simulate a small world, load it and serve it",
                                 "zhike demo --data /tmp/zhike-demo --port 8080",
                                 [this](Console& c) { return demo(c, demo_); });
    world_options(demo_command, demo_.world);
    serve_options(demo_command, demo_.serve);
    demo_command->add_flag("--stop-after-load", demo_.stop_after_load, "load, print the summary and end");
    auto* sql_command = command(&app_, "sql", "Ask the warehouse, as the owner of the machine (read-only)",
                                "zhike sql --data D \"SELECT count() FROM events\"",
                                [this](Console& c) { return sql(c, sql_); });
    sql_command->add_option("text", sql_.text, "one statement; - reads it from standard input")->required();
    sql_command->add_option("--format", sql_.format, "an output format of ClickHouse, such as CSVWithNames");
    sql_command->add_flag("--write", sql_.write, "allow statements that change data");
  }

  void add_files() {
    auto* import_command = command(&app_, "import", "Import files: CSV, JSON, Excel, Parquet, XES, OCEL",
                                   "zhike import --preset olist shop/*.csv --data D",
                                   [this](Console& c) { return import(c, import_); });
    import_command->add_option("files", import_.files, "files to import")->required();
    auto* map =
        import_command->add_option("--map", import_.map, "mapping (TOML) that says what the columns mean");
    import_command->add_option("--preset", import_.preset, "a mapping that comes with Zhike")->excludes(map);
    import_command->add_flag("--infer", import_.infer, "propose a mapping for the file, and print it");
    import_command->add_flag("--dry-run", import_.dry_run,
                             "show the first events and the rejects; store nothing");
    auto* simulate_command =
        command(&app_, "simulate", "Write the files of a simulated company, with the truth beside them",
                "zhike simulate --customers 5000 --days 90 --seed 1 --out world",
                [this](Console& c) { return simulate(c, simulate_); });
    world_options(simulate_command, simulate_);
    simulate_command->add_option("--out", simulate_.out, "folder to write to")->required();
  }

  void add_matching() {
    auto* made = command(&app_, "resolve", "Find the records of files that are one customer",
                         "zhike resolve customers.csv --id id --auto --out clusters.csv",
                         [this](Console& c) { return resolve(c, resolve_); });
    made->add_option("files", resolve_.files, "one file is searched for duplicates, several are linked")
        ->required()
        ->expected(1, 200);
    made->add_option("--id", resolve_.id,
                     "column that names each record (else one called id, else row numbers)");
    made->add_flag("--auto", resolve_.is_auto, "learn the model from the records themselves");
    made->add_option("--by", resolve_.by,
                     "without a model: records that share a value of one of these columns")
        ->delimiter(',');
    made->add_option("--shared-after", resolve_.shared_after,
                     "with --by: a value of more records is nobody's (100)");
    made->add_option("--model", resolve_.model, "model (TOML) to use; with --auto: to write");
    made->add_option("--out", resolve_.out, "CSV to write: id, source, cluster_id");
    made->add_flag("--resume", resolve_.resume,
                   "go on where the same command was interrupted, by what is kept beside --out");
    made->add_option("--explain", resolve_.explain, "CSV to write: likely pairs, and what each column adds");
    auto* labels = made->add_option("--labels", resolve_.labels, "CSV of known pairs: id_l, id_r, is_match");
    made->add_option("--truth-column", resolve_.truth_column,
                     "column that names the true customer; not compared")
        ->excludes(labels);
    made->add_option("--teach", resolve_.teach,
                     "CSV of pairs that a person has decided: the model learns from them, and they hold");
    made->add_option(
            "--known", resolve_.known,
            "clusters.csv of an earlier run: they stay, and only what is new is compared; with --model")
        ->check(CLI::ExistingFile);
    made->add_option("--threshold", resolve_.threshold, "probability from which records are merged")
        ->check(CLI::Range(0.0001, 0.9999999));
    made->add_option("--giant", resolve_.giant, "blocks of too many pairs: refuse, skip or sample")
        ->check(CLI::IsMember({"refuse", "skip", "sample"}));
    made->add_option("--pairs-max", resolve_.pairs_max, "most pairs to compare (400 million)");
    made->add_flag("--within", resolve_.within, "with several files: find duplicates inside each too");
    made->add_flag("--one-to-one", resolve_.one_to_one, "a customer has at most one record in each file");
    made->add_option("--seed", resolve_.seed, "the same seed gives the same result");
    made->add_option("--threads", resolve_.threads, "threads (as many as processors)");
  }

  void add_text() {
    auto* parent = group(
        "text",
        "What texts say: sentiment, keywords, topics, aspects, intent; models trained from labelled files");
    auto* train = command(parent, "train", "Train a model from files of labelled texts",
                          "zhike text train reviews.csv --text review --label label --out model.bin",
                          [this](Console& c) { return text_train(c, text_); });
    auto* evaluate = command(parent, "evaluate",
                             "Measure a model on labelled texts: accuracy, F1, calibration, worst errors",
                             "zhike text evaluate reviews.csv --text review --label stars",
                             [this](Console& c) { return text_evaluate(c, text_); });
    for (auto* at : {train, evaluate}) {
      at->add_option("files", text_.files, "files of labelled texts")->required()->expected(1, 200);
      at->add_option("--text", text_.text, "column of the texts")->required();
      at->add_option("--label", text_.label, "column of the labels")->required();
      at->add_option("--positive", text_.positive, "the label that means positive; all others mean negative");
    }
    evaluate->add_option("--model", text_.model,
                         "model to measure (else the one of sentiment that comes along)");
    train->add_option("--out", text_.out, "model to write")->required();
    train->add_option("--seed", text_.seed, "the same seed gives the same model");
    train->add_option("--bits", text_.bits, "size: a class takes up to 2^bits bytes (21)")
        ->check(CLI::Range(8, 24));
    train->add_option("--weight", text_.weights, "how much each text of a file counts, once for each file")
        ->check(CLI::Range(0.001, 1000.0))
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    train->add_option("--date", text_.date, "date for the model's card");
    train->add_option("--licence", text_.licences, "licence for the model's card, once for each file")
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    add_readings(parent);
    add_topics(parent);
    add_learning(parent);
  }

  void add_learning(CLI::App* parent) {
    auto* label =
        command(parent, "label", "Say what a comment in the store is, to learn from",
                "zhike text label 1048577 negative", [this](Console& c) { return text_label(c, learn_); });
    label->add_option("event", learn_.event, "event of the comment")->required();
    label->add_option("sentiment", learn_.sentiment, "negative, neutral or positive");
    label->add_flag("--remove", learn_.remove, "take the label back");
    auto* retrain = command(
        parent, "retrain", "Learn a model of sentiment from labels of the store, or of files, and compare it",
        "zhike text retrain labels.csv --text comment --label sentiment",
        [this](Console& c) { return text_retrain(c, learn_); });
    retrain->add_option("files", learn_.files, "files of labelled texts; none: the labels of the store")
        ->expected(0, 200);
    retrain->add_option("--text", learn_.text, "column of the texts");
    retrain->add_option("--label", learn_.label, "column of the labels");
    retrain->add_option("--positive", learn_.positive, "the label that means positive");
    retrain->add_option("--out", learn_.out, "model to write, of labels of files");
    retrain->add_option("--seed", learn_.seed, "the same seed gives the same model");
    command(parent, "models", "Versions of models, aspects, routes and words, and which are in use",
            "zhike text models --json", [this](Console& c) { return text_models(c, learn_); });
    auto* use = command(parent, "use", "Put a version in use, or go back; 0 is what comes along",
                        "zhike text use model 2", [this](Console& c) { return text_use(c, learn_); });
    use->add_option("part", learn_.part, "model, aspects, routes or words")->required();
    use->add_option("version", learn_.number, "its number")->required();
    auto* save = command(parent, "save", "Read comments with aspects, routes or words of a file from now on",
                         "zhike text save words our_words.txt --note \"product names\"",
                         [this](Console& c) { return text_save(c, learn_); });
    save->add_option("part", learn_.part, "aspects, routes or words")->required();
    save->add_option("file", learn_.files, "aspects and routes: JSON; words: one a line")
        ->required()
        ->expected(1);
    save->add_option("--note", learn_.note, "what was changed");
  }

  void add_readings(CLI::App* parent) {
    auto* sentiment = command(parent, "sentiment", "How likely each text is negative, neutral or positive",
                              "zhike text sentiment reviews.csv --column review --out sentiment.csv",
                              [this](Console& c) { return text_sentiment(c, text_); });
    auto* keywords = command(parent, "keywords", "Words that say what texts are about",
                             "zhike text keywords reviews.csv --column review --out keywords.csv",
                             [this](Console& c) { return text_keywords(c, text_); });
    auto* aspects = command(parent, "aspects", "What texts speak of, and whether well or badly",
                            "zhike text aspects stays.csv --column review --domain hotel --out aspects.csv",
                            [this](Console& c) { return text_aspects(c, text_); });
    auto* intent =
        command(parent, "intent", "What each text wants and feels, by words: ask, complain, anger ...",
                "zhike text intent calls.csv --column said --out intent.csv",
                [this](Console& c) { return text_intent(c, text_); });
    auto* report =
        command(parent, "report",
                "What the comments in the store say, once all are read: sentiment, aspects, typical words",
                "zhike text report --where from=2026-01-01 --where channel=app",
                [this](Console& c) { return text_report(c, text_); });
    report
        ->add_option("--where", text_.filters,
                     "channel=web, from=2026-01-01, or words as zhike metric compute takes")
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    for (auto* at : {sentiment, keywords, aspects, intent}) {
      at->add_option("files", text_.files, "files of texts")->required()->expected(1, 200);
      at->add_option("--column", text_.text, "column of the texts")->required();
      at->add_option("--out", text_.out, "CSV to write");
    }
    for (auto* at : {keywords, aspects})
      at->add_option("--dictionary", text_.dictionary, "words that are not to be cut, one a line")
          ->check(CLI::ExistingFile);
    sentiment->add_option("--model", text_.model,
                          "model to use (else the one of sentiment that comes along)");
    keywords->add_option("--method", text_.method, "tfidf or textrank")
        ->check(CLI::IsMember({"tfidf", "textrank"}));
    keywords
        ->add_option("--idf", text_.idf,
                     "rarity of words: in the file, or in Chinese at large (file from 20 texts on)")
        ->check(CLI::IsMember({"file", "large"}));
    keywords->add_option("--top", text_.top, "keywords of all texts (20)")->check(CLI::Range(1, 10'000));
    keywords->add_option("--each", text_.each, "keywords of each text (5)")->check(CLI::Range(1, 100));
    aspects->add_option("--domain", text_.domain, "retail, bank, telecom, hotel or takeaway (retail)");
    auto* own = aspects->add_option("--aspects", text_.aspects, "aspects of your own (JSON)");
    own->check(CLI::ExistingFile);
    aspects
        ->add_option("--term", text_.label,
                     "column of what is spoken of; its sentiment is told instead of the catalogue's aspects")
        ->excludes(own);
  }

  void add_topics(CLI::App* parent) {
    auto* topics =
        command(parent, "topics", "What texts are about: topics with words, examples and stability",
                "zhike text topics reviews.csv --text review --topics 10 --label category",
                [this](Console& c) { return text_topics(c, text_); });
    topics->add_option("files", text_.files, "files of texts")->required()->expected(1, 200);
    topics->add_option("--text,--column", text_.text, "column of the texts")->required();
    topics->add_option("--label", text_.label,
                       "column of known groups: how far topics agree with them (NMI)");
    topics->add_option("--topics", text_.topics, "how many (else the number that comes again most surely)")
        ->check(CLI::Range(2, 100));
    topics->add_option("--each", text_.each, "examples of each topic (5)")->check(CLI::Range(1, 100));
    topics->add_option("--seed", text_.seed, "the same seed gives the same topics");
    topics->add_option("--dictionary", text_.dictionary, "words that are not to be cut, one a line")
        ->check(CLI::ExistingFile);
    topics->add_option("--out", text_.out, "CSV to write: the topic of each text");
  }

  void add_drivers() {
    auto* made = command(&app_, "drivers", "What moves a target such as satisfaction, from columns of a file",
                         "zhike drivers survey.csv --target overall --driver speed --group staff=polite,able",
                         [this](Console& c) { return drivers(c, drivers_); });
    made->add_option("file", drivers_.file, "file of answers: one row for each customer or case")->required();
    made->add_option("--target", drivers_.target, "column to explain")->required();
    made->add_option("--driver", drivers_.drivers, "columns that may move it")->expected(1, 20);
    made->add_option("--group", drivers_.groups, "NAME=COLUMN,COLUMN: a driver that several columns measure");
    made->add_option("--preset", drivers_.preset,
                     "satisfaction: drivers --quality, --interaction and --personalisation");
    made->add_option("--quality", drivers_.quality, "columns that measure quality")->delimiter(',');
    made->add_option("--interaction", drivers_.interaction, "columns that measure interaction")
        ->delimiter(',');
    made->add_option("--personalisation", drivers_.personalisation, "columns that measure personalisation")
        ->delimiter(',');
    made->add_option("--scale", drivers_.scale, "LOW:HIGH of the drivers; values outside count as missing");
    made->add_option("--target-scale", drivers_.target_scale, "the same of the target");
    made->add_option("--confidence", drivers_.confidence, "of the intervals (0.95)")
        ->check(CLI::Range(0.5, 0.999));
    made->add_option("--resamples", drivers_.resamples, "draws for the intervals of the weights (1000)")
        ->check(CLI::Range(100, 100'000));
    made->add_option("--seed", drivers_.seed, "the same seed gives the same intervals");
  }

  void add_chain() {
    auto* made = command(
        &app_, "chain", "The service-profit chain: how far each stage moves the next, and after how long",
        "zhike chain branches.csv --unit branch --period month --stage quality=on_time "
        "satisfaction=csat 'value=log(sum(revenue))' --lags 3; of the store: zhike chain --stage "
        "on_time_share csat_mean 'log(revenue)' --where from=2024-01-01 --data D",
        [this](Console& c) { return chain(c, chain_); });
    made->add_option("file", chain_.file, "file of units and periods; without one the metrics of the store");
    made->add_option("--unit", chain_.unit, "column of the unit (branch, region, segment)");
    made->add_option("--period", chain_.period,
                     "column of the period: month, quarter, ISO week, number or date");
    made->add_option(
            "--stage", chain_.stages,
            "NAME=COLUMN in the order of the chain; NAME=sum(COLUMN) adds rows up, else their mean counts; "
            "log(...) takes the logarithm. Of the store: keys of metrics")
        ->required()
        ->expected(2, 6);
    made->add_option("--grain", chain_.grain, "day, week, month, quarter or year of dates (month)");
    made->add_option("--by", chain_.by,
                     "of the store: unit, channel, touchpoint, stage, SOURCE.COLUMN or trait.KEY (unit)");
    made->add_option("--where", chain_.filters, "of the store: from=2024-01-01, to=..., channel=web ...");
    made->add_option("--lags", chain_.lags, "the longest lag that is tried, in periods (3)")
        ->check(CLI::Range(0, 12));
    made->add_option("--fixed", chain_.fixed, "lags by link, 1,,0: empty ones are chosen");
    made->add_option("--confidence", chain_.confidence, "of the intervals of a file (0.95)")
        ->check(CLI::Range(0.5, 0.999));
    made->add_option("--resamples", chain_.resamples, "draws of units of a file")
        ->check(CLI::Range(100, 100'000));
    made->add_option("--seed", chain_.seed, "the same seed gives the same intervals");
  }

  void add_indices() {
    auto* parent =
        group("indices", "SERVQUAL, the five gaps and the pyramid of experience, from columns of a file");
    auto* servqual =
        command(parent, "servqual", "Perception less expectation, in five dimensions of 22 items",
                "zhike indices servqual survey.csv --expected e1:e22 --perceived p1:p22 --scale 1:7",
                [this](Console& c) { return indices_servqual(c, indices_); });
    servqual
        ->add_option("--perceived", indices_.perceived,
                     "columns of the 22 perceptions; p1:p22 means from p1 to p22")
        ->required()
        ->delimiter(',');
    servqual->add_option("--expected", indices_.expected, "columns of the 22 expectations, in the same order")
        ->required()
        ->delimiter(',');
    servqual
        ->add_option("--weights", indices_.weights,
                     "how much each dimension counts: 11,32,22,19,16 (all alike)")
        ->delimiter(',');
    servqual->add_option("--weight-columns", indices_.weight_columns, "the same by respondent: five columns")
        ->delimiter(',');
    servqual->add_option("--items", indices_.items, "items of each dimension, of an adapted form (4,5,4,4,5)")
        ->delimiter(',');
    auto* gap =
        command(parent, "gap", "The five gaps of service, the widest first",
                "zhike indices gap survey.csv --gap 1=expects/believed 5=expected/perceived --scale 1:7",
                [this](Console& c) { return indices_gap(c, indices_); });
    gap->add_option("--gap", indices_.gaps,
                    "N=WANTED/GOT: columns (several by commas) whose difference is gap N; N=SHORTFALL")
        ->required()
        ->expected(1, 5);
    auto* pyramid =
        command(parent, "pyramid", "Needs met, then easy, then a delight",
                "zhike indices pyramid survey.csv --needs met:4.. --ease effort:..2 --delight joy:4..",
                [this](Console& c) { return indices_pyramid(c, indices_); });
    for (const auto& [option, text, what] :
         {std::tuple{"--needs", &indices_.needs,
                     "column that says so, and from which value (met:4..) or up to which (met:..2)"},
          {"--ease", &indices_.ease, "the same for ease"},
          {"--delight", &indices_.delight, "the same for delight"}})
      pyramid->add_option(option, *text, what)->required();
    add_score(parent);
    for (auto* at : {servqual, gap, pyramid}) {
      at->add_option("file", indices_.file, "file of answers: one row for each respondent")->required();
      at->add_option("--scale", indices_.scale, "LOW:HIGH; values outside count as missing");
      at->add_option("--confidence", indices_.confidence, "of the intervals (0.95)")
          ->check(CLI::Range(0.5, 0.999));
      at->add_option("--minimum", indices_.minimum, "fewer respondents make no value (10)")
          ->check(CLI::Range(2, 100'000));
    }
  }

  void add_journeys() {
    auto* parent =
        group("journey", "Journeys from event logs in files: graph, variants, models, conformance");
    auto* discover =
        command(parent, "discover", "What follows what, variants, and a model if asked for one",
                "zhike journey discover log.xes.gz --miner inductive --noise 0.2 --out model.pnml --json",
                [this](Console& c) { return journey_discover(c, journey_); });
    auto* conform = command(
        parent, "conform", "Fitness and precision of a model on a log",
        "zhike journey conform log.csv --case order --activity step --time at --model model.pnml --json",
        [this](Console& c) { return journey_conform(c, journey_); });
    for (auto* at : {discover, conform}) {
      at->add_option("log", journey_.log, "event log: XES (gzipped or not), or a table")->required();
      at->add_option("--case", journey_.case_name, "column of the case (case:concept:name)");
      at->add_option("--activity", journey_.activity, "column of the activity (concept:name)");
      at->add_option("--time", journey_.time, "column of the time (time:timestamp)");
      at->add_option("--noise", journey_.noise,
                     "leave out of a model what is rarer than this share of its alternative (0)")
          ->check(CLI::Range(0.0, 1.0));
      at->add_option("--memory-max", journey_.memory_max, "MB of the log, of the search, each (1024)")
          ->check(CLI::Range(1, 1'000'000));
    }
    discover->add_flag("--graph", journey_.graph, "list the edges with counts and waiting");
    discover->add_option("--variants", journey_.variants, "most frequent variants to list (5)")
        ->check(CLI::Range(0, 1'000'000));
    discover->add_option("--miner", journey_.discover, "mine a model: inductive")
        ->check(CLI::IsMember({"inductive"}));
    discover->add_option("--out", journey_.out, "write the model: a file named .pnml or .bpmn");
    conform->add_option("--model", journey_.model, "model (PNML)")->check(CLI::ExistingFile);
    conform->add_option("--discover", journey_.discover, "mine the model from the log first: inductive")
        ->check(CLI::IsMember({"inductive"}));
  }

  void add_channels() {
    auto* parent = group("channel", "Channels: what each has a part in");
    auto* made =
        command(parent, "attribution", "Conversions shared out among channels by seven models",
                "zhike channel attribution paths.csv --path path --conversions sales --null lost --json",
                [this](Console& c) { return channel_attribution(c, channel_); });
    made->add_option("file", channel_.file, "table of paths such as \"mail > web > store\"")->required();
    made->add_option("--path", channel_.path, "column of the paths")->required();
    made->add_option("--conversions", channel_.conversions, "column: journeys of the path that converted")
        ->required();
    made->add_option("--null", channel_.lost, "column: journeys of the path that did not (none)");
    made->add_option("--separator", channel_.separator, "between the channels of a path (>)");
    made->add_option("--half-life", channel_.half_life,
                     "touches before the last by which time decay halves (1)")
        ->check(CLI::Range(0.01, 1000.0));
    made->add_option("--confidence", channel_.confidence, "of the intervals (0.95)")
        ->check(CLI::Range(0.5, 0.999));
    made->add_option("--resamples", channel_.resamples, "draws for the intervals (500); 0 for none")
        ->check(CLI::Range(0, 100'000));
    made->add_option("--seed", channel_.seed, "the same seed gives the same intervals");
  }

  void add_score(CLI::App* parent) {
    auto* score =
        command(parent, "score", "NPS, share or mean of a column, weighted to all who were asked",
                "zhike indices score asked.csv --score nps --measure nps --weight-by region,channel",
                [this](Console& c) { return indices_score(c, score_); });
    score->add_option("--score", score_.score, "column of the answer; empty where nobody answered")
        ->required();
    score->add_option("--measure", score_.measure, "nps (0 to 10), share (of the two best) or mean (mean)")
        ->check(CLI::IsMember({"nps", "share", "mean"}));
    score->add_option("--weight-by", score_.weight_by, "columns by which those who were asked are told apart")
        ->delimiter(',');
    score->add_option("--weight-max", score_.weight_max, "larger weights are cut, times their mean (5)")
        ->check(CLI::Range(1.0, 1'000.0));
    score->add_option("--cell-min", score_.cell_min, "a group with fewer answers is refused (5)")
        ->check(CLI::Range(1, 100'000));
    score->add_option("file", score_.file, "file with a row for everybody who was asked")->required();
    score->add_option("--scale", score_.scale, "LOW:HIGH; values outside count as missing");
    score->add_option("--confidence", score_.confidence, "of the intervals (0.95)")
        ->check(CLI::Range(0.5, 0.999));
    score->add_option("--minimum", score_.minimum, "fewer answers make no value (10)")
        ->check(CLI::Range(2, 100'000));
  }

  void add_metrics() {
    auto* metric = group("metric", "The metric catalogue");
    command(metric, "list", "All metrics", "zhike metric list", [](Console& c) { return metric_list(c); });
    command(metric, "show", "Definition, formula and source of a metric", "zhike metric show nps",
            [this](Console& c) { return metric_show(c, metric_); })
        ->add_option("key", metric_.key, "key of the metric")
        ->required();
    auto* compute = command(metric, "compute", "Compute a metric on the store",
                            "zhike metric compute nps --data D --where channel=web --by touchpoint",
                            [this](Console& c) { return metric_compute(c, metric_); });
    compute->add_option("key", metric_.key, "key of the metric")->required();
    compute->add_option(
        "--where", metric_.filters,
        "from=, to=, channel=, units= ...; or a condition: \"crm.tariff = gold and not did(name = 'Order "
        "Cancelled')\"");
    compute->add_option("--grain", metric_.grain, "day, week or month");
    compute->add_option("--by", metric_.by,
                        "channel, touchpoint, stage, unit, or SOURCE.COLUMN of a virtual source");
  }

  void add_surveys() {
    auto* parent = group("survey", "Surveys: whom they ask, and how far those who were asked come");
    command(parent, "list", "All surveys", "zhike survey list --data D",
            [](Console& c) { return survey_list(c); });
    const auto with_plan = [this](CLI::App* made) {
      made->add_option("survey", survey_.survey, "number or id of the survey")->required();
      made->add_option("--where", survey_.filters,
                       "customers with an event like that: from=, to=, channel= ...; or a condition");
      made->add_option("--silent", survey_.silent_days,
                       "only who had no complaint, service contact, comment or answer in so many days");
      made->add_option("--sample", survey_.sample, "so many by chance");
      made->add_option("--seed", survey_.seed, "the same seed draws the same customers");
      made->add_option("--channel", survey_.channel, "by which the links are sent (web)");
      made->add_option("--expires", survey_.expires, "when the links expire: 2026-12-31, or with a time");
      return made;
    };
    with_plan(command(parent, "preview", "Whom a round would ask, and why others not",
                      "zhike survey preview nps --silent 90 --sample 500 --data D",
                      [this](Console& c) { return survey_preview(c, survey_); }));
    auto* round =
        with_plan(command(parent, "round", "Ask chosen customers, each by a link of their own",
                          "zhike survey round nps --key december --sample 500 --out links.csv --data D",
                          [this](Console& c) { return survey_round(c, survey_); }));
    round->add_option("--key", survey_.key, "names the round: a repeat makes nothing")->required();
    round->add_option("--out", survey_.out, "file for the links, which are told once");
    command(parent, "rounds", "Rounds of a survey, and how far those who were asked came",
            "zhike survey rounds nps --data D", [this](Console& c) { return survey_rounds(c, survey_); })
        ->add_option("survey", survey_.survey, "number or id of the survey")
        ->required();
    add_survey_triggers(parent);
    auto* revoke = command(parent, "revoke", "Take one link back: from now on nobody gets in by it",
                           "zhike survey revoke nps --link https://voice.example.com/s/... --data D",
                           [this](Console& c) { return survey_revoke(c, survey_); });
    revoke->add_option("survey", survey_.survey, "number or id of the survey")->required();
    revoke->add_option("--link", survey_.link, "its address, or the part behind /s/")->required();
  }

  void add_benchmarks() {
    auto* parent = group("benchmark", "Figures of others beside one's own indices");
    command(parent, "import", "Put the figures of a CSV: metric, period, value, n, source, sd",
            "zhike benchmark import industry.csv --data D",
            [this](Console& c) { return benchmark_import(c, benchmark_); })
        ->add_option("file", benchmark_.file, "CSV with a header")
        ->required();
    command(parent, "list", "All benchmarks", "zhike benchmark list --data D", [this](Console& c) {
      return benchmark_list(c, benchmark_);
    })->add_option("metric", benchmark_.metric, "of this instrument alone");
    auto* compare = command(parent, "compare", "The own index of each benchmark's period beside it",
                            "zhike benchmark compare nps --where channel=web --data D",
                            [this](Console& c) { return benchmark_compare(c, benchmark_); });
    compare->add_option("metric", benchmark_.metric, "an instrument: nps, csat, ces ...");
    compare->add_option("--where", benchmark_.filters,
                        "of which answers: channel=, units=, source= ...; or a condition");
  }

  void add_survey_triggers(CLI::App* parent) {
    command(parent, "triggers", "Events that ask by themselves, what they did, and ready ones",
            "zhike survey triggers after-contact --data D",
            [this](Console& c) { return survey_triggers(c, survey_); })
        ->add_option("survey", survey_.survey, "number or id of the survey")
        ->required();
    const auto with_plan = [this](CLI::App* made) {
      made->add_option("survey", survey_.survey, "number or id of the survey")->required();
      made->add_option("--preset", survey_.preset, "a ready one: after-conversation ... (see triggers)");
      made->add_option("--where", survey_.filters,
                       "the event: name=, channel=, touchpoint= ...; or a condition");
      made->add_option("--property", survey_.properties, "of the event: resolved=true,yes; each must fit");
      made->add_option("--delay", survey_.delay_minutes, "minutes after the event (0)");
      made->add_option("--within", survey_.within_hours,
                       "what arrives later than so many hours after it happened asks nobody (24)");
      made->add_option("--share", survey_.share, "of the events, by chance (1)");
      made->add_option("--quiet", survey_.quiet, "nobody is written to from ... to: 21:00-09:00");
      made->add_option("--channel", survey_.channel, "by which the links are sent (web)");
      made->add_option("--connector", survey_.connector, "number of the connector that writes to them")
          ->required();
      return made;
    };
    with_plan(command(
        parent, "trigger-preview", "What a trigger would have done in the last 30 days",
        "zhike survey trigger-preview after-contact --preset after-conversation --connector 1 --data D",
        [this](Console& c) { return survey_trigger_preview(c, survey_); }));
    with_plan(command(parent, "trigger", "Ask customers after an event, from now on",
                      "zhike survey trigger after-contact --key calls --preset after-conversation --delay 30 "
                      "--channel sms --connector 1 --data D",
                      [this](Console& c) { return survey_trigger(c, survey_); }))
        ->add_option("--key", survey_.key, "names the trigger: a repeat makes nothing")
        ->required();
    auto* move = command(parent, "trigger-state", "Pause a trigger, let it go on, or end it",
                         "zhike survey trigger-state after-contact --key calls --to paused --data D",
                         [this](Console& c) { return survey_trigger_move(c, survey_); });
    move->add_option("survey", survey_.survey, "number or id of the survey")->required();
    move->add_option("--key", survey_.key, "of the trigger")->required();
    move->add_option("--to", survey_.state, "on, paused or ended")->required();
  }

  void add_plans() {
    auto* plan = group("plan", "Tracking plans: what the events of a source should look like");
    const auto with_source = [this](CLI::App* made) {
      made->add_option("source", plan_.source, "source: number or name")->required();
      return made;
    };
    with_source(command(plan, "show", "The plan in force, and how what arrives differs from it",
                        "zhike plan show shop --data D", [this](Console& c) { return plan_show(c, plan_); }));
    with_source(command(plan, "set", "Make a plan (JSON) the one in force",
                        "zhike plan set shop plan.json --data D",
                        [this](Console& c) { return plan_set(c, plan_); }))
        ->add_option("file", plan_.file, "the plan")
        ->required();
    with_source(command(plan, "infer", "The plan that what arrived so far would fit",
                        "zhike plan infer shop --data D > plan.json",
                        [this](Console& c) { return plan_infer(c, plan_); }));
  }

  void add_accounts() {
    auto* user = group("user", "Who may sign in");
    auto* add = command(user, "add", "Add a user; the password is read from standard input when not given",
                        "zhike user add li --name 'Li Na' --role analyst --data D",
                        [this](Console& c) { return user_add(c, user_); });
    add->add_option("user", user_.user, "sign-in name")->required();
    add->add_option("--name", user_.name, "name on screen");
    std::vector<std::string> roles;
    for (const govern::Role& role : govern::roles()) roles.emplace_back(role.key);
    add->add_option("--role", user_.role, fmt::format("one of {}", fmt::join(roles, ", ")))
        ->check(CLI::IsMember(roles));
    add->add_option("--unit", user_.units, "branch or brand that the user may see (default: all)");
    command(user, "list", "All users", "zhike user list --data D", [](Console& c) { return user_list(c); });
    command(user, "password", "Set a user's password, read from standard input",
            "zhike user password li --data D", [this](Console& c) { return user_password(c, user_); })
        ->add_option("user", user_.user, "sign-in name")
        ->required();
    command(user, "link", "A fresh one-time link that makes an administrator", "zhike user link --data D",
            [](Console& c) { return user_link(c); });
  }

  void add_sources() {
    auto* source = group("source", "Where events come from");
    command(source, "list", "All sources with their counts", "zhike source list --data D",
            [](Console& c) { return source_list(c); });
    auto* add = command(source, "add", "Add a source with a write key",
                        "zhike source add shop --zone Asia/Shanghai --data D",
                        [this](Console& c) { return source_add(c, source_); });
    add->add_option("name", source_.name, "name of the source")->required();
    add->add_option("--channel", source_.channel, "channel of events that name none");
    add->add_option("--unit", source_.unit, "branch or brand of events that name none");
    add->add_option("--zone", source_.zone, "time zone of times without offset");
    auto* key = group("key", "Write keys of a source");
    auto* make = command(key, "add", "Make another write key", "zhike key add shop --data D",
                         [this](Console& c) { return key_add(c, source_); });
    auto* list = command(key, "list", "Keys of a source, without their secret",
                         "zhike key list shop --data D", [this](Console& c) { return key_list(c, source_); });
    auto* end = command(key, "end", "End a write key", "zhike key end shop 3 --data D",
                        [this](Console& c) { return key_end(c, source_); });
    for (auto* at : {make, list, end})
      at->add_option("source", source_.id, "name or number of the source")->required();
    end->add_option("key", source_.key, "number of the key")->required();
  }

  void add_items() {
    auto* item = group("item", "Products, articles, stores and groups that events are about");
    auto* list =
        command(item, "list", "Items, latest described first", "zhike item list --type product --data D",
                [this](Console& c) { return item_list(c, item_); });
    list->add_option("--type", item_.type, "of this type alone");
    list->add_option("--text", item_.text, "text within the id or a property");
    list->add_option("--count", item_.count, "at most so many (50)")->check(CLI::Range(1, 200));
    list->add_flag("--gone", item_.gone, "also what was taken away");
  }

  void add_virtual() {
    auto* parent = group("virtual", "Virtual sources: tables that stay in other systems and are read there");
    command(parent, "list", "All virtual sources", "zhike virtual list --data D",
            [](Console& c) { return virtual_list(c); });
    auto* add =
        command(parent, "add", "Register a table; its columns are read there",
                "zhike virtual add crm --kind postgres --set host=db.example.com --set database=crm --set "
                "table=contracts --set user=reader --secret-file F --key-column phone --key-kind phone",
                [this](Console& c) { return virtual_add(c, virtual_); });
    std::vector<std::string> kinds;
    for (const external::Kind& kind : external::kinds()) kinds.emplace_back(kind.key);
    add->add_option("--kind", virtual_.kind, fmt::format("{}", fmt::join(kinds, ", ")));
    add->add_option("--name", virtual_.name, "as people call it; else the key");
    add->add_option("--set", virtual_.settings,
                    "NAME=VALUE of the kind: host, port, database, table, user; path, format ...");
    add->add_option("--secret-file", virtual_.secret_file,
                    "file with the password; else $ZHIKE_VIRTUAL_SECRET");
    add->add_option("--key-column", virtual_.key_column, "the column that says who the customer is")
        ->required();
    add->add_option("--key-kind", virtual_.key_kind, "what it holds: phone, email, user_id, loyalty_id ...")
        ->required();
    add->add_option("--sensitive", virtual_.sensitive, "columns to mask, beside those that look it");
    add->add_option("--unit", virtual_.unit, "only for users of this unit");
    add->add_option("--owner", virtual_.owner, "whom to ask about it");
    add->add_option("--rows-max", virtual_.rows_max, "rows of one question");
    add->add_option("--time-max", virtual_.time_max, "seconds of one question");
    add->add_option("--refresh", virtual_.refresh,
                    "seconds that an answer about customers may be used again");
    auto* show = command(parent, "show", "Where it is, and its columns", "zhike virtual show crm --data D",
                         [this](Console& c) { return virtual_show(c, virtual_); });
    auto* preview =
        command(parent, "preview", "Some rows, masked", "zhike virtual preview crm --rows 5 --data D",
                [this](Console& c) { return virtual_preview(c, virtual_); });
    preview->add_option("--rows", virtual_.rows, "how many");
    auto* match = command(parent, "match", "How many of its rows belong to customers",
                          "zhike virtual match crm --data D",
                          [this](Console& c) { return virtual_match(c, virtual_); });
    auto* remove = command(parent, "remove", "Forget it; nothing changes in the other system",
                           "zhike virtual remove crm --data D",
                           [this](Console& c) { return virtual_remove(c, virtual_); });
    for (auto* at : {add, show, preview, match, remove})
      at->add_option("key", virtual_.key, "its name in filters: crm")->required();
  }

  void add_complaints() {
    auto* parent = group("complaint", "Complaints and their recovery");
    auto* list = command(parent, "list", "Complaints, newest first", "zhike complaint list --overdue",
                         [this](Console& c) { return complaint_list(c, complaint_); });
    list->add_option("--state", complaint_.state, "new, accepted, in_recovery, resolved, closed or reopened");
    list->add_flag("--overdue", complaint_.overdue, "only those past the clock");
    list->add_flag("--waiting", complaint_.waiting, "only those with a remedy that waits for approval");
    list->add_option("--count", complaint_.count, "at most so many (50)")->check(CLI::Range(1, 10'000));
    auto* show = command(parent, "show", "One complaint with its history", "zhike complaint show 42",
                         [this](Console& c) { return complaint_show(c, complaint_); });
    show->add_option("id", complaint_.id, "id")->required();
    auto* report = command(parent, "report", "How complaints are dealt with",
                           "zhike complaint report --from 2026-01-01 --days 30",
                           [this](Console& c) { return complaint_report(c, complaint_); });
    report
        ->add_option("--days", complaint_.days,
                     "a further complaint within so many days is a repeat (the catalogue's)")
        ->check(CLI::Range(1, 365));
    for (auto* at : {list, report}) {
      at->add_option("--category", complaint_.category, "key of a category, and those below it");
      at->add_option("--channel", complaint_.channel, "channel");
      at->add_option("--unit", complaint_.unit, "unit");
      at->add_option("--from", complaint_.from, "opened from this time on");
      at->add_option("--to", complaint_.to, "opened before this time");
    }
    auto* suggest =
        command(parent, "suggest", "Which categories the words of texts speak for",
                "zhike complaint suggest complaints.csv --column said --domain telecom --out said.csv",
                [this](Console& c) { return complaint_suggest(c, text_); });
    suggest->add_option("files", text_.files, "files of texts")->required()->expected(1, 200);
    suggest->add_option("--column", text_.text, "column of the texts")->required();
    suggest->add_option("--label", text_.label, "column of the right categories, to be compared with");
    suggest->add_option("--domain", text_.domain,
                        "retail, bank or telecom, or a catalogue of your own (retail)");
    suggest->add_option("--out", text_.out, "CSV to write");
  }

  void add_units() {
    auto* unit = group("unit", "Branches, brands and regions: names, what they belong to, time zones");
    command(unit, "list", "All units with their events", "zhike unit list --data D",
            [](Console& c) { return unit_list(c); });
    auto* set = command(unit, "set", "Name a unit, put it below another, or give it a time zone",
                        "zhike unit set london --name-en London --name-zh 伦敦 --zone Europe/London --data D",
                        [this](Console& c) { return unit_set(c, unit_); });
    set->add_option("key", unit_.key, "the unit, as events name it")->required();
    set->add_option("--name-en", unit_.name_en, "English name; '' for none");
    set->add_option("--name-zh", unit_.name_zh, "Chinese name; '' for none");
    set->add_option("--parent", unit_.parent, "key of the unit it belongs to; '' for none");
    set->add_option("--zone", unit_.zone, "time zone that its days follow; '' for the parent's or app.zone");
    set->add_flag("--forget", unit_.forget, "forget all that was said of it; its events stay");
  }

  void add_customers() {
    auto* customer = group("customer", "Customers: what made them one, merge and split");
    auto* show = command(customer, "show", "Identifiers, and the joins that hold them together",
                         "zhike customer show 42 --data D",
                         [this](Console& c) { return customer_show(c, customer_); });
    auto* merge = command(customer, "merge", "Make two customers one; a split takes it back exactly",
                          "zhike customer merge 42 57 --reason 'same person at the counter' --data D",
                          [this](Console& c) { return customer_merge(c, customer_); });
    auto* split = command(customer, "split", "Take joins back; both sides then stay apart",
                          "zhike customer split 42 1803 --reason 'two people' --data D",
                          [this](Console& c) { return customer_split(c, customer_); });
    auto* match = command(
        customer, "match", "Match all customers, and propose pairs for review on the console",
        "zhike customer match --data D --json", [this](Console& c) { return customer_match(c, customer_); });
    auto* moves = command(
        customer, "drivers", "What moves the last answer of customers, or what they do",
        "zhike customer drivers --outcome nps --driver contacts complained delivery_days trait.age --data D",
        [this](Console& c) { return customer_drivers(c, customer_drivers_); });
    moves->add_option("--outcome", customer_drivers_.outcome,
                      "nps, csat, ces, review (last answer), orders, spend ... (the first that 30 gave)");
    moves
        ->add_option("--driver", customer_drivers_.drivers,
                     "contacts, complained, channels, delivery_days ... trait.KEY (those that vary)")
        ->expected(1, 20);
    moves->add_option("--where", customer_drivers_.filters, "from=2024-01-01, channel=web ...");
    match->add_option("--merge-from", customer_.merge_from,
                      "merge by itself from this probability, where no rule stands against it");
    match->add_flag("--new", customer_.only_new,
                    "compare only customers that are new or have changed since the last run");
    match->add_flag("--resume", customer_.resume, "go on with the run that was ended before it was done");
    for (auto* at : {show, merge, split}) at->add_option("customer", customer_.customer, "id")->required();
    merge->add_option("other", customer_.other, "id of the other customer")->required();
    split->add_option("joins", customer_.joins, "versions of the joins, as show lists them")->required();
    for (auto* at : {merge, split}) {
      at->add_option("--reason", customer_.reason, "kept in the history and the audit log");
      at->add_flag("--preview", customer_.preview, "say what would change, and change nothing");
    }
    merge->add_flag("--force", customer_.force, "although a rule keeps them apart");
  }

  void add_reputation() {
    auto* parent = group("reputation", "Brand reputation: what posts say of brands");
    auto* report = command(parent, "report", "Volume, sentiment and share of voice, with intervals",
                           "zhike reputation report --where from=2026-01-01 --compare previous --json",
                           [this](Console& c) { return reputation_report(c, reputation_); });
    auto* bursts = command(parent, "bursts", "Hours in which far more was said than expected, and why",
                           "zhike reputation bursts --where from=2026-01-01 --count 5",
                           [this](Console& c) { return reputation_bursts(c, reputation_); });
    auto* posts = command(parent, "posts", "Posts that were seen most, those that repeat one another as one",
                          "zhike reputation posts --brand ours --order reach --count 20",
                          [this](Console& c) { return reputation_posts(c, reputation_); });
    auto* brands = command(parent, "brands", "The brands that are followed; --set puts others in their place",
                           "zhike reputation brands --set brands.json",
                           [this](Console& c) { return reputation_brands(c, reputation_); });
    brands->add_option("--set", reputation_.set,
                       "JSON file: {\"items\": [{\"key\", \"own\", \"name_en\", \"name_zh\", \"names\", "
                       "\"exclusions\"}], \"weights\": {...}}");
    for (auto* at : {report, bursts, posts}) {
      at->add_option("--where", reputation_.filters,
                     "condition on the posts, such as unit=north or from=2026-01-01");
      at->add_option("--text", reputation_.text, "only posts that hold this text");
    }
    report->add_option("--compare", reputation_.compare, "previous (default), year or none");
    bursts->add_option("--count", reputation_.count, "of how many bursts the reason is looked for (10)")
        ->check(CLI::Range(0, 1000));
    posts->add_option("--count", reputation_.count, "at most so many (10)")->check(CLI::Range(1, 1000));
    posts->add_option("--brand", reputation_.brand, "key of a brand; else all");
    posts->add_option("--order", reputation_.order, "reach (default), posts or newest");
  }

  CLI::App app_;
  Common common_;
  std::function<int(Console&)> chosen_;
  ServeOptions serve_;
  ImportOptions import_;
  SimulateOptions simulate_;
  DemoOptions demo_;
  MetricOptions metric_;
  SurveyOptions survey_;
  BenchmarkOptions benchmark_;
  ScoreCommand score_;
  UserOptions user_;
  SourceOptions source_;
  VirtualOptions virtual_;
  UnitOptions unit_;
  ItemOptions item_;
  CustomerOptions customer_;
  ComplaintOptions complaint_;
  ReputationOptions reputation_;
  PlanOptions plan_;
  SqlOptions sql_;
  ResolveCommand resolve_;
  TextCommand text_;
  TextLearnCommand learn_;
  DriversCommand drivers_;
  IndicesCommand indices_;
  JourneyCommand journey_;
  ChannelCommand channel_;
  ChainCommand chain_;
  CustomerDriversCommand customer_drivers_;
};

}  // namespace
}  // namespace zhike::cli

int main(int argc, char** argv) {
  zhike::keep_freed_memory();
  return zhike::cli::Program().run(argc, argv);
}
