// How much is said of each brand, how, and how that compares: volume, sentiment, share of voice, each with
// its interval and its change. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "feedback/comments.h"
#include "query/filter.h"
#include "reputation/posts.h"
#include "stats/counts.h"

namespace zhike::reputation {

/// An index in points from -100 to 100: positive less negative posts, of those with a sentiment. Interval as
/// of a net promoter score (stats::nps_interval).
struct NetSentiment {
  std::optional<double> value, low, high;  ///< none: fewer than feedback::kEnoughComments
};

struct PlatformFigures {
  std::string platform{};  ///< empty: not said
  std::uint64_t mentions = 0;
  feedback::Sentiments sentiments{};
  NetSentiment net{};
};

struct BrandFigures {
  std::size_t brand = 0;  ///< of the book
  std::uint64_t mentions = 0, before = 0;
  std::optional<stats::RateChange> change{};  ///< of mentions a day; none: too little to compare
  bool change_holds = false;                  ///< more than chance, among all brands (Holm)
  feedback::Portion share{};                  ///< of voice: of the mentions of all brands
  std::optional<feedback::ShareChange> share_change{};
  feedback::Sentiments sentiments{};
  NetSentiment net{};
  std::optional<feedback::ShareChange> net_change{};  ///< in points
  double reach = 0;
  std::vector<std::uint64_t> series{}, negatives{};  ///< mentions, by Report::at
  std::vector<PlatformFigures> platforms{};          ///< most mentions first
};

struct Report {
  std::vector<Instant> at;     ///< every day, week or month of the range
  std::uint64_t posts = 0;     ///< of the period
  std::uint64_t nameless = 0;  ///< of them, those that name no brand
  std::uint64_t mentions = 0;  ///< a post that names two brands is two
  std::uint64_t mentions_before = 0;
  std::vector<BrandFigures> brands;  ///< in the order of the book
};

/// `before` with its posts: what is compared with; null: nothing. Shares of voice hold for all brands
/// together (stats::simultaneous_shares); changes are called significant so that any false alarm among the
/// brands is as rare as for one (stats::holm).
struct ReportQuestion {
  query::Filter filter;
  query::Grain grain = query::Grain::kDay;
  Period now;
  const Posts* posts = nullptr;
  Period before{};
  const Posts* posts_before = nullptr;
};
[[nodiscard]] Report report_of(const BrandBook& book, const ReportQuestion& question);

/// The start of the day, week or month, as a day of the epoch.
[[nodiscard]] std::int32_t bucket_of(std::int32_t day, query::Grain grain);
[[nodiscard]] NetSentiment net_of(const ToneCounts& tones);

}  // namespace zhike::reputation
