// Inside query: SQL for one time zone made to follow each unit's own.
#pragma once

#include <string>
#include <string_view>

#include "query/filter.h"
#include "warehouse/client.h"

namespace zhike::query {

/// Holds the range as every zone of the filter means it.
[[nodiscard]] Range widest_range(const Filter& filter);

/// `sql` for filter.own_zones (not empty), see prepare.h; sets the parameters that it adds. SQL that uses
/// {zone:String}, {from:...} or {to:...} in another way than prepare.h says is a bug and aborts.
[[nodiscard]] std::string by_zone(std::string_view sql, const Filter& filter, warehouse::Params& params);

}  // namespace zhike::query
