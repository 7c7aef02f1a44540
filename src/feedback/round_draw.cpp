#include "feedback/round_draw.h"

#include <algorithm>
#include <utility>

#include "base/mix.h"

namespace zhike::feedback {
void shuffle(std::vector<CustomerId>& customers, std::uint64_t seed) {
  std::vector<std::pair<std::uint64_t, CustomerId>> keyed;
  keyed.reserve(customers.size());
  // Mixed twice: numbers of neighbouring seeds and neighbouring customers have nothing to do with each other.
  for (const CustomerId one : customers) keyed.emplace_back(mix(mix(seed) + mix(one.value)), one);
  std::ranges::sort(keyed);
  std::ranges::transform(keyed, customers.begin(), [](const auto& one) { return one.second; });
}

}  // namespace zhike::feedback
