// What a circumstance costs: the mean of those it befell less the mean of others like them. Pure; any thread.
//
// Units are first put into strata by what they were before; within a stratum the two means are compared, and
// the differences are weighted by how many it befell, so that the answer is the effect on these (coarsened
// exact matching: Iacus, King and Porro 2012, Political Analysis 20:1-24). Strata that lack one side are left
// out. The error is that of the delete-a-group jackknife (Kott 2001, Journal of Official Statistics
// 17:521-526): units that belong together, such as the journeys of one customer, are in one group, groups are
// drawn at random, and v = (G - 1)/G Σ (t(g) - t)² over the estimates without one group; Student's t with G -
// 1 degrees of freedom.
//
// It is the effect only if nothing else sets the two sides apart within a stratum.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "stats/interval.h"

namespace zhike::stats {

/// What one group adds to one stratum. A pair of stratum and group may come in several cells.
struct MatchedCell {
  std::uint32_t stratum = 0;
  std::uint32_t group = 0;
  Moments with, without;
};

struct MatchedDifference {
  double difference = 0;             ///< with less without, in the unit of the values
  double reference = 0;              ///< mean of those without, weighted as those with
  std::uint64_t with = 0;            ///< matched; those of strata without others are not
  std::uint64_t without = 0;         ///< whom they were matched with
  std::uint64_t unmatched = 0;       ///< with, but nobody like them
  std::optional<Interval> interval;  ///< none: too few, or without any scatter
  double p_value = 1;                ///< two-sided; 1 without an interval
};

/// Fewer on either side, or spread over fewer groups, carry no interval.
inline constexpr std::uint64_t kMatchedLeast = 10;
inline constexpr std::size_t kMatchedGroupsLeast = 5;

/// None: no stratum has both sides. Cost: cells + groups × strata.
[[nodiscard]] std::optional<MatchedDifference> matched_difference(std::span<const MatchedCell> cells,
                                                                  double confidence = kConfidence);

}  // namespace zhike::stats
