#include "text/agreement.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <utility>

#include "base/error.h"

namespace zhike::text {
namespace {

template <class Counts>
double entropy(const Counts& counts, double n) {
  double out = 0;
  for (const auto& [part, count] : counts) {
    const double share = static_cast<double>(count) / n;
    out -= share * std::log(share);
  }
  return out;
}

}  // namespace

double mutual_information(std::span<const std::uint32_t> a, std::span<const std::uint32_t> b) {
  cx_check(!a.empty() && a.size() == b.size(), "two divisions of the same things");
  std::map<std::uint32_t, std::uint64_t> of_a, of_b;
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint64_t> both;
  for (std::size_t i = 0; i < a.size(); ++i) {
    ++of_a[a[i]];
    ++of_b[b[i]];
    ++both[{a[i], b[i]}];
  }
  if (of_a.size() == 1 && of_b.size() == 1) return 1;
  const auto n = static_cast<double>(a.size());
  const double of_each = entropy(of_a, n) + entropy(of_b, n);
  return std::clamp(2 * (of_each - entropy(both, n)) / of_each, 0.0, 1.0);
}

std::vector<double> likest(std::span<const std::uint32_t> a, std::span<const std::uint32_t> b,
                           std::uint32_t parts) {
  cx_check(a.size() == b.size(), "two divisions of the same things");
  std::vector<std::uint64_t> of_a(parts), of_b(parts), both(std::size_t{parts} * parts);
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] != kNoPart) ++of_a[a[i]];
    if (b[i] != kNoPart) ++of_b[b[i]];
    if (a[i] != kNoPart && b[i] != kNoPart) ++both[std::size_t{a[i]} * parts + b[i]];
  }
  std::vector<double> out(parts);
  for (std::uint32_t x = 0; x < parts; ++x) {
    for (std::uint32_t y = 0; y < parts; ++y) {
      const std::uint64_t shared = both[std::size_t{x} * parts + y];
      if (shared == 0) continue;
      out[x] =
          std::max(out[x], static_cast<double>(shared) / static_cast<double>(of_a[x] + of_b[y] - shared));
    }
  }
  return out;
}

}  // namespace zhike::text
