#include "feedback/round_draw.h"

#include <algorithm>
#include <utility>

namespace zhike::feedback {
namespace {

/// The finaliser of splitmix64 (Steele, Lea and Flood 2014): part of what a recorded seed means, so it stays.
std::uint64_t mix(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15ULL;
  x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27U)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31U);
}

}  // namespace

void shuffle(std::vector<CustomerId>& customers, std::uint64_t seed) {
  std::vector<std::pair<std::uint64_t, CustomerId>> keyed;
  keyed.reserve(customers.size());
  // Mixed twice: numbers of neighbouring seeds and neighbouring customers have nothing to do with each other.
  for (const CustomerId one : customers) keyed.emplace_back(mix(mix(seed) + mix(one.value)), one);
  std::ranges::sort(keyed);
  std::ranges::transform(keyed, customers.begin(), [](const auto& one) { return one.second; });
}

}  // namespace zhike::feedback
