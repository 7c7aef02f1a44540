// Health, status, figures for monitoring, the API's own description.
#include "server/api.h"
#include "server/telemetry.h"

namespace zhike::server {
namespace {

Result<Response> healthz(Call&) { return answer(json::object{{"status", "ok"}}); }

Result<Response> readyz(Call& call) {
  if (!call.app.engine().ready) return fail(Code::kWarehouseDown, "the engine does not answer");
  if (!call.app.takes_events())
    return fail(Code::kJournalFull, "{} bytes wait to be moved", call.app.journal().bytes_waiting());
  return answer(json::object{{"status", "ok"}});
}

Result<Response> openapi(Call&) {
  Response response;
  response.body = openapi_document();
  response.headers.emplace_back("Cache-Control", "no-cache");
  return response;
}

std::string_view engine_state(const warehouse::EngineStatus& engine) {
  if (engine.ready) return "ready";
  if (engine.pid == 0) return "down";
  return engine.restarts == 0 ? "starting" : "restarting";
}

Result<Response> get_status(Call& call) {
  auto& app = call.app;
  json::array notices;
  for (const auto& notice : app.notices())
    notices.push_back(json::object{{"key", to_string(notice.kind)},
                                   {"subject", notice.subject},
                                   {"value", notice.value},
                                   {"limit", notice.limit}});
  const auto totals = app.totals();
  const auto mover = app.mover().status();
  const auto engine = app.engine();
  return answer(
      json::object{{"version", ZHIKE_VERSION},
                   {"started_at", time_text(app.started_at())},
                   {"journal", json::object{{"waiting_events", totals.waiting_events},
                                            {"waiting_bytes", totals.waiting_bytes},
                                            {"limit_bytes", app.config().bytes("journal.bytes_max")}}},
                   {"notices", std::move(notices)},
                   {"mover", json::object{{"lag_ms", mover.lag.value},
                                          {"blocks", mover.blocks},
                                          {"last_block_at", time_or_null(mover.last_block)}}},
                   {"engine", json::object{{"state", engine_state(engine)},
                                           {"restarts", engine.restarts},
                                           {"memory_bytes", engine.resident_bytes},
                                           {"version", app.engine_version()}}},
                   {"events", totals.events},
                   {"customers", totals.customers},
                   {"quarantined", totals.quarantined},
                   {"zone", app.zone().name()},
                   {"data_from", time_or_null(totals.stored.oldest)},
                   {"data_to", time_or_null(totals.stored.newest)}});
}

/// Appends one metric without labels.
void put(std::string& out, std::string_view name, std::string_view type, std::string_view help,
         double value) {
  out += fmt::format("# HELP zhike_{0} {2}\n# TYPE zhike_{0} {1}\nzhike_{0} {3}\n", name, type, help, value);
}

Result<Response> prometheus(Call& call) {
  auto& app = call.app;
  const auto counters = app.feed().counters();
  const auto mover = app.mover().status();
  const auto engine = app.engine();
  std::string out = "# HELP zhike_events_total Events by fate.\n# TYPE zhike_events_total counter\n";
  for (std::size_t i = 0; i < kReasonCount; ++i) {
    const auto reason = static_cast<Reason>(i);
    out += fmt::format("zhike_events_total{{fate=\"{}\",reason=\"{}\"}} {}\n",
                       to_string(app::fate_of(reason)), to_string(reason), counters.by_reason[i]);
  }
  put(out, "events_received_total", "counter", "Events acknowledged.",
      static_cast<double>(counters.received));
  put(out, "journal_waiting_bytes", "gauge", "Acknowledged bytes that are not in the warehouse yet.",
      static_cast<double>(app.journal().bytes_waiting()));
  put(out, "journal_limit_bytes", "gauge", "From where on new events are refused.",
      static_cast<double>(app.config().bytes("journal.bytes_max")));
  put(out, "kinds", "gauge", "Different kinds of events: source, type, name, channel.",
      static_cast<double>(app.kinds().count()));
  put(out, "events_beyond_kinds_total", "counter",
      "Events stored as (other): their source has no room for more names.",
      static_cast<double>(app.kinds().beyond_limit()));
  put(out, "mover_lag_seconds", "gauge", "Age of the oldest event on its way.",
      static_cast<double>(mover.lag.value) / 1000);
  put(out, "mover_blocks_total", "counter", "Blocks moved.", static_cast<double>(mover.blocks));
  put(out, "engine_ready", "gauge", "1: the engine answers.", engine.ready ? 1 : 0);
  put(out, "engine_restarts_total", "counter", "Restarts of the engine.",
      static_cast<double>(engine.restarts));
  put(out, "engine_resident_bytes", "gauge", "Resident memory of the engine.",
      static_cast<double>(engine.resident_bytes));
  put(out, "engine_queries_cancelled_total", "counter", "Queries cancelled for their memory.",
      static_cast<double>(engine.queries_cancelled));
  out += call.telemetry.text();
  Response response;
  response.type = "text/plain; version=0.0.4; charset=utf-8";
  response.body = std::move(out);
  return response;
}

}  // namespace

void add_service_handlers(Handlers& handlers) {
  handlers["healthz"] = healthz;
  handlers["readyz"] = readyz;
  handlers["prometheus"] = prometheus;
  handlers["openapi"] = openapi;
  handlers["getStatus"] = get_status;
}

}  // namespace zhike::server
