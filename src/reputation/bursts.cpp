#include "reputation/bursts.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <set>
#include <tuple>
#include <unordered_map>

#include "feedback/comment_query.h"

namespace zhike::reputation {
namespace {

constexpr std::int64_t kHourMs = 3'600'000;

Instant floor_hour(Instant at) { return {at.ms - ((at.ms % kHourMs) + kHourMs) % kHourMs}; }
Instant ceil_hour(Instant at) { return floor_hour(at + Millis{kHourMs - 1}); }

std::uint8_t hour_of_week(Instant at, const Zone& zone) {
  const std::int64_t hours = zone.to_local_ms(at) / kHourMs;
  constexpr std::int64_t kFromMonday = 3 * 24, kWeek = 7 * 24;  // the epoch began on a Thursday
  return static_cast<std::uint8_t>((hours + kFromMonday) % kWeek);
}

/// Hours from when somebody listened to the end of the period.
struct Hours {
  Instant begin;
  std::vector<std::uint8_t> of_week;
  [[nodiscard]] std::size_t size() const { return of_week.size(); }
  [[nodiscard]] Instant at(std::size_t i) const {
    return begin + Millis{static_cast<std::int64_t>(i) * kHourMs};
  }
  [[nodiscard]] std::size_t of(Instant when) const {
    return static_cast<std::size_t>(std::max<std::int64_t>(0, (when - begin).value / kHourMs));
  }
};

Hours hours_of(const Posts& posts, const Period& period, const Zone& zone) {
  Hours out{.begin = floor_hour(*posts.first), .of_week = {}};
  // Nothing is known of hours after the newest post: they may lie in the future.
  Instant newest = posts.posts.empty() ? *posts.first : posts.posts.back().at;
  if (!posts.nameless.empty()) newest = std::max(newest, posts.nameless.back());
  const Instant end = std::min(ceil_hour(period.range.to), floor_hour(newest) + Millis{kHourMs});
  for (Instant at = out.begin; at < end; at = at + Millis{kHourMs})
    out.of_week.push_back(hour_of_week(at, zone));
  return out;
}

feedback::Portion negative_of(const Posts& posts, const std::vector<std::size_t>& of) {
  ToneCounts tones{};
  for (const std::size_t i : of) ++tones[posts.posts[i].tone];
  return feedback::portion_of(tones[0], tones[0] + tones[1] + tones[2]);
}

class Finder {
 public:
  Finder(const Posts& posts, const Period& period, Hours hours, const stats::BurstOptions& options)
      : posts_(posts), period_(period), hours_(std::move(hours)), options_(options) {}

  void find(std::size_t brand, bool of_negative, BurstList& out) const {
    std::vector<std::uint64_t> counts(hours_.size());
    for (const Post& post : posts_.posts) {
      const bool counts_in = post.names(brand) && (!of_negative || post.tone == 0);
      if (counts_in && post.at >= hours_.begin && hours_.of(post.at) < counts.size())
        ++counts[hours_.of(post.at)];
    }
    const stats::BurstScan scan = stats::find_bursts(counts, hours_.of_week, options_);
    out.limit = scan.limit;
    for (const stats::Burst& burst : scan.bursts)
      if (hours_.at(burst.end) > period_.range.from) out.bursts.push_back(made(brand, of_negative, burst));
    if (of_negative) return;
    const std::size_t first = hours_.of(period_.range.from);
    BrandHours shown{.brand = brand, .tested = 0, .counts = {}, .expected = {}};
    for (std::size_t i = first; i < counts.size(); ++i) {
      shown.counts.push_back(counts[i]);
      shown.expected.push_back(scan.expected[i]);
      shown.tested += !std::isnan(scan.expected[i]);
    }
    out.hours.push_back(std::move(shown));
    out.begin = hours_.at(first);
  }

 private:
  BrandBurst made(std::size_t brand, bool of_negative, const stats::Burst& burst) const {
    BrandBurst out{.brand = brand,
                   .of_negative = of_negative,
                   .from = hours_.at(burst.begin),
                   .to = hours_.at(burst.end),
                   .noticed = hours_.at(burst.alarm + 1),
                   .peak = hours_.at(burst.peak),
                   .mentions = burst.count,
                   .expected = burst.expected,
                   .p_value = burst.p_value,
                   .negative = {},
                   .posts = {}};
    const auto begin = std::ranges::lower_bound(posts_.posts, out.from, {}, &Post::at);
    for (auto at = begin; at != posts_.posts.end() && at->at < out.to; ++at)
      if (at->names(brand)) out.posts.push_back(static_cast<std::size_t>(at - posts_.posts.begin()));
    out.negative = negative_of(posts_, out.posts);
    if (of_negative) std::erase_if(out.posts, [&](std::size_t i) { return posts_.posts[i].tone != 0; });
    return out;
  }

  const Posts& posts_;
  const Period& period_;
  Hours hours_;
  const stats::BurstOptions& options_;
};

struct Use {
  std::uint64_t during = 0, before = 0, negative = 0;
};

}  // namespace

BurstList bursts_of(const BrandBook& book, const Posts& posts, const Period& period, const Zone& zone,
                    const stats::BurstOptions& options) {
  BurstList out{.begin = period.range.from, .bursts = {}, .hours = {}, .limit = 0, .options = options};
  if (!posts.first) return out;
  const Finder finder(posts, period, hours_of(posts, period, zone), options);
  for (std::size_t brand = 0; brand < book.brands().size(); ++brand)
    for (const bool of_negative : {false, true}) finder.find(brand, of_negative, out);
  std::ranges::sort(out.bursts, [](const BrandBurst& a, const BrandBurst& b) {
    if (a.from != b.from) return a.from > b.from;
    return std::tuple(a.p_value, a.brand, a.of_negative) < std::tuple(b.p_value, b.brand, b.of_negative);
  });
  return out;
}

namespace {

/// Posts of the brand in the weeks before that belong to none of its bursts.
bool is_history(const BurstList& list, const BrandBurst& burst, const Post& post) {
  const auto reach = hours(static_cast<std::int64_t>(list.options.history));
  if (!post.names(burst.brand) || post.at >= burst.from || post.at < burst.from - reach) return false;
  return std::ranges::none_of(list.bursts, [&](const BrandBurst& other) {
    return other.brand == burst.brand && post.at >= other.from && post.at < other.to;
  });
}

std::vector<std::uint64_t> typical_of(const BrandBurst& burst, const Posts& posts, const PostWords& during,
                                      const std::vector<feedback::RisenWord>& words) {
  std::unordered_map<std::string_view, double> weights;
  for (const auto& word : words) weights.emplace(word.word, word.rise.score);
  struct Scored {
    double score = 0;
    std::size_t post = 0;
  };
  std::vector<Scored> scored;
  for (const std::size_t i : burst.posts) {
    const auto said = during.find(posts.posts[i].event);
    if (said == during.end() || said->second.empty()) continue;
    double score = 0;
    for (const std::string& word : said->second) {
      const auto at = weights.find(word);
      if (at != weights.end()) score += at->second;
    }
    // A long post has many words, and is not for that more typical.
    if (score > 0) scored.push_back({score / std::sqrt(static_cast<double>(said->second.size())), i});
  }
  std::ranges::sort(scored, [](const Scored& a, const Scored& b) {
    return a.score != b.score ? a.score > b.score : a.post < b.post;
  });
  std::vector<std::uint64_t> out;
  std::set<std::uint64_t> seen;
  for (const Scored& one : scored) {
    if (out.size() == kReasonPosts) break;
    const Post& post = posts.posts[one.post];
    if (post.repeats == 0 || seen.insert(post.repeats).second) out.push_back(post.event);
  }
  return out;
}

}  // namespace

BurstReason reason_of(const BurstList& list, const BrandBurst& burst, const Posts& posts,
                      const PostWords& during, const PostWords& history) {
  BurstReason out;
  std::map<std::string, Use, std::less<>> uses;
  for (const std::size_t i : burst.posts) {
    const auto said = during.find(posts.posts[i].event);
    if (said == during.end()) continue;
    ++out.read;
    for (const std::string& word : said->second) {
      Use& use = uses[word];
      ++use.during;
      use.negative += posts.posts[i].tone == 0;
    }
  }
  for (const Post& post : posts.posts) {
    if (post.at >= burst.from) break;
    if (!is_history(list, burst, post)) continue;
    const auto said = history.find(post.event);
    if (said == history.end()) continue;
    ++out.before;
    for (const std::string& word : said->second)
      if (const auto at = uses.find(word); at != uses.end()) ++at->second.before;
  }
  std::erase_if(uses, [](const auto& entry) { return entry.second.during < kReasonLeast; });
  std::vector<feedback::BeforeNow> family;
  for (const auto& [word, use] : uses)
    family.push_back({.before = {use.before, out.before}, .now = {use.during, out.read}});
  const auto rises = feedback::risen(family, kReasonLeast);
  std::size_t number = 0;
  for (const auto& [word, use] : uses) {
    const auto& rise = rises[number++];
    if (rise) out.words.push_back({.word = word, .rise = *rise, .negative = use.negative});
  }
  std::ranges::sort(out.words, [](const feedback::RisenWord& a, const feedback::RisenWord& b) {
    return a.rise.score != b.rise.score ? a.rise.score > b.rise.score : a.word < b.word;
  });
  out.typical = typical_of(burst, posts, during, out.words);
  if (out.words.size() > kReasonWords) out.words.resize(kReasonWords);
  out.influential = spreads_of(posts, burst.posts, Order::kReach, kReasonPosts).items;
  return out;
}

}  // namespace zhike::reputation
