// Columns that another one tells: whoever lives in a postcode's area lives in its city. Agreeing on both is
// one piece of evidence, not two; counted twice it makes neighbours one customer, in learning and in scoring.
#pragma once

#include <vector>

#include "match/model.h"
#include "match/prepare.h"

namespace zhike::match {

/// Sets told_by of the comparisons. Looks at groups of records with the same value (of a postcode the same
/// area): where most of a group agree in the other column, far more than its commonest value would explain,
/// the first tells the second. Groups are large, so that duplicates of one customer do not decide.
/// Deterministic.
void find_dependence(const Prepared& records, std::vector<Comparison>& comparisons);

/// From which level the telling column agrees enough.
[[nodiscard]] constexpr Level tells_from(Kind kind) noexcept {
  return kind == Kind::kPostcode ? kElse + 1 : top_level(kind);
}

}  // namespace zhike::match
