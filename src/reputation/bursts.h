// Hours in which a brand was spoken of, or spoken ill of, far more than the weeks before let expect, and why:
// the words that rose, how much of it is negative, the posts that are typical and those that were seen most.
// Pure.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "feedback/comments.h"
#include "feedback/topics.h"
#include "reputation/influence.h"
#include "reputation/posts.h"
#include "stats/burst.h"

namespace zhike::reputation {

struct BrandBurst {
  std::size_t brand = 0;
  bool of_negative = false;  ///< counted are negative posts alone
  Instant from, to;          ///< whole hours; `to` is excluded
  Instant noticed;           ///< end of the hour in which an alarm would have come
  Instant peak;              ///< begin of the hour with the most over what was expected
  std::uint64_t mentions = 0;
  double expected = 0;
  double p_value = 1;
  feedback::Portion negative;      ///< of the brand's posts of those hours that have a sentiment
  std::vector<std::size_t> posts;  ///< that were counted: places in Posts::posts
};

/// A brand's counts by hour with what was expected of them.
struct BrandHours {
  std::size_t brand = 0;
  std::uint64_t tested = 0;  ///< hours of the period that had enough history
  std::vector<std::uint64_t> counts;
  std::vector<double> expected;  ///< NaN: not tested
};

struct BurstList {
  Instant begin;                   ///< of the first hour of BrandHours
  std::vector<BrandBurst> bursts;  ///< newest first
  std::vector<BrandHours> hours;   ///< of the period alone; of all posts, not of negative ones
  double limit = 0;                ///< see stats::BurstScan
  stats::BurstOptions options;
};

/// Bursts that touch the period; `posts` reach back before it for the history. Hours of the day and the week
/// are those of `zone`.
[[nodiscard]] BurstList bursts_of(const BrandBook& book, const Posts& posts, const Period& period,
                                  const Zone& zone, const stats::BurstOptions& options = {});

/// Words of posts, by event.
using PostWords = std::map<std::uint64_t, std::vector<std::string>>;

struct BurstReason {
  std::uint64_t read = 0, before = 0;      ///< posts whose words were compared
  std::vector<feedback::RisenWord> words;  ///< strongest evidence first
  std::vector<std::uint64_t> typical;      ///< events that have most of those words, no text twice
  std::vector<Spread> influential;         ///< of the largest reach
};
inline constexpr std::size_t kReasonWords = 12, kReasonPosts = 3;
/// Fewer posts with a word are too few to call it risen.
inline constexpr std::uint64_t kReasonLeast = 3;

/// `during`: words of the burst's posts (or a sample of them); `history`: of the weeks before, in which posts
/// of other brands and of bursts of the same brand do not count.
[[nodiscard]] BurstReason reason_of(const BurstList& list, const BrandBurst& burst, const Posts& posts,
                                    const PostWords& during, const PostWords& history);

}  // namespace zhike::reputation
