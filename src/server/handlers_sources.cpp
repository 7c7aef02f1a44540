// Sources, write keys, what became of their events.
#include <algorithm>

#include "server/api.h"

namespace zhike::server {
namespace {

json::object key_json(const ingest::WriteKey& key) {
  return {{"id", std::to_string(key.id)},
          {"prefix", key.prefix},
          {"created_at", time_text(key.created)},
          {"last_used_at", time_or_null(key.last_used)}};
}

Result<json::object> source_json(app::App& app, const ingest::Source& source) {
  json::array keys;
  for (const auto& key : app.sources().keys(source.id)) keys.push_back(key_json(key));
  CX_TRY(const auto stats, app.sources().stats(source.id, app.clock().now()));
  return json::object{{"id", source.id.str()},   {"name", source.name},
                      {"kind", source.kind},     {"channel", source.channel},
                      {"unit", source.unit},     {"zone", source.zone},
                      {"region", source.region}, {"region_in_force", ingest::region_of(source)},
                      {"owner", source.owner},   {"created_at", time_text(source.created)},
                      {"keys", std::move(keys)}, {"last_event_at", time_or_null(stats.last_event)}};
}

Result<Response> list_sources(Call& call) {
  json::array items;
  for (const auto& source : call.app.sources().list()) {
    CX_TRY(auto entry, source_json(call.app, source));
    items.push_back(std::move(entry));
  }
  return answer(json::object{{"items", std::move(items)}});
}

Result<Response> create_source(Call& call) {
  CX_TRY(const auto fields, Fields::parse(call.request.body));
  ingest::Source source;
  CX_TRY(source.name, fields.text("name", 80 * 4));
  CX_TRY(source.channel, fields.text_or("channel", "", 80));
  CX_TRY(source.unit, fields.text_or("unit", "", 80));
  CX_TRY(source.zone, fields.text_or("zone", call.app.zone().name(), 80));
  CX_TRY(source.region, fields.text_or("region", "", 10));
  CX_TRY(source.owner, fields.text_or("owner", "", 400));
  CX_TRY(const auto made, call.app.sources().make(std::move(source)));
  CX_TRY(const auto key, call.app.sources().make_key(made.id));
  CX_TRY(auto entry, source_json(call.app, made));
  return answer(json::object{{"source", std::move(entry)}, {"write_key", key.second}}, 201);
}

Result<Response> change_source(Call& call) {
  CX_TRY(const auto id, call.id<SourceId>("id"));
  CX_TRY(ingest::Source source, call.app.sources().find(id));
  CX_TRY(const auto fields, Fields::parse(call.request.body));
  CX_TRY(source.channel, fields.text_or("channel", source.channel, 80));
  CX_TRY(source.unit, fields.text_or("unit", source.unit, 80));
  CX_TRY(source.zone, fields.text_or("zone", source.zone, 80));
  CX_TRY(source.region, fields.text_or("region", source.region, 10));
  CX_TRY(source.owner, fields.text_or("owner", source.owner, 400));
  CX_TRY(const ingest::Source changed, call.app.sources().change(source));
  CX_TRY(call.app.audit(call.grant.user, "source_changed", "source/" + id.str(),
                        fmt::format("zone {}, region {}", changed.zone, changed.region)));
  CX_TRY(auto entry, source_json(call.app, changed));
  return answer(entry);
}

Result<Response> source_stats(Call& call) {
  CX_TRY(const auto id, call.id<SourceId>("id"));
  CX_TRY(const auto minutes_asked, call.number("minutes", 60, 1, 24 * 60));
  CX_TRY(const auto source, call.app.sources().find(id));
  const Instant now = call.app.clock().now();
  const Instant since{(now.ms / 60'000 - minutes_asked + 1) * 60'000};
  CX_TRY(const auto stats, call.app.sources().stats(source.id, since));
  std::uint64_t stored = 0, dropped = 0, quarantined = 0;
  json::array reasons;
  for (const auto& [reason, count] : stats.totals) {
    switch (app::fate_of(reason)) {
      case Fate::kStored:
        stored += count;
        break;
      case Fate::kDropped:
        dropped += count;
        break;
      case Fate::kQuarantined:
        quarantined += count;
        break;
    }
    if (reason != Reason::kNone && count != 0)
      reasons.push_back(json::object{{"reason", to_string(reason)}, {"count", count}});
  }
  json::array series;
  auto at = stats.series.begin();
  for (Instant minute = since; minute <= now; minute = minute + minutes(1)) {
    ingest::Minute entry;
    while (at != stats.series.end() && at->at < minute) ++at;
    if (at != stats.series.end() && at->at == minute) entry = *at;
    series.push_back(json::object{{"at", time_text(minute)},
                                  {"received", entry.received},
                                  {"stored", entry.stored},
                                  {"dropped", entry.dropped},
                                  {"quarantined", entry.quarantined}});
  }
  return answer(json::object{{"received", stored + dropped + quarantined},
                             {"stored", stored},
                             {"dropped", dropped},
                             {"quarantined", quarantined},
                             {"reasons", std::move(reasons)},
                             {"series", std::move(series)}});
}

Result<Response> create_key(Call& call) {
  CX_TRY(const auto id, call.id<SourceId>("id"));
  CX_TRY(const auto made, call.app.sources().make_key(id));
  return answer(json::object{{"key", key_json(made.first)}, {"write_key", made.second}}, 201);
}

Result<Response> revoke_key(Call& call) {
  CX_TRY(const auto id, call.id<SourceId>("id"));
  CX_TRY(const auto key, call.id<Id<struct KeyTag>>("key"));
  CX_TRY(call.app.sources().end_key(id, key.value));
  return no_content();
}

}  // namespace

void add_source_handlers(Handlers& handlers) {
  handlers["listSources"] = list_sources;
  handlers["createSource"] = create_source;
  handlers["changeSource"] = change_source;
  handlers["getSourceStats"] = source_stats;
  handlers["createWriteKey"] = create_key;
  handlers["revokeWriteKey"] = revoke_key;
}

}  // namespace zhike::server
