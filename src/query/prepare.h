// From a filter to SQL and parameters: the one place where SQL is put together, and never from input. Fixed
// SQL stands in .sql files; it carries the scope of the Grant itself and, where conditions may be added, the
// comment
// /*filter*/ behind its WHERE. Every value travels as a typed parameter.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "event/grant.h"
#include "query/filter.h"
#include "warehouse/client.h"

namespace zhike::query {

/// The predicate that every fixed SQL on events holds; prepare() aborts on SQL without it.
inline constexpr std::string_view kScope = "({all_units:UInt8} = 1 OR has({units:Array(String)}, unit))";

/// Owns its text; make a warehouse::Query of it with query().
struct Prepared {
  std::string sql;
  warehouse::Params params;
  [[nodiscard]] warehouse::Query query(warehouse::Limits limits = {}) const {
    return {.sql = sql, .params = params, .limits = limits, .query_id = {}};
  }
};

/// Where units have clocks of their own (filter.own_zones), prepare() rewrites the SQL, which otherwise names
/// one zone: toDate, toStartOfWeek and toStartOfMonth of {zone:String}, and comparisons with {from:...} and
/// {to:...}, then choose by the unit. The column `occurred_at` goes with `unit`; a derived time `X_at` must
/// go with the unit `X_unit`. SQL that is needed only then stands in the comment
/// /*zones: ...*/.

/// Fixed SQL with the standard parameters: all_units, units (the Grant), from, to, zone (the filter), and the
/// filter's conditions at every /*filter*/. Add further parameters to the result.
/// Errors: kPermissionMissing, kBadFilter (range empty, condition without values, tree too deep or large).
[[nodiscard]] Result<Prepared> prepare(const Grant& grant, Permission needed, const Filter& filter,
                                       std::string_view sql);

/// The same for questions without a time range or conditions; from and to span all time.
[[nodiscard]] Result<Prepared> prepare(const Grant& grant, Permission needed, std::string_view sql);

/// What to demand where either right to look is enough.
[[nodiscard]] Permission viewing(const Grant& grant);

/// What is stored, within the Grant's scope.
struct Stored {
  std::uint64_t events = 0;
  std::optional<Instant> oldest, newest, received;  ///< occurred_at of both ends; latest received_at
};
/// Errors: kPermissionMissing, and the client's.
[[nodiscard]] Result<Stored> stored(warehouse::Client& client, const Grant& grant,
                                    const warehouse::Limits& limits = {});
/// Whether anything at all is stored of a range, within the Grant's scope. Errors: as stored().
[[nodiscard]] Result<bool> any(warehouse::Client& client, const Grant& grant, const Range& range);

}  // namespace zhike::query
