// Data quality of a source by day, over the dimensions of ISO/IEC 25012 that counters can tell. Each is a
// share between 0 and 1, worked out from the counters of the day (day_counts.h, source_minutes), never by
// reading events:
//   completeness  fields filled / fields expected; expected are the plan's required properties, without a
//   plan
//                 the properties that at least 90 % of the same events had before
//   validity      (1 - quarantined / received) * (1 - invalid values / values checked); checked are phones,
//                 e-mails and identity numbers, and properties against the plan
//   uniqueness    1 - repeats / received
//   timeliness    events received within kLateAfter of when they happened / events; not of files, which bring
//                 history
//   consistency   values of the type that this property usually has / values
// The score is the mean of those that could be told. Of fewer than kEventsMin events a day there is none.
#pragma once

#include <array>
#include <optional>
#include <string_view>
#include <vector>

#include "ingest/day_counts.h"
#include "ingest/sources.h"

namespace zhike::ingest {

inline constexpr Millis kLateAfter = minutes(5);

enum class Dimension : std::uint8_t { kCompleteness, kValidity, kUniqueness, kTimeliness, kConsistency };
inline constexpr std::size_t kDimensionCount = 5;
[[nodiscard]] std::string_view to_string(Dimension dimension) noexcept;  ///< "completeness"

struct Share {
  std::optional<double> value;  ///< nothing: not enough to tell
  std::uint64_t of = 0;         ///< what was counted: fields, values, events
};

struct QualityDay {
  std::int64_t day = 0;  ///< since 1970-01-01, of the source's zone
  std::uint64_t received = 0;
  std::array<Share, kDimensionCount> dimensions;
  std::optional<double> score;
};

/// The last scored day is this much below the mean of those before.
struct QualityAlert {
  std::optional<Dimension> dimension;  ///< nothing: the score
  std::int64_t day = 0;
  double value = 0, usual = 0;
};

struct Quality {
  std::vector<QualityDay> days;  ///< oldest first, without gaps, the last is today
  std::vector<QualityAlert> alerts;
};

/// What counters say of one day.
struct DayTotals {
  std::uint64_t received = 0, dropped = 0, quarantined = 0;
  std::map<Mark, std::uint64_t> marks;
};
inline constexpr std::uint64_t kEventsMin = 100;  ///< a day, for a score
[[nodiscard]] QualityDay score(std::int64_t day, const DayTotals& totals);

/// An alert for the score and each dimension whose newest value is below the mean of the up to 14 scored days
/// before (at least 3) by more than 0.05 and by more than three of their standard deviations.
[[nodiscard]] std::vector<QualityAlert> alerts(const std::vector<QualityDay>& days);

/// The last `days` days. Reads counters: a row a minute and some a day.
[[nodiscard]] Result<Quality> quality_of(const Source& source, Sources& sources, DayCounts& counts,
                                         Instant now, std::size_t days);

}  // namespace zhike::ingest
