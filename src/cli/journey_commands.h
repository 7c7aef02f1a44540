// The commands of journeys (see commands.h): models from event logs, and how well both agree.
#pragma once

#include <cstdint>
#include <string>

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

}  // namespace zhike::cli
