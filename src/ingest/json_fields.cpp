#include "ingest/json_fields.h"

#include <algorithm>

#include "ingest/template.h"

namespace zhike::ingest {
namespace {

namespace dom = simdjson::dom;
constexpr std::size_t kFlattenDepthMax = 6;  // deeper objects stay JSON text

bool flatten(dom::object object, const std::string& prefix, std::size_t depth, Properties& out,
             std::string_view skip) {
  out.reserve(out.size() + std::min<std::size_t>(object.size(), EventLimits::kPropertiesMax));
  for (const auto& [key, value] : object) {
    if (depth == 0 && key == skip) continue;
    std::string name = prefix.empty() ? std::string(key) : prefix + "." + std::string(key);
    if (value.is_object() && depth + 1 < kFlattenDepthMax) {
      if (!flatten(value.get_object().value_unsafe(), name, depth + 1, out, {})) return false;
      continue;
    }
    const auto same = std::ranges::find(out, name, &Property::key);
    if (same != out.end())
      same->value = value_of(value);
    else if (out.size() >= EventLimits::kPropertiesMax)
      return false;
    else
      out.push_back({std::move(name), value_of(value)});
  }
  return true;
}

}  // namespace

Value value_of(dom::element element) {
  switch (element.type()) {
    case dom::element_type::NULL_VALUE:
      return std::monostate{};
    case dom::element_type::BOOL:
      return element.get_bool().value_unsafe();
    case dom::element_type::INT64:
      return element.get_int64().value_unsafe();
    case dom::element_type::UINT64:
      return std::to_string(element.get_uint64().value_unsafe());
    case dom::element_type::DOUBLE:
      return element.get_double().value_unsafe();
    case dom::element_type::STRING:
      return std::string(element.get_string().value_unsafe());
    case dom::element_type::ARRAY:
    case dom::element_type::OBJECT:
      return std::string(simdjson::minify(element));
  }
  return std::monostate{};
}

std::string_view text_at(dom::object object, std::string_view key) {
  std::string_view text;
  return object.at_key(key).get(text) == simdjson::SUCCESS ? text : std::string_view{};
}

std::string id_at(dom::object object, std::string_view key) {
  dom::element value;
  if (object.at_key(key).get(value) != simdjson::SUCCESS) return {};
  if (value.is_string()) return std::string(trim(value.get_string().value_unsafe()));
  if (value.is<std::int64_t>()) return std::to_string(value.get_int64().value_unsafe());
  if (value.is<std::uint64_t>()) return std::to_string(value.get_uint64().value_unsafe());
  return {};
}

std::optional<dom::object> object_at(dom::object object, std::string_view key) {
  dom::object inner;
  if (object.at_key(key).get(inner) != simdjson::SUCCESS) return std::nullopt;
  return inner;
}

bool flatten(dom::object object, Properties& out, std::string_view skip) {
  return flatten(object, "", 0, out, skip);
}

simdjson::error_code JsonParser::parse(std::string_view json, dom::element& root) {
  constexpr std::size_t kDepthMax = 128;  // deeper documents are refused
  if (parser_.max_depth() != kDepthMax || parser_.capacity() < json.size())
    if (const auto wrong = parser_.allocate(std::max<std::size_t>(json.size(), 64 * 1024), kDepthMax); wrong)
      return wrong;
  padded_.assign(json);
  padded_.append(simdjson::SIMDJSON_PADDING, ' ');
  return parser_.parse(padded_.data(), json.size(), false).get(root);
}

}  // namespace zhike::ingest
