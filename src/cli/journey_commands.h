// The commands of journeys (see commands.h): models from event logs, and how well both agree; friction and
// funnels of the store.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/console.h"

namespace zhike::cli {

struct JourneyCommand {
  std::string log;                        ///< file
  std::string case_name, activity, time;  ///< columns of a table, attributes of XES; empty: as XES names them
  std::string discover;                   ///< "inductive"; empty: no model, or that of `model`
  std::string model;                      ///< PNML to read
  std::string out;                        ///< .pnml or .bpmn to write
  double noise = 0;
  std::uint64_t memory_max = 1024;  ///< MB: of the log, of markings, and of one search
  std::uint32_t variants = 5;       ///< most frequent ones that are shown
  bool graph = false;
};
/// Directly-follows graph and variants of a log; with `discover`, `noise` or `out` a model too.
[[nodiscard]] int journey_discover(Console& console, const JourneyCommand& command);
/// Fitness and precision of a model on a log.
[[nodiscard]] int journey_conform(Console& console, const JourneyCommand& command);

struct PerformanceCommand {
  std::string log;                                       ///< file; empty: the store
  std::string case_name, activity, time;                 ///< as JourneyCommand
  std::string start, resource, transition, cost, group;  ///< columns, attributes; of the store: properties
  std::string machine, failure;                          ///< "COLUMN=VALUE,VALUE"
  std::vector<std::string> designed, ends;               ///< activities
  std::string split, before, after;                      ///< a date, or two groups
  std::string model;                                     ///< PNML of the designed process
  std::string design;                                    ///< name of one that is kept; of the store
  std::string zone = "UTC";                              ///< of a file's days
  std::vector<std::string> filters;                      ///< of the store, as MetricOptions::filters
  std::string level = "touchpoint", of = "journey", definition;  ///< of the store
  int batch_seconds = 60, top = 20;
  std::uint64_t memory_max = 1024;  ///< MB: of the log, of markings, and of one search
};
/// Where cases wait, what is done again and by whom, of a log or of the store.
[[nodiscard]] int journey_performance(Console& console, const PerformanceCommand& command);

struct JourneySimulateCommand {
  std::string log;                          ///< file; empty: the store
  std::string case_name, activity, time;    ///< as JourneyCommand
  std::string start, resource, transition;  ///< columns; of the store: a property
  std::string machine;                      ///< "COLUMN=VALUE,VALUE"
  std::string changes;                      ///< file: TOML, or .json
  std::string target;                       ///< "p90<=MINUTES", "wait<=MINUTES:SHARE"
  double service_minutes = -1;              ///< of steps whose work is not known; below 0: none
  int replications = 0;                     ///< 0: as the file says
  std::int64_t seed = -1;                   ///< below 0: as the file says
  std::string zone = "UTC";                 ///< of a file's hours
  std::vector<std::string> filters;         ///< of the store, as MetricOptions::filters
  std::string level = "touchpoint", of = "journey", kind;  ///< of the store
  int top = 20;
  std::uint64_t memory_max = 1024;  ///< MB of the log
};
/// Cycle time and staffing of a redesign, of a log or of the store.
[[nodiscard]] int journey_simulate(Console& console, const JourneySimulateCommand& command);

struct FrictionCommand {
  std::vector<std::string> filters;  ///< as MetricOptions::filters
  std::string definition;            ///< key of a kind of journey; empty: all journeys
  std::string instrument;            ///< empty: the one with most answers
  int top = 20;
  std::string steps, order, by;  ///< of a funnel
  int window_hours = 0;          ///< 0: the pause of the definition
  std::string set;               ///< file of definitions
  int stopped_at = 0;            ///< step of a funnel, from 1, whose customers are kept; 0: nobody is
  std::string keep;              ///< name of the list
  int days = 90;                 ///< until it ends
};
/// What goes wrong in the journeys of the store, and what it costs.
[[nodiscard]] int journey_friction(Console& console, const FrictionCommand& command);
[[nodiscard]] int journey_funnel(Console& console, const FrictionCommand& command);

struct JourneyCasesCommand {
  std::string kind;                      ///< key of a kind of journey; "all"
  std::vector<std::string> filters;      ///< as MetricOptions::filters
  std::string state, stage, touchpoint;  ///< of the list; empty: any
  std::string order;                     ///< quiet, began, steps, failures
  int quiet_hours = 0;                   ///< since the last event, at least
  std::uint32_t list = 10;               ///< cases that are listed
};
/// Where the cases of a kind of journey stand.
[[nodiscard]] int journey_cases(Console& console, const JourneyCasesCommand& command);

struct JourneyKindsCommand {
  std::string action;                ///< export, import; empty: they are listed
  std::string file;                  ///< of the action
  bool cases = false;                ///< count the cases of each
  std::vector<std::string> filters;  ///< as MetricOptions::filters, for the counts
};
/// Kinds of journeys: listed (with `cases`: what each comes to), written to a file, or read from one.
[[nodiscard]] int journey_kinds(Console& console, const JourneyKindsCommand& command);
/// Kinds of journeys; with `set` those of the file take their place.
[[nodiscard]] int journey_definitions(Console& console, const FrictionCommand& command);

struct JourneyMapCommand {
  std::string kind;                  ///< key of a kind of journey; "all": all journeys
  std::vector<std::string> filters;  ///< as MetricOptions::filters
  std::string compare;               ///< previous, year or a condition; empty: with nothing
  std::string svg;                   ///< file to write the picture to; empty: none
  std::string instrument;            ///< of the overall judgement; empty: the one with most answers
};
/// What happens in each stage of a kind of journey.
[[nodiscard]] int journey_map(Console& console, const JourneyMapCommand& command);
/// Whether peak and end, or the average, predict the overall judgement.
[[nodiscard]] int journey_peak_end(Console& console, const JourneyMapCommand& command);

struct ExperienceCommand {
  std::string kind;                  ///< key of a kind of journey; empty: each
  std::vector<std::string> filters;  ///< as MetricOptions::filters
  std::string since, before;         ///< first day, and the day after the last; empty: as filters say
  std::string compare;               ///< as JourneyMapCommand
  std::string set;                   ///< file of settings to put in place
  bool settings = false;             ///< show the settings
};
/// The digital-experience score of business processes.
[[nodiscard]] int journey_experience(Console& console, const ExperienceCommand& command);

struct BlueprintCommand {
  std::string action;                ///< show, export or import
  std::string kind;                  ///< key of a kind of journey
  std::string file;                  ///< of export and import
  std::vector<std::string> filters;  ///< as MetricOptions::filters
};
/// The service blueprint of a kind of journey.
[[nodiscard]] int journey_blueprint(Console& console, const BlueprintCommand& command);

}  // namespace zhike::cli
