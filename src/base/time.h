// Instants, durations, business time zones. An Instant is milliseconds since 1970-01-01T00:00Z.
#pragma once

#include <atomic>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace zhike {

struct Millis {
  std::int64_t value = 0;
  friend auto operator<=>(const Millis&, const Millis&) = default;
};

struct Instant {
  std::int64_t ms = 0;
  friend auto operator<=>(const Instant&, const Instant&) = default;
  friend Instant operator+(Instant at, Millis by) { return {at.ms + by.value}; }
  friend Instant operator-(Instant at, Millis by) { return {at.ms - by.value}; }
  friend Millis operator-(Instant a, Instant b) { return {a.ms - b.ms}; }
};

constexpr Millis seconds(std::int64_t n) { return {n * 1000}; }
constexpr Millis minutes(std::int64_t n) { return {n * 60'000}; }
constexpr Millis hours(std::int64_t n) { return {n * 3'600'000}; }
constexpr Millis days(std::int64_t n) { return {n * 86'400'000}; }

/// An IANA zone ("Asia/Shanghai"). Cheap to copy; the zone data lives for the process. Thread-safe.
class Zone {
 public:
  /// Errors: kUnknownZone.
  [[nodiscard]] static Result<Zone> find(std::string_view name);
  [[nodiscard]] static Zone utc();
  [[nodiscard]] std::string name() const;
  /// Local wall-clock milliseconds (as if UTC) to an instant. A time that summer time skips is moved
  /// forward over the gap; one that it repeats is the earlier of the two.
  [[nodiscard]] Instant to_instant(std::int64_t local_ms) const;
  [[nodiscard]] std::int64_t to_local_ms(Instant at) const;

 private:
  explicit Zone(const void* zone) : zone_(zone) {}
  const void* zone_;  // date::time_zone; null is UTC
};

/// ISO 8601 ("2017-07-09T21:57:05.123+08:00", "...Z", "2017-07-09 21:57:05", "2017-07-09"); a text without
/// offset is a wall-clock time of `naive_zone`. Years 1970 to 2199. Errors: kBadTime.
[[nodiscard]] Result<Instant> parse_time(std::string_view text, const Zone& naive_zone);

/// strptime-like: %Y %y(70 is 1970, 69 is 2069) %m %b(Apr) %d %H %I %p(am, pm) %M %S %f(fraction) %z(+0800,
/// Z), literals; %s epoch seconds, %Q epoch ms. Errors: kBadTime.
[[nodiscard]] Result<Instant> parse_time_as(std::string_view text, std::string_view format,
                                            const Zone& naive_zone);

/// "2017-07-09T21:57:05.123Z"
[[nodiscard]] std::string format_utc(Instant at);
/// Days since 1970-01-01 in UTC: the name of a daily key.
[[nodiscard]] std::int32_t utc_day(Instant at);

/// Time is injected, so that one seed replays a day. Implementations are thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual Instant now() const = 0;
  [[nodiscard]] static const Clock& system();
};

/// A clock for tests: stands still until moved. Thread-safe.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(Instant at) : at_(at.ms) {}
  [[nodiscard]] Instant now() const override { return {at_.load()}; }
  void advance(Millis by) { at_ += by.value; }

 private:
  std::atomic<std::int64_t> at_;
};

}  // namespace zhike
