#include "reputation/report.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <span>

#include "feedback/comment_query.h"
#include "stats/change.h"
#include "stats/interval.h"

namespace zhike::reputation {
namespace {

constexpr std::int64_t kDayMs = 86'400'000;

std::uint64_t sum_of(const ToneCounts& tones) { return tones[0] + tones[1] + tones[2] + tones[3]; }
feedback::Sentiments sentiments_of(const ToneCounts& tones) {
  return feedback::sentiments_of(tones[0], tones[1], tones[2], tones[kUnknownTone]);
}
stats::NpsCounts classes_of(const ToneCounts& tones) {
  return {.promoters = tones[2], .passives = tones[1], .detractors = tones[0]};
}

/// What is counted of one brand in one period.
struct Tally {
  ToneCounts tones{};
  std::map<std::uint16_t, ToneCounts> platforms;
  std::map<std::int32_t, std::uint64_t> buckets, negatives;
  std::vector<std::uint64_t> days;
  double reach = 0;
};

struct Tallies {
  std::vector<Tally> brands;
  std::uint64_t posts = 0, nameless = 0, mentions = 0;
};

Tallies count(const Posts& posts, const Period& period, std::size_t brands, query::Grain grain) {
  Tallies out;
  out.brands.resize(brands);
  // Days before anybody listened say nothing of how much was said.
  const std::int32_t first = std::max(period.from_day, std::min(period.to_day, posts.first_day));
  const auto days = static_cast<std::size_t>(std::max(0, period.to_day - first));
  for (Tally& one : out.brands) one.days.resize(days);
  for (const Post& post : posts.posts) {
    if (!period.holds(post)) continue;
    ++out.posts;
    for (std::size_t b = 0; b < brands; ++b) {
      if (!post.names(b)) continue;
      Tally& at = out.brands[b];
      ++out.mentions;
      ++at.tones[post.tone];
      ++at.platforms[post.platform][post.tone];
      const std::int32_t bucket = bucket_of(post.day, grain);
      ++at.buckets[bucket];
      if (post.tone == 0) ++at.negatives[bucket];
      at.reach += post.reach;
      if (post.day >= first && post.day < period.to_day)
        ++at.days[static_cast<std::size_t>(post.day - first)];
    }
  }
  for (const Instant at : posts.nameless)
    if (at >= period.range.from && at < period.range.to) ++out.nameless;
  out.posts += out.nameless;
  return out;
}

std::vector<PlatformFigures> platforms_of(const Tally& tally, const Posts& posts) {
  std::vector<PlatformFigures> out;
  for (const auto& [platform, tones] : tally.platforms)
    out.push_back({.platform = posts.platforms[platform],
                   .mentions = sum_of(tones),
                   .sentiments = sentiments_of(tones),
                   .net = net_of(tones)});
  std::ranges::sort(out, [](const PlatformFigures& a, const PlatformFigures& b) {
    return a.mentions != b.mentions ? a.mentions > b.mentions : a.platform < b.platform;
  });
  return out;
}

feedback::ShareChange change_of(const stats::Change& found) {
  feedback::ShareChange out{.value = found.difference, .low = {}, .high = {}, .significant = false};
  if (found.interval) {
    out.low = found.interval->low;
    out.high = found.interval->high;
  }
  return out;
}

/// Holds back what chance explains once all brands are looked at together.
template <class Get>
void correct(std::vector<BrandFigures>& brands, std::span<const double> chances, Get set) {
  const std::vector<bool> holds = stats::holm(chances);
  for (std::size_t b = 0; b < brands.size(); ++b) set(brands[b], holds[b]);
}

void compare(const Tallies& now, const Tallies& then, Report& out) {
  const std::size_t brands = out.brands.size();
  std::vector<double> rate(brands, 1), share(brands, 1), net(brands, 1);
  for (std::size_t b = 0; b < brands; ++b) {
    const Tally &a = then.brands[b], &z = now.brands[b];
    BrandFigures& figures = out.brands[b];
    figures.before = sum_of(a.tones);
    if (figures.before + figures.mentions >= feedback::kEnoughComments)
      figures.change = stats::compare_rates(a.days, z.days);
    if (figures.change) rate[b] = figures.change->p_value;
    if (then.mentions >= feedback::kEnoughComments && now.mentions >= feedback::kEnoughComments) {
      if (const auto found = stats::compare(stats::Share{figures.before, then.mentions},
                                            stats::Share{figures.mentions, now.mentions})) {
        figures.share_change = change_of(*found);
        share[b] = found->p_value;
      }
    }
    const stats::NpsCounts old_classes = classes_of(a.tones), new_classes = classes_of(z.tones);
    if (old_classes.n() < feedback::kEnoughComments || new_classes.n() < feedback::kEnoughComments) continue;
    if (const auto found = stats::compare(old_classes, new_classes)) {
      figures.net_change = change_of(*found);
      net[b] = found->p_value;
    }
  }
  correct(out.brands, rate, [](BrandFigures& at, bool holds) { at.change_holds = at.change && holds; });
  correct(out.brands, share, [](BrandFigures& at, bool holds) {
    if (at.share_change) at.share_change->significant = holds;
  });
  correct(out.brands, net, [](BrandFigures& at, bool holds) {
    if (at.net_change) at.net_change->significant = holds;
  });
}

void put_shares(Report& out) {
  std::vector<std::uint64_t> counts;
  for (const BrandFigures& one : out.brands) counts.push_back(one.mentions);
  const std::vector<stats::Interval> limits = stats::simultaneous_shares(counts);
  for (std::size_t b = 0; b < out.brands.size(); ++b) {
    feedback::Portion& share = out.brands[b].share;
    share.count = counts[b];
    if (out.mentions < feedback::kEnoughComments) continue;
    share.value = static_cast<double>(counts[b]) / static_cast<double>(out.mentions);
    share.low = limits[b].low;
    share.high = limits[b].high;
  }
}

}  // namespace

Period Period::of(const query::Filter& filter, const query::Range& range) {
  const auto day = [&](Instant at) {
    return static_cast<std::int32_t>(
        std::chrono::floor<std::chrono::days>(std::chrono::milliseconds(filter.zone.to_local_ms(at)))
            .count());
  };
  return {.range = range,
          .from_day = day(range.from),
          .to_day = day(range.to - Millis{1}) + 1,
          .by_day = filter.by_wall_clock};
}

std::int32_t bucket_of(std::int32_t day, query::Grain grain) {
  if (grain == query::Grain::kWeek) {
    constexpr std::int32_t kFromMonday = 3;  // the epoch began on a Thursday
    return day - ((day + kFromMonday) % 7 + 7) % 7;
  }
  if (grain == query::Grain::kMonth) {
    using std::chrono::sys_days;
    const std::chrono::year_month_day date{sys_days(std::chrono::days(day))};
    const sys_days first(date.year() / date.month() / std::chrono::day(1));
    return static_cast<std::int32_t>(first.time_since_epoch().count());
  }
  return day;
}

NetSentiment net_of(const ToneCounts& tones) {
  const stats::NpsCounts classes = classes_of(tones);
  NetSentiment out;
  if (classes.n() < feedback::kEnoughComments) return out;
  out.value = stats::nps(classes);
  if (const auto limits = stats::nps_interval(classes)) {
    out.low = limits->low;
    out.high = limits->high;
  }
  return out;
}

Report report_of(const BrandBook& book, const ReportQuestion& question) {
  const std::size_t brands = book.brands().size();
  const Tallies now = count(*question.posts, question.now, brands, question.grain);
  Report out;
  out.posts = now.posts;
  out.nameless = now.nameless;
  out.mentions = now.mentions;
  std::vector<std::int32_t> buckets;
  if (question.grain != query::Grain::kNone) buckets = query::buckets(question.filter, question.grain);
  for (const std::int32_t day : buckets)
    out.at.push_back(question.filter.zone.to_instant(std::int64_t{day} * kDayMs));
  for (std::size_t b = 0; b < brands; ++b) {
    const Tally& tally = now.brands[b];
    BrandFigures figures{.brand = b,
                         .mentions = sum_of(tally.tones),
                         .sentiments = sentiments_of(tally.tones),
                         .net = net_of(tally.tones),
                         .reach = tally.reach,
                         .platforms = platforms_of(tally, *question.posts)};
    const auto at = [](const std::map<std::int32_t, std::uint64_t>& counts, std::int32_t day) {
      const auto found = counts.find(day);
      return found == counts.end() ? 0 : found->second;
    };
    for (const std::int32_t day : buckets) {
      figures.series.push_back(at(tally.buckets, day));
      figures.negatives.push_back(at(tally.negatives, day));
    }
    out.brands.push_back(std::move(figures));
  }
  put_shares(out);
  if (question.posts_before != nullptr) {
    const Tallies then = count(*question.posts_before, question.before, brands, query::Grain::kNone);
    out.mentions_before = then.mentions;
    compare(now, then, out);
  }
  return out;
}

}  // namespace zhike::reputation
