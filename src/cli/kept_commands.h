// The commands of kept lists of customers, and what the commands of kinds of journeys share.
#pragma once

#include <string>

#include "cli/console.h"
#include "journey/definitions.h"

namespace zhike::cli {

struct CustomerListsCommand {
  std::string show;    ///< name or id of a list whose customers are listed
  std::string remove;  ///< name or id
};
/// Kept lists of customers; with `show` who is on one today, with `remove` one less.
[[nodiscard]] int customer_lists(Console& console, const CustomerListsCommand& command);

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
