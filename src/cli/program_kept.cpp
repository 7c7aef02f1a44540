// Commands of kinds of journeys, of their redesign, of kept lists of customers and of personas.
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

void Program::add_journey_simulate(CLI::App* parent) {
  JourneySimulateCommand& of = journey_simulate_;
  auto* made = command(
      parent, "simulate", "Cycle time, waits and staffing of a redesigned process, before and after",
      "zhike journey simulate log.csv --changes redesign.toml --target 'p90<=2880' --json; zhike journey "
      "simulate --kind complaint --service-minutes 15 --where from=2026-01-01",
      [this](Console& c) { return journey_simulate(c, journey_simulate_); });
  made->add_option("log", of.log, "event log: XES (gzipped or not), or a table (the store)");
  made->add_option("--changes", of.changes, "what is changed, and what the log does not tell: TOML, or .json")
      ->check(CLI::ExistingFile);
  made->add_option("--target", of.target,
                   "fewest people for it: 'p90<=MINUTES', or 'wait<=MINUTES:SHARE' of cases");
  made->add_option("--service-minutes", of.service_minutes, "of each step whose work is not known")
      ->check(CLI::Range(0.0, 1e7));
  made->add_option("--replications", of.replications, "independent runs of each side (30)")
      ->check(CLI::Range(2, 1000));
  made->add_option("--seed", of.seed, "the same gives the same answer (1)")
      ->check(CLI::Range(0, 1'000'000'000));
  made->add_option("--case", of.case_name, "column of the case (case:concept:name)");
  made->add_option("--activity", of.activity, "column of the activity (concept:name)");
  made->add_option("--time", of.time, "column of the time when a step ended (time:timestamp)");
  made->add_option("--start", of.start,
                   "column of the time when it began (start_timestamp, if there is one)");
  made->add_option("--transition", of.transition,
                   "column that tells starts from completions (lifecycle:transition, if there is one)");
  made->add_option("--resource", of.resource,
                   "column of who did it (org:resource, if there is one); of the store: a property");
  made->add_option("--machine", of.machine, "COLUMN=VALUE,VALUE: the steps that machines did");
  made->add_option("--zone", of.zone, "time zone of the hours of a log (UTC)");
  made->add_option("--top", of.top, "steps that are shown (20)")->check(CLI::Range(1, 200));
  made->add_option("--memory-max", of.memory_max, "MB of the log (1024)")->check(CLI::Range(1, 1'000'000));
  made->add_option("--kind", of.kind, "of the store: a kind of journey whose cases are simulated");
  made->add_option("--where", of.filters,
                   "of the store, which events: from=2026-01-01, channel=web, or a condition");
  made->add_option("--level", of.level, "of the store, what a step is: touchpoint, stage or channel");
  made->add_option("--of", of.of, "of the store, what a case is: journey, or case (order, ticket)");
}

void Program::add_customer_lists(CLI::App* parent) {
  auto* lists =
      command(parent, "lists", "Kept lists of customers, for filters: --where \"list = 'Stopped at cart'\"",
              "zhike customer lists --show 'Stopped at cart' --data D --json",
              [this](Console& c) { return customer_lists(c, customer_lists_); });
  lists->add_option("--show", customer_lists_.show, "list who is on the one of this name");
  lists->add_option("--remove", customer_lists_.remove, "remove the one of this name");
}

void Program::add_personas() {
  PersonaCommand& of = persona_;
  auto* persona = group("persona", "Personas: kinds of customers under a name, for --persona");
  auto* list = command(persona, "list", "All personas, with how many customers each has",
                       "zhike persona list --where from=2026-01-01 --json",
                       [this](Console& c) { return persona_list(c, persona_); });
  list->add_option("--where", of.filters, "of the sizes, which events: from=2026-01-01, channel=web ...");
  auto* set = command(persona, "set", "Make a persona, or change what is named of one",
                      "zhike persona set hunter --name-en 'Bargain hunter' --name-zh 比价客 --condition "
                      "\"trait.tier = basic and did(touchpoint = coupon)\"",
                      [this](Console& c) { return persona_set(c, persona_); });
  set->add_option("key", of.key, "letters, digits, _ or -")->required();
  set->add_option("--name-en", of.name_en, "name in English");
  set->add_option("--name-zh", of.name_zh, "name in Chinese");
  set->add_option("--condition", of.condition, "who belongs to it; columns of events only within did(...)");
  set->add_option("--description", of.description, "who they are");
  set->add_option("--goals", of.goals, "what they want");
  set->add_option("--frustrations", of.frustrations, "what annoys them");
  set->add_option("--quote", of.quote, "what one of them would say");
  set->add_option("--position", of.position, "they are listed by it (0)")->check(CLI::Range(0, 10'000));
  set->add_option("--file", of.file, "JSON with these fields, as list --json prints them")
      ->check(CLI::ExistingFile);
  auto* remove = command(persona, "remove", "Remove a persona", "zhike persona remove hunter --data D",
                         [this](Console& c) { return persona_remove(c, persona_); });
  remove->add_option("key", of.key, "key or name")->required();
}

/// Wherever conditions on events are taken, so is a persona: it is one more of them.
void Program::add_persona_options(CLI::App* to) {
  for (CLI::App* one : to->get_subcommands({})) add_persona_options(one);
  CLI::Option* where = to->get_option_no_throw("--where");
  if (where == nullptr) return;
  // At once: the conditions are stored when the whole line has been read.
  to->add_option_function<std::string>(
        "--persona", [where](const std::string& name) { where->add_result("persona=" + name); },
        "of the customers of this persona: its key or name")
      ->trigger_on_parse();
}

}  // namespace zhike::cli
