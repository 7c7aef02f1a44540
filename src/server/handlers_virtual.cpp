// Virtual sources: what is registered, what they hold, and the rows of one customer.
#include "external/externals.h"
#include "profile/profile.h"
#include "server/api.h"

namespace zhike::server {
namespace {

using external::Column;
using external::Source;

json::array columns_json(const std::vector<Column>& columns) {
  json::array out;
  for (const Column& c : columns)
    out.push_back(json::object{{"name", c.is.name},
                               {"type", to_string(c.is.type)},
                               {"native", c.is.native},
                               {"meaning", c.meaning},
                               {"sensitive", c.sensitive}});
  return out;
}

json::object source_json(const Source& s, const Grant& grant) {
  json::value settings = nullptr;
  json::array secrets;
  if (grant.may(Permission::kManageData)) {
    json::object shown;
    for (const external::Setting& setting : s.kind->settings)
      if (!setting.secret) shown[setting.key] = s.setting(setting.key);
    settings = std::move(shown);
    for (const auto& [key, value] : s.secrets) secrets.emplace_back(key);
  }
  return {{"id", s.id.str()},
          {"key", s.key},
          {"name", s.name},
          {"kind", s.kind->key},
          {"settings", std::move(settings)},
          {"secrets", std::move(secrets)},
          {"columns", columns_json(s.columns)},
          {"key_column", s.key_column},
          {"key_kind", to_string(s.key_kind)},
          {"unit", s.unit},
          {"owner", s.owner},
          {"enabled", s.enabled},
          {"rows_max", s.rows_max},
          {"time_max_seconds", s.time_max.value / 1000},
          {"refresh_seconds", s.refresh.value / 1000},
          {"created_at", time_text(s.created)},
          {"changed_at", time_text(s.changed)}};
}

Result<Response> list_kinds(Call&) {
  json::array items;
  for (const external::Kind& kind : external::kinds()) {
    json::array settings;
    for (const external::Setting& setting : kind.settings) {
      json::array choices;
      for (std::string_view rest = setting.choices; !rest.empty();) {
        const auto end = std::min(rest.find('|'), rest.size());
        choices.emplace_back(rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
      }
      settings.push_back(json::object{{"key", setting.key},
                                      {"default", setting.fallback},
                                      {"required", setting.required},
                                      {"secret", setting.secret},
                                      {"choices", std::move(choices)}});
    }
    items.push_back(json::object{{"key", kind.key}, {"settings", std::move(settings)}});
  }
  return answer(json::object{{"items", std::move(items)}});
}

Result<Response> list_sources(Call& call) {
  json::array items;
  for (const auto& source : call.app.externals().list(call.grant))
    items.push_back(source_json(*source, call.grant));
  return answer(json::object{{"items", std::move(items)}});
}

/// Texts by name, of at most 1000 bytes. Secrets may hold any character.
Result<external::Settings> texts_of(const Fields& fields, std::string_view name) {
  external::Settings out;
  if (!fields.has(name)) return out;
  const auto* object = fields.object().at(name).if_object();
  if (object == nullptr || object->size() > 50) return fail(Code::kBadField, "'{}' must be an object", name);
  for (const auto& [key, value] : *object) {
    if (!value.is_string() || value.as_string().size() > 1000)
      return fail(Code::kBadField, "'{}.{}' must be a text", name, std::string_view(key));
    out[std::string(key)] = std::string(value.as_string());
  }
  return out;
}

Result<std::int64_t> seconds_of(const Fields& fields, std::string_view name, std::int64_t otherwise) {
  const auto* value = fields.object().if_contains(name);
  if (value == nullptr) return otherwise;
  if (!value->is_int64() || value->as_int64() < 0 || value->as_int64() > 1'000'000'000)
    return fail(Code::kBadField, "'{}' must be a whole number", name);
  return value->as_int64();
}

Result<std::vector<Column>> columns_of(const Fields& fields) {
  std::vector<Column> out;
  const auto* list = fields.object().if_contains("columns");
  if (list == nullptr || !list->is_array() || list->as_array().size() > external::kColumnsMax)
    return fail(Code::kBadField, "'columns' must be a list of at most {}", external::kColumnsMax);
  for (const json::value& entry : list->as_array()) {
    CX_TRY(const auto column, Fields::of(entry, "columns"));
    Column& c = out.emplace_back();
    CX_TRY(c.is.name, column.text("name", 128));
    CX_TRY(const auto type, column.text("type", 20));
    auto parsed = query::parse_outside_type(type);
    if (!parsed) return fail(Code::kBadField, "'columns.type' is unknown");
    c.is.type = *parsed;
    CX_TRY(c.is.native, column.text_or("native", "", 200));
    CX_TRY(c.meaning, column.text_or("meaning", "", 1000));
    CX_TRY(c.sensitive, column.flag_or("sensitive", false));
  }
  return out;
}

/// What a probe needs: where it is.
Result<Source> place_of(const Fields& fields) {
  Source s;
  CX_TRY(const auto kind, fields.text("kind", 40));
  s.kind = external::find_kind(kind);
  if (s.kind == nullptr) return fail(Code::kBadField, "'kind' is unknown");
  CX_TRY(s.key, fields.text_or("key", "", 40));
  CX_TRY(s.settings, texts_of(fields, "settings"));
  CX_TRY(s.secrets, texts_of(fields, "secrets"));
  CX_TRY(const auto most, seconds_of(fields, "time_max_seconds", 30));
  s.time_max = seconds(most);
  return s;
}

Result<Source> source_of(const Fields& fields) {
  CX_TRY(Source s, place_of(fields));
  CX_TRY(s.name, fields.text("name", 200));
  CX_TRY(s.columns, columns_of(fields));
  CX_TRY(s.key_column, fields.text("key_column", 128));
  CX_TRY(const auto kind, fields.text("key_kind", 40));
  const auto known = parse_identifier_kind(kind);
  if (!known) return fail(Code::kBadField, "'key_kind' is unknown");
  s.key_kind = *known;
  CX_TRY(s.unit, fields.text_or("unit", "", 80));
  CX_TRY(s.owner, fields.text_or("owner", "", 200));
  CX_TRY(s.enabled, fields.flag_or("enabled", true));
  CX_TRY(const auto rows, seconds_of(fields, "rows_max", 2'000'000));
  s.rows_max = static_cast<std::uint64_t>(rows);
  CX_TRY(const auto refresh, seconds_of(fields, "refresh_seconds", 60));
  s.refresh = seconds(refresh);
  return s;
}

Result<Response> create_source(Call& call) {
  CX_TRY(const auto fields, Fields::parse(call.request.body));
  CX_TRY(auto source, source_of(fields));
  CX_TRY(const auto made, call.app.externals().make(call.grant, std::move(source)));
  CX_TRY(
      call.app.audit(call.grant.user, "virtual_source_made", "virtual-source/" + made->id.str(), made->key));
  return answer(source_json(*made, call.grant), 201);
}

Result<Response> change_source(Call& call) {
  CX_TRY(const auto id, call.id<external::SourceId>("id"));
  CX_TRY(const auto fields, Fields::parse(call.request.body));
  CX_TRY(auto source, source_of(fields));
  CX_TRY(const auto made, call.app.externals().replace(call.grant, id, std::move(source)));
  CX_TRY(call.app.audit(call.grant.user, "virtual_source_changed", "virtual-source/" + made->id.str(),
                        made->key));
  return answer(source_json(*made, call.grant));
}

Result<Response> remove_source(Call& call) {
  CX_TRY(const auto id, call.id<external::SourceId>("id"));
  CX_TRY(call.app.externals().remove(call.grant, id));
  CX_TRY(call.app.audit(call.grant.user, "virtual_source_removed", "virtual-source/" + id.str(), ""));
  return no_content();
}

Result<Response> probe_source(Call& call) {
  CX_TRY(const auto fields, Fields::parse(call.request.body));
  CX_TRY(auto source, place_of(fields));
  CX_TRY(const auto columns, call.app.externals().describe(call.grant, std::move(source)));
  return answer(json::object{{"items", columns_json(columns)}});
}

json::object rows_json(const external::Rows& found) {
  json::array rows;
  for (const auto& row : found.rows) {
    json::array cells;
    for (const auto& cell : row) cells.push_back(cell ? json::value(*cell) : json::value(nullptr));
    rows.push_back(std::move(cells));
  }
  return {{"columns", columns_json(found.columns)}, {"rows", std::move(rows)}, {"more", found.more}};
}

Result<Response> preview_source(Call& call) {
  CX_TRY(const auto id, call.id<external::SourceId>("id"));
  CX_TRY(const auto count, call.limit());
  CX_TRY(const auto rows, call.app.externals().preview(call.grant, id.str(), count));
  return answer(rows_json(rows));
}

Result<Response> match_source(Call& call) {
  CX_TRY(const auto id, call.id<external::SourceId>("id"));
  CX_TRY(const auto match, call.app.externals().match(call.grant, id.str()));
  return answer(json::object{{"rows", match.rows},
                             {"matched", match.matched},
                             {"customers", match.customers},
                             {"milliseconds", match.took.value}});
}

Result<Response> customer_rows(Call& call) {
  CX_TRY(const auto id, call.id<CustomerId>("id"));
  CX_TRY(const auto source, call.id<external::SourceId>("source"));
  CX_TRY(const auto count, call.limit());
  CX_TRY(call.app.profiles().find(call.grant, id));  // whether the Grant may see this customer
  CX_TRY(const auto rows, call.app.externals().rows_of(call.grant, source.str(), id, count));
  return answer(rows_json(rows));
}

}  // namespace

void add_virtual_handlers(Handlers& handlers) {
  handlers["listVirtualKinds"] = list_kinds;
  handlers["listVirtualSources"] = list_sources;
  handlers["createVirtualSource"] = create_source;
  handlers["updateVirtualSource"] = change_source;
  handlers["deleteVirtualSource"] = remove_source;
  handlers["probeVirtualSource"] = probe_source;
  handlers["previewVirtualSource"] = preview_source;
  handlers["matchVirtualSource"] = match_source;
  handlers["getCustomerVirtual"] = customer_rows;
}

}  // namespace zhike::server
