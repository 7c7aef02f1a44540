// One question that tells several groups of customers apart: each group's condition becomes one flag of a
// row.
#pragma once

#include <span>
#include <string_view>

#include "query/prepare.h"

namespace zhike::query {

/// As prepare(), with `flags` at every /*flags*/ of the SQL: ", toUInt8(condition)" for each, in order. Each
/// is held to the limits of a filter by itself.
[[nodiscard]] Result<Prepared> prepare_flags(const Grant& grant, Permission needed, const Filter& filter,
                                             std::span<const Expr> flags, std::string_view sql);

}  // namespace zhike::query
