#include "server/complaint_rule_json.h"

#include "server/conditions_json.h"
#include "server/survey_rounds.h"

namespace zhike::server {

Result<desk::RulePlan> rule_plan_in(const Fields& fields) {
  using Limits = desk::RuleLimits;
  desk::RulePlan out;
  CX_TRY(out.filter, filter_in(fields));
  CX_TRY(out.properties, properties_in(fields));
  CX_TRY(out.labels, fields.list_or_empty("labels", Limits::kLabelsMax));
  if (const json::value* tone = fields.object().if_contains("sentiment_max");
      tone != nullptr && !tone->is_null()) {
    if (!tone->is_number()) return fail(Code::kBadField, "'sentiment_max' is not a number");
    out.tone_max = tone->to_number<double>();
  }
  CX_TRY(out.aspect, fields.text_or("aspect", "", 60));
  CX_TRY(out.aspect_tone, fields.text_or("aspect_sentiment", "", 20));
  CX_TRY(out.category, fields.text_or("category", "", 60));
  CX_TRY(const std::string severity, fields.text_or("severity", "", 20));
  if (!severity.empty()) {
    out.severity = desk::parse_severity(severity);
    if (!out.severity) return fail(Code::kBadField, "'severity': there is no '{}'", severity);
  }
  CX_TRY(const std::string owner, fields.text_or("owner", "", 20));
  if (!owner.empty()) {
    CX_TRY(out.owner, parse_id<UserId>(owner));
  }
  CX_TRY(out.unit, fields.text_or("unit", "", 1000));
  CX_TRY(const auto quiet, whole(fields, "quiet_days", out.quiet_days, Limits::kQuietDaysMax));
  CX_TRY(const auto within, whole(fields, "within_days", out.within_days, Limits::kWithinDaysMax));
  out.quiet_days = static_cast<std::uint32_t>(quiet);
  out.within_days = static_cast<std::uint32_t>(within);
  return out;
}

json::object rule_json(const desk::Rule& rule, json::object owner) {
  const desk::RulePlan& plan = rule.plan;
  return {{"id", rule.id.str()},
          {"name", rule.name},
          {"on", rule.on},
          {"filter", conditions_json(plan.filter)},
          {"properties", properties_json(plan.properties)},
          {"labels", texts(plan.labels)},
          {"sentiment_max", plan.tone_max ? json::value(*plan.tone_max) : json::value(nullptr)},
          {"aspect", plan.aspect},
          {"aspect_sentiment", plan.aspect_tone},
          {"category", plan.category},
          {"severity", plan.severity ? desk::to_string(*plan.severity) : std::string_view()},
          {"owner", std::move(owner)},
          {"unit", plan.unit},
          {"quiet_days", plan.quiet_days},
          {"within_days", plan.within_days},
          {"created", time_text(rule.created)},
          {"changed", time_text(rule.changed)},
          {"events", rule.matched},
          {"opened", rule.opened},
          {"joined", rule.joined},
          {"error", rule.error}};
}

json::object rule_preview_json(const desk::RulePreview& preview, const std::vector<std::string>& names) {
  json::array by_day, examples;
  for (const std::uint64_t count : preview.by_day) by_day.push_back(count);
  for (std::size_t i = 0; i < preview.examples.size(); ++i) {
    const auto& one = preview.examples[i];
    examples.push_back(json::object{{"event_id", std::to_string(one.event)},
                                    {"at", time_text(one.at)},
                                    {"customer_id", one.customer.str()},
                                    {"customer", i < names.size() ? names[i] : std::string()},
                                    {"channel", one.channel},
                                    {"category", one.category},
                                    {"text", one.text}});
  }
  return {{"events", preview.events}, {"customers", preview.customers}, {"opened", preview.opened},
          {"joined", preview.joined}, {"by_day", std::move(by_day)},    {"examples", std::move(examples)},
          {"cut", preview.is_cut}};
}

}  // namespace zhike::server
