// Service blueprints of kinds of journeys.
#include "server/api.h"
#include "server/blueprint_json.h"

namespace zhike::server {
namespace {

Result<Response> get_blueprint(Call& call) {
  CX_TRY(const auto filter, call.filter({}));
  CX_TRY(const auto found, ask_blueprint(call.app, call.grant, filter, call.params.front().second));
  return answer(blueprint_json(found));
}

Result<Response> put_blueprint(Call& call) {
  CX_TRY(const auto fields, Fields::parse(call.request.body));
  CX_TRY(const auto wanted, blueprint_wanted(call.app, call.params.front().second, fields));
  CX_TRY(blueprints_of(call.app).put(call.grant, wanted));
  return get_blueprint(call);
}

}  // namespace

void add_blueprint_handlers(Handlers& handlers) {
  handlers["getBlueprint"] = get_blueprint;
  handlers["putBlueprint"] = put_blueprint;
}

}  // namespace zhike::server
