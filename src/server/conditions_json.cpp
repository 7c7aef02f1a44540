#include "server/conditions_json.h"

#include <algorithm>

namespace zhike::server {

using Limits = feedback::TriggerLimits;

Result<feedback::FilterTexts> filter_in(const Fields& fields) {
  feedback::FilterTexts out;
  const json::value* filter = fields.object().if_contains("filter");
  if (filter == nullptr) return out;
  CX_TRY(const auto conditions, Fields::of(*filter, "filter"));
  if (conditions.object().size() > Limits::kFilterMax)
    return fail(Code::kBadField, "'filter': up to {} conditions", Limits::kFilterMax);
  for (const auto& entry : conditions.object()) {
    const std::string name(entry.key());
    CX_TRY(std::string value, conditions.text(name, Limits::kTextBytesMax));
    out.emplace_back(name, std::move(value));
  }
  std::ranges::sort(out);
  return out;
}

Result<std::map<std::string, std::vector<std::string>>> properties_in(const Fields& fields) {
  std::map<std::string, std::vector<std::string>> out;
  const json::value* properties = fields.object().if_contains("properties");
  if (properties == nullptr) return out;
  CX_TRY(const auto named, Fields::of(*properties, "properties"));
  if (named.object().size() > Limits::kPropertiesMax)
    return fail(Code::kBadField, "'properties': up to {}", Limits::kPropertiesMax);
  for (const auto& entry : named.object()) {
    const std::string name(entry.key());
    CX_TRY(out[name], named.list_or_empty(name, Limits::kValuesMax));
  }
  return out;
}

json::object conditions_json(const feedback::FilterTexts& filter) {
  json::object out;
  for (const auto& [name, value] : filter) out[name] = value;
  return out;
}

json::object properties_json(const std::map<std::string, std::vector<std::string>>& properties) {
  json::object out;
  for (const auto& [name, values] : properties) out[name] = texts(values);
  return out;
}

}  // namespace zhike::server
