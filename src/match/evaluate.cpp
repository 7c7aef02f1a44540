#include "match/evaluate.h"

#include <algorithm>

namespace zhike::match {
namespace {

double pairs_of(double n) { return n * (n - 1) / 2; }

/// Pairs that agree in a key, over all records.
template <class Key>
double pairs_agreeing(std::vector<Key> keys) {
  std::ranges::sort(keys);
  double out = 0;
  for (std::size_t from = 0, to = 0; from < keys.size(); from = to) {
    while (to < keys.size() && keys[to] == keys[from]) ++to;
    out += pairs_of(static_cast<double>(to - from));
  }
  return out;
}

}  // namespace

Quality against_truth(std::span<const std::uint32_t> clusters, std::span<const std::uint32_t> truth) {
  std::vector<std::uint64_t> both;
  std::vector<std::uint32_t> ours, real;
  for (std::size_t i = 0; i < truth.size(); ++i) {
    if (truth[i] == 0) continue;
    ours.push_back(clusters[i]);
    real.push_back(truth[i]);
    both.push_back(static_cast<std::uint64_t>(clusters[i]) << 32U | truth[i]);
  }
  const double right = pairs_agreeing(std::move(both));
  return {.right = right,
          .wrong = pairs_agreeing(std::move(ours)) - right,
          .missed = pairs_agreeing(std::move(real)) - right};
}

Quality against_labels(std::span<const std::uint32_t> clusters, std::span<const Label> labels) {
  Quality out;
  for (const Label& label : labels) {
    const bool together = clusters[label.a] == clusters[label.b];
    if (label.is_match)
      (together ? out.right : out.missed) += 1;
    else if (together)
      out.wrong += 1;
  }
  return out;
}

}  // namespace zhike::match
