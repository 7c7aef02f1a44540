#include "ingest/observe_json.h"

#include <boost/json.hpp>

namespace zhike::ingest::observed {
namespace {

namespace json = boost::json;

json::object parsed(std::string_view body) {
  boost::system::error_code wrong;
  json::value value = json::parse(body, wrong);
  return !wrong && value.is_object() ? std::move(value.as_object()) : json::object{};
}

std::int64_t number(const json::object& from, std::string_view key) {
  const auto* value = from.if_contains(key);
  if (value == nullptr) return 0;
  if (value->is_int64()) return value->as_int64();
  return value->is_uint64() ? static_cast<std::int64_t>(value->as_uint64()) : 0;
}
std::uint64_t count(const json::object& from, std::string_view key) {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(0, number(from, key)));
}
std::optional<double> real(const json::object& from, std::string_view key) {
  const auto* value = from.if_contains(key);
  if (value == nullptr || !value->is_number()) return std::nullopt;
  return value->to_number<double>();
}

json::object property_json(const SeenProperty& p) {
  json::array types, firsts;
  for (std::size_t i = 0; i < kValueTypeCount; ++i) {
    types.push_back(p.types[i]);
    firsts.push_back(p.type_first[i].ms);
  }
  json::object out{{"count", p.count},       {"before", p.before},        {"first", p.first.ms},
                   {"last", p.last.ms},      {"types", std::move(types)}, {"type_first", std::move(firsts)},
                   {"few", p.has_few_values}};
  if (p.least) out["least"] = *p.least;
  if (p.most) out["most"] = *p.most;
  if (!p.values.empty()) out["values"] = json::array(p.values.begin(), p.values.end());
  return out;
}

SeenProperty read_property(const json::object& from) {
  SeenProperty p;
  p.count = count(from, "count");
  p.before = count(from, "before");
  p.first = {number(from, "first")};
  p.last = {number(from, "last")};
  p.least = real(from, "least");
  p.most = real(from, "most");
  const auto* few = from.if_contains("few");
  p.has_few_values = few != nullptr && few->is_bool() && few->as_bool();
  const auto numbers = [&](std::string_view key, const auto& take) {
    if (const auto* list = from.if_contains(key); list != nullptr && list->is_array())
      for (std::size_t i = 0; i < std::min(kValueTypeCount, list->as_array().size()); ++i)
        if (const auto& n = list->as_array()[i]; n.is_number()) take(i, n.to_number<std::int64_t>());
  };
  numbers("types", [&](std::size_t i, std::int64_t n) { p.types[i] = static_cast<std::uint64_t>(n); });
  numbers("type_first", [&](std::size_t i, std::int64_t n) { p.type_first[i] = {n}; });
  if (const auto* values = from.if_contains("values"); values != nullptr && values->is_array())
    for (const json::value& v : values->as_array())
      if (v.is_string() && p.values.size() < Observer::kValuesMax) p.values.emplace_back(v.as_string());
  return p;
}

}  // namespace

std::string write_source(Instant first, std::uint64_t names_beyond) {
  return json::serialize(json::object{{"first", first.ms}, {"names_beyond", names_beyond}});
}

void read_source(std::string_view body, Instant& first, std::uint64_t& names_beyond) {
  const json::object from = parsed(body);
  first = {number(from, "first")};
  names_beyond = count(from, "names_beyond");
}

std::string write_event(const SeenEvent& event) {
  json::object properties;
  for (const auto& [key, p] : event.properties) properties[key] = property_json(p);
  json::array violations;
  for (const auto& [key, v] : event.violations)
    violations.push_back(json::object{{"fault", static_cast<int>(key.first)},
                                      {"path", key.second},
                                      {"count", v.count},
                                      {"first", v.first.ms},
                                      {"last", v.last.ms}});
  return json::serialize(json::object{{"first", event.first.ms},
                                      {"last", event.last.ms},
                                      {"count", event.count},
                                      {"looked", event.looked},
                                      {"beyond", event.properties_beyond},
                                      {"plan", event.plan},
                                      {"properties", std::move(properties)},
                                      {"violations", std::move(violations)}});
}

void read_event(std::string_view body, SeenEvent& event) {
  const json::object from = parsed(body);
  event.first = {number(from, "first")};
  event.last = {number(from, "last")};
  event.count = count(from, "count");
  event.looked = count(from, "looked");
  event.properties_beyond = count(from, "beyond");
  event.plan = count(from, "plan");
  if (const auto* all = from.if_contains("properties"); all != nullptr && all->is_object())
    for (const auto& [key, value] : all->as_object())
      if (value.is_object() && event.properties.size() < Observer::kPropertiesMax)
        event.properties.emplace(std::string(key), read_property(value.as_object()));
  if (const auto* all = from.if_contains("violations"); all != nullptr && all->is_array())
    for (const json::value& value : all->as_array()) {
      if (!value.is_object() || event.violations.size() >= Observer::kViolationsMax) continue;
      const json::object& v = value.as_object();
      const std::uint64_t fault = count(v, "fault");
      const auto* path = v.if_contains("path");
      if (fault >= kFaultCount || path == nullptr || !path->is_string()) continue;
      event.violations[{static_cast<Fault>(fault), std::string(path->as_string())}] = {
          count(v, "count"), {number(v, "first")}, {number(v, "last")}};
    }
}

}  // namespace zhike::ingest::observed
