// The quarantine: what was rejected and why; replay and discard.
#include <algorithm>
#include <array>
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

constexpr std::array<std::string_view, 3> kStates{"open", "replayed", "discarded"};

/// A field of the selection, wherever it stands: in the query, or in the body.
template <class Text>
Result<ingest::QuarantineFilter> read_filter(const Text& text) {
  ingest::QuarantineFilter filter;
  if (const std::string reason = text("reason"); !reason.empty()) {
    CX_TRY(filter.reason, parse_reason(reason));
  }
  if (const std::string source = text("source"); !source.empty()) {
    CX_TRY(filter.source, parse_id<SourceId>(source));
  }
  for (const auto& [name, at] : {std::pair{"from", &filter.from}, std::pair{"to", &filter.to}})
    if (const std::string time = text(name); !time.empty()) {
      const auto parsed = parse_time(time, Zone::utc());
      if (!parsed) return fail(Code::kBadField, "'{}' is not a time", name);
      *at = *parsed;
    }
  filter.name = text("name");
  filter.text = text("q");
  if (filter.name.size() > EventLimits::kNameMax || filter.text.size() > 200)
    return fail(Code::kBadField, "'name' and 'q' have at most 200 bytes");
  return filter;
}

json::object entry_json(const ingest::QuarantineEntry& entry) {
  return {{"id", std::to_string(entry.id)},
          {"at", time_text(entry.received_at)},
          {"source", entry.source.str()},
          {"reason", to_string(entry.reason)},
          {"detail", entry.detail},
          {"name", entry.name},
          {"origin", entry.origin},
          {"kept", entry.kept},
          {"state", kStates[static_cast<std::size_t>(entry.state)]},
          {"note", entry.note},
          {"message_id", entry.message_id},
          {"preview", entry.preview}};
}

Result<Response> list_quarantine(Call& call) {
  CX_TRY(ingest::QuarantineFilter filter,
         read_filter([&](std::string_view name) { return std::string(call.param(name)); }));
  if (!call.param("state").empty()) {
    const auto* state = std::ranges::find(kStates, call.param("state"));
    if (state == kStates.end()) return fail(Code::kBadField, "'state'");
    filter.state = static_cast<ingest::QuarantineState>(state - kStates.begin());
  }
  CX_TRY(const auto before, parse_before(call.param("cursor")));
  CX_TRY(const auto count, call.limit());
  CX_TRY(const auto entries, call.app.quarantine().list(filter, before, count + 1));
  CX_TRY(const auto total, call.app.quarantine().count(filter));
  json::array items;
  for (std::size_t i = 0; i < std::min<std::size_t>(entries.size(), count); ++i)
    items.push_back(entry_json(entries[i]));
  json::value next = nullptr;
  if (entries.size() > count) next = json::string(std::to_string(entries[count - 1].id));
  return answer(
      json::object{{"items", std::move(items)}, {"next_cursor", std::move(next)}, {"total", total}});
}

/// Ids, or all that match the rest; an empty selection is refused, unless it says that all are meant.
Result<ingest::QuarantineFilter> selection(const Fields& fields) {
  std::optional<Error> wrong;
  CX_TRY(ingest::QuarantineFilter filter, read_filter([&](std::string_view name) {
           auto text = fields.text_or(name, "", 400);
           if (!text) wrong = text.error();
           return text ? *text : std::string();
         }));
  if (wrong) return std::unexpected(*wrong);
  CX_TRY(const auto ids, fields.list_or_empty("ids", ingest::Quarantine::kReplayMax));
  for (const auto& text : ids) {
    CX_TRY(const auto id, parse_id<Id<struct EntryTag>>(text));
    filter.ids.push_back(id.value);
  }
  CX_TRY(const bool all, fields.flag_or("all", false));
  const bool named = !filter.ids.empty() || filter.reason || filter.source || filter.from || filter.to ||
                     !filter.name.empty() || !filter.text.empty();
  if (!named && !all)
    return fail(Code::kBadField, "name ids, a reason, a source, a time, an event, a text, or say all");
  return filter;
}

/// For the audit log: never a text that was searched for.
std::string selection_text(const ingest::QuarantineFilter& f) {
  if (!f.ids.empty()) return fmt::format("{} entries by id", f.ids.size());
  std::string out;
  if (f.reason) out += fmt::format("reason {} ", to_string(*f.reason));
  if (f.source) out += fmt::format("source {} ", f.source->value);
  if (f.from || f.to) out += "a time ";
  if (!f.name.empty()) out += "an event name ";
  if (!f.text.empty()) out += "a text ";
  return out.empty() ? "all" : out;
}

Result<ingest::Fix> fix_of(const Fields& fields) {
  const auto* rules = fields.object().if_contains("rules");
  return ingest::Fix::parse(rules == nullptr ? "[]" : json::serialize(*rules));
}

ingest::Reparse reparse(app::App& app) {
  return ingest::reparse_by_form(
      app.ledger(), [&app](std::string_view name) { return app.connectors().mapping_of(name); }, app.clock());
}

Result<Response> replay(Call& call) {
  CX_TRY(const auto fields, Fields::parse(call.request.body));
  CX_TRY(const auto filter, selection(fields));
  auto& app = call.app;
  std::optional<ingest::Fix> fix;
  if (fields.has("rules")) {
    CX_TRY(fix, fix_of(fields));
  }
  CX_TRY(const auto outcome,
         app.quarantine().replay(filter, app.intake(), app.sources(), reparse(app), fix ? &*fix : nullptr));
  if (fix) CX_TRY(app.quarantine().note_fix(call.grant.user, *fix, outcome));
  CX_TRY(app.audit(call.grant.user, fix ? "quarantine_fixed" : "quarantine_replayed", "quarantine",
                   fmt::format("{}: {} accepted, {} stay", selection_text(filter), outcome.replayed,
                               outcome.still_quarantined)));
  return answer(
      json::object{{"replayed", outcome.replayed}, {"still_quarantined", outcome.still_quarantined}});
}

Result<Response> preview(Call& call) {
  constexpr std::size_t kShown = 10;
  CX_TRY(const auto fields, Fields::parse(call.request.body));
  CX_TRY(const auto filter, selection(fields));
  CX_TRY(const ingest::Fix fix, fix_of(fields));
  auto& app = call.app;
  CX_TRY(const auto found,
         app.quarantine().preview(filter, kShown, app.intake(), app.sources(), reparse(app), fix));
  json::array items;
  for (const auto& one : found)
    items.push_back(json::object{{"id", std::to_string(one.id)},
                                 {"before", one.before},
                                 {"after", one.after},
                                 {"accepted", one.accepted},
                                 {"problem", one.problem}});
  return answer(json::object{{"items", std::move(items)}});
}

Result<Response> list_fixes(Call& call) {
  CX_TRY(const auto fixes, call.app.quarantine().fixes(50));
  json::array items;
  for (const auto& one : fixes)
    items.push_back(json::object{{"id", std::to_string(one.id)},
                                 {"at", time_text(one.at)},
                                 {"author", one.author.is_set() ? one.author.str() : std::string()},
                                 {"rules", json::parse(one.rules)},
                                 {"matched", one.matched},
                                 {"replayed", one.replayed},
                                 {"still", one.still}});
  return answer(json::object{{"items", std::move(items)}});
}

Result<Response> discard(Call& call) {
  CX_TRY(const auto fields, Fields::parse(call.request.body));
  CX_TRY(const auto filter, selection(fields));
  CX_TRY(const auto note, fields.text_or("note", "", 2000));
  CX_TRY(const auto discarded, call.app.quarantine().discard(filter, note));
  CX_TRY(call.app.audit(call.grant.user, "quarantine_discarded", "quarantine",
                        fmt::format("{}: {} entries", selection_text(filter), discarded)));
  return answer(json::object{{"discarded", discarded}});
}

}  // namespace

void add_quarantine_handlers(Handlers& handlers) {
  handlers["listQuarantine"] = list_quarantine;
  handlers["replayQuarantine"] = replay;
  handlers["discardQuarantine"] = discard;
  handlers["previewFix"] = preview;
  handlers["listFixes"] = list_fixes;
}

}  // namespace zhike::server
