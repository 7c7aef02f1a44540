// Topics of the comments in the store, and what has risen: topics and words whose share of the comments is
// larger than in the period before by more than chance. Answers from the rows that Readings keeps.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "event/grant.h"
#include "feedback/comments.h"
#include "stats/interval.h"

namespace zhike::feedback {

/// A share that has risen. Called so when the log-likelihood ratio of having it and being of the period has a
/// q-value below kRisen among all that were compared, and at least kRiseLeast comments of the period have it.
struct Rise {
  std::uint64_t n = 0, before = 0;  ///< comments
  double share = 0, share_before = 0;
  double score = 0;    ///< log-likelihood ratio
  double q_value = 1;  ///< see stats::q_values
};
inline constexpr double kRisen = 0.05;
inline constexpr std::uint64_t kRiseLeast = 5;

/// A share in the period before, and now.
struct BeforeNow {
  stats::Share before, now;
};
/// What of a family has risen, in its order. `least`: comments of the period that must have it.
[[nodiscard]] std::vector<std::optional<Rise>> risen(std::span<const BeforeNow> family,
                                                     std::uint64_t least = kRiseLeast);

struct TopicOfComments {
  struct Word {
    std::string word;
    std::uint64_t n = 0;  ///< comments of both periods that have it
  };
  std::vector<Word> words;  ///< most distinctive first; none without kViewCustomers
  double stability = 0, coherence = 0;
  Portion comments;  ///< of the period; the share is of those that were read
  Sentiments sentiments;
  std::vector<std::uint64_t> series;  ///< comments, by TopicTable::at
  std::optional<Rise> rise;
  std::vector<std::uint64_t>
      examples;  ///< events of the period, most typical first; none without kViewCustomers
};

struct TopicTable {
  bool enough = false;
  std::uint64_t needed = 0;
  std::uint64_t comments = 0;  ///< of the period
  std::uint64_t read = 0;      ///< of them: all, or a sample of kTopicRows
  std::uint64_t before = 0;    ///< read of the period that it is compared with
  std::uint64_t without = 0;   ///< of those read of the period: no word of any topic
  double stability = 0, coherence = 0;
  std::vector<Instant> at;         ///< every day, week or month of the range
  std::vector<std::uint64_t> all;  ///< comments read, by `at`
  std::vector<TopicOfComments> topics;
};
inline constexpr std::uint64_t kTopicRows = 5'000;

/// `topics`: 2 to 30; 0: chosen. Topics are found in the comments of both periods together, so that they are
/// the same ones that are compared. Permission: kViewMetrics. Thread-safe; a second or two of computing.
/// Errors: as summarise().
[[nodiscard]] Result<TopicTable> topics_of_comments(const CommentStore& store, const Grant& grant,
                                                    const CommentQuestion& question, std::uint32_t topics);

struct RisenWord {
  std::string word;
  Rise rise;
  std::uint64_t negative = 0;  ///< of the period's comments that have it
};
struct RisenWords {
  bool enough = false;                     ///< both periods have at least kEnoughComments
  std::uint64_t comments = 0, before = 0;  ///< of the two periods
  std::uint64_t tested = 0;      ///< words that were compared: those of at least kRiseLeast comments
  std::vector<RisenWord> words;  ///< strongest evidence first
};
/// question.compare must not be kNone. Permission: kViewCustomers, since rare words may tell who wrote them.
[[nodiscard]] Result<RisenWords> risen_words(const CommentStore& store, const Grant& grant,
                                             const CommentQuestion& question, std::uint64_t count);

}  // namespace zhike::feedback
