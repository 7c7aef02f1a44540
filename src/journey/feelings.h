// What questions about feelings share: the parameters of sql/parts/felt.sql, and the way back to answers.
#pragma once

#include <cstdint>

#include "journey/map.h"
#include "warehouse/client.h"

namespace zhike::journey {

void set_feelings(warehouse::Params& params, std::uint32_t reading);

/// Mean answer to "how much effort", 1 to 7, from the feeling of these answers; low is good.
[[nodiscard]] MapFigure ces_of(const MapFigure& level);

}  // namespace zhike::journey
