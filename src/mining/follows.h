// Which activity follows which, as a matrix: what the inductive miner looks for cuts in. Activities are
// numbered within the log at hand (Alphabet), so that sub-logs have small matrices.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "mining/log.h"

namespace zhike::mining {

/// The activities of some sequences.
struct Alphabet {
  std::vector<Activity> activities;  ///< in order of first appearance
  std::vector<std::uint32_t> place;  ///< by activity: where it is in `activities`; else kAbsent

  static constexpr std::uint32_t kAbsent = ~std::uint32_t{0};
  [[nodiscard]] std::size_t size() const noexcept { return activities.size(); }
};
[[nodiscard]] Alphabet alphabet_of(const Sequences& log);

/// Rows and columns are places of the alphabet.
struct Follows {
  std::size_t size = 0;
  std::vector<std::uint64_t> counts;        ///< size × size
  std::vector<std::uint64_t> starts, ends;  ///< size

  [[nodiscard]] std::uint64_t count(std::size_t from, std::size_t to) const {
    return counts[from * size + to];
  }
  [[nodiscard]] bool has(std::size_t from, std::size_t to) const { return count(from, to) > 0; }
};
[[nodiscard]] Follows follows_of(const Sequences& log, const Alphabet& alphabet);

/// Without what is rare: edges and ends below `noise` times the most frequent one that leaves the same
/// activity, starts below `noise` times the most frequent start. Leemans, Fahland and van der Aalst (2013),
/// Discovering block-structured process models from event logs containing infrequent behaviour, BPM
/// workshops, 3.1.
[[nodiscard]] Follows without_rare(Follows follows, double noise);

}  // namespace zhike::mining
