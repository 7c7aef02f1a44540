// Filters from key=value pairs, as HTTP and the command line bring them.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "event/grant.h"
#include "govern/units.h"
#include "query/filter.h"

namespace zhike::query {

struct Defaults {
  Zone zone = Zone::utc();        ///< of dates without offset, and of the answer, where the units say nothing
  std::optional<Instant> newest;  ///< newest event; none: `now`
  Instant now;
  const govern::UnitTree* units =
      nullptr;                   ///< what lies below a unit, and whose days begin where; null: nothing
  const Grant* grant = nullptr;  ///< whose zones count where no unit is named; null: those of all units
};

/// from, to (a date: midnight in the zone; or an instant), units, channel, touchpoint, stage, name, type,
/// instrument, source, case, persona (each one value or several separated by commas, except name and case,
/// which are taken whole), score_min, score_max, where (see where.h). Without `to`: the end of the newest
/// event's day; without `from`: 30 days before `to`. A unit means those below it too. Where all units asked
/// for share a zone, it is that of the dates and of the answer; otherwise they have clocks of their own (see
/// Filter). An empty value is as if absent. Keys in `skip` are left to the caller. Errors: kUnknownField (a
/// key that is none of these), kBadFilter, kBadTime.
[[nodiscard]] Result<Filter> parse_filter(
    std::span<const std::pair<std::string_view, std::string_view>> pairs, const Defaults& defaults,
    std::span<const std::string_view> skip = {});

}  // namespace zhike::query
