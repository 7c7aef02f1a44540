// Words as points: those that stand in the same texts lie in the same direction. Pure; thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "text/bags.h"

namespace zhike::text {

struct WordVectors {
  std::size_t dimensions = 0;
  std::vector<float> values;  ///< word × dimension
  [[nodiscard]] std::span<const float> of(std::size_t term) const {
    return std::span(values).subspan(term * dimensions, dimensions);
  }
};

/// Of every word of the texts, of length 1, or 0 for a word that stands with no other more often than by
/// chance. The positive pointwise mutual information of words being in one text, and of this matrix Q |Λ|^½
/// of its largest eigenvalues (Levy and Goldberg 2014, "Neural word embedding as implicit matrix
/// factorization", section 5.1), which are found by iterating on a random subspace (Halko, Martinsson and
/// Tropp 2011, SIAM Review 53:217-288, algorithm 4.4). At most `dimensions`, fewer where there are few words.
/// Time: pairs of words in each text, and 12 dimensions × pairs that are kept. The same on every run with one
/// seed.
[[nodiscard]] WordVectors word_vectors(const Bags& texts, std::size_t dimensions, std::uint64_t seed);

}  // namespace zhike::text
