#include "base/time.h"

#include <date/tz.h>

#include <charconv>
#include <chrono>

namespace zhike {
namespace {

using std::chrono::milliseconds;

const date::time_zone* as_zone(const void* zone) { return static_cast<const date::time_zone*>(zone); }

// Reads exactly `digits` decimal digits at `at` and moves past them; -1 when they are not there.
int digits(std::string_view text, std::size_t& at, int count) {
  int value = 0;
  if (at + static_cast<std::size_t>(count) > text.size()) return -1;
  for (int i = 0; i < count; ++i) {
    const char c = text[at + static_cast<std::size_t>(i)];
    if (c < '0' || c > '9') return -1;
    value = value * 10 + (c - '0');
  }
  at += static_cast<std::size_t>(count);
  return value;
}

struct Fields {
  int year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0, milli = 0;
};

// Wall-clock milliseconds, or -1 when the fields name no time between 1970 and 2199.
std::int64_t wall_ms(const Fields& f) {
  const date::year_month_day ymd{date::year{f.year}, date::month{static_cast<unsigned>(f.month)},
                                 date::day{static_cast<unsigned>(f.day)}};
  if (f.year < 1970 || f.year > 2199 || !ymd.ok()) return -1;
  if (f.hour > 24 || f.minute > 59 || f.second > 60 || f.hour < 0 || f.minute < 0 || f.second < 0) return -1;
  const std::int64_t day = date::sys_days{ymd}.time_since_epoch().count();
  return ((day * 24 + f.hour) * 60 + f.minute) * 60'000 + f.second * 1000 + f.milli;
}

// ".123456" → 123; moves past the fraction.
int fraction_ms(std::string_view text, std::size_t& at) {
  int value = 0, scale = 100;
  while (at < text.size() && text[at] >= '0' && text[at] <= '9') {
    value += (text[at] - '0') * scale;
    scale /= 10;
    ++at;
  }
  return value;
}

// "Z", "+08:00", "+0800", "-05"; false when the text there is no offset.
bool read_offset(std::string_view text, std::size_t& at, std::int64_t& offset_ms) {
  if (text[at] == 'Z' || text[at] == 'z') {
    ++at;
    offset_ms = 0;
    return true;
  }
  const int sign = text[at] == '-' ? -1 : text[at] == '+' ? 1 : 0;
  if (sign == 0) return false;
  ++at;
  const int hour = digits(text, at, 2);
  if (at < text.size() && text[at] == ':') ++at;
  const int minute = at < text.size() ? digits(text, at, 2) : 0;
  if (hour < 0 || hour > 15 || minute < 0 || minute > 59) return false;
  offset_ms = sign * (hour * 60 + minute) * 60'000LL;
  return true;
}

std::unexpected<Error> bad(std::string_view text) { return fail(Code::kBadTime, "{}", text.substr(0, 60)); }

}  // namespace

Result<Zone> Zone::find(std::string_view name) {
  if (name == "UTC" || name == "Z") return utc();
  try {
    return Zone(date::locate_zone(std::string(name)));
  } catch (const std::exception&) {
    return fail(Code::kUnknownZone, "{}", name.substr(0, 60));
  }
}

Zone Zone::utc() { return Zone(nullptr); }

std::string Zone::name() const { return zone_ == nullptr ? "UTC" : as_zone(zone_)->name(); }

Instant Zone::to_instant(std::int64_t local_ms) const {
  if (zone_ == nullptr) return {local_ms};
  const date::local_time<milliseconds> local{milliseconds{local_ms}};
  // Both for a skipped time (first = the offset before the gap, so the wall clock moves over it by as much as
  // it was past its start) and for a repeated one (first = the earlier), the first offset is the one to take.
  const auto found = as_zone(zone_)->get_info(local);
  return {local_ms - std::chrono::duration_cast<milliseconds>(found.first.offset).count()};
}

std::int64_t Zone::to_local_ms(Instant at) const {
  if (zone_ == nullptr) return at.ms;
  const date::sys_time<milliseconds> when{milliseconds{at.ms}};
  return at.ms + std::chrono::duration_cast<milliseconds>(as_zone(zone_)->get_info(when).offset).count();
}

Result<Instant> parse_time(std::string_view text, const Zone& naive_zone) {
  std::size_t at = 0;
  Fields f;
  f.year = digits(text, at, 4);
  if (f.year < 0 || at >= text.size() || (text[at] != '-' && text[at] != '/')) return bad(text);
  const char separator = text[at++];
  f.month = digits(text, at, 2);
  if (f.month < 0 || at >= text.size() || text[at++] != separator) return bad(text);
  f.day = digits(text, at, 2);
  if (f.day < 0) return bad(text);
  std::int64_t offset_ms = 0;
  bool has_offset = false;
  if (at < text.size()) {
    if (text[at] != 'T' && text[at] != ' ' && text[at] != 't') return bad(text);
    ++at;
    f.hour = digits(text, at, 2);
    if (f.hour < 0 || at >= text.size() || text[at++] != ':') return bad(text);
    f.minute = digits(text, at, 2);
    if (f.minute < 0) return bad(text);
    if (at < text.size() && text[at] == ':') {
      ++at;
      f.second = digits(text, at, 2);
      if (f.second < 0) return bad(text);
    }
    if (at < text.size() && (text[at] == '.' || text[at] == ',')) f.milli = fraction_ms(text, ++at);
    if (at < text.size() && text[at] == ' ') ++at;
    if (at < text.size()) {
      if (!read_offset(text, at, offset_ms) || at != text.size()) return bad(text);
      has_offset = true;
    }
  }
  const std::int64_t local = wall_ms(f);
  if (local < 0) return bad(text);
  return has_offset ? Instant{local - offset_ms} : naive_zone.to_instant(local);
}

Result<Instant> parse_time_as(std::string_view text, std::string_view format, const Zone& naive_zone) {
  if (format.empty()) return parse_time(text, naive_zone);
  if (format == "%s" || format == "%Q") {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value < 0) return bad(text);
    const Instant at{format == "%s" ? value * 1000 : value};
    return at.ms > 7'258'118'400'000 ? Result<Instant>(bad(text)) : Result<Instant>(at);
  }
  Fields f;
  std::size_t at = 0;
  for (std::size_t i = 0; i < format.size(); ++i) {
    if (format[i] != '%' || i + 1 == format.size()) {
      if (at >= text.size() || text[at++] != format[i]) return bad(text);
      continue;
    }
    int* field = nullptr;
    switch (format[++i]) {
      case 'Y':
        f.year = digits(text, at, 4);
        continue;
      case 'f':
        f.milli = fraction_ms(text, at);
        continue;
      case 'm':
        field = &f.month;
        break;
      case 'd':
        field = &f.day;
        break;
      case 'H':
        field = &f.hour;
        break;
      case 'M':
        field = &f.minute;
        break;
      case 'S':
        field = &f.second;
        break;
      default:
        return bad(format);
    }
    // Months and days of spreadsheets come with one digit as often as with two.
    const bool two = at + 1 < text.size() && text[at + 1] >= '0' && text[at + 1] <= '9';
    *field = digits(text, at, two ? 2 : 1);
  }
  if (at != text.size()) return bad(text);
  const std::int64_t local = wall_ms(f);
  return local < 0 ? Result<Instant>(bad(text)) : Result<Instant>(naive_zone.to_instant(local));
}

std::string format_utc(Instant at) {
  const std::int64_t day_ms = 86'400'000;
  const std::int64_t day = at.ms >= 0 ? at.ms / day_ms : (at.ms - day_ms + 1) / day_ms;
  const date::year_month_day ymd{date::sys_days{date::days{day}}};
  const std::int64_t rest = at.ms - day * day_ms;
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(ymd.year()),
                     static_cast<unsigned>(ymd.month()), static_cast<unsigned>(ymd.day()), rest / 3'600'000,
                     rest / 60'000 % 60, rest / 1000 % 60, rest % 1000);
}

std::int32_t utc_day(Instant at) { return static_cast<std::int32_t>(at.ms / 86'400'000); }

namespace {
class SystemClock final : public Clock {
 public:
  [[nodiscard]] Instant now() const override {
    return {std::chrono::duration_cast<milliseconds>(std::chrono::system_clock::now().time_since_epoch())
                .count()};
  }
};
}  // namespace

const Clock& Clock::system() {
  static const SystemClock clock;
  return clock;
}

}  // namespace zhike
