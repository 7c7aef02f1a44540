// Forms that people fill in: visits, terminals, calls, orders handed over.
#include <algorithm>

#include "ingest/entry_forms.h"
#include "server/api.h"

namespace zhike::server {
namespace {

constexpr std::size_t kIdentifiersMax = 4, kValuesMax = 40;

Result<Response> list_forms(Call&) {
  Response response = answer(json::object{});
  response.body = ingest::EntryForms::built_in().text();
  return response;
}

Result<Value> value_of(std::string_view key, const json::value& value) {
  if (value.is_null()) return Value{};
  if (value.is_bool()) return Value{value.get_bool()};
  if (value.is_int64()) return Value{value.get_int64()};
  if (value.is_number()) return Value{value.to_number<double>()};
  if (value.is_string()) return Value{std::string(value.get_string())};
  return fail(Code::kBadField, "'{}' is neither a text, a number, true nor false", key.substr(0, 80));
}

Result<std::vector<Identifier>> read_customer(const Fields& fields) {
  const json::value* list = fields.object().if_contains("customer");
  if (list == nullptr || !list->is_array() || list->get_array().size() > kIdentifiersMax)
    return fail(Code::kBadField, "'customer' is not a list of up to {} identifiers", kIdentifiersMax);
  std::vector<Identifier> out;
  for (const json::value& item : list->get_array()) {
    CX_TRY(const auto one, Fields::of(item, "customer"));
    CX_TRY(const auto kind_text, one.text("kind", 40));
    const auto kind = parse_identifier_kind(kind_text);
    if (!kind) return fail(Code::kBadField, "'kind': {}", kind_text);
    CX_TRY(auto value, one.text("value", EventLimits::kIdentifierBytesMax));
    out.push_back({*kind, std::move(value)});
  }
  return out;
}

Result<ingest::Entry> read_entry(const Call& call) {
  CX_TRY(const auto fields, Fields::parse(call.request.body));
  ingest::Entry entry;
  CX_TRY(entry.id, fields.text("id", 80));
  if (entry.id.size() < 8) return fail(Code::kBadField, "'id' is shorter than 8 characters");
  CX_TRY(entry.channel, fields.text_or("channel", "", 80));
  CX_TRY(entry.unit, fields.text_or("unit", "", 120));
  CX_TRY(const auto at, fields.text_or("at", "", 40));
  if (!at.empty()) {
    CX_TRY(entry.at, parse_time(at, call.app.zone()));
  }
  CX_TRY(entry.customer, read_customer(fields));
  const json::value* values = fields.object().if_contains("values");
  if (values == nullptr || !values->is_object() || values->get_object().size() > kValuesMax)
    return fail(Code::kBadField, "'values' is not an object of up to {} fields", kValuesMax);
  for (const auto& [key, value] : values->get_object()) {
    CX_TRY(auto read, value_of({key.data(), key.size()}, value));
    entry.values.push_back({std::string(key.data(), key.size()), std::move(read)});
  }
  return entry;
}

/// Who sees some units only enters for one of them, and need not say it when there is one.
Result<void> place_in_unit(const Grant& grant, std::string& unit) {
  if (grant.all_units) return {};
  if (unit.empty() && grant.units.size() == 1) unit = grant.units.front();
  if (std::ranges::find(grant.units, unit) == grant.units.end())
    return fail(Code::kBadField, "'unit': {}", unit.empty() ? "is missing" : "is not one of yours");
  return {};
}

Result<Response> make_entry(Call& call) {
  const auto* form = ingest::EntryForms::built_in().find(
      std::ranges::find(call.params, std::string_view("form"), &Pairs::value_type::first)->second);
  if (form == nullptr) return fail(Code::kUnknownPath, "no such form");
  CX_TRY(auto entry, read_entry(call));
  CX_TRY(place_in_unit(call.grant, entry.unit));
  auto made = ingest::fill(*form, entry, call.grant.user, call.app.clock().now());
  if (const auto* refusal = std::get_if<ingest::Refusal>(&made))
    return fail(Code::kBadField, "{}", refusal->detail);
  ingest::Source staff;
  staff.name = "staff";
  staff.kind = "form";
  staff.zone = call.app.zone().name();
  CX_TRY(const auto source, call.app.sources().find_or_make(std::move(staff)));
  ingest::Parsed parsed;
  parsed.events.push_back(std::get<RawEvent>(std::move(made)));
  json::object out{{"message_id", parsed.events.front().message_id},
                   {"name", parsed.events.front().name},
                   {"at", time_text(parsed.events.front().occurred_at)},
                   {"source", source.id.str()}};
  CX_TRY(call.app.intake().accept(source, std::move(parsed)));
  return answer(out, 201);
}

}  // namespace

void add_form_handlers(Handlers& handlers) {
  handlers["listForms"] = list_forms;
  handlers["createEntry"] = make_entry;
}

}  // namespace zhike::server
