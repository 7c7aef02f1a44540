// What `zhike journey` prints.
#pragma once

#include <boost/json/object.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/console.h"
#include "mining/conform.h"
#include "mining/dfg.h"
#include "mining/log.h"
#include "mining/net.h"
#include "mining/tree.h"

namespace zhike::cli {

/// A model and where it is from.
struct JourneyModel {
  mining::Net net;
  std::optional<mining::Tree> tree;        ///< none: read from a file
  std::string file;                        ///< empty: discovered
  double noise = 0;                        ///< of a discovered one
  std::optional<mining::Soundness> sound;  ///< of one from a file; a discovered one is sound by construction
};

struct JourneyDiscovery {
  std::string log;  ///< file
  mining::EventLog events;
  mining::DirectlyFollows follows;
  mining::Sequences variants;
  std::optional<JourneyModel> model;
  double seconds = 0;
};

void say_discovery(Console& console, const JourneyDiscovery& found, std::uint32_t variants, bool graph);
[[nodiscard]] json::object discovery_json(const JourneyDiscovery& found, std::uint32_t variants, bool graph);

struct JourneyConformance {
  std::string log;
  std::uint64_t cases = 0, events = 0, variants = 0;
  JourneyModel model;
  std::vector<std::string> activities;  ///< names of the tree's
  mining::Conformance found;
  double seconds = 0;
};
void say_conformance(Console& console, const JourneyConformance& report);
[[nodiscard]] json::object conformance_json(const JourneyConformance& report);

/// Events that were left out or have no time, on standard error.
void note_log(Console& console, const mining::EventLog& log);

}  // namespace zhike::cli
