// What a trigger wants: which events ask, after how long, whom and how. Values and pure functions.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.h"
#include "feedback/rounds.h"

namespace zhike::feedback {

/// Minutes of the day, by the service's zone, in which nobody is written to; `to` excluded. From 21:00 to
/// 09:00 it lasts over midnight.
struct QuietHours {
  std::int32_t from = 0, to = 0;
  friend bool operator==(const QuietHours&, const QuietHours&) = default;
};

using FilterTexts = std::vector<std::pair<std::string, std::string>>;  ///< "name" → "Call Ended", by name

struct TriggerPlan {
  FilterTexts filter{};  ///< conditions as in every filter, without times; at least one, or `properties`
  std::map<std::string, std::vector<std::string>>
      properties{};        ///< the event's own: each has one of the values
  Millis delay{};          ///< from the event on
  double share = 1;        ///< of the events that fit, by chance; above 0
  Millis fresh = days(1);  ///< what arrives, or could be asked, later than this after it happened asks nobody
  std::optional<QuietHours> quiet{};  ///< what is due then waits until their end
  std::uint32_t expires_days = 30;    ///< of the links; 0: never
  bool all_units = true;              ///< whose events count: those that its maker saw
  std::vector<std::string> units{};
  RoundPlan ask{};  ///< channel, connector, reminders, remind_days and messages of it; nothing else counts
};

struct TriggerLimits {
  static constexpr Millis kDelayMax = days(30), kFreshMax = days(60);
  static constexpr std::size_t kFilterMax = 20, kPropertiesMax = 10, kValuesMax = 50, kTextBytesMax = 4'000;
};

/// Errors: kBadField.
[[nodiscard]] Result<void> check(const TriggerPlan& plan);

/// As it is recorded; two plans are the same when this is.
[[nodiscard]] std::string to_json(const TriggerPlan& plan);
/// Of what to_json() gave. Errors: kBadRecord.
[[nodiscard]] Result<TriggerPlan> trigger_plan_of(std::string_view json);

/// Whether an event is of the share that asks: by trigger and event alone, so that a repeat decides the same.
[[nodiscard]] bool is_drawn(std::uint64_t trigger, std::uint64_t event, double share);

/// When whoever an event of `at` happened to is asked. A clock ahead of its time does not delay it.
[[nodiscard]] Instant due_of(const TriggerPlan& plan, Instant at, Instant now);

/// `at`, or the end of the quiet hours that it lies in.
[[nodiscard]] Instant after_quiet(const std::optional<QuietHours>& quiet, Instant at, const Zone& zone);

/// "21:30". Nothing: it is no time of a day.
[[nodiscard]] std::optional<std::int32_t> parse_minute(std::string_view text);
[[nodiscard]] std::string minute_text(std::int32_t minute);

}  // namespace zhike::feedback
