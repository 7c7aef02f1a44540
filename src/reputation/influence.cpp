#include "reputation/influence.h"

#include <algorithm>
#include <unordered_map>

namespace zhike::reputation {
namespace {

bool comes_before(const Spread& a, const Spread& b, Order order) {
  if (order == Order::kPosts && a.posts != b.posts) return a.posts > b.posts;
  if (order == Order::kNewest && a.last != b.last) return a.last > b.last;
  if (a.reach != b.reach) return a.reach > b.reach;
  if (a.posts != b.posts) return a.posts > b.posts;
  return a.event < b.event;
}

}  // namespace

Result<Order> parse_order(std::string_view text) {
  if (text == "reach") return Order::kReach;
  if (text == "posts") return Order::kPosts;
  if (text == "newest") return Order::kNewest;
  return fail(Code::kBadFilter, "order: reach, posts or newest");
}

Spreads spreads_of(const Posts& posts, std::span<const std::size_t> wanted, Order order, std::size_t count) {
  Spreads out{.posts = wanted.size(), .texts = 0, .items = {}};
  std::unordered_map<std::uint64_t, std::size_t> by_text;
  std::vector<double> most;  // the largest reach of one post, by item
  for (const std::size_t i : wanted) {
    const Post& post = posts.posts[i];
    std::size_t place = out.items.size();
    if (post.repeats != 0) place = by_text.try_emplace(post.repeats, place).first->second;
    if (place == out.items.size()) {
      out.items.push_back({.event = post.event,
                           .strongest = post.event,
                           .first = post.at,
                           .last = post.at,
                           .platform = post.platform});
      most.push_back(post.reach);
    }
    Spread& spread = out.items[place];
    ++spread.posts;
    spread.reach += post.reach;
    spread.last = std::max(spread.last, post.at);
    spread.brands |= post.brands;
    ++spread.tones[post.tone];
    if (post.reach > most[place]) {
      most[place] = post.reach;
      spread.strongest = post.event;
    }
  }
  out.texts = out.items.size();
  const auto end = out.items.begin() + static_cast<std::ptrdiff_t>(std::min(count, out.items.size()));
  std::ranges::partial_sort(out.items, end,
                            [&](const Spread& a, const Spread& b) { return comes_before(a, b, order); });
  out.items.erase(end, out.items.end());
  return out;
}

Spreads spreads_of(const Posts& posts, const Period& period, const PostFilter& filter, Order order,
                   std::size_t count) {
  std::vector<std::size_t> wanted;
  for (std::size_t i = 0; i < posts.posts.size(); ++i) {
    const Post& post = posts.posts[i];
    if (!period.holds(post) || (filter.brand && !post.names(*filter.brand)) ||
        (filter.tone && post.tone != *filter.tone) ||
        (filter.platform && posts.platforms[post.platform] != *filter.platform))
      continue;
    wanted.push_back(i);
  }
  return spreads_of(posts, wanted, order, count);
}

}  // namespace zhike::reputation
