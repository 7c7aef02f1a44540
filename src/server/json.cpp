#include "server/json.h"

#include <cmath>

namespace zhike::server {

json::value number_or_null(std::optional<double> value) {
  if (!value || !std::isfinite(*value)) return nullptr;
  return *value;
}

json::value user_or_null(UserId user) {
  return user.is_set() ? json::value(json::string(user.str())) : json::value(nullptr);
}

json::string time_text(Instant at) { return json::string(format_utc(at)); }

json::value time_or_null(std::optional<Instant> at) {
  if (!at || at->ms == 0) return nullptr;
  return time_text(*at);
}

json::value money_or_null(std::int64_t minor, std::string_view currency) {
  if (currency.empty()) return nullptr;
  return json::object{{"minor", std::to_string(minor)}, {"currency", currency}};
}

json::array texts(const std::vector<std::string>& values) {
  json::array out;
  for (const auto& value : values) out.emplace_back(value);
  return out;
}

Response answer(const json::value& body, int status) {
  Response response;
  response.status = status;
  response.body = json::serialize(body);
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

Response no_content() {
  Response response;
  response.status = 204;
  return response;
}

Result<Fields> Fields::parse(std::string_view body) {
  boost::system::error_code error;
  json::parse_options options;
  options.max_depth = 16;
  json::value value = json::parse(body, error, {}, options);
  if (error) return fail(Code::kBadJson, "{}", error.message());
  if (!value.is_object()) return fail(Code::kBadJson, "the body is not an object");
  Fields fields;
  fields.object_ = std::move(value.as_object());
  return fields;
}

Result<Fields> Fields::of(const json::value& value, std::string_view what) {
  if (!value.is_object()) return fail(Code::kBadField, "'{}' is not an object", what);
  Fields fields;
  fields.object_ = value.get_object();
  return fields;
}

Result<std::string> Fields::text(std::string_view name, std::size_t bytes_max) const {
  const json::value* value = object_.if_contains(name);
  if (value == nullptr) return fail(Code::kBadField, "'{}' is missing", name);
  if (!value->is_string()) return fail(Code::kBadField, "'{}' is not a text", name);
  std::string out(value->get_string());
  if (out.size() > bytes_max) return fail(Code::kBadField, "'{}' is longer than {} bytes", name, bytes_max);
  for (const char c : out)
    if (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t')
      return fail(Code::kBadField, "'{}' has control characters", name);
  return out;
}

Result<std::string> Fields::text_or(std::string_view name, std::string_view otherwise,
                                    std::size_t bytes_max) const {
  if (!has(name)) return std::string(otherwise);
  return text(name, bytes_max);
}

Result<bool> Fields::flag_or(std::string_view name, bool otherwise) const {
  const json::value* value = object_.if_contains(name);
  if (value == nullptr) return otherwise;
  if (!value->is_bool()) return fail(Code::kBadField, "'{}' is neither true nor false", name);
  return value->get_bool();
}

Result<std::vector<std::string>> Fields::list_or_empty(std::string_view name, std::size_t count_max) const {
  std::vector<std::string> out;
  const json::value* value = object_.if_contains(name);
  if (value == nullptr) return out;
  if (!value->is_array()) return fail(Code::kBadField, "'{}' is not a list", name);
  if (value->get_array().size() > count_max)
    return fail(Code::kBadField, "'{}' has more than {} entries", name, count_max);
  for (const auto& entry : value->get_array()) {
    if (!entry.is_string()) return fail(Code::kBadField, "'{}' holds something that is not a text", name);
    out.emplace_back(entry.get_string());
  }
  return out;
}

}  // namespace zhike::server
