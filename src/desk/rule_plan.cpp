#include "desk/rule_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "text/comment.h"

namespace zhike::desk {
namespace {

namespace json = boost::json;

constexpr std::array<std::string_view, 2> kTimes{"from", "to"};

json::array texts(const std::vector<std::string>& values) {
  json::array out;
  for (const std::string& one : values) out.emplace_back(one);
  return out;
}

const json::value* at(const json::object& object, std::string_view key) { return object.if_contains(key); }

std::string text_at(const json::object& object, std::string_view key) {
  const json::value* found = at(object, key);
  return found != nullptr && found->is_string() ? std::string(found->get_string()) : std::string();
}

std::uint64_t number_at(const json::object& object, std::string_view key) {
  const json::value* found = at(object, key);
  return found != nullptr && found->is_int64() && found->get_int64() >= 0
             ? static_cast<std::uint64_t>(found->get_int64())
             : 0;
}

std::vector<std::string> list_in(const json::value& value) {
  std::vector<std::string> out;
  if (!value.is_array()) return out;
  for (const json::value& one : value.get_array())
    if (one.is_string()) out.emplace_back(one.get_string());
  return out;
}

std::vector<std::string> list_at(const json::object& object, std::string_view key) {
  const json::value* found = at(object, key);
  return found == nullptr ? std::vector<std::string>() : list_in(*found);
}

/// The first bytes of it, whole characters only.
std::string cut(std::string text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  std::size_t end = bytes_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  text.resize(end);
  return text;
}

Result<void> check_conditions(const RulePlan& plan) {
  using Limits = RuleLimits;
  if (plan.filter.empty() && plan.properties.empty() && !plan.reads())
    return fail(Code::kBadField, "'filter' is empty: every event would open a complaint");
  if (plan.filter.size() > Limits::kFilterMax || plan.properties.size() > Limits::kPropertiesMax)
    return fail(Code::kBadField, "'filter' and 'properties': up to {} and {} conditions", Limits::kFilterMax,
                Limits::kPropertiesMax);
  for (const auto& [name, value] : plan.filter) {
    if (std::ranges::find(kTimes, name) != kTimes.end())
      return fail(Code::kBadField, "'filter' names no times: rules look at what happens from now on");
    if (value.size() > Limits::kTextBytesMax)
      return fail(Code::kBadField, "'filter': values of up to {} bytes", Limits::kTextBytesMax);
  }
  for (const auto& [name, values] : plan.properties)
    if (name.empty() || name.size() > Limits::kTextBytesMax || values.empty() ||
        values.size() > Limits::kValuesMax ||
        std::ranges::any_of(values, [](const auto& one) { return one.size() > Limits::kTextBytesMax; }))
      return fail(Code::kBadField, "'properties': each with 1 to {} values", Limits::kValuesMax);
  if (plan.labels.size() > Limits::kLabelsMax ||
      std::ranges::any_of(plan.labels, [](const std::string& one) { return one.find('.') == one.npos; }))
    return fail(Code::kBadField, "'labels': up to {}, each as intent.complain", Limits::kLabelsMax);
  if (plan.tone_max && !(*plan.tone_max >= -1 && *plan.tone_max < 1))
    return fail(Code::kBadField, "'sentiment_max': from -1 to below 1");
  if (!plan.aspect_tone.empty() && (plan.aspect.empty() || !text::parse_polarity(plan.aspect_tone)))
    return fail(Code::kBadField, "'aspect_sentiment': negative, neutral or positive, and goes with 'aspect'");
  return {};
}

}  // namespace

Result<void> check(const RulePlan& plan) {
  CX_TRY(check_conditions(plan));
  if (plan.quiet_days > RuleLimits::kQuietDaysMax)
    return fail(Code::kBadField, "'quiet_days': 0 to {}", RuleLimits::kQuietDaysMax);
  if (plan.within_days == 0 || plan.within_days > RuleLimits::kWithinDaysMax)
    return fail(Code::kBadField, "'within_days': 1 to {}", RuleLimits::kWithinDaysMax);
  return {};
}

std::string to_json(const RulePlan& plan) {
  json::object filter, properties;
  for (const auto& [name, value] : plan.filter) filter[name] = value;
  for (const auto& [name, values] : plan.properties) properties[name] = texts(values);
  json::object out{{"filter", std::move(filter)},
                   {"properties", std::move(properties)},
                   {"labels", texts(plan.labels)},
                   {"aspect", plan.aspect},
                   {"aspect_tone", plan.aspect_tone},
                   {"category", plan.category},
                   {"severity", plan.severity ? to_string(*plan.severity) : std::string_view()},
                   {"owner", plan.owner.value},
                   {"unit", plan.unit},
                   {"quiet_days", plan.quiet_days},
                   {"within_days", plan.within_days},
                   {"all_units", plan.all_units},
                   {"units", texts(plan.units)}};
  if (plan.tone_max) out["tone_max"] = *plan.tone_max;
  return json::serialize(out);
}

Result<RulePlan> rule_plan_of(std::string_view text) {
  boost::system::error_code bad;
  const json::value root = json::parse(json::string_view(text.data(), text.size()), bad);
  if (bad || !root.is_object()) return fail(Code::kBadRecord, "complaint_rules.spec");
  const json::object& spec = root.get_object();
  RulePlan out;
  if (const json::value* filter = at(spec, "filter"); filter != nullptr && filter->is_object())
    for (const auto& entry : filter->get_object())
      if (entry.value().is_string()) out.filter.emplace_back(entry.key(), entry.value().get_string());
  if (const json::value* wanted = at(spec, "properties"); wanted != nullptr && wanted->is_object())
    for (const auto& entry : wanted->get_object())
      out.properties[std::string(entry.key())] = list_in(entry.value());
  out.labels = list_at(spec, "labels");
  if (const json::value* tone = at(spec, "tone_max"); tone != nullptr && tone->is_number())
    out.tone_max = tone->to_number<double>();
  out.aspect = text_at(spec, "aspect");
  out.aspect_tone = text_at(spec, "aspect_tone");
  out.category = text_at(spec, "category");
  out.severity = parse_severity(text_at(spec, "severity"));
  out.owner = {number_at(spec, "owner")};
  out.unit = text_at(spec, "unit");
  out.quiet_days = static_cast<std::uint32_t>(number_at(spec, "quiet_days"));
  out.within_days = static_cast<std::uint32_t>(number_at(spec, "within_days"));
  const json::value* all = at(spec, "all_units");
  out.all_units = all != nullptr && all->is_bool() && all->get_bool();
  out.units = list_at(spec, "units");
  // What was recorded had passed; a record that has not is of another kind.
  if (!check(out)) return fail(Code::kBadRecord, "complaint_rules.spec");
  return out;
}

std::string words_of(const EventSaid& said, std::size_t bytes_max) {
  std::string out = said.text;
  if (out.find_first_not_of(" \t\r\n") == out.npos) {
    out = said.name;
    if (said.score) out += fmt::format(" · {} {}", said.instrument, *said.score);
    for (const auto& [key, value] : said.properties)
      if (!value.empty()) out += fmt::format(" · {}: {}", key, value);
  }
  for (char& c : out)
    if ((static_cast<unsigned char>(c) < ' ' && c != '\n' && c != '\r' && c != '\t') || c == '\x7f') c = ' ';
  return cut(std::move(out), bytes_max);
}

}  // namespace zhike::desk
