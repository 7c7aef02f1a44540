// Posts that name a brand, as they are counted: a few numbers for each, without its text. Values; safe from
// any thread once made.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "query/filter.h"
#include "reputation/brands.h"

namespace zhike::reputation {

/// negative, neutral, positive, unknown: no model for the language.
inline constexpr std::size_t kTones = 4, kUnknownTone = 3;
using ToneCounts = std::array<std::uint64_t, kTones>;

struct Post {
  std::uint64_t event = 0;
  Instant at{};
  double reach = 0;           ///< see Weights
  std::uint64_t brands = 0;   ///< bit i: brands()[i] of the book; never 0
  std::uint64_t repeats = 0;  ///< text::repeat_key
  std::int32_t day = 0;       ///< of the epoch, by the local clock of its unit
  std::uint16_t platform = 0;
  std::uint8_t tone = kUnknownTone;
  [[nodiscard]] bool names(std::size_t brand) const { return (brands >> brand & 1U) != 0; }
};

struct Posts {
  std::vector<Post> posts;             ///< in the order of time
  std::vector<std::string> platforms;  ///< by Post::platform; the first is "": not said
  /// Times of posts that name no brand, and so have no row.
  std::vector<Instant> nameless;
  /// Of all posts, nameless ones included: from then on somebody listened.
  std::optional<Instant> first;
  std::int32_t first_day = std::numeric_limits<std::int32_t>::min();
};

/// Which of the posts: by instants, or, where each unit has a clock of its own, by days.
struct Period {
  query::Range range;
  std::int32_t from_day = 0, to_day = 0;  ///< to_day is excluded
  bool by_day = false;
  [[nodiscard]] static Period of(const query::Filter& filter, const query::Range& range);
  [[nodiscard]] bool holds(const Post& post) const {
    return by_day ? post.day >= from_day && post.day < to_day : post.at >= range.from && post.at < range.to;
  }
};

}  // namespace zhike::reputation
