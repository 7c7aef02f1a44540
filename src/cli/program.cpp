// The command line, and all commands but those of program_voice.cpp.
#include "cli/program.h"

#include <fmt/ranges.h>

#include "external/source.h"
#include "govern/roles.h"

namespace zhike::cli {

Program::Program() : app_("Zhike, the customer-experience engine", "zhike") {
  app_.set_version_flag("--version", std::string(ZHIKE_VERSION));
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
  add_personas();
  add_persona_options(&app_);
}

int Program::run(int argc, char** argv) {
  try {
    app_.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app_.exit(error);  // --help, --version
    for (int i = 1; i < argc; ++i) common_.as_json = common_.as_json || std::string_view(argv[i]) == "--json";
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

CLI::App* Program::command(CLI::App* parent, const std::string& name, const std::string& text,
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

CLI::App* Program::group(const std::string& name, const std::string& text) {
  CLI::App* made = app_.add_subcommand(name, text);
  made->require_subcommand(1);
  return made;
}

void Program::serve_options(CLI::App* at, ServeOptions& options) {
  at->add_option("--port", options.port, "port to listen on; 0 takes a free one")
      ->check(CLI::Range(0, 65535));
  at->add_option("--address", options.address, "address to listen on (127.0.0.1)");
  at->add_option("--write-key", options.write_key, "a write key of your choice for the default source");
}

void Program::world_options(CLI::App* at, SimulateOptions& options) {
  at->add_option("--customers", options.customers, "how many customers")->check(CLI::Range(1, 100'000'000));
  at->add_option("--days", options.days, "how many days")->check(CLI::Range(1, 3650));
  at->add_option("--seed", options.seed, "the same seed makes the same world");
}

void Program::add_service() {
  serve_options(command(&app_, "serve", "Run the service", "zhike serve --data /var/lib/zhike --port 8080",
                        [this](Console& c) { return serve(c, serve_); }),
                serve_);
  auto* doctor_command =
      command(&app_, "doctor", "Say what is wrong with an installation, and what to do",
              "zhike doctor --data /var/lib/zhike", [this](Console& c) { return doctor(c, serve_.port); });
  doctor_command->add_option("--port", serve_.port, "the port that the service is to use");
  auto* demo_command =
      command(&app_, "demo", "Simulate a small world, load it and serve it",
              "zhike demo --data /tmp/zhike-demo --port 8080", [this](Console& c) { return demo(c, demo_); });
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

void Program::add_files() {
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

void Program::add_matching() {
  auto* made = command(&app_, "resolve", "Find the records of files that are one customer",
                       "zhike resolve customers.csv --id id --auto --out clusters.csv",
                       [this](Console& c) { return resolve(c, resolve_); });
  made->add_option("files", resolve_.files, "one file is searched for duplicates, several are linked")
      ->required()
      ->expected(1, 200);
  made->add_option("--id", resolve_.id,
                   "column that names each record (else one called id, else row numbers)");
  made->add_flag("--auto", resolve_.is_auto, "learn the model from the records themselves");
  made->add_option("--by", resolve_.by, "without a model: records that share a value of one of these columns")
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

void Program::add_journeys() {
  auto* parent = group(
      "journey", "Journeys: models and performance of event logs; maps, friction and funnels of the store");
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
  conform->add_option("--model", journey_.model, "model (PNML or BPMN)")->check(CLI::ExistingFile);
  conform->add_option("--discover", journey_.discover, "mine the model from the log first: inductive")
      ->check(CLI::IsMember({"inductive"}));
  add_friction(parent);
  add_performance(parent);
  add_journey_simulate(parent);
  add_journey_map(parent);
  add_journey_cases(parent);
  add_journey_kinds(parent);
  add_journey_designs(parent);
  add_experience(parent);
  add_blueprint(parent);
}

void Program::add_journey_map(CLI::App* parent) {
  auto* map =
      command(parent, "map", "Stages of a kind of journey: volume, waits, effort, feelings, pain points",
              "zhike journey map purchase --where from=2026-01-01 --compare previous --svg map.svg --json",
              [this](Console& c) { return journey_map(c, journey_map_); });
  auto* peak_end =
      command(parent, "peak-end", "Whether peak and end or the average predict how journeys are judged",
              "zhike journey peak-end purchase --instrument nps --json",
              [this](Console& c) { return journey_peak_end(c, journey_map_); });
  for (auto* at : {map, peak_end}) {
    at->add_option("kind", journey_map_.kind, "key of a kind of journey; all: all journeys")->required();
    at->add_option("--where", journey_map_.filters,
                   "which events: from=2026-01-01, channel=web, or a condition; may be repeated");
  }
  map->add_option("--compare", journey_map_.compare,
                  "with the period before (previous), a year before (year), or the events of a condition: "
                  "\"channel = app\"");
  map->add_option("--svg", journey_map_.svg, "write the picture to this file");
  peak_end->add_option("--instrument", journey_map_.instrument,
                       "whose answers judge the whole (the one with most)");
}

void Program::add_experience(CLI::App* parent) {
  ExperienceCommand& of = experience_;
  auto* made = command(parent, "experience",
                       "Digital-experience score of business processes: steps, load, findability, errors, "
                       "interface, personalisation",
                       "zhike journey experience purchase --since 2026-01-01 --before 2026-04-01 --compare "
                       "previous --json",
                       [this](Console& c) { return journey_experience(c, experience_); });
  made->add_option("kind", of.kind, "key of a kind of journey (each of them)");
  made->add_option("--since", of.since, "first day, or an instant");
  made->add_option("--before", of.before, "day after the last, or an instant");
  made->add_option("--where", of.filters,
                   "which events: channel=web, units=north, or a condition; may be repeated");
  made->add_option("--compare", of.compare,
                   "with the period before (previous), a year before (year), or the events of a condition: "
                   "\"channel = app\"");
  made->add_flag("--settings", of.settings, "show the settings: weights, and which events mean what");
  made->add_option("--set", of.set, "file of settings as --settings --json prints them, to put in place")
      ->check(CLI::ExistingFile);
}

void Program::add_blueprint(CLI::App* parent) {
  BlueprintCommand& of = blueprint_;
  auto* made = command(
      parent, "blueprint",
      "Service blueprint of a kind of journey: show it with its numbers, export it, import it",
      "zhike journey blueprint show purchase --where from=2026-01-01 --json; zhike journey blueprint export "
      "purchase --file purchase.json",
      [this](Console& c) { return journey_blueprint(c, blueprint_); });
  made->add_option("action", of.action, "show, export or import")
      ->required()
      ->check(CLI::IsMember({"show", "export", "import"}));
  made->add_option("kind", of.kind, "key of a kind of journey")->required();
  made->add_option("--file", of.file, "JSON to write, or to put in place");
  made->add_option("--where", of.filters,
                   "which events: from=2026-01-01, channel=web, or a condition; may be repeated");
}

void Program::add_friction(CLI::App* parent) {
  auto* friction =
      command(parent, "friction", "What goes wrong in journeys, whom it befalls and what it costs, by harm",
              "zhike journey friction --definition purchase --where from=2026-01-01 --instrument csat --json",
              [this](Console& c) { return journey_friction(c, friction_); });
  auto* funnel =
      command(parent, "funnel", "How many customers reach each of a few steps, and how long they take",
              "zhike journey funnel --steps cart,checkout,\"name:Order Completed\" --order strict --by "
              "channel --json",
              [this](Console& c) { return journey_funnel(c, friction_); });
  auto* definitions = command(parent, "definitions", "Kinds of journeys: list them, or put others in place",
                              "zhike journey definitions --set definitions.json",
                              [this](Console& c) { return journey_definitions(c, friction_); });
  for (auto* at : {friction, funnel}) {
    at->add_option("--where", friction_.filters,
                   "which events: from=2026-01-01, channel=web, or a condition; may be repeated");
    at->add_option("--definition", friction_.definition, "key of a kind of journey (all journeys)");
  }
  friction->add_option("--instrument", friction_.instrument,
                       "whose answers tell satisfaction (the one with most)");
  friction->add_option("--top", friction_.top, "frictions listed (20)")->check(CLI::Range(1, 200));
  funnel->add_option("--steps", friction_.steps,
                     "2 to 6 touchpoints, or name:EVENT, by commas (those of the definition)");
  funnel->add_option("--order", friction_.order, "ordered (default), strict or unordered");
  funnel->add_option("--by", friction_.by, "divide by the first step's channel or unit");
  funnel
      ->add_option("--window-hours", friction_.window_hours,
                   "from the first step to the one reached (the definition's pause, else 168)")
      ->check(CLI::Range(1, 8784));
  funnel->add_option("--keep", friction_.keep, "keep who stopped at --stopped-at as a list of this name");
  funnel->add_option("--stopped-at", friction_.stopped_at, "step, from 1 (the last: who completed)")
      ->check(CLI::Range(1, 6));
  funnel->add_option("--days", friction_.days, "until the list is removed (90)")->check(CLI::Range(1, 730));
  definitions->add_option("--set", friction_.set, "file with `items` as --json prints them")
      ->check(CLI::ExistingFile);
}

void Program::add_performance(CLI::App* parent) {
  PerformanceCommand& of = performance_;
  auto* made = command(
      parent, "performance", "Where cases wait, what is done again and by whom, of a log or of the store",
      "zhike journey performance log.xes.gz --machine org:resource=112 --failure status=failed --split "
      "2026-03-01 --json; zhike journey performance --of case --resource staff --where from=2026-01-01",
      [this](Console& c) { return journey_performance(c, performance_); });
  made->add_option("log", of.log, "event log: XES (gzipped or not), or a table (the store)");
  made->add_option("--case", of.case_name, "column of the case (case:concept:name)");
  made->add_option("--activity", of.activity, "column of the activity (concept:name)");
  made->add_option("--time", of.time, "column of the time when a step ended (time:timestamp)");
  made->add_option("--start", of.start,
                   "column of the time when it began (start_timestamp, if there is one)");
  made->add_option("--transition", of.transition,
                   "column that tells starts from completions (lifecycle:transition, if there is one)");
  made->add_option("--resource", of.resource,
                   "column of who did it (org:resource, if there is one); of the store: a property");
  made->add_option("--cost", of.cost, "column or property of what a step cost");
  made->add_option("--machine", of.machine, "COLUMN=VALUE,VALUE: the steps that machines did");
  made->add_option("--failure", of.failure, "COLUMN=VALUE,VALUE: the steps that failed");
  made->add_option("--designed", of.designed, "activity designed to be automatic; may be repeated");
  made->add_option("--end", of.ends, "activity that completes a case; may be repeated (its last step)");
  made->add_option("--batch-seconds", of.batch_seconds, "window in which steps make a batch (60)")
      ->check(CLI::Range(0, 86'400));
  made->add_option("--split", of.split, "compare cases that began before this time with the others");
  made->add_option("--group", of.group, "column of the groups that --before and --after name");
  made->add_option("--before", of.before, "group to compare with");
  made->add_option("--after", of.after, "group that is compared");
  made->add_option("--model", of.model, "designed process (PNML or BPMN): deviations by what they cost")
      ->check(CLI::ExistingFile);
  made->add_option("--design", of.design, "of the store: a designed process that is kept, by its name");
  made->add_option("--zone", of.zone, "time zone of the days of a log (UTC)");
  made->add_option("--top", of.top, "rows of each list (20)")->check(CLI::Range(1, 200));
  made->add_option("--memory-max", of.memory_max, "MB of the log, of the search, each (1024)")
      ->check(CLI::Range(1, 1'000'000));
  made->add_option("--where", of.filters,
                   "of the store, which events: from=2026-01-01, channel=web, or a condition");
  made->add_option("--level", of.level, "of the store, what a step is: touchpoint, stage or channel");
  made->add_option("--of", of.of, "of the store, what a case is: journey, or case (order, ticket)");
  made->add_option("--definition", of.definition,
                   "of the store, the kind of journey whose steps are the designed process");
}

void Program::add_channels() {
  auto* parent = group("channel", "Channels: scorecard, switching, attribution, best, budget, spending");
  auto* made =
      command(parent, "attribution", "Conversions shared out among channels by seven models",
              "zhike channel attribution --data D --conversion 'Order Placed' --window 30; zhike channel "
              "attribution paths.csv --path path --conversions sales --null lost --json",
              [this](Console& c) { return channel_attribution(c, channel_); });
  made->add_option(
      "file", channel_.file,
      "table of paths such as \"mail > web > store\"; without it those of the store's customers");
  made->add_option("--path", channel_.path, "column of the paths");
  made->add_option("--conversions", channel_.conversions, "column: journeys of the path that converted");
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
  made->add_option("--conversion", channel_.conversion,
                   "store: name of the event that is a conversion (orders)");
  made->add_option("--window", channel_.window_days, "store: days before it whose touches count (30)")
      ->check(CLI::Range(1, 365));
  made->add_option("--property", channel_.property,
                   "store: property of events that names the touch (the channel does)");
  made->add_flag("--each", channel_.each, "store: touches of one channel in a row count one by one");
  made->add_option("--where", channel_.filters, "store: from=2026-01-01, units=north ...");
  auto* card = command(parent, "scorecard", "Volume, cost, conversion, service, satisfaction and retention",
                       "zhike channel scorecard --data D --cost web=1200 --cost store=9000 --json",
                       [this](Console& c) { return channel_scorecard(c, channel_store_); });
  card->add_option("--cost", channel_store_.costs, "CHANNEL=COST in the range, in one currency; repeat");
  card->add_option("--retention-days", channel_store_.retention_days, "active again within so many days (30)")
      ->check(CLI::Range(2, 365));
  auto* switches = command(parent, "switching", "Switches between channels inside journeys, and lost context",
                           "zhike channel switching --data D --where from=2026-01-01 --json",
                           [this](Console& c) { return channel_switching(c, channel_store_); });
  for (auto* at : {card, switches})
    at->add_option("--where", channel_store_.filters, "from=2026-01-01, units=north ...");
  add_channel_best(parent);
  add_channel_budget(parent);
}

void Program::add_channel_best(CLI::App* parent) {
  auto* best = command(parent, "best", "By which channel to meet a customer for a purpose, with reasons",
                       "zhike channel best 4711 --data D --purpose help --json; zhike channel best --purpose "
                       "reach --cost sms=0.05 --worth 2 --sample 5000 --out best.csv",
                       [this](Console& c) { return channel_best(c, channel_best_); });
  best->add_option("customer", channel_best_.customer, "id; without one, many are drawn and counted");
  best->add_option("--purpose", channel_best_.purpose, "reach, buy, get_through, help or please")->required();
  best->add_option("--cost", channel_best_.costs, "CHANNEL=COST of one message, visit or contact; repeat");
  best->add_option("--worth", channel_best_.worth, "what one result is worth: ranks by worth less cost")
      ->check(CLI::Range(0.0, 1e12));
  best->add_option("--sure", channel_best_.sure, "least probability of being best to be named (0.8)")
      ->check(CLI::Range(0.5, 0.999));
  best->add_option("--sample", channel_best_.sample, "customers to draw (1000)")->check(CLI::Range(1, 5000));
  best->add_option("--out", channel_best_.out, "CSV of those drawn, a customer a line");
  best->add_option("--where", channel_best_.filters, "from=2026-01-01, units=north ...; without it all time");
}

void Program::add_metrics() {
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

void Program::add_plans() {
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

void Program::add_accounts() {
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

void Program::add_sources() {
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
  auto* list = command(key, "list", "Keys of a source, without their secret", "zhike key list shop --data D",
                       [this](Console& c) { return key_list(c, source_); });
  auto* end = command(key, "end", "End a write key", "zhike key end shop 3 --data D",
                      [this](Console& c) { return key_end(c, source_); });
  for (auto* at : {make, list, end})
    at->add_option("source", source_.id, "name or number of the source")->required();
  end->add_option("key", source_.key, "number of the key")->required();
}

void Program::add_items() {
  auto* item = group("item", "Products, articles, stores and groups that events are about");
  auto* list =
      command(item, "list", "Items, latest described first", "zhike item list --type product --data D",
              [this](Console& c) { return item_list(c, item_); });
  list->add_option("--type", item_.type, "of this type alone");
  list->add_option("--text", item_.text, "text within the id or a property");
  list->add_option("--count", item_.count, "at most so many (50)")->check(CLI::Range(1, 200));
  list->add_flag("--gone", item_.gone, "also what was taken away");
}

void Program::add_virtual() {
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
  add->add_option("--refresh", virtual_.refresh, "seconds that an answer about customers may be used again");
  auto* show = command(parent, "show", "Where it is, and its columns", "zhike virtual show crm --data D",
                       [this](Console& c) { return virtual_show(c, virtual_); });
  auto* preview =
      command(parent, "preview", "Some rows, masked", "zhike virtual preview crm --rows 5 --data D",
              [this](Console& c) { return virtual_preview(c, virtual_); });
  preview->add_option("--rows", virtual_.rows, "how many");
  auto* match =
      command(parent, "match", "How many of its rows belong to customers", "zhike virtual match crm --data D",
              [this](Console& c) { return virtual_match(c, virtual_); });
  auto* remove = command(parent, "remove", "Forget it; nothing changes in the other system",
                         "zhike virtual remove crm --data D",
                         [this](Console& c) { return virtual_remove(c, virtual_); });
  for (auto* at : {add, show, preview, match, remove})
    at->add_option("key", virtual_.key, "its name in filters: crm")->required();
}

void Program::add_units() {
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

void Program::add_customers() {
  auto* customer = group("customer", "Customers: what made them one, merge and split");
  auto* show =
      command(customer, "show", "Identifiers, and the joins that hold them together",
              "zhike customer show 42 --data D", [this](Console& c) { return customer_show(c, customer_); });
  auto* merge = command(customer, "merge", "Make two customers one; a split takes it back exactly",
                        "zhike customer merge 42 57 --reason 'same person at the counter' --data D",
                        [this](Console& c) { return customer_merge(c, customer_); });
  auto* split = command(customer, "split", "Take joins back; both sides then stay apart",
                        "zhike customer split 42 1803 --reason 'two people' --data D",
                        [this](Console& c) { return customer_split(c, customer_); });
  auto* match = command(customer, "match", "Match all customers, and propose pairs for review on the console",
                        "zhike customer match --data D --json",
                        [this](Console& c) { return customer_match(c, customer_); });
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
  add_customer_lists(customer);
}

}  // namespace zhike::cli
