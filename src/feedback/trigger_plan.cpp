#include "feedback/trigger_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>

#include "base/mix.h"

namespace zhike::feedback {
namespace {

namespace json = boost::json;

constexpr std::int32_t kMinutesOfDay = 24 * 60;
constexpr std::int64_t kMinute = 60'000, kDay = kMinutesOfDay * kMinute;
constexpr std::string_view kTimes[] = {"from", "to"};

json::array texts(const std::vector<std::string>& values) {
  json::array out;
  for (const std::string& one : values) out.emplace_back(one);
  return out;
}

json::object to_json(const Message& message) {
  return {{"subject", message.subject}, {"text", message.text}};
}

json::object ask_json(const RoundPlan& ask) {
  return {{"channel", ask.channel},         {"connector", ask.connector},      {"reminders", ask.reminders},
          {"remind_days", ask.remind_days}, {"message", to_json(ask.message)}, {"zh", to_json(ask.zh)},
          {"en", to_json(ask.en)}};
}

/// Reads what to_json() wrote; what is missing or of another kind makes it bad.
class Record {
 public:
  explicit Record(const json::value& value) : object_(value.if_object()) { bad_ = object_ == nullptr; }
  [[nodiscard]] bool is_bad() const { return bad_; }

  const json::value* at(std::string_view key) {
    const json::value* found = object_ == nullptr ? nullptr : object_->if_contains(key);
    if (found == nullptr) bad_ = true;
    return found;
  }
  std::string text(std::string_view key) {
    const json::value* found = at(key);
    if (found != nullptr && found->is_string()) return std::string(found->get_string());
    bad_ = true;
    return {};
  }
  std::uint64_t number(std::string_view key) {
    const json::value* found = at(key);
    if (found != nullptr && found->is_int64() && found->get_int64() >= 0)
      return static_cast<std::uint64_t>(found->get_int64());
    bad_ = true;
    return 0;
  }
  std::vector<std::string> list(std::string_view key) {
    std::vector<std::string> out;
    const json::value* found = at(key);
    if (found == nullptr || !found->is_array()) bad_ = true;
    if (bad_) return out;
    for (const json::value& one : found->get_array()) {
      if (one.is_string())
        out.emplace_back(one.get_string());
      else
        bad_ = true;
    }
    return out;
  }
  const json::object& object(std::string_view key) {
    static const json::object kNone;
    const json::value* found = at(key);
    if (found != nullptr && found->is_object()) return found->get_object();
    bad_ = true;
    return kNone;
  }
  Message message(std::string_view key) {
    const json::value* found = at(key);
    if (found == nullptr) return {};
    Record inside(*found);
    Message out{.subject = inside.text("subject"), .text = inside.text("text")};
    bad_ = bad_ || inside.is_bad();
    return out;
  }

 private:
  const json::object* object_ = nullptr;
  bool bad_ = false;
};

}  // namespace

Result<void> check(const TriggerPlan& plan) {
  using Limits = TriggerLimits;
  if (plan.filter.empty() && plan.properties.empty())
    return fail(Code::kBadField, "'filter' is empty: every event would ask");
  if (plan.filter.size() > Limits::kFilterMax || plan.properties.size() > Limits::kPropertiesMax)
    return fail(Code::kBadField, "'filter' and 'properties': up to {} and {} conditions", Limits::kFilterMax,
                Limits::kPropertiesMax);
  for (const auto& [name, value] : plan.filter) {
    if (std::ranges::find(kTimes, name) != std::end(kTimes))
      return fail(Code::kBadField, "'filter' names no times: events ask from now on");
    if (value.size() > Limits::kTextBytesMax)
      return fail(Code::kBadField, "'filter': values of up to {} bytes", Limits::kTextBytesMax);
  }
  for (const auto& [name, values] : plan.properties)
    if (name.empty() || name.size() > Limits::kTextBytesMax || values.empty() ||
        values.size() > Limits::kValuesMax ||
        std::ranges::any_of(values, [](const auto& one) { return one.size() > Limits::kTextBytesMax; }))
      return fail(Code::kBadField, "'properties': each with 1 to {} values", Limits::kValuesMax);
  if (plan.delay < Millis{0} || plan.delay > Limits::kDelayMax)
    return fail(Code::kBadField, "'delay_minutes': 0 to {}", Limits::kDelayMax.value / kMinute);
  if (!(plan.share > 0 && plan.share <= 1)) return fail(Code::kBadField, "'share': above 0, at most 1");
  if (plan.fresh < hours(1) || plan.fresh > Limits::kFreshMax || plan.fresh < plan.delay)
    return fail(Code::kBadField, "'within_hours': 1 to {}, and no less than the delay",
                Limits::kFreshMax.value / hours(1).value);
  if (plan.quiet && (plan.quiet->from < 0 || plan.quiet->from >= kMinutesOfDay || plan.quiet->to < 0 ||
                     plan.quiet->to >= kMinutesOfDay || plan.quiet->from == plan.quiet->to))
    return fail(Code::kBadField, "'quiet': two different times of a day");
  if (plan.expires_days > Rounds::kDaysMax)
    return fail(Code::kBadField, "'expires_days': at most {}", Rounds::kDaysMax);
  if (plan.ask.connector == 0)
    return fail(Code::kBadField, "'connector' is missing: nobody else would know whom to send the link");
  return {};
}

std::string to_json(const TriggerPlan& plan) {
  json::object filter, properties;
  for (const auto& [name, value] : plan.filter) filter[name] = value;
  for (const auto& [name, values] : plan.properties) properties[name] = texts(values);
  json::object out{{"filter", std::move(filter)},  {"properties", std::move(properties)},
                   {"delay_ms", plan.delay.value}, {"share", plan.share},
                   {"fresh_ms", plan.fresh.value}, {"expires_days", plan.expires_days},
                   {"all_units", plan.all_units},  {"units", texts(plan.units)},
                   {"ask", ask_json(plan.ask)}};
  if (plan.quiet) out["quiet"] = json::array{plan.quiet->from, plan.quiet->to};
  return json::serialize(out);
}

Result<TriggerPlan> trigger_plan_of(std::string_view text) {
  boost::system::error_code bad;
  const json::value root = json::parse(json::string_view(text.data(), text.size()), bad);
  if (bad) return fail(Code::kBadRecord, "survey_triggers.spec");
  Record record(root);
  TriggerPlan out;
  for (const auto& entry : record.object("filter"))
    if (entry.value().is_string()) out.filter.emplace_back(entry.key(), entry.value().get_string());
  for (const auto& entry : record.object("properties"))
    if (entry.value().is_array())
      for (const json::value& one : entry.value().get_array())
        if (one.is_string()) out.properties[std::string(entry.key())].emplace_back(one.get_string());
  out.delay = {static_cast<std::int64_t>(record.number("delay_ms"))};
  out.fresh = {static_cast<std::int64_t>(record.number("fresh_ms"))};
  out.expires_days = static_cast<std::uint32_t>(record.number("expires_days"));
  const json::value* share = record.at("share");
  out.share = share != nullptr && share->is_number() ? share->to_number<double>() : 0;
  const json::value* all = record.at("all_units");
  out.all_units = all != nullptr && all->is_bool() && all->get_bool();
  out.units = record.list("units");
  const json::value* ask = record.at("ask");
  if (record.is_bad() || ask == nullptr || !(out.share > 0))
    return fail(Code::kBadRecord, "survey_triggers.spec");
  Record how(*ask);
  out.ask.channel = how.text("channel");
  out.ask.connector = how.number("connector");
  out.ask.reminders = static_cast<std::uint32_t>(how.number("reminders"));
  out.ask.remind_days = static_cast<std::uint32_t>(how.number("remind_days"));
  out.ask.message = how.message("message");
  out.ask.zh = how.message("zh");
  out.ask.en = how.message("en");
  const json::value* quiet = root.get_object().if_contains("quiet");
  if (quiet != nullptr && quiet->is_array() && quiet->get_array().size() == 2 &&
      quiet->get_array()[0].is_int64() && quiet->get_array()[1].is_int64())
    out.quiet = QuietHours{.from = static_cast<std::int32_t>(quiet->get_array()[0].get_int64()),
                           .to = static_cast<std::int32_t>(quiet->get_array()[1].get_int64())};
  if (how.is_bad()) return fail(Code::kBadRecord, "survey_triggers.spec");
  return out;
}

bool is_drawn(std::uint64_t trigger, std::uint64_t event, double share) {
  constexpr double kAll = 18446744073709551616.0;  // 2^64
  return share >= 1 || static_cast<double>(mix(mix(trigger) + mix(event))) < share * kAll;
}

Instant due_of(const TriggerPlan& plan, Instant at, Instant now) { return std::min(at, now) + plan.delay; }

Instant after_quiet(const std::optional<QuietHours>& quiet, Instant at, const Zone& zone) {
  if (!quiet) return at;
  const std::int64_t local = zone.to_local_ms(at);
  const std::int64_t midnight = local - (local % kDay + kDay) % kDay;
  const auto minute = static_cast<std::int32_t>((local - midnight) / kMinute);
  const bool over_midnight = quiet->from > quiet->to;
  const bool is_quiet = over_midnight ? minute >= quiet->from || minute < quiet->to
                                      : minute >= quiet->from && minute < quiet->to;
  if (!is_quiet) return at;
  const std::int64_t day = over_midnight && minute >= quiet->from ? midnight + kDay : midnight;
  // Where clocks are put back the end of the quiet hours comes twice, and the first may be over.
  return std::max(at, zone.to_instant(day + quiet->to * kMinute));
}

std::optional<std::int32_t> parse_minute(std::string_view text) {
  const auto digit = [&](std::size_t at) {
    return text[at] >= '0' && text[at] <= '9' ? text[at] - '0' : -100;
  };
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  const std::int32_t hour = digit(0) * 10 + digit(1), minute = digit(3) * 10 + digit(4);
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59) return std::nullopt;
  return hour * 60 + minute;
}

std::string minute_text(std::int32_t minute) { return fmt::format("{:02}:{:02}", minute / 60, minute % 60); }

}  // namespace zhike::feedback
