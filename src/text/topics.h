// What many texts are about: topics with their words, how sure they are, and the texts that show them. Pure;
// thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/result.h"
#include "text/bags.h"

namespace zhike::text {

struct TopicOptions {
  static constexpr std::uint32_t kMost = 100;
  std::uint32_t topics = 0;  ///< 2 to kMost; 0: of 2 to 20, the most that come again nearly as surely as any
                             ///< number does, beyond chance
  std::uint64_t seed = 1;
  std::size_t examples = 5;  ///< of each topic
};

/// Texts with words enough that topics need, and for each topic beyond the second.
inline constexpr std::size_t kTopicTexts = 50, kTextsPerTopic = 5;

struct TopicWord {
  std::uint32_t term = 0;
  std::uint64_t texts = 0;  ///< that have it, of all
  double score = 0;         ///< share of the topic's words × ln(that share / its share of all words)
};

struct Topic {
  std::vector<TopicWord> words;  ///< most distinctive first, at most kTopicWords
  std::uint64_t texts = 0;       ///< whose likeliest topic it is
  double stability = 0;          ///< see Topics
  double coherence = 0;
  std::vector<std::size_t> examples;  ///< texts, most typical first
};
inline constexpr std::size_t kTopicWords = 10, kNameWords = 3;

struct TopicTry {
  std::uint32_t topics = 0;
  double stability = 0;
  double beyond_chance = 0;  ///< the same, 0 where it is what an unrelated division would have, at most 1
  double coherence = 0;
};

struct Topics {
  std::vector<Topic> topics;      ///< most texts first
  std::vector<std::uint32_t> of;  ///< by text; kNoPart: no word of any topic
  std::uint64_t without = 0;      ///< texts of none
  std::size_t terms = 0;          ///< words that were used
  std::size_t fitted = 0;         ///< texts that they were found in: all, or a sample
  /// Mean of the topics by their texts. Of one: its overlap (Jaccard) with its likest among topics that are
  /// found anew in kAgain samples of four fifths of the texts, mean of the samples (Hennig 2007; of topics:
  /// Greene, O'Callaghan and Cunningham 2014, "How many topics? Stability analysis for topic models"). A
  /// topic that has nearly all texts is always stable: texts without any division are found in one.
  double stability = 0;
  /// Mean of the topics. Of one: of its words two by two, the normalised pointwise mutual information of
  /// standing in one text (Bouma 2009; Lau, Newman and Baldwin 2014, "Machine reading tea leaves", EACL).
  double coherence = 0;
  std::vector<TopicTry> tried;  ///< where the number was to be chosen
};

/// Words of at least three texts and at most half of them count, the kTermsMax commonest. Found in at most
/// kFitMax texts, drawn by the seed; all are read by what was found. Deterministic. Errors: kTooFewRows.
[[nodiscard]] Result<Topics> find_topics(const Bags& texts, const TopicOptions& options);

}  // namespace zhike::text
