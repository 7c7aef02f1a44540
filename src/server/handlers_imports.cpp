// Imports of files: upload in pieces, a look at the columns, a mapping tried out, a run in the background.
#include <algorithm>

#include "app/import_report.h"
#include "ingest/detect.h"
#include "ingest/file_format.h"
#include "ingest/presets.h"
#include "server/api.h"

namespace zhike::server {
namespace {

constexpr std::size_t kPreviewRows = 1000;
constexpr std::size_t kEventsShown = 20;
constexpr std::size_t kRowsShown = 50;
constexpr std::size_t kCellShown = 300;

/// At most so many bytes, without cutting a character.
std::string cut(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return std::string(text);
  while (bytes_max > 0 && (static_cast<unsigned char>(text[bytes_max]) & 0xC0) == 0x80) --bytes_max;
  return std::string(text.substr(0, bytes_max)) + "…";
}

json::value progress_json(const app::ImportView& import) {
  if (!import.progress) return nullptr;
  const auto& at = *import.progress;
  std::uint64_t before = 0;
  for (const auto& report : import.reports) before += report.rows;
  const double share =
      at.bytes_total == 0 ? 0 : static_cast<double>(at.bytes) / static_cast<double>(at.bytes_total);
  const double fresh =
      at.rows > before ? static_cast<double>(at.rows - before) : static_cast<double>(at.rows);
  json::value left = nullptr;
  if (share > 0.01 && import.seconds > 1) left = import.seconds * (1 - share) / share;
  return json::object{{"file", at.file},
                      {"rows", at.rows},
                      {"bytes", at.bytes},
                      {"bytes_total", at.bytes_total},
                      {"moved", at.moved_events},
                      {"rows_per_second", import.seconds <= 0 ? 0 : fresh / import.seconds},
                      {"seconds_left", std::move(left)}};
}

json::object import_json(const app::ImportView& import) {
  json::array files, reports;
  for (const auto& file : import.files)
    files.push_back(json::object{{"name", file.name}, {"bytes", file.bytes}});
  for (const auto& report : import.reports) reports.push_back(app::to_json(report));
  return {{"id", std::to_string(import.id)},
          {"state", app::to_string(import.state)},
          {"created_at", time_text(import.created)},
          {"changed_at", time_text(import.changed)},
          {"files", std::move(files)},
          {"mapping", import.mapping},
          {"reports", std::move(reports)},
          {"progress", progress_json(import)},
          {"seconds", import.seconds},
          {"error_code", import.error_code},
          {"error_detail", import.error_detail}};
}

struct ImportTag;
Result<std::uint64_t> import_id(const Call& call) {
  CX_TRY(const auto id, call.id<Id<ImportTag>>("id"));
  return id.value;
}

std::string name_of(const Call& call) {
  for (const auto& [key, value] : call.params)
    if (key == "name") return value;
  return {};
}

Result<Response> list_imports(Call& call) {
  CX_TRY(const auto all, call.app.imports().list());
  json::array items;
  for (const auto& import : all) items.push_back(import_json(import));
  return answer(json::object{{"items", std::move(items)}});
}

Result<Response> create_import(Call& call) {
  CX_TRY(const auto made, call.app.imports().create());
  return answer(import_json(made), 201);
}

Result<Response> get_import(Call& call) {
  CX_TRY(const auto id, import_id(call));
  CX_TRY(const auto import, call.app.imports().get(id));
  return answer(import_json(import));
}

Result<Response> delete_import(Call& call) {
  CX_TRY(const auto id, import_id(call));
  CX_TRY(call.app.imports().remove(id));
  return no_content();
}

Result<Response> upload_file(Call& call) {
  CX_TRY(const auto id, import_id(call));
  CX_TRY(const auto offset, call.number("offset", 0, 0, std::int64_t{1} << 50));
  CX_TRY(const auto import,
         call.app.imports().upload(id, name_of(call), static_cast<std::uint64_t>(offset), call.request.body));
  return answer(import_json(import));
}

Result<Response> delete_file(Call& call) {
  CX_TRY(const auto id, import_id(call));
  CX_TRY(const auto import, call.app.imports().remove_file(id, name_of(call)));
  return answer(import_json(import));
}

json::array columns_json(const ingest::Sample& sample) {
  json::array columns;
  for (const auto& column : sample.columns)
    columns.push_back(json::object{{"name", column.name},
                                   {"type", ingest::to_string(column.type)},
                                   {"time_format", column.time_format},
                                   {"filled", column.filled},
                                   {"distinct", column.distinct}});
  return columns;
}

json::object draft_json(const ingest::MappingDraft& d) {
  json::array identifiers;
  for (const auto& i : d.identifiers)
    identifiers.push_back(json::object{{"kind", zhike::to_string(i.kind)}, {"column", i.column}});
  return {{"source", d.source},
          {"zone", d.zone},
          {"currency", d.currency},
          {"format", d.format},
          {"delimiter", d.delimiter},
          {"quote", d.quote},
          {"encoding", d.encoding},
          {"sheet", d.sheet},
          {"records", d.records},
          {"name", d.name},
          {"name_column", d.name_column},
          {"time_columns", texts(d.time_columns)},
          {"time_format", d.time_format},
          {"id_column", d.id_column},
          {"identifiers", std::move(identifiers)},
          {"channel", d.channel},
          {"channel_column", d.channel_column},
          {"unit_column", d.unit_column},
          {"session_column", d.session_column},
          {"case_column", d.case_column},
          {"amount_column", d.amount_column},
          {"decimal", d.decimal},
          {"score_column", d.score_column},
          {"instrument", d.instrument},
          {"score_min", d.score_min},
          {"score_max", d.score_max},
          {"text_columns", texts(d.text_columns)},
          {"properties", texts(d.properties)}};
}

/// What the user states of the file instead of what would be found.
Result<ingest::FileRule> stated(const Call& call) {
  ingest::FileRule rule;
  rule.format = call.param("format");
  if (!rule.format.empty() && ingest::find_format(rule.format) == nullptr)
    return fail(Code::kBadField, "'format'");
  if (!call.param("encoding").empty()) {
    CX_TRY(rule.encoding, parse_encoding(call.param("encoding")));
  }
  const auto delimiter = call.param("delimiter");
  if (delimiter.size() > 1) return fail(Code::kBadField, "'delimiter' must be one character");
  if (!delimiter.empty()) rule.delimiter = delimiter[0];
  const auto quote = call.param("quote");
  if (quote.size() > 1 && quote != "none")
    return fail(Code::kBadField, "'quote' must be one character, or none");
  if (!quote.empty()) rule.quote = quote == "none" ? '\0' : quote[0];
  rule.sheet = call.param("sheet");
  rule.records = call.param("records");
  return rule;
}

Result<Response> sample_import(Call& call) {
  CX_TRY(const auto id, import_id(call));
  CX_TRY(const auto rule, stated(call));
  CX_TRY(const auto path, call.app.imports().path_of(id, call.param("file")));
  CX_TRY(const auto sample, call.app.imports().sample(id, call.param("file"), rule));
  json::array rows, formats;
  for (std::size_t i = 0; i < std::min(kRowsShown, sample.rows.size()); ++i) {
    json::array cells;
    for (const auto& cell : sample.rows[i]) cells.push_back(json::string(cut(cell, kCellShown)));
    rows.push_back(std::move(cells));
  }
  for (const auto& format : ingest::file_formats()) formats.push_back(json::string(format.name));
  json::value draft = nullptr;
  if (auto proposed = ingest::propose(sample, path, call.app.zone().name())) {
    proposed->format = rule.format;
    proposed->encoding = call.param("encoding");
    proposed->delimiter = call.param("delimiter");
    proposed->quote = call.param("quote");
    proposed->sheet = rule.sheet;
    proposed->records = rule.records;
    draft = draft_json(*proposed);
  }
  return answer(json::object{{"format", sample.format},
                             {"formats", std::move(formats)},
                             {"encoding", sample.encoding},
                             {"delimiter", sample.delimiter},
                             {"sheet", sample.sheet},
                             {"columns", columns_json(sample)},
                             {"rows", std::move(rows)},
                             {"bad_rows", sample.bad_rows},
                             {"notes", texts(sample.notes)},
                             {"draft", std::move(draft)},
                             {"preset", ingest::find_format(sample.format)->preset}});
}

Result<double> number_of(const Fields& fields, std::string_view name) {
  const json::value* value = fields.object().if_contains(name);
  if (value == nullptr || !value->is_number()) return fail(Code::kBadField, "'{}' must be a number", name);
  return value->to_number<double>();
}

Result<ingest::MappingDraft> read_draft(const Fields& fields) {
  constexpr std::size_t kMax = 1000, kMany = 500;
  ingest::MappingDraft d;
  struct Text {
    std::string_view name;
    std::string* to;
  };
  for (const Text& text : {Text{"source", &d.source},
                           {"zone", &d.zone},
                           {"currency", &d.currency},
                           {"format", &d.format},
                           {"encoding", &d.encoding},
                           {"quote", &d.quote},
                           {"sheet", &d.sheet},
                           {"records", &d.records},
                           {"name", &d.name},
                           {"name_column", &d.name_column},
                           {"time_format", &d.time_format},
                           {"id_column", &d.id_column},
                           {"channel", &d.channel},
                           {"channel_column", &d.channel_column},
                           {"unit_column", &d.unit_column},
                           {"session_column", &d.session_column},
                           {"case_column", &d.case_column},
                           {"amount_column", &d.amount_column},
                           {"decimal", &d.decimal},
                           {"score_column", &d.score_column},
                           {"instrument", &d.instrument}}) {
    CX_TRY(*text.to, fields.text_or(text.name, "", kMax));
  }
  // A tab is a control character, which texts may not hold otherwise.
  if (const json::value* delimiter = fields.object().if_contains("delimiter");
      delimiter != nullptr && delimiter->is_string())
    d.delimiter = delimiter->get_string();
  CX_TRY(d.time_columns, fields.list_or_empty("time_columns", kMany));
  CX_TRY(d.text_columns, fields.list_or_empty("text_columns", kMany));
  CX_TRY(d.properties, fields.list_or_empty("properties", kMany));
  CX_TRY(d.score_min, number_of(fields, "score_min"));
  CX_TRY(d.score_max, number_of(fields, "score_max"));
  const json::value* identifiers = fields.object().if_contains("identifiers");
  if (identifiers == nullptr || !identifiers->is_array())
    return fail(Code::kBadField, "'identifiers' is not a list");
  for (const json::value& item : identifiers->as_array()) {
    CX_TRY(const auto entry, Fields::of(item, "identifiers"));
    CX_TRY(const auto kind_text, entry.text("kind", 40));
    CX_TRY(auto column, entry.text("column", kMax));
    const auto kind = parse_identifier_kind(kind_text);
    if (!kind) return fail(Code::kBadField, "'kind': {}", kind_text);
    d.identifiers.push_back({*kind, std::move(column)});
  }
  return d;
}

Result<Response> write_mapping(Call& call) {
  CX_TRY(const auto fields, Fields::parse(call.request.body));
  CX_TRY(const auto draft, read_draft(fields));
  const std::string toml = ingest::to_toml(draft);
  CX_TRY(ingest::Mapping::parse(toml, "mapping"));
  return answer(json::object{{"mapping", toml}});
}

Result<std::string> mapping_text(const Call& call) {
  CX_TRY(const auto fields, Fields::parse(call.request.body));
  const json::value* text = fields.object().if_contains("mapping");
  if (text == nullptr || !text->is_string()) return fail(Code::kBadField, "'mapping' must be a text");
  return std::string(text->get_string());
}

json::object event_json(const RawEvent& e) {
  json::array identifiers;
  for (const auto& i : e.identifiers) identifiers.push_back(json::string(zhike::to_string(i.kind)));
  json::value amount = nullptr;
  if (e.amount) amount = money_or_null(e.amount->minor, e.amount->currency.str());
  return {{"at", time_text(e.occurred_at)},
          {"type", zhike::to_string(e.type)},
          {"name", e.name},
          {"channel", e.channel},
          {"unit", e.unit},
          {"case", e.case_id},
          {"identifiers", std::move(identifiers)},
          {"amount", std::move(amount)},
          {"score", e.score ? number_or_null(static_cast<double>(*e.score)) : json::value(nullptr)},
          {"instrument", e.instrument},
          {"text", cut(ingest::scrub(e.text), kCellShown)},
          {"properties", e.properties.size() + e.traits.size()}};
}

Result<Response> preview_import(Call& call) {
  CX_TRY(const auto id, import_id(call));
  CX_TRY(const auto mapping, mapping_text(call));
  CX_TRY(const auto run, call.app.imports().preview(id, mapping, kPreviewRows));
  json::array files;
  for (const auto& file : run.files) {
    json::array events;
    for (std::size_t i = 0; i < std::min(kEventsShown, file.events.size()); ++i)
      events.push_back(event_json(file.events[i]));
    files.push_back(json::object{{"report", app::to_json(file.report)}, {"events", std::move(events)}});
  }
  return answer(json::object{{"rows", kPreviewRows}, {"files", std::move(files)}});
}

Result<Response> start_import(Call& call) {
  CX_TRY(const auto id, import_id(call));
  CX_TRY(const auto mapping, mapping_text(call));
  CX_TRY(const auto import, call.app.imports().start(id, mapping));
  return answer(import_json(import));
}

Result<Response> cancel_import(Call& call) {
  CX_TRY(const auto id, import_id(call));
  CX_TRY(const auto import, call.app.imports().cancel(id));
  return answer(import_json(import));
}

json::object mapping_json(const app::SavedMapping& saved) {
  return {{"name", saved.name}, {"mapping", saved.body}, {"changed_at", time_text(saved.changed)}};
}

Result<Response> list_mappings(Call& call) {
  json::array presets, saved;
  for (const auto name : ingest::preset_names()) presets.push_back(json::string(name));
  CX_TRY(const auto all, call.app.imports().mappings());
  for (const auto& mapping : all) saved.push_back(mapping_json(mapping));
  return answer(json::object{{"presets", std::move(presets)}, {"saved", std::move(saved)}});
}

/// Of the user's own first: a name hides the preset of the same name.
Result<app::SavedMapping> find_mapping(Call& call, const std::string& name) {
  CX_TRY(const auto all, call.app.imports().mappings());
  for (const auto& mapping : all)
    if (mapping.name == name) return mapping;
  CX_TRY(const auto text, ingest::preset_text(name));
  return app::SavedMapping{name, std::string(text), call.app.started_at()};
}

Result<Response> get_mapping(Call& call) {
  CX_TRY(const auto mapping, find_mapping(call, name_of(call)));
  return answer(mapping_json(mapping));
}

Result<Response> put_mapping(Call& call) {
  CX_TRY(const auto body, mapping_text(call));
  CX_TRY(call.app.imports().save_mapping(name_of(call), body));
  CX_TRY(const auto mapping, find_mapping(call, name_of(call)));
  return answer(mapping_json(mapping));
}

Result<Response> delete_mapping(Call& call) {
  CX_TRY(call.app.imports().remove_mapping(name_of(call)));
  return no_content();
}

}  // namespace

void add_import_handlers(Handlers& handlers) {
  handlers["listImports"] = list_imports;
  handlers["createImport"] = create_import;
  handlers["getImport"] = get_import;
  handlers["deleteImport"] = delete_import;
  handlers["uploadImportFile"] = upload_file;
  handlers["deleteImportFile"] = delete_file;
  handlers["sampleImport"] = sample_import;
  handlers["writeMapping"] = write_mapping;
  handlers["previewImport"] = preview_import;
  handlers["startImport"] = start_import;
  handlers["cancelImport"] = cancel_import;
  handlers["listMappings"] = list_mappings;
  handlers["getMapping"] = get_mapping;
  handlers["putMapping"] = put_mapping;
  handlers["deleteMapping"] = delete_mapping;
}

}  // namespace zhike::server
