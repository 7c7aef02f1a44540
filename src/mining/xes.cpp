#include "mining/xes.h"

#include <string_view>
#include <utility>

#include "base/ascii.h"
#include "base/time.h"

namespace zhike::mining {
namespace {

/// Two digits; -1 where they are none.
int two_digits(const char* at) noexcept {
  return ascii::is_digit(at[0]) && ascii::is_digit(at[1]) ? (at[0] - '0') * 10 + (at[1] - '0') : -1;
}

/// Days since 1970-01-01 of a date of the Gregorian calendar (Howard Hinnant, chrono-compatible low-level
/// date algorithms, days_from_civil).
std::int64_t days_from_civil(int year, int month, int day) noexcept {
  year -= month <= 2 ? 1 : 0;
  const int era = year / 400;
  const int year_of_era = year - era * 400;
  const int day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return std::int64_t{era} * 146097 + day_of_era - 719468;
}

bool is_date(int year, int month, int day) noexcept {
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (year < 1970 || year > 2199 || month < 1 || month > 12 || day < 1) return false;
  const bool is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return day <= kDays[month - 1] + (month == 2 && is_leap ? 1 : 0);
}

/// "2011-10-01T00:38:44.546+02:00" with the usual liberties; kNoTime where it is written in another way.
std::int64_t parse_usual(std::string_view text) {
  constexpr std::size_t kSeconds = 19;  // up to them every place is fixed
  if (text.size() < kSeconds || text[4] != '-' || text[7] != '-' || (text[10] != 'T' && text[10] != ' ') ||
      text[13] != ':' || text[16] != ':')
    return kNoTime;
  const char* const t = text.data();
  const int century = two_digits(t), years = two_digits(t + 2), month = two_digits(t + 5),
            day = two_digits(t + 8), hour = two_digits(t + 11), minute = two_digits(t + 14),
            second = two_digits(t + 17);
  if (century < 0 || years < 0 || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 ||
      second > 59 || !is_date(century * 100 + years, month, day))
    return kNoTime;
  std::int64_t ms = days_from_civil(century * 100 + years, month, day) * 86'400'000 + hour * 3'600'000 +
                    minute * 60'000 + second * 1000;
  std::size_t at = kSeconds;
  if (at < text.size() && text[at] == '.') {
    int unit = 100;
    const std::size_t first = ++at;
    for (; at < text.size() && ascii::is_digit(text[at]); ++at, unit /= 10) ms += (text[at] - '0') * unit;
    if (at == first) return kNoTime;
  }
  const std::string_view zone = text.substr(at);
  if (zone.empty() || zone == "Z") return ms;
  if (zone.size() != 6 || (zone[0] != '+' && zone[0] != '-') || zone[3] != ':') return kNoTime;
  const int hours = two_digits(zone.data() + 1), minutes = two_digits(zone.data() + 4);
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return kNoTime;
  const std::int64_t offset = hours * 3'600'000 + minutes * 60'000;
  return zone[0] == '+' ? ms - offset : ms + offset;
}

}  // namespace

std::int64_t parse_log_time(std::string_view text) {
  if (text.empty()) return kNoTime;
  const std::int64_t usual = parse_usual(text);
  if (usual != kNoTime) return usual;
  const auto other = parse_time(text, Zone::utc());
  return other ? other->ms : kNoTime;
}

XesEvents::XesEvents(std::string what, XesKeys keys, XesSink& sink)
    : scanner_(std::move(what), false), keys_(std::move(keys)), sink_(sink) {
  of_event_.resize(keys_.more.size());
  of_trace_.resize(keys_.more.size());
}

Result<void> XesEvents::read() {
  for (;;) {
    CX_TRY(const XmlScanner::Token token, scanner_.next());
    switch (token) {
      case XmlScanner::Token::kBegin:
        if (ignored_below_ == 0) CX_TRY(begin());
        break;
      case XmlScanner::Token::kEnd:
        if (ignored_below_ == 0)
          CX_TRY(end());
        else if (scanner_.depth() < ignored_below_)
          ignored_below_ = 0;
        break;
      case XmlScanner::Token::kText:
        break;
      case XmlScanner::Token::kMore:
      case XmlScanner::Token::kDone:
        return {};
    }
  }
}

Result<void> XesEvents::begin() {
  const std::string_view name = scanner_.name();
  const std::size_t depth = scanner_.depth();
  if (depth == 1) {
    if (name != "log") return scanner_.refuse("there is no <log> in it");
    is_log_ = true;
  } else if (depth == 2 && name == "trace") {
    in_trace_ = true;
    case_name_.clear();
    for (std::string& value : of_trace_) value.clear();
  } else if (depth == 3 && in_trace_ && name == "event") {
    in_event_ = true;
    activity_.clear();
    time_ = kNoTime;
    for (std::string& value : of_event_) value.clear();
  } else if ((depth == 3 && in_trace_) || (depth == 4 && in_event_)) {
    attribute();
    ignored_below_ = depth;  // attributes of attributes
  } else {
    if (depth == 2 && name == "event") sink_.event_outside();
    ignored_below_ = depth;
  }
  return {};
}

void XesEvents::attribute() {
  std::string_view key, value;
  for (const XmlAttribute& attribute : scanner_.attributes()) {
    if (attribute.name == "key")
      key = attribute.value;
    else if (attribute.name == "value")
      value = attribute.value;
  }
  if (key.find('&') != std::string_view::npos) key = scratch_ = decode_xml(key);
  const auto text = [](std::string_view raw) {
    return raw.find('&') == std::string_view::npos ? std::string(raw) : decode_xml(raw);
  };
  for (std::size_t i = 0; i < keys_.more.size(); ++i)
    if (!key.empty() && key == keys_.more[i]) (in_event_ ? of_event_ : of_trace_)[i] = text(value);
  if (!in_event_) {
    if (key == keys_.case_name) case_name_ = text(value);
    return;
  }
  if (key == keys_.activity) activity_ = text(value);
  if (key == keys_.time) time_ = parse_log_time(value);
}

Result<void> XesEvents::end() {
  if (in_event_ && scanner_.depth() == 2) {
    in_event_ = false;
    return sink_.event(activity_, time_, of_event_);
  }
  if (in_trace_ && scanner_.depth() == 1) {
    in_trace_ = false;
    return sink_.end_case(case_name_, of_trace_);
  }
  return {};
}

Result<void> XesEvents::finish() {
  scanner_.finish();
  CX_TRY(read());
  if (!is_log_) return scanner_.refuse("there is no <log> in it");
  return {};
}

Result<void> XesReader::event(std::string_view activity, std::int64_t time,
                              std::span<const std::string> /*more*/) {
  return builder_.add(activity, time);
}

Result<void> XesReader::end_case(std::string_view name, std::span<const std::string> /*more*/) {
  return builder_.end_case(name);
}

Result<EventLog> XesReader::finish() {
  CX_TRY(events_.finish());
  return builder_.finish(events_.what());
}

}  // namespace zhike::mining
