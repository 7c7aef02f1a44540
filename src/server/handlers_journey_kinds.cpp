// What a kind of journey would come to before it is put: its faults, and how many cases of how many
// customers.
#include <utility>

#include "journey/case_counts.h"
#include "journey/definitions.h"
#include "server/api.h"
#include "server/journey_json.h"

namespace zhike::server {
namespace {

Result<Response> preview(Call& call) {
  CX_TRY(const auto fields, Fields::parse(call.request.body));
  CX_TRY(const auto definition, definition_wanted(fields.object()));
  CX_TRY(const auto filter, call.filter({}));
  json::array faults;
  for (const auto& one : journey::faults_of(definition))
    faults.push_back(
        json::object{{"field", one.field}, {"why", journey::to_string(one.why)}, {"value", one.value}});
  json::value counts = nullptr;
  if (faults.empty()) {
    CX_TRY(const auto found, journey::case_counts(call.app.warehouse(), call.grant, filter, definition));
    counts = case_counts_json(found);
  }
  return answer(json::object{{"from", time_text(filter.range.from)},
                             {"to", time_text(filter.range.to)},
                             {"faults", std::move(faults)},
                             {"counts", std::move(counts)}});
}

}  // namespace

void add_journey_kind_handlers(Handlers& handlers) { handlers["previewJourneyDefinition"] = preview; }

}  // namespace zhike::server
