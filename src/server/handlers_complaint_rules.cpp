// Standing rules that open complaints: what they are, what they would have done, and what they did.
#include <string>
#include <utility>
#include <vector>

#include "desk/complaints.h"
#include "desk/rules.h"
#include "server/api.h"
#include "server/complaint_json.h"
#include "server/complaint_rule_json.h"

namespace zhike::server {
namespace {

using desk::RuleId;

Result<Response> shown(Call& call, const desk::Rule& rule, int status = 200) {
  CX_TRY(const auto writer, ComplaintWriter::make(call));
  return answer(rule_json(rule, writer.person(rule.plan.owner)), status);
}

Result<Response> list_rules(Call& call) {
  CX_TRY(const auto rules, call.app.complaints().rules().list(call.grant));
  CX_TRY(const auto writer, ComplaintWriter::make(call));
  json::array items;
  for (const auto& one : rules) items.push_back(rule_json(one, writer.person(one.plan.owner)));
  return answer(json::object{{"items", std::move(items)}});
}

Result<Response> preview_rule(Call& call) {
  CX_TRY(const auto fields, Fields::parse(call.request.body));
  CX_TRY(const auto plan, rule_plan_in(fields));
  CX_TRY(const auto found, call.app.complaints().rules().preview(call.grant, plan));
  std::vector<std::string> names;
  for (const auto& one : found.examples) {
    CX_TRY(names.emplace_back(), call.app.names().of(one.customer));
  }
  return answer(rule_preview_json(found, names));
}

Result<Response> create_rule(Call& call) {
  CX_TRY(const auto fields, Fields::parse(call.request.body));
  CX_TRY(const auto name, fields.text("name", desk::RuleLimits::kNameBytesMax));
  CX_TRY(auto plan, rule_plan_in(fields));
  CX_TRY(const bool on, fields.flag_or("on", true));
  CX_TRY(const auto made, call.app.complaints().rules().make(call.grant, name, std::move(plan), on));
  return shown(call, made, made.is_new ? 201 : 200);
}

Result<Response> put_rule(Call& call) {
  CX_TRY(const auto id, call.id<RuleId>("id"));
  CX_TRY(const auto fields, Fields::parse(call.request.body));
  CX_TRY(const auto name, fields.text("name", desk::RuleLimits::kNameBytesMax));
  CX_TRY(auto plan, rule_plan_in(fields));
  CX_TRY(const bool on, fields.flag_or("on", true));
  CX_TRY(const auto now, call.app.complaints().rules().change(call.grant, id, name, std::move(plan), on));
  return shown(call, now);
}

Result<Response> delete_rule(Call& call) {
  CX_TRY(const auto id, call.id<RuleId>("id"));
  CX_TRY(call.app.complaints().rules().remove(call.grant, id));
  return no_content();
}

}  // namespace

void add_complaint_rule_handlers(Handlers& handlers) {
  handlers["listComplaintRules"] = list_rules;
  handlers["previewComplaintRule"] = preview_rule;
  handlers["createComplaintRule"] = create_rule;
  handlers["putComplaintRule"] = put_rule;
  handlers["deleteComplaintRule"] = delete_rule;
}

}  // namespace zhike::server
