// Who of a population comes first: the chance in a round, and nothing else. Pure.
#pragma once

#include <cstdint>
#include <vector>

#include "base/ids.h"

namespace zhike::feedback {

/// Puts them into an order that every seed makes anew: by a number that seed and customer give, equal ones by
/// id. The first n of whoever may be asked are then a simple random sample of them, whatever n is and whoever
/// had to be left out (random sorting; Sunter 1977, Applied Statistics 26(3):261-268), and the same seed
/// gives the same sample on any machine and in whatever order they came.
void shuffle(std::vector<CustomerId>& customers, std::uint64_t seed);

}  // namespace zhike::feedback
