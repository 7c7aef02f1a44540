// The digital-experience score of business processes, and its settings.
#include <cstdint>
#include <string_view>
#include <utility>

#include "journey/experience_settings.h"
#include "server/api.h"
#include "server/blueprint_json.h"
#include "server/experience_json.h"
#include "server/journey_map_json.h"

namespace zhike::server {
namespace {

constexpr std::string_view kOwn[] = {"definition", "compare"};

Result<Response> get_experience(Call& call) {
  CX_TRY(const auto filter, call.filter(kOwn));
  CX_TRY(const auto compare, compare_of(call.param("compare"), filter, [&](std::string_view condition) {
           return filter_with(call, condition, kOwn);
         }));
  CX_TRY(const auto found, ask_experience(call.app, call.grant, filter, call.param("definition"), compare));
  return answer(experience_json(found));
}

Result<Response> get_settings(Call& call) {
  CX_TRY(const auto settings, experience_book(call.app).current());
  return answer(journey::to_json(settings));
}

Result<Response> put_settings(Call& call) {
  CX_TRY(const auto fields, Fields::parse(call.request.body));
  CX_TRY(auto settings, journey::parse_experience_settings(fields.object()));
  const json::value* version = fields.object().if_contains("version");
  boost::system::error_code wrong;
  settings.version = version == nullptr ? 0 : version->to_number<std::uint64_t>(wrong);
  if (version == nullptr || wrong) return fail(Code::kBadField, "'version' is not a number");
  CX_TRY(experience_book(call.app).put(call.grant, settings));
  return get_settings(call);
}

}  // namespace

void add_experience_handlers(Handlers& handlers) {
  handlers["getExperience"] = get_experience;
  handlers["getExperienceSettings"] = get_settings;
  handlers["putExperienceSettings"] = put_settings;
  add_blueprint_handlers(handlers);
}

}  // namespace zhike::server
