// Texts in a given number of groups that speak of the same. Pure; thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "text/bags.h"
#include "text/word_vectors.h"

namespace zhike::text {

/// Groups as a mixture: a text is of one group, and a word stands in it with the chance that the group gives
/// it (Nigam, McCallum, Thrun and Mitchell 2000, "Text classification from labeled and unlabeled documents
/// using EM", Machine Learning 39:103-134, section 3; of short texts, where one group for a text fits better
/// than several: Yin and Wang 2014, "A Dirichlet multinomial mixture model-based approach for short text
/// clustering", KDD).
struct TopicMixture {
  std::uint32_t groups = 0;
  std::vector<float> log_share;  ///< by group
  std::vector<float> log_word;   ///< word × group: of the group's words, the share of this one

  /// The likeliest group of a text, the first of equals; kNoPart for a text without words. `chances`: of each
  /// group, adding up to 1, unless it is empty. Words beyond those of the mixture say nothing.
  [[nodiscard]] std::uint32_t read(std::span<const std::uint32_t> words, std::span<float> chances) const;
};

/// In steps: texts as the mean of their words' vectors, weighted by idf, in groups by direction (spherical
/// k-means: Dhillon and Modha 2001, Machine Learning 42:143-175, from the best of kStarts starts by
/// k-means++: Arthur and Vassilvitskii 2007); twice again with words weighted by how much they tell of the
/// group (Kullback-Leibler divergence of the groups of the word's texts from those of all), so that words
/// that all groups share count for little; then the mixture by expectation and maximisation. The same on
/// every run with one seed. At least as many texts with words as groups; time: texts × groups × dimensions.
[[nodiscard]] TopicMixture fit_topics(const Bags& texts, const WordVectors& vectors, std::uint32_t groups,
                                      std::uint64_t seed);

}  // namespace zhike::text
