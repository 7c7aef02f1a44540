// The touchpoint catalogue: read and replaced as a whole; history follows by itself.
#include "server/api.h"

namespace zhike::server {
namespace {

json::array terms(const std::vector<ingest::Term>& list) {
  json::array out;
  for (const auto& term : list)
    out.push_back(json::object{{"key", term.key}, {"name_en", term.name_en}, {"name_zh", term.name_zh}});
  return out;
}

Response catalogue_answer(const ingest::Catalogue& catalogue) {
  json::array rules;
  for (const auto& rule : catalogue.rules)
    rules.push_back(json::object{{"type", rule.type},
                                 {"name", rule.name},
                                 {"source", rule.source},
                                 {"channel", rule.channel},
                                 {"set_channel", rule.set_channel},
                                 {"touchpoint", rule.touchpoint},
                                 {"stage", rule.stage}});
  return answer(json::object{{"version", catalogue.version},
                             {"channels", terms(catalogue.channels)},
                             {"stages", terms(catalogue.stages)},
                             {"touchpoints", terms(catalogue.touchpoints)},
                             {"rules", std::move(rules)}});
}

Result<Response> get_touchpoints(Call& call) { return catalogue_answer(*call.app.touchpoints().current()); }

Result<Response> put_touchpoints(Call& call) {
  CX_TRY(auto next, ingest::Catalogue::parse(call.request.body));
  // Spellings of channels are no part of the contract: an edit keeps them.
  next.aliases = call.app.touchpoints().current()->aliases;
  CX_TRY(call.app.touchpoints().replace(std::move(next)));
  CX_TRY(call.app.kinds().remap(call.app.warehouse()));
  return catalogue_answer(*call.app.touchpoints().current());
}

}  // namespace

void add_touchpoint_handlers(Handlers& handlers) {
  handlers["getTouchpoints"] = get_touchpoints;
  handlers["putTouchpoints"] = put_touchpoints;
}

}  // namespace zhike::server
