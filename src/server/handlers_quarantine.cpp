// The quarantine: what was rejected and why; replay and discard.
#include <charconv>

#include "app/connectors.h"
#include "ingest/replay.h"
#include "server/api.h"

namespace zhike::server {
namespace {

Result<Reason> parse_reason(std::string_view text) {
  for (std::size_t i = 1; i < kReasonCount; ++i)
    if (to_string(static_cast<Reason>(i)) == text) return static_cast<Reason>(i);
  return fail(Code::kBadField, "'reason': {}", text.substr(0, 40));
}

/// Pages go by id, newest first: the cursor is the last id shown.
Result<std::uint64_t> parse_before(std::string_view cursor) {
  if (cursor.empty()) return 0;
  std::uint64_t id = 0;
  const auto [end, error] = std::from_chars(cursor.data(), cursor.data() + cursor.size(), id);
  if (error != std::errc{} || end != cursor.data() + cursor.size() || id == 0) return fail(Code::kBadCursor);
  return id;
}

Result<Response> list_quarantine(Call& call) {
  ingest::QuarantineFilter filter;
  if (!call.param("reason").empty()) {
    CX_TRY(filter.reason, parse_reason(call.param("reason")));
  }
  if (!call.param("source").empty()) {
    CX_TRY(filter.source, parse_id<SourceId>(call.param("source")));
  }
  CX_TRY(const auto before, parse_before(call.param("cursor")));
  CX_TRY(const auto count, call.limit());
  CX_TRY(const auto entries, call.app.quarantine().list(filter, before, count + 1));
  CX_TRY(const auto total, call.app.quarantine().count(filter));
  json::array items;
  for (std::size_t i = 0; i < std::min<std::size_t>(entries.size(), count); ++i) {
    const auto& entry = entries[i];
    items.push_back(json::object{{"id", std::to_string(entry.id)},
                                 {"at", time_text(entry.received_at)},
                                 {"source", entry.source.str()},
                                 {"reason", to_string(entry.reason)},
                                 {"detail", entry.detail},
                                 {"name", entry.origin},
                                 {"message_id", entry.message_id},
                                 {"preview", entry.preview}});
  }
  json::value next = nullptr;
  if (entries.size() > count) next = json::string(std::to_string(entries[count - 1].id));
  return answer(
      json::object{{"items", std::move(items)}, {"next_cursor", std::move(next)}, {"total", total}});
}

/// Ids, or all that match reason and source; an empty selection is refused.
Result<ingest::QuarantineFilter> selection(const Call& call) {
  CX_TRY(const auto fields, Fields::parse(call.request.body));
  ingest::QuarantineFilter filter;
  CX_TRY(const auto ids, fields.list_or_empty("ids", ingest::Quarantine::kReplayMax));
  for (const auto& text : ids) {
    CX_TRY(const auto id, parse_id<Id<struct EntryTag>>(text));
    filter.ids.push_back(id.value);
  }
  if (fields.has("reason")) {
    CX_TRY(const auto text, fields.text("reason", 40));
    CX_TRY(filter.reason, parse_reason(text));
  }
  if (fields.has("source")) {
    CX_TRY(const auto text, fields.text("source", 20));
    CX_TRY(filter.source, parse_id<SourceId>(text));
  }
  if (filter.ids.empty() && !filter.reason && !filter.source)
    return fail(Code::kBadField, "name ids, a reason or a source");
  return filter;
}

Result<Response> replay(Call& call) {
  CX_TRY(const auto filter, selection(call));
  auto& app = call.app;
  const auto reparse = ingest::reparse_by_form(
      app.ledger(), [&app](std::string_view name) { return app.connectors().mapping_of(name); });
  CX_TRY(const auto outcome, app.quarantine().replay(filter, app.intake(), app.sources(), reparse));
  return answer(
      json::object{{"replayed", outcome.replayed}, {"still_quarantined", outcome.still_quarantined}});
}

Result<Response> discard(Call& call) {
  CX_TRY(const auto filter, selection(call));
  CX_TRY(const auto discarded, call.app.quarantine().discard(filter));
  return answer(json::object{{"discarded", discarded}});
}

}  // namespace

void add_quarantine_handlers(Handlers& handlers) {
  handlers["listQuarantine"] = list_quarantine;
  handlers["replayQuarantine"] = replay;
  handlers["discardQuarantine"] = discard;
}

}  // namespace zhike::server
