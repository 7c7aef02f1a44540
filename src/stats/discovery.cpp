#include "stats/discovery.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>

namespace zhike::stats {
namespace {

double part(double observed, double expected) {
  return observed == 0 ? 0 : observed * std::log(observed / expected);
}

}  // namespace

double log_likelihood(Share before, Share after) {
  if (before.n == 0 || after.n == 0) return 0;
  const auto n1 = static_cast<double>(before.n), n2 = static_cast<double>(after.n);
  const auto a = static_cast<double>(before.hits), b = static_cast<double>(after.hits);
  const double hits = a + b, misses = n1 + n2 - hits, n = n1 + n2;
  const double sum = part(a, n1 * hits / n) + part(b, n2 * hits / n) + part(n1 - a, n1 * misses / n) +
                     part(n2 - b, n2 * misses / n);
  return std::max(2 * sum, 0.0);
}

double chance_of(double log_likelihood) { return std::erfc(std::sqrt(std::max(log_likelihood, 0.0) / 2)); }

std::vector<double> q_values(std::span<const double> p_values) {
  std::vector<std::size_t> order(p_values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, [&](std::size_t a, std::size_t b) {
    return p_values[a] != p_values[b] ? p_values[a] > p_values[b] : a > b;
  });
  std::vector<double> out(p_values.size());
  double least = 1;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const auto rank = static_cast<double>(order.size() - i);
    least = std::min(least, p_values[order[i]] * static_cast<double>(order.size()) / rank);
    out[order[i]] = least;
  }
  return out;
}

}  // namespace zhike::stats
