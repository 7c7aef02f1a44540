// Connectors: kinds, settings, what each did.
#include <algorithm>

#include "app/connectors.h"
#include "connector/kinds.h"
#include "server/api.h"

namespace zhike::server {
namespace {

using connector::ConnectorId;

json::object field_json(const connector::Field& field) {
  json::array choices;
  for (std::string_view rest = field.choices; !rest.empty();) {
    const auto end = std::min(rest.find('|'), rest.size());
    choices.emplace_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return {{"key", field.key},
          {"type", to_string(field.type)},
          {"default", field.fallback},
          {"required", field.required},
          {"choices", std::move(choices)}};
}

Result<Response> list_kinds(Call&) {
  json::array items;
  for (const connector::Kind& kind : connector::kinds()) {
    json::array fields;
    for (const connector::Field& field : kind.fields) fields.push_back(field_json(field));
    items.push_back(json::object{{"key", kind.key},
                                 {"takes", kind.takes},
                                 {"sends", kind.sends},
                                 {"called", kind.called},
                                 {"testable", kind.testable},
                                 {"writes", kind.writes},
                                 {"fields", std::move(fields)},
                                 {"mapping", kind.mapping}});
  }
  return answer(json::object{{"items", std::move(items)}});
}

json::object settings_json(const connector::Settings& settings) {
  json::object out;
  for (const auto& [key, value] : settings) out[key] = value;
  return out;
}

/// What the catalogue says of a code, in the reader's language.
std::string error_text(std::string_view code, Language language) {
  for (std::size_t i = 0; i < kErrorCount; ++i) {
    const ErrorInfo& known = info(static_cast<Code>(i));
    if (known.id == code) return std::string(language == Language::kChinese ? known.text_zh : known.text_en);
  }
  return {};
}

json::object view_json(const app::Connectors::View& view, Language language) {
  const connector::Connector& c = *view.connector;
  json::array secrets;
  for (const auto& [key, value] : c.secrets) secrets.emplace_back(key);
  return {
      {"id", c.id.str()},
      {"key", c.key},
      {"name", c.name},
      {"kind", c.kind->key},
      {"source", c.source.is_set() ? json::value(c.source.str()) : json::value(nullptr)},
      {"enabled", c.enabled},
      {"settings", settings_json(c.settings)},
      {"secrets", std::move(secrets)},
      {"mapping", c.mapping.empty() ? json::value(c.kind->mapping) : json::value(c.mapping)},
      {"path", c.kind->called ? json::value("/hooks/" + c.key) : json::value(nullptr)},
      {"state", view.state},
      {"problem", view.broken ? json::value(error_text(info(view.broken->code).id, language) +
                                            (view.broken->detail.empty() ? "" : ": " + view.broken->detail))
                              : json::value(nullptr)},
      {"taken", view.counts.taken},
      {"sent", view.counts.sent},
      {"failed", view.counts.failed},
      {"last_at", time_or_null(view.counts.last)},
      {"created_at", time_text(c.created)}};
}

Result<Response> list_connectors(Call& call) {
  CX_TRY(const auto views, call.app.connectors().list());
  json::array items;
  for (const auto& view : views) items.push_back(view_json(view, call.request.language));
  return answer(json::object{{"items", std::move(items)}});
}

/// Only texts, whatever the field's type is.
Result<connector::Settings> settings_of(const Fields& fields, std::string_view name) {
  connector::Settings out;
  if (!fields.has(name)) return out;
  const auto* object = fields.object().at(name).if_object();
  if (object == nullptr || object->size() > 50) return fail(Code::kBadField, "'{}' must be an object", name);
  for (const auto& [key, value] : *object) {
    if (!value.is_string())
      return fail(Code::kBadField, "'{}.{}' must be a text", name, std::string_view(key));
    out[std::string(key)] = std::string(value.as_string());
  }
  return out;
}

/// JSON, which has line ends and tabs.
Result<std::string> mapping_of(const Fields& fields) {
  const auto* value = fields.object().if_contains("mapping");
  if (value == nullptr) return std::string();
  if (!value->is_string() || value->as_string().size() > connector::kMappingMax)
    return fail(Code::kBadField, "'mapping' must be a text of at most {} bytes", connector::kMappingMax);
  return std::string(value->as_string());
}

Result<Response> create_connector(Call& call) {
  CX_TRY(const auto fields, Fields::parse(call.request.body));
  connector::Connector c;
  CX_TRY(const auto kind, fields.text("kind", 40));
  c.kind = connector::find_kind(kind);
  if (c.kind == nullptr) return fail(Code::kBadField, "'kind' is unknown");
  CX_TRY(c.key, fields.text("key", connector::kKeyMax));
  CX_TRY(c.name, fields.text("name", connector::kNameMax));
  CX_TRY(c.settings, settings_of(fields, "settings"));
  CX_TRY(c.secrets, settings_of(fields, "secrets"));
  CX_TRY(c.mapping, mapping_of(fields));
  CX_TRY(c.enabled, fields.flag_or("enabled", true));
  ingest::Source source;
  CX_TRY(source.channel, fields.text_or("channel", "", 80));
  CX_TRY(source.unit, fields.text_or("unit", "", 80));
  source.zone = call.app.zone().name();
  CX_TRY(const auto made, call.app.connectors().make(call.grant.user, std::move(c), std::move(source)));
  return answer(view_json(made, call.request.language), 201);
}

Result<Response> change_connector(Call& call) {
  CX_TRY(const auto id, call.id<ConnectorId>("id"));
  CX_TRY(const auto fields, Fields::parse(call.request.body));
  connector::Change change;
  if (fields.has("name")) {
    CX_TRY(change.name, fields.text("name", connector::kNameMax));
  }
  if (fields.has("enabled")) {
    CX_TRY(change.enabled, fields.flag_or("enabled", true));
  }
  if (fields.has("settings")) {
    CX_TRY(change.settings, settings_of(fields, "settings"));
  }
  if (fields.has("mapping")) {
    CX_TRY(change.mapping, mapping_of(fields));
  }
  CX_TRY(change.secrets, settings_of(fields, "secrets"));
  CX_TRY(const auto view, call.app.connectors().change(call.grant.user, id, change));
  return answer(view_json(view, call.request.language));
}

Result<Response> remove_connector(Call& call) {
  CX_TRY(const auto id, call.id<ConnectorId>("id"));
  CX_TRY(call.app.connectors().remove(call.grant.user, id));
  return no_content();
}

std::string_view level_text(connector::Level level) {
  switch (level) {
    case connector::Level::kInfo:
      return "info";
    case connector::Level::kWarning:
      return "warning";
    case connector::Level::kError:
      return "error";
  }
  return "info";
}

Result<Response> connector_log(Call& call) {
  CX_TRY(const auto id, call.id<ConnectorId>("id"));
  CX_TRY(const auto entries, call.app.connectors().log(id));
  json::array items;
  for (const connector::LogEntry& entry : entries)
    items.push_back(json::object{{"id", std::to_string(entry.seq)},
                                 {"at", time_text(entry.at)},
                                 {"last_at", time_text(entry.last)},
                                 {"level", level_text(entry.level)},
                                 {"what", entry.what},
                                 {"error", error_text(entry.error, call.request.language)},
                                 {"detail", entry.detail},
                                 {"times", entry.times}});
  return answer(json::object{{"items", std::move(items)}});
}

Result<Response> try_connector(Call& call) {
  CX_TRY(const auto id, call.id<ConnectorId>("id"));
  CX_TRY(const auto said, call.app.connectors().try_out(id));
  return answer(json::object{{"said", said}});
}

Result<Response> send_message(Call& call) {
  CX_TRY(const auto id, call.id<ConnectorId>("id"));
  CX_TRY(const auto fields, Fields::parse(call.request.body));
  connector::Writer::Message message;
  CX_TRY(message.to, fields.text("to", 320));
  CX_TRY(message.subject, fields.text_or("subject", "", 1000));
  const auto* text = fields.object().if_contains("text");
  if (text == nullptr || !text->is_string() || text->as_string().size() > 64 * 1024)
    return fail(Code::kBadField, "'text' must be a text of at most 64 KiB");
  message.text = std::string(text->as_string());
  CX_TRY(call.app.connectors().write(id, message));
  return no_content();
}

// ---- letters ----------------------------------------------------------------------------------------------

Result<std::uint64_t> letter_id(std::string_view text) {
  CX_TRY(const auto id, parse_id<Id<struct LetterTag>>(text));
  return id.value;
}

Result<Response> list_letters(Call& call) {
  CX_TRY(const auto id, call.id<ConnectorId>("id"));
  CX_TRY(const auto count, call.limit());
  std::uint64_t before = 0;
  if (!call.param("cursor").empty()) {
    CX_TRY(before, letter_id(call.param("cursor")));
  }
  CX_TRY(const auto letters, call.app.connectors().letters(id, before, std::size_t{count} + 1));
  json::array items;
  for (std::size_t i = 0; i < std::min<std::size_t>(letters.items.size(), count); ++i) {
    const connector::Letter& letter = letters.items[i];
    items.push_back(json::object{{"id", std::to_string(letter.id)},
                                 {"at", time_text(letter.at)},
                                 {"first", std::to_string(letter.first)},
                                 {"last", std::to_string(letter.last)},
                                 {"events", letter.events},
                                 {"attempts", letter.attempts},
                                 {"error", error_text(letter.error, call.request.language)},
                                 {"detail", letter.detail}});
  }
  json::value next = nullptr;
  if (letters.items.size() > count) next = json::string(std::to_string(letters.items[count - 1].id));
  return answer(
      json::object{{"items", std::move(items)}, {"next_cursor", std::move(next)}, {"total", letters.open}});
}

/// Which letters; all open ones only when that is said.
Result<std::vector<std::uint64_t>> letters_of(const Call& call) {
  CX_TRY(const auto fields, Fields::parse(call.request.body));
  CX_TRY(const auto texts, fields.list_or_empty("ids", 10'000));
  CX_TRY(const bool all, fields.flag_or("all", false));
  if (texts.empty() && !all) return fail(Code::kBadField, "name ids, or say all");
  std::vector<std::uint64_t> ids;
  for (const auto& text : texts) {
    CX_TRY(const auto id, letter_id(text));
    ids.push_back(id);
  }
  return ids;
}

Result<Response> send_letters(Call& call) {
  CX_TRY(const auto id, call.id<ConnectorId>("id"));
  CX_TRY(const auto ids, letters_of(call));
  CX_TRY(const auto asked, call.app.connectors().send_again(id, ids));
  return answer(json::object{{"letters", asked}});
}

Result<Response> discard_letters(Call& call) {
  CX_TRY(const auto id, call.id<ConnectorId>("id"));
  CX_TRY(const auto ids, letters_of(call));
  CX_TRY(const auto discarded, call.app.connectors().discard(id, ids));
  return answer(json::object{{"letters", discarded}});
}

// ---- the test box -----------------------------------------------------------------------------------------

json::value value_json(const Value& value) {
  if (const auto* flag = std::get_if<bool>(&value)) return *flag;
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return *whole;
  if (const auto* number = std::get_if<double>(&value)) return *number;
  if (const auto* text = std::get_if<std::string>(&value)) return json::value(*text);
  return nullptr;
}

json::object properties_json(const Properties& all) {
  json::object out;
  for (const Property& p : all) out[p.key] = value_json(p.value);
  return out;
}

json::object event_json(const RawEvent& e) {
  json::array identifiers;
  for (const Identifier& id : e.identifiers)
    identifiers.push_back(json::object{{"kind", to_string(id.kind)}, {"value", id.value}});
  json::value score = nullptr;
  if (e.score) score = static_cast<double>(*e.score);
  return {
      {"type", to_string(e.type)},
      {"name", e.name},
      {"message_id", e.message_id},
      {"occurred_at", time_text(e.occurred_at)},
      {"identifiers", std::move(identifiers)},
      {"channel", e.channel},
      {"unit", e.unit},
      {"session", e.session_id},
      {"case", e.case_id},
      {"amount", e.amount ? money_or_null(e.amount->minor, e.amount->currency.str()) : json::value(nullptr)},
      {"instrument", e.instrument},
      {"score", std::move(score)},
      {"text", e.text},
      {"properties", properties_json(e.properties)},
      {"traits", properties_json(e.traits)},
      {"context", properties_json(e.context)}};
}

Result<Response> try_mapping(Call& call) {
  constexpr std::size_t kShown = 50;
  CX_TRY(const auto fields, Fields::parse(call.request.body));
  CX_TRY(const auto mapping, mapping_of(fields));
  const auto* payload = fields.object().if_contains("payload");
  if (payload == nullptr || !payload->is_string()) return fail(Code::kBadField, "'payload' must be a text");
  CX_TRY(const auto told, settings_of(fields, "transport"));
  const std::vector<std::pair<std::string, std::string>> transport(told.begin(), told.end());
  CX_TRY(const auto outcome, call.app.connectors().try_mapping(mapping, payload->as_string(), transport));
  json::array events, rejects;
  for (const RawEvent& event : outcome.parsed.events)
    if (events.size() < kShown) events.push_back(event_json(event));
  for (const auto& reject : outcome.parsed.rejects)
    if (rejects.size() < kShown)
      rejects.push_back(json::object{
          {"at", reject.origin}, {"reason", to_string(reject.reason)}, {"detail", reject.detail}});
  return answer(json::object{{"events", std::move(events)},
                             {"rejects", std::move(rejects)},
                             {"accepted", outcome.parsed.events.size()},
                             {"quarantined", outcome.parsed.rejects.size()},
                             {"ignored", outcome.ignored}});
}

}  // namespace

void add_connector_handlers(Handlers& handlers) {
  handlers["listConnectorKinds"] = list_kinds;
  handlers["listConnectors"] = list_connectors;
  handlers["createConnector"] = create_connector;
  handlers["updateConnector"] = change_connector;
  handlers["deleteConnector"] = remove_connector;
  handlers["getConnectorLog"] = connector_log;
  handlers["tryMapping"] = try_mapping;
  handlers["tryConnector"] = try_connector;
  handlers["sendConnectorMessage"] = send_message;
  handlers["listLetters"] = list_letters;
  handlers["sendLettersAgain"] = send_letters;
  handlers["discardLetters"] = discard_letters;
}

}  // namespace zhike::server
