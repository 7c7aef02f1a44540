// Designed processes: drawn as blocks, kept by name and version, as files for other tools.
#include <string>
#include <string_view>
#include <utility>

#include "govern/audit.h"
#include "journey/designs.h"
#include "mining/net.h"
#include "server/api.h"
#include "server/design_json.h"
#include "server/journey_json.h"

namespace zhike::server {
namespace {

constexpr std::size_t kNameBytesMax = 120;

Result<std::uint64_t> version_in(const Fields& fields) {
  const json::value* version = fields.object().if_contains("version");
  if (version == nullptr) return 0;
  boost::system::error_code wrong;
  const auto out = version->to_number<std::uint64_t>(wrong);
  if (wrong) return fail(Code::kBadField, "'version' is not a number");
  return out;
}

Result<Response> list_designs(Call& call) {
  CX_TRY(const auto found, designs_of(call.app).list(call.grant));
  json::array items;
  for (const auto& one : found) items.push_back(design_json(one));
  return answer(json::object{{"items", std::move(items)}});
}

Result<journey::DesignWish> wish_in(const Call& call) {
  CX_TRY(const auto fields, Fields::parse(call.request.body));
  journey::DesignWish out;
  CX_TRY(out.name, fields.text("name", kNameBytesMax));
  CX_TRY(const auto level, fields.text_or("level", "touchpoint", kNameBytesMax));
  CX_TRY(out.level, journey::parse_level(level));
  CX_TRY(out.process, process_in(fields));
  CX_TRY(out.based_on, version_in(fields));
  return out;
}

Result<Response> make_design(Call& call) {
  CX_TRY(auto wish, wish_in(call));
  wish.based_on = 0;
  CX_TRY(const auto made, designs_of(call.app).put(call.grant, wish));
  return answer(design_json(made), 201);
}

Result<Response> put_design(Call& call) {
  CX_TRY(auto wish, wish_in(call));
  CX_TRY(wish.id, call.id<journey::DesignId>("id"));
  CX_TRY(const auto made, designs_of(call.app).put(call.grant, wish));
  return answer(design_json(made));
}

Result<Response> get_design(Call& call) {
  CX_TRY(const auto id, call.id<journey::DesignId>("id"));
  CX_TRY(const auto version, call.number("version", 0, 0, 1'000'000));
  CX_TRY(const auto found, designs_of(call.app).find(call.grant, id, static_cast<std::uint64_t>(version)));
  return answer(design_json(found));
}

Result<Response> delete_design(Call& call) {
  CX_TRY(const auto id, call.id<journey::DesignId>("id"));
  CX_TRY(designs_of(call.app).remove(call.grant, id));
  return no_content();
}

Result<Response> get_file(Call& call) {
  CX_TRY(const auto id, call.id<journey::DesignId>("id"));
  CX_TRY(const auto version, call.number("version", 0, 0, 1'000'000));
  CX_TRY(const auto found, designs_of(call.app).find(call.grant, id, static_cast<std::uint64_t>(version)));
  const bool is_bpmn = call.param("format") == "bpmn";
  Response out;
  out.type = "application/xml";
  out.body = design_file(found, is_bpmn);
  out.headers.emplace_back("Content-Disposition", std::string("attachment; filename=\"process.") +
                                                      (is_bpmn ? "bpmn" : "pnml") + '"');
  return out;
}

}  // namespace

void add_design_handlers(Handlers& handlers) {
  handlers["listProcessDesigns"] = list_designs;
  handlers["createProcessDesign"] = make_design;
  handlers["getProcessDesign"] = get_design;
  handlers["putProcessDesign"] = put_design;
  handlers["deleteProcessDesign"] = delete_design;
  handlers["getProcessDesignFile"] = get_file;
}

}  // namespace zhike::server
