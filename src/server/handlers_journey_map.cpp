// The journey map, its picture, and peak-end.
#include <string>
#include <string_view>

#include "server/api.h"
#include "server/experience_json.h"
#include "server/journey_json.h"
#include "server/journey_map_json.h"

namespace zhike::server {
namespace {

constexpr std::string_view kOwn[] = {"definition", "compare", "instrument"};

struct Asked {
  journey::Definition definition;
  MapAnswer answer;
};
Result<Asked> asked(Call& call, bool compares) {
  CX_TRY(const auto filter, call.filter(kOwn));
  Asked out;
  CX_TRY(out.definition, definition_of(call.app, call.param("definition")));
  MapCompare compare;
  if (compares) {
    CX_TRY(compare, compare_of(call.param("compare"), filter, [&](std::string_view condition) {
             return filter_with(call, condition, kOwn);
           }));
  }
  CX_TRY(out.answer, ask_map(call.app, call.grant, filter, out.definition, compare));
  return out;
}

Result<Response> get_map(Call& call) {
  CX_TRY(const auto found, asked(call, true));
  return answer(map_json(found.answer, found.definition));
}

Result<Response> get_picture(Call& call) {
  CX_TRY(const auto found, asked(call, false));
  Response out;
  out.type = "image/svg+xml";
  out.body = journey::map_svg(found.answer.map, map_words(call.app, found.definition, call.request.language));
  out.headers.emplace_back("Content-Disposition", "attachment; filename=\"journey-map.svg\"");
  return out;
}

Result<Response> get_peak_end(Call& call) {
  CX_TRY(const auto filter, call.filter(kOwn));
  CX_TRY(const auto definition, definition_of(call.app, call.param("definition")));
  CX_TRY(const auto report, ask_peak_end(call.app, call.grant, filter, definition, call.param("instrument")));
  return answer(peak_end_json(report));
}

}  // namespace

void add_journey_map_handlers(Handlers& handlers) {
  handlers["getJourneyMap"] = get_map;
  handlers["getJourneyMapPicture"] = get_picture;
  handlers["getPeakEnd"] = get_peak_end;
  add_experience_handlers(handlers);
}

}  // namespace zhike::server
