// Journey maps and peak-end: questions, their JSON and the picture, shared by handlers and the command line.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/app.h"
#include "event/grant.h"
#include "feedback/comments.h"
#include "journey/map.h"
#include "journey/map_svg.h"
#include "journey/peak_end.h"
#include "query/filter.h"
#include "server/api.h"
#include "server/json.h"

namespace zhike::server {

/// Maps, peak-end, the digital-experience score; add_friction_handlers() adds them.
void add_journey_map_handlers(Handlers& handlers);

/// What a map is compared with: nothing, a period ("previous", "year") or the events of a condition.
struct MapCompare {
  std::string asked;                     ///< as it was asked; empty: nothing
  std::optional<query::Filter> other{};  ///< none: nothing, or the period is to be worked out
};
/// `filter_with` makes the question's filter anew with a condition in place of its own. Errors: its own.
template <class FilterWith>
Result<MapCompare> compare_of(std::string_view asked, const query::Filter& filter, FilterWith filter_with) {
  MapCompare out{.asked = std::string(asked)};
  if (asked.empty() || asked == "none") return MapCompare{};
  if (const auto period = query::parse_compare(asked)) {
    out.other = filter;
    out.other->range = query::compared(filter.range, filter.zone, *period);
    return out;
  }
  CX_TRY(out.other, filter_with(asked));
  return out;
}

/// The filter of a question with `condition` in place of its own; `own`: the parameters that are no filter's.
/// Errors: those of Call::filter().
[[nodiscard]] Result<query::Filter> filter_with(const Call& call, std::string_view condition,
                                                std::span<const std::string_view> own);

struct MapAnswer {
  journey::JourneyMap map;
  std::string compare;  ///< as it was asked
  std::optional<journey::JourneyMap> other{};
  std::map<std::uint64_t, feedback::CommentView> said{};  ///< by event; none without kViewCustomers
};
/// Errors: those of journey::map() and feedback::comments().
[[nodiscard]] Result<MapAnswer> ask_map(app::App& app, const Grant& grant, const query::Filter& filter,
                                        const journey::Definition& definition, const MapCompare& compare);
[[nodiscard]] json::object map_json(const MapAnswer& answer, const journey::Definition& definition);
/// Names of the catalogue and of the kind of journey in a language.
[[nodiscard]] journey::MapWords map_words(app::App& app, const journey::Definition& definition,
                                          Language language);

[[nodiscard]] Result<journey::PeakEndReport> ask_peak_end(app::App& app, const Grant& grant,
                                                          const query::Filter& filter,
                                                          const journey::Definition& definition,
                                                          std::string_view instrument);
[[nodiscard]] json::object peak_end_json(const journey::PeakEndReport& report);

}  // namespace zhike::server
