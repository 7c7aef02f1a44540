// Brand reputation from posts in the store: what is said of each brand, bursts with their reasons, posts that
// were seen most. A post is an event with a text that has been read (feedback/readings), of the channel
// "social" unless the question names channels.
//
// Properties of a post: platform, author, url, brand (declared: key or name), followers, likes, comments and
// shares (numbers).
#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/ids.h"
#include "event/grant.h"
#include "feedback/comments.h"
#include "feedback/readings.h"
#include "query/filter.h"
#include "reputation/brands.h"
#include "reputation/bursts.h"
#include "reputation/influence.h"
#include "reputation/posts.h"
#include "reputation/report.h"
#include "warehouse/client.h"

namespace zhike::reputation {

class BurstMessages;

/// More posts than these in the time that a question needs are refused: kQueryTooLarge.
inline constexpr std::uint64_t kPostsMax = 3'000'000;

struct Question {
  query::Filter filter;
  std::string text{};  ///< only posts that hold it; empty: all
  query::Grain grain = query::Grain::kDay;
  query::Compare compare = query::Compare::kPrevious;
};

/// A post as it is shown.
struct PostView {
  std::uint64_t event = 0;
  Instant at;
  CustomerId customer;
  std::string platform, author, url;
  double followers = 0, likes = 0, comments = 0, shares = 0;
  std::string text;  ///< scrubbed
  std::vector<text::NameMention> mentions;
};

struct ReportAnswer {
  std::shared_ptr<const BrandBook> book;
  Report report;
};
struct BurstAnswer {
  std::shared_ptr<const BrandBook> book;
  BurstList list;
  std::vector<BurstReason> reasons;  ///< of the first bursts of the list; none without kViewCustomers
  std::vector<PostView> views;       ///< that the reasons name
  std::shared_ptr<const Posts> posts;
};
struct PostAnswer {
  std::shared_ptr<const BrandBook> book;
  Spreads spreads;
  std::vector<PostView> views;  ///< of the first post of each
  std::shared_ptr<const Posts> posts;
};

/// Thread-safe. What was read of the posts is kept for the last questions and read anew once brands change or
/// further posts have been read; questions take turns while posts are read. About 60 bytes a post.
class Reputation {
 public:
  /// Borrows all of them.
  Reputation(warehouse::Client& client, const Brands& brands, const feedback::Readings& readings);
  ~Reputation();
  Reputation(const Reputation&) = delete;
  Reputation& operator=(const Reputation&) = delete;

  /// Who is told of bursts; borrows this. Once.
  void attach(std::unique_ptr<BurstMessages> messages);
  [[nodiscard]] BurstMessages& messages() { return *messages_; }

  /// Permission: kViewMetrics. Errors of all: kPermissionMissing, kBadFilter, and the client's.
  [[nodiscard]] Result<ReportAnswer> report(const Grant& grant, const Question& question);
  /// Permission: kViewMetrics. `reasons`: of how many bursts.
  [[nodiscard]] Result<BurstAnswer> bursts(const Grant& grant, const Question& question, std::size_t reasons);
  /// Permission: kViewCustomers. `brand` by its key, `tone` negative, neutral, positive or unknown; empty:
  /// all.
  struct Wanted {
    std::string brand{}, tone{};
    std::optional<std::string> platform{};
    Order order = Order::kReach;
    std::size_t count = 50;
  };
  [[nodiscard]] Result<PostAnswer> posts(const Grant& grant, const Question& question, const Wanted& wanted);

 private:
  struct Kept {
    std::string key;
    std::shared_ptr<const Posts> posts;
  };
  Result<std::shared_ptr<const Posts>> scan(const Grant& grant, const Question& question,
                                            const BrandBook& book, const query::Range& range);
  Result<PostWords> words(const Grant& grant, const Question& question, const query::Range& range,
                          std::uint64_t rows);
  Result<std::vector<PostView>> views(const Grant& grant, const Question& question, const BrandBook& book,
                                      const query::Range& range, std::vector<std::uint64_t> ids);

  warehouse::Client& client_;
  const Brands& brands_;
  const feedback::Readings& readings_;
  std::mutex mutex_;  // of kept_, and held while posts are read
  std::list<Kept> kept_;
  std::unique_ptr<BurstMessages> messages_;  // borrows this: ends first
};

/// The question's filter, of the channel "social" where it names no channel.
[[nodiscard]] query::Filter posts_only(query::Filter filter);

}  // namespace zhike::reputation
