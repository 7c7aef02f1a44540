// The commands of kept lists of customers, and what the commands of kinds of journeys share.
#pragma once

#include <string>
#include <vector>

#include "cli/console.h"
#include "journey/definitions.h"

namespace zhike::cli {

struct CustomerListsCommand {
  std::string show;    ///< name or id of a list whose customers are listed
  std::string remove;  ///< name or id
};
/// Kept lists of customers; with `show` who is on one today, with `remove` one less.
[[nodiscard]] int customer_lists(Console& console, const CustomerListsCommand& command);

struct PersonaCommand {
  std::string key;  ///< of the one that is put or removed; removed also by name
  std::string name_en, name_zh, description, goals, frustrations, quote, condition;
  int position = 0;
  std::string file;                  ///< JSON, as `list --json` prints one; options take its place
  std::vector<std::string> filters;  ///< of the sizes, as MetricOptions::filters
};
/// Personas, with how many customers each has.
[[nodiscard]] int persona_list(Console& console, const PersonaCommand& command);
/// Makes one, or changes what the options and the file name of one that is there.
[[nodiscard]] int persona_set(Console& console, const PersonaCommand& command);
[[nodiscard]] int persona_remove(Console& console, const PersonaCommand& command);

struct DesignsCommand {
  std::string name;  ///< or id: of the one that is shown, written or removed; empty: all are listed
  std::string put;   ///< file with name, level and block as --json prints them: a new one, or a version more
  std::string out;   ///< .pnml or .bpmn to write
  bool remove = false;
};
/// Designed processes.
[[nodiscard]] int journey_designs(Console& console, const DesignsCommand& command);

[[nodiscard]] std::string definitions_table(const Console& console, const journey::DefinitionBook& book);

}  // namespace zhike::cli
