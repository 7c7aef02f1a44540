#include "ingest/entry_forms.h"

#include <fmt/format.h>
#include <algorithm>

#include <array>
#include <boost/json.hpp>

#include "ingest/embedded.h"

namespace zhike::ingest {
namespace {

namespace json = boost::json;

constexpr std::array<std::pair<std::string_view, EntryField::Kind>, 7> kKinds{{
    {"text", EntryField::Kind::kText},
    {"note", EntryField::Kind::kNote},
    {"number", EntryField::Kind::kNumber},
    {"choice", EntryField::Kind::kChoice},
    {"flag", EntryField::Kind::kFlag},
    {"case", EntryField::Kind::kCase},
    {"score", EntryField::Kind::kScore},
}};

std::string text_of(const json::object& o, std::string_view key) {
  const json::value* value = o.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

double number_of(const json::object& o, std::string_view key) {
  const json::value* value = o.if_contains(key);
  return value != nullptr && value->is_number() ? value->to_number<double>() : 0;
}

const json::array* list_of(const json::object& o, std::string_view key) {
  const json::value* value = o.if_contains(key);
  return value != nullptr ? value->if_array() : nullptr;
}

Result<EntryField> parse_field(const json::value& value, std::string_view form) {
  const json::object* o = value.if_object();
  if (o == nullptr) return fail(Code::kBadCatalogue, "form {}: a field is not an object", form);
  EntryField field;
  field.key = text_of(*o, "key");
  const std::string kind = text_of(*o, "kind");
  const auto known = std::ranges::find(kKinds, kind, &std::pair<std::string_view, EntryField::Kind>::first);
  if (field.key.empty() || known == kKinds.end() || text_of(*o, "name_en").empty() ||
      text_of(*o, "name_zh").empty())
    return fail(Code::kBadCatalogue, "form {}: field \"{}\" lacks a key, kind or name", form, field.key);
  field.kind = known->second;
  const json::value* required = o->if_contains("required");
  field.required = required != nullptr && required->is_bool() && required->get_bool();
  field.least = number_of(*o, "least");
  field.most = number_of(*o, "most");
  field.bytes_max = static_cast<std::size_t>(field.most) * 4;  // characters of up to four bytes
  field.instrument = text_of(*o, "instrument");
  if (const json::array* options = list_of(*o, "options"))
    for (const json::value& option : *options)
      if (option.is_object()) field.options.push_back(text_of(option.get_object(), "key"));
  return field;
}

Refusal wrong(const EntryField& field, std::string_view why) {
  return {Reason::kBadValue, fmt::format("'{}': {}", field.key, why)};
}

/// Puts one value where its kind belongs.
std::optional<Refusal> put(const EntryField& field, const Value& value, RawEvent& e) {
  using Kind = EntryField::Kind;
  const auto* text = std::get_if<std::string>(&value);
  const auto* whole = std::get_if<std::int64_t>(&value);
  const auto* real = std::get_if<double>(&value);
  switch (field.kind) {
    case Kind::kText:
    case Kind::kNote:
    case Kind::kCase:
      if (text == nullptr) return wrong(field, "is not a text");
      if (text->size() > field.bytes_max)
        return wrong(field, fmt::format("has more than {} bytes", field.bytes_max));
      if (field.kind == Kind::kNote)
        e.text = *text;
      else if (field.kind == Kind::kCase)
        e.case_id = *text;
      else
        e.properties.push_back({field.key, value});
      return std::nullopt;
    case Kind::kChoice:
      if (text == nullptr || std::ranges::find(field.options, *text) == field.options.end())
        return wrong(field, fmt::format("is none of {}", fmt::join(field.options, ", ")));
      e.properties.push_back({field.key, value});
      return std::nullopt;
    case Kind::kFlag:
      if (!std::holds_alternative<bool>(value)) return wrong(field, "is neither true nor false");
      e.properties.push_back({field.key, value});
      return std::nullopt;
    case Kind::kNumber:
    case Kind::kScore: {
      if (whole == nullptr && real == nullptr) return wrong(field, "is not a number");
      const double number = whole != nullptr ? static_cast<double>(*whole) : *real;
      if (!(number >= field.least && number <= field.most))
        return wrong(field, fmt::format("is not within {} and {}", field.least, field.most));
      if (field.kind == Kind::kNumber) {
        e.properties.push_back({field.key, value});
        return std::nullopt;
      }
      e.score = static_cast<float>(number);
      e.instrument = field.instrument;
      return std::nullopt;
    }
  }
  return std::nullopt;
}

bool is_left_out(const Value* value) {
  if (value == nullptr || std::holds_alternative<std::monostate>(*value)) return true;
  const auto* text = std::get_if<std::string>(value);
  return text != nullptr && text->empty();
}

}  // namespace

Result<EntryForms> EntryForms::parse(std::string_view text) {
  boost::system::error_code bad;
  const json::value root = json::parse(json::string_view(text.data(), text.size()), bad);
  const json::array* forms = bad || !root.is_object() ? nullptr : list_of(root.get_object(), "forms");
  if (forms == nullptr) return fail(Code::kBadCatalogue, "forms: not an object with a list \"forms\"");
  EntryForms out;
  out.text_ = std::string(text);
  for (const json::value& value : *forms) {
    if (!value.is_object()) return fail(Code::kBadCatalogue, "a form is not an object");
    const json::object& o = value.get_object();
    EntryForm& form =
        out.forms_.emplace_back(EntryForm{text_of(o, "key"), text_of(o, "event"), text_of(o, "channel"), {}});
    if (form.key.empty() || form.event.empty() || text_of(o, "name_en").empty() ||
        text_of(o, "name_zh").empty())
      return fail(Code::kBadCatalogue, "form \"{}\" lacks a key, event or name", form.key);
    const json::array* fields = list_of(o, "fields");
    if (fields == nullptr) return fail(Code::kBadCatalogue, "form {} has no fields", form.key);
    for (const json::value& field : *fields) {
      CX_TRY(form.fields.emplace_back(), parse_field(field, form.key));
    }
  }
  return out;
}

const EntryForms& EntryForms::built_in() {
  static const EntryForms forms = [] {
    for (const Embedded& file : kEmbedded)
      if (file.name == "forms/default.json") {
        auto parsed = parse(file.text);
        cx_check(parsed.has_value(), "catalog/forms is as declared");
        return std::move(*parsed);
      }
    cx_check(false, "catalog/forms is embedded");
    return EntryForms();
  }();
  return forms;
}

const EntryForm* EntryForms::find(std::string_view key) const {
  const auto at = std::ranges::find(forms_, key, &EntryForm::key);
  return at == forms_.end() ? nullptr : &*at;
}

std::variant<RawEvent, Refusal> fill(const EntryForm& form, const Entry& entry, UserId by, Instant now) {
  if (entry.customer.empty()) return Refusal{Reason::kNoIdentifier, "'customer': who is it?"};
  RawEvent e;
  e.name = form.event;
  e.message_id = fmt::format("entry:{}", entry.id);
  e.identifiers = entry.customer;
  e.channel = form.channel.empty() ? entry.channel : form.channel;
  e.unit = entry.unit;
  for (const Property& p : entry.values)
    if (std::ranges::find(form.fields, p.key, &EntryField::key) == form.fields.end())
      return Refusal{Reason::kBadValue, fmt::format("the form has no field '{}'", p.key.substr(0, 80))};
  for (const EntryField& field : form.fields) {
    const Value* value = zhike::find(entry.values, field.key);
    if (is_left_out(value)) {
      if (field.required) return wrong(field, "is missing");
      continue;
    }
    if (auto refused = put(field, *value, e)) return *refused;
  }
  e.properties.push_back({"entered_by", by.str()});
  if (auto refused = place_in_time(e, entry.at.value_or(now), std::nullopt, now)) return *refused;
  if (auto refused = admit(e)) return *refused;
  return e;
}

}  // namespace zhike::ingest
