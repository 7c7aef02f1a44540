// Looks at the columns of a table, and proposes what to compare.
#pragma once

#include <string>
#include <vector>

#include "match/model.h"
#include "match/table.h"

namespace zhike::match {

struct ColumnProfile {
  std::string column{};
  Kind kind = Kind::kIgnored;
  DayOrder day_order = DayOrder::kDayFirst;
  std::size_t records = 0;   ///< with a value
  std::size_t distinct = 0;  ///< values
  std::string why{};         ///< it is ignored: empty, constant, the truth, unique, told by others
};

[[nodiscard]] std::vector<ColumnProfile> profile(const Table& table);

/// Comparisons for the columns that tell records apart; what a column repeats of others is taken out of it.
/// No shares of levels yet. May set kIgnored and `why` in `profiles`.
[[nodiscard]] std::vector<Comparison> propose(const Table& table, std::vector<ColumnProfile>& profiles);

}  // namespace zhike::match
