// Pairs put together to customers.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace zhike::match {

struct Edge {
  std::uint32_t a = 0, b = 0;
  float weight = 0;  ///< log2 odds
};

struct ClusterOptions {
  double merge_at = 0;
  bool one_to_one = false;  ///< at most one record of each source in a cluster
  bool between_sources =
      false;  ///< records of one source come into one cluster only if they are nearly certain
  std::span<const std::uint32_t> known{};  ///< by record: its cluster so far, from 1, which stays; 0: none
};

/// log2 odds of two records, by the model.
using Score = std::function<double(std::uint32_t, std::uint32_t)>;

struct Clusters {
  std::vector<std::uint32_t> of{};  ///< by record: its cluster, numbered by first record
  std::size_t count = 0;
  std::size_t refused = 0;  ///< edges that would have bridged what does not belong together
};

/// Connected components, the strongest edges first; two clusters become one only where their records fit on
/// the whole, not by one edge alone. Deterministic. `edges` are sorted by falling weight.
[[nodiscard]] Clusters cluster(std::size_t records, std::span<const Edge> edges,
                               std::span<const std::uint8_t> sources, const ClusterOptions& options,
                               const Score& score);

}  // namespace zhike::match
