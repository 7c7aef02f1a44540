#include "server/design_json.h"

#include "govern/audit.h"
#include "mining/net.h"

namespace zhike::server {

journey::Designs designs_of(app::App& app) { return {app.ledger(), govern::Audit(app.keys()), app.clock()}; }

json::object design_json(const journey::Design& design) {
  return {{"id", design.id.str()},
          {"name", design.name},
          {"version", design.version},
          {"latest", design.latest},
          {"level", journey::to_string(design.level)},
          {"block", journey::process_json(design.process.tree, design.process.names)},
          {"actor", user_or_null(design.actor)},
          {"changed", time_text(design.changed)}};
}

Result<journey::Process> process_in(const Fields& fields) {
  const json::value* block = fields.object().if_contains("block");
  if (block == nullptr || !block->is_object()) return fail(Code::kBadField, "'block' is not an object");
  return journey::read_process(block->get_object());
}

std::string design_file(const journey::Design& design, bool as_bpmn) {
  const auto& [tree, names] = design.process;
  if (as_bpmn) return mining::write_bpmn(tree, names, design.name);
  return mining::write_pnml(mining::net_of(tree, names), design.name);
}

}  // namespace zhike::server
