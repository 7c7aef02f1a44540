// Posts that were seen most. Posts that repeat one another are one, with how far it spread. Pure.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "reputation/posts.h"

namespace zhike::reputation {

/// One text and its repetitions.
struct Spread {
  std::uint64_t event = 0;      ///< the first post
  std::uint64_t strongest = 0;  ///< the one of the largest reach
  std::uint64_t posts = 0;
  double reach = 0;  ///< of all together
  Instant first{}, last{};
  std::uint64_t brands = 0;    ///< that any of them names
  std::uint16_t platform = 0;  ///< of the first
  ToneCounts tones{};
};

enum class Order { kReach, kPosts, kNewest };
/// Errors: kBadFilter.
[[nodiscard]] Result<Order> parse_order(std::string_view text);

struct PostFilter {
  std::optional<std::size_t> brand{};
  std::optional<std::uint8_t> tone{};
  std::optional<std::string> platform{};
};

struct Spreads {
  std::uint64_t posts = 0, texts = 0;  ///< all that fit; a text and its repetitions are one
  std::vector<Spread> items;           ///< at most `count`
};
[[nodiscard]] Spreads spreads_of(const Posts& posts, const Period& period, const PostFilter& filter,
                                 Order order, std::size_t count);
/// Of those that `wanted` says; numbers are places in Posts::posts.
[[nodiscard]] Spreads spreads_of(const Posts& posts, std::span<const std::size_t> wanted, Order order,
                                 std::size_t count);

}  // namespace zhike::reputation
