#include "server/api.h"

#include <charconv>

#include "query/parse.h"
#include "server/collect.h"

namespace zhike::server {

std::string_view Call::param(std::string_view name) const {
  return request.param(name).value_or(std::string_view{});
}

Result<std::int64_t> Call::number(std::string_view name, std::int64_t otherwise, std::int64_t least,
                                  std::int64_t most) const {
  const auto text = param(name);
  if (text.empty()) return otherwise;
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < least || value > most)
    return fail(Code::kBadField, "'{}' must be a whole number from {} to {}", name, least, most);
  return value;
}

Result<std::uint32_t> Call::limit(std::uint32_t otherwise) const {
  CX_TRY(const std::int64_t value, number("limit", otherwise, 1, query::kPageMax));
  return static_cast<std::uint32_t>(value);
}

Result<query::Filter> Call::filter(std::span<const std::string_view> skip) const {
  std::vector<std::pair<std::string_view, std::string_view>> pairs;
  for (const auto& [key, value] : request.query)
    if (key != "lang") pairs.emplace_back(key, value);
  const auto tree = app.units().current();
  const bool open_range = param("from").empty() || param("to").empty();
  CX_TRY(const auto defaults, app.filter_defaults(grant, *tree, open_range));
  CX_TRY(query::Filter out, query::parse_filter(pairs, defaults, skip));
  CX_TRY(app.externals().resolve(grant, out));
  return out;
}

json::value next_cursor(const std::optional<query::Cursor>& next) {
  if (!next) return nullptr;
  return json::string(query::format_cursor(*next));
}

Handlers all_handlers(std::span<const Endpoint> endpoints) {
  Handlers handlers;
  add_service_handlers(handlers);
  add_collect_handlers(handlers);
  add_session_handlers(handlers);
  add_user_handlers(handlers);
  add_unit_handlers(handlers);
  add_plan_handlers(handlers);
  add_quality_handlers(handlers);
  add_source_handlers(handlers);
  add_quarantine_handlers(handlers);
  add_touchpoint_handlers(handlers);
  add_metric_handlers(handlers);
  add_journey_handlers(handlers);
  add_channel_handlers(handlers);
  add_voice_handlers(handlers);
  add_text_handlers(handlers);
  add_customer_handlers(handlers);
  add_identity_handlers(handlers);
  add_review_handlers(handlers);
  add_connector_handlers(handlers);
  add_form_handlers(handlers);
  add_item_handlers(handlers);
  add_mapping_handlers(handlers);
  add_import_handlers(handlers);
  add_virtual_handlers(handlers);
  add_survey_handlers(handlers);
  add_survey_analysis_handlers(handlers);
  add_survey_page_handlers(handlers);
  add_complaint_handlers(handlers);
  add_complaint_report_handlers(handlers);
  add_reputation_handlers(handlers);
  std::size_t served = 0;
  for (const Endpoint& endpoint : endpoints) {
    if (endpoint.permission == "write_key") continue;  // see collect.h
    if (endpoint.permission == "signature") continue;  // see collect_hooks.h
    cx_check(handlers.contains(endpoint.operation), std::string(endpoint.operation).c_str());
    ++served;
  }
  cx_check(served == handlers.size(), "a handler has no endpoint");
  return handlers;
}

}  // namespace zhike::server
