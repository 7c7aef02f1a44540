// The journey map as a picture: stages side by side, lanes below one another, with the curve of feelings. An
// SVG 1.1 document without scripts, links or fonts of its own; every text is escaped. It holds counts and
// keys alone, nothing that a customer said. Pure; any thread.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "journey/map.h"

namespace zhike::journey {

enum class MapName { kStage, kTouchpoint, kChannel };
struct MapWords {
  std::string title;  ///< of the kind of journey
  bool chinese = false;
  std::function<std::string(MapName kind, std::string_view key)> name;
};
/// Well-formed whatever the keys are; what XML cannot hold is left out.
[[nodiscard]] std::string map_svg(const JourneyMap& map, const MapWords& words);

}  // namespace zhike::journey
