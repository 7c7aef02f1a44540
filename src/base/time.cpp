#include "base/time.h"

#include <date/tz.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>

#include "base/ascii.h"

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

// What a format may name beside the fields themselves.
struct Extras {
  int half = -1;  // of the day: 0 am, 1 pm
  std::int64_t offset_ms = 0;
  bool has_offset = false;
};

// "Apr", "april": 4; moves past the letters. 0: no month.
int month_name(std::string_view text, std::size_t& at) {
  constexpr std::array<std::string_view, 12> kMonths{"january",   "february", "march",    "april",
                                                     "may",       "june",     "july",     "august",
                                                     "september", "october",  "november", "december"};
  std::size_t end = at;
  while (end < text.size() && ascii::is_letter(text[end])) ++end;
  const std::string word = ascii::lower(text.substr(at, end - at));
  for (std::size_t m = 0; m < kMonths.size(); ++m)
    if (word == kMonths[m] || (word.size() == 3 && kMonths[m].starts_with(word)))
      return at = end, static_cast<int>(m) + 1;
  return 0;
}

// One letter of a format; false when the text there is nothing of the kind, or the letter is unknown.
bool read_part(char letter, std::string_view text, std::size_t& at, Fields& f, Extras& extras) {
  // Months and days of spreadsheets come with one digit as often as with two.
  const auto one_or_two = [&](int& field) {
    const bool two = at + 1 < text.size() && ascii::is_digit(text[at + 1]);
    field = digits(text, at, two ? 2 : 1);
    return field >= 0;
  };
  switch (letter) {
    case 'Y':
      return (f.year = digits(text, at, 4)) >= 0;
    case 'y':
      if ((f.year = digits(text, at, 2)) < 0) return false;
      f.year += f.year < 70 ? 2000 : 1900;
      return true;
    case 'm':
      return one_or_two(f.month);
    case 'b':
      return (f.month = month_name(text, at)) > 0;
    case 'd':
      return one_or_two(f.day);
    case 'H':
    case 'I':
      return one_or_two(f.hour);
    case 'p': {
      const std::string half = ascii::lower(text.substr(std::min(at, text.size()), 2));
      if (half != "am" && half != "pm") return false;
      extras.half = half == "pm" ? 1 : 0;
      at += 2;
      return true;
    }
    case 'M':
      return one_or_two(f.minute);
    case 'S':
      return one_or_two(f.second);
    case 'f':
      f.milli = fraction_ms(text, at);
      return true;
    case 'z':
      extras.has_offset = at < text.size() && read_offset(text, at, extras.offset_ms);
      return extras.has_offset;
    default:
      return false;
  }
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
  Extras extras;
  std::size_t at = 0;
  for (std::size_t i = 0; i < format.size(); ++i) {
    if (format[i] != '%' || i + 1 == format.size()) {
      if (at >= text.size() || text[at++] != format[i]) return bad(text);
    } else if (!read_part(format[++i], text, at, f, extras)) {
      return bad(text);
    }
  }
  if (at != text.size()) return bad(text);
  if (extras.half >= 0) {
    if (f.hour < 1 || f.hour > 12) return bad(text);
    f.hour = f.hour % 12 + 12 * extras.half;
  }
  const std::int64_t local = wall_ms(f);
  if (local < 0) return bad(text);
  return extras.has_offset ? Instant{local - extras.offset_ms} : naive_zone.to_instant(local);
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
