// A filter written as text: which events, and of which customers.
//
//   crm.tariff in (gold, silver) and not did(name = 'Order Cancelled' and channel = app) or trait.city = 上海
//
//   condition  NAME = VALUE | NAME != VALUE | NAME in (VALUE, ...) | NAME not in (VALUE, ...) | NAME >= VALUE
//   |
//              NAME <= VALUE | NAME exists
//   NAME       a column of events (channel, touchpoint, stage, type, name, source, unit, instrument, case,
//   score):
//              the event itself; SOURCE.COLUMN of a virtual source, or SOURCE with `exists`; trait.KEY: what
//              is known of the event's customer; list: a kept list that the customer is on; persona:
//              one that the customer belongs to. A column that is
//              no plain word stands in `backticks`, doubled within.
//   VALUE      a word (letters, digits, and any of _ - + . : / @ %), or a text in quotes ' or ", doubled
//   within did(...)   the customer has an event within the range like that and, or, not, ( ): `not` binds
//   closest, then `and`. Words of the language may be in capitals.
#pragma once

#include <string_view>

#include "query/filter.h"

namespace zhike::query {

/// What a condition on kept lists has as its `name`, with Field::kVirtual; its values are names of lists.
inline constexpr std::string_view kKeptLists = "list";
/// The same on personas; its values are keys or names of personas.
inline constexpr std::string_view kPersonas = "persona";

/// Errors: kBadFilter (says what was expected, and after which text), kUnknownField.
[[nodiscard]] Result<Expr> parse_where(std::string_view text);

}  // namespace zhike::query
