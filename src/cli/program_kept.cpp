// Commands of kinds of journeys and of kept lists of customers.
#include "cli/program.h"

namespace zhike::cli {

void Program::add_journey_kinds(CLI::App* parent) {
  auto* kinds =
      command(parent, "kinds", "Kinds of journeys: list them, write them to a file, read them from one",
              "zhike journey kinds --cases --where from=2026-01-01 --json; zhike journey kinds export "
              "kinds.json; zhike journey kinds import kinds.json",
              [this](Console& c) { return journey_kinds(c, journey_kinds_); });
  kinds->add_option("action", journey_kinds_.action, "export or import")
      ->check(CLI::IsMember({"export", "import"}));
  kinds->add_option("file", journey_kinds_.file, "file of the action");
  kinds->add_flag("--cases", journey_kinds_.cases, "count cases and customers of each (last 30 days)");
  kinds->add_option("--where", journey_kinds_.filters,
                    "of the counts, which events: from=2026-01-01, channel=web, or a condition");
}

void Program::add_journey_cases(CLI::App* parent) {
  JourneyCasesCommand& of = journey_cases_;
  auto* cases = command(parent, "cases", "Where the cases of a kind of journey stand, and which wait longest",
                        "zhike journey cases purchase --state running --quiet-hours 48 --list 20 --json",
                        [this](Console& c) { return journey_cases(c, journey_cases_); });
  cases->add_option("kind", of.kind, "key of a kind of journey; all: all journeys")->required();
  cases->add_option("--where", of.filters,
                    "which events: from=2026-01-01, channel=web, or a condition; may be repeated");
  cases->add_option("--state", of.state, "list these only: running, complete or left")
      ->check(CLI::IsMember({"running", "complete", "left"}));
  cases->add_option("--stage", of.stage, "list those whose last step is in this stage");
  cases->add_option("--touchpoint", of.touchpoint, "list those whose last step is there");
  cases->add_option("--quiet-hours", of.quiet_hours, "list those without an event for so long")
      ->check(CLI::Range(0, 87'600));
  cases->add_option("--order", of.order, "quiet (longest first), began (latest first), steps, failures")
      ->check(CLI::IsMember({"quiet", "began", "steps", "failures"}));
  cases->add_option("--list", of.list, "cases to list (10)")->check(CLI::Range(0, 10'000));
}

void Program::add_journey_designs(CLI::App* parent) {
  auto* designs = command(
      parent, "designs", "Designed processes: list, show, put, remove, write as PNML or BPMN",
      "zhike journey designs --put checkout.json --json; zhike journey designs Checkout --out checkout.bpmn",
      [this](Console& c) { return journey_designs(c, designs_); });
  designs->add_option("name", designs_.name, "name or id (all are listed)");
  designs->add_option("--put", designs_.put, "file with name, level and block as --json prints them")
      ->check(CLI::ExistingFile);
  designs->add_option("--out", designs_.out, "write it: a file named .pnml or .bpmn");
  designs->add_flag("--remove", designs_.remove, "remove it with all its versions");
}

void Program::add_customer_lists(CLI::App* parent) {
  auto* lists =
      command(parent, "lists", "Kept lists of customers, for filters: --where \"list = 'Stopped at cart'\"",
              "zhike customer lists --show 'Stopped at cart' --data D --json",
              [this](Console& c) { return customer_lists(c, customer_lists_); });
  lists->add_option("--show", customer_lists_.show, "list who is on the one of this name");
  lists->add_option("--remove", customer_lists_.remove, "remove the one of this name");
}

}  // namespace zhike::cli
