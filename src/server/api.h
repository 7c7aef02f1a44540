// The handlers of the contract: each takes a Call and answers with JSON. The table is keyed by operationId;
// the start fails when an endpoint has no handler or a handler no endpoint.
#pragma once

#include <map>
#include <span>
#include <string_view>

#include "app/app.h"
#include "event/grant.h"
#include "query/cursor.h"
#include "query/filter.h"
#include "server/json.h"
#include "server/router.h"

namespace zhike::server {

class Telemetry;

/// One request on its way through a handler; borrowed for the call.
struct Call {
  const Request& request;
  const Pairs& params;  ///< of the path
  app::App& app;
  const Telemetry& telemetry;
  Grant grant;          ///< what the signed-in user may; nothing where the endpoint needs no session
  std::string session;  ///< token; empty: none

  /// Errors: kBadId.
  template <class AnyId>
  [[nodiscard]] Result<AnyId> id(std::string_view name) const {
    for (const auto& [key, value] : params)
      if (key == name) return parse_id<AnyId>(value);
    return fail(Code::kBadId, "{}", name);
  }
  [[nodiscard]] std::string_view param(std::string_view name) const;  ///< of the query; empty: absent
  /// Errors: kBadField.
  [[nodiscard]] Result<std::int64_t> number(std::string_view name, std::int64_t otherwise, std::int64_t least,
                                            std::int64_t most) const;
  [[nodiscard]] Result<std::uint32_t> limit(std::uint32_t otherwise = 50) const;
  [[nodiscard]] Result<query::Cursor> cursor() const { return query::parse_cursor(param("cursor")); }
  /// The filter of the query string, with what it says of virtual sources looked up; `skip`: parameters that
  /// are the handler's own. Errors: also those of external::Externals::resolve().
  [[nodiscard]] Result<query::Filter> filter(std::span<const std::string_view> skip) const;
};

using Handler = Result<Response> (*)(Call&);
using Handlers = std::map<std::string_view, Handler>;

/// Each adds the handlers of one part of the contract.
void add_service_handlers(Handlers& handlers);
void add_session_handlers(Handlers& handlers);
void add_user_handlers(Handlers& handlers);
void add_unit_handlers(Handlers& handlers);
void add_source_handlers(Handlers& handlers);
void add_plan_handlers(Handlers& handlers);
void add_quality_handlers(Handlers& handlers);
void add_quarantine_handlers(Handlers& handlers);
void add_touchpoint_handlers(Handlers& handlers);
void add_metric_handlers(Handlers& handlers);
void add_journey_handlers(Handlers& handlers);
void add_channel_handlers(Handlers& handlers);
void add_voice_handlers(Handlers& handlers);
void add_text_handlers(Handlers& handlers);
void add_customer_handlers(Handlers& handlers);
void add_identity_handlers(Handlers& handlers);
void add_review_handlers(Handlers& handlers);
void add_connector_handlers(Handlers& handlers);
void add_form_handlers(Handlers& handlers);
void add_item_handlers(Handlers& handlers);
void add_mapping_handlers(Handlers& handlers);
void add_import_handlers(Handlers& handlers);
void add_virtual_handlers(Handlers& handlers);
void add_survey_handlers(Handlers& handlers);
void add_survey_analysis_handlers(Handlers& handlers);
void add_survey_page_handlers(Handlers& handlers);
void add_complaint_handlers(Handlers& handlers);
void add_complaint_report_handlers(Handlers& handlers);
void add_reputation_handlers(Handlers& handlers);

/// All of them, checked against the table of endpoints: a difference is a bug and aborts, naming it.
[[nodiscard]] Handlers all_handlers(std::span<const Endpoint> endpoints);

[[nodiscard]] json::object identifier_json(const profile::MaskedIdentifier& identifier);
[[nodiscard]] json::object person_json(const profile::Person& person);
[[nodiscard]] json::value next_cursor(const std::optional<query::Cursor>& next);

}  // namespace zhike::server
