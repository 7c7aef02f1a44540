#include "reputation/reputation.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "query/prepare.h"
#include "reputation/burst_messages.h"
#include "reputation/sql.h"
#include "text/comment.h"
#include "warehouse/row_reader.h"

namespace zhike::reputation {
namespace {

constexpr std::size_t kKept = 3;
constexpr std::uint64_t kWordsOfBurst = 5'000, kWordsBefore = 20'000;
constexpr std::uint64_t kScanBytes = 1ULL << 30;
constexpr std::string_view kSocial = "social", kUnknown = "unknown";
constexpr std::uint16_t kPlatformsMax = 1'000;  // further ones count as not said

bool names_channel(const query::Expr& expr) {
  if (expr.kind == query::Expr::Kind::kCondition) return expr.condition.field == query::Field::kChannel;
  return std::ranges::any_of(expr.parts, names_channel);
}

std::uint8_t tone_of(std::string_view way) {
  const auto polarity = text::parse_polarity(way);
  return polarity ? static_cast<std::uint8_t>(*polarity) : static_cast<std::uint8_t>(kUnknownTone);
}

/// Takes rows of posts.sql as they come, in pieces of any size.
class Collector {
 public:
  explicit Collector(const BrandBook& book) : book_(book) { out_.platforms.emplace_back(); }

  bool take(std::string_view piece) {
    pending_.append(piece);
    std::string_view rest = pending_;
    while (!rest.empty()) {
      warehouse::RowReader row(rest);
      if (!next(row)) break;
      rest = row.rest();
    }
    pending_.erase(0, pending_.size() - rest.size());
    return true;
  }
  [[nodiscard]] bool is_whole() const { return pending_.empty(); }
  Posts done() {
    const auto in_time = [](const Post& a, const Post& b) {
      return a.at != b.at ? a.at < b.at : a.event < b.event;
    };
    std::ranges::sort(out_.posts, in_time);
    std::ranges::sort(out_.nameless);
    out_.posts.shrink_to_fit();
    return std::move(out_);
  }

 private:
  bool next(warehouse::RowReader& row) {
    Post post;
    std::uint16_t day = 0;
    std::string_view way, platform, brand, text;
    if (!row.number(post.event) || !row.number(post.at.ms) || !row.number(day) || !row.number(post.reach) ||
        !row.text(way) || !row.text(platform) || !row.text(brand) || !row.text(text))
      return false;
    post.day = day;
    if (!out_.first || post.at < *out_.first) {
      out_.first = post.at;
      out_.first_day = post.day;
    }
    post.brands = book_.mentioned(text, brand);
    if (post.brands == 0) {
      out_.nameless.push_back(post.at);
      return true;
    }
    post.repeats = text::repeat_key(text);
    post.tone = tone_of(way);
    post.platform = platform_of(platform);
    out_.posts.push_back(post);
    return true;
  }

  std::uint16_t platform_of(std::string_view name) {
    if (name.empty()) return 0;
    const auto at = platforms_.find(std::string(name));
    if (at != platforms_.end()) return at->second;
    if (out_.platforms.size() >= kPlatformsMax) return 0;
    const auto number = static_cast<std::uint16_t>(out_.platforms.size());
    out_.platforms.emplace_back(name);
    platforms_.emplace(name, number);
    return number;
  }

  const BrandBook& book_;
  Posts out_;
  std::string pending_;
  std::unordered_map<std::string, std::uint16_t> platforms_;
};

/// What is read for any question on a range: also the weeks that bursts are held against, and the period
/// before where it is not far, so that a page's questions are answered from one reading.
query::Range read_range(const Question& question) {
  const query::Range& range = question.filter.range;
  const auto reach = hours(static_cast<std::int64_t>(stats::BurstOptions{}.history));
  query::Range out{.from = range.from - reach, .to = range.to};
  if (question.compare == query::Compare::kNone) return out;
  const query::Range before = query::compared(range, question.filter.zone, question.compare);
  if (before.to >= out.from) out.from = std::min(out.from, before.from);
  return out;
}

}  // namespace

query::Filter posts_only(query::Filter filter) {
  if (!names_channel(filter.where))
    filter.where =
        query::all({std::move(filter.where), query::is(query::Field::kChannel, {std::string(kSocial)})});
  return filter;
}

Result<std::shared_ptr<const Posts>> Reputation::scan(const Grant& grant, const Question& question,
                                                      const BrandBook& book, const query::Range& range) {
  query::Filter filter = posts_only(question.filter);
  filter.range = range;
  CX_TRY(query::Prepared asked, query::prepare(grant, query::viewing(grant), filter, sql::kPosts));
  const feedback::ReadingStatus status = readings_.status();
  const Weights& weights = book.weights();
  asked.params.set("reading", std::uint64_t{status.reading})
      .set("q", question.text)
      .set("followers", weights.followers)
      .set("likes", weights.likes)
      .set("comments", weights.comments)
      .set("shares", weights.shares);
  std::string key = std::to_string(book.version()) + " " + std::to_string(status.comments) + "\n" + asked.sql;
  for (const auto& [name, value] : asked.params.encoded()) key += "\n" + name + "=" + value;
  const std::lock_guard lock(mutex_);
  const auto known = std::ranges::find(kept_, key, &Kept::key);
  if (known != kept_.end()) {
    kept_.splice(kept_.begin(), kept_, known);
    return kept_.front().posts;
  }
  Collector collector(book);
  const auto done =
      client_.stream(asked.query({.memory_bytes_max = kScanBytes, .result_rows_max = kPostsMax}), "RowBinary",
                     [&](std::string_view piece) { return collector.take(piece); });
  if (!done) return std::unexpected(done.error());
  if (!collector.is_whole()) return fail(Code::kWarehouseDown, "an answer ended in the middle of a row");
  kept_.push_front({.key = std::move(key), .posts = std::make_shared<const Posts>(collector.done())});
  if (kept_.size() > kKept) kept_.pop_back();
  return kept_.front().posts;
}

Result<PostWords> Reputation::words(const Grant& grant, const Question& question, const query::Range& range,
                                    std::uint64_t rows) {
  query::Filter filter = posts_only(question.filter);
  filter.range = range;
  filter.by_wall_clock = false;  // hours are the same for all
  CX_TRY(query::Prepared asked, query::prepare(grant, Permission::kViewCustomers, filter, sql::kPostWords));
  asked.params.set("reading", std::uint64_t{readings_.status().reading}).set("rows", rows);
  CX_TRY(const warehouse::Table table, client_.select(asked.query()));
  PostWords out;
  for (const auto& cells : table.rows) {
    std::vector<std::string>& said = out[warehouse::as_u64(cells[0])];
    for (const auto& word : cells[1].as_array()) said.push_back(warehouse::as_text(word));
  }
  return out;
}

Result<std::vector<PostView>> Reputation::views(const Grant& grant, const Question& question,
                                                const BrandBook& book, const query::Range& range,
                                                std::vector<std::uint64_t> ids) {
  std::vector<PostView> out;
  if (ids.empty()) return out;
  query::Filter filter = posts_only(question.filter);
  filter.range = {.from = range.from - days(1), .to = range.to + days(1)};  // wherever their clocks are
  filter.by_wall_clock = false;
  CX_TRY(query::Prepared asked, query::prepare(grant, Permission::kViewCustomers, filter, sql::kPostViews));
  std::ranges::sort(ids);
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  asked.params.set("ids", ids);
  CX_TRY(const warehouse::Table table, client_.select(asked.query()));
  for (const auto& cells : table.rows) {
    PostView view{.event = warehouse::as_u64(cells[0]),
                  .at = {warehouse::as_i64(cells[1])},
                  .customer = {warehouse::as_u64(cells[2])},
                  .platform = warehouse::as_text(cells[3]),
                  .author = warehouse::as_text(cells[4]),
                  .url = warehouse::as_text(cells[5]),
                  .followers = warehouse::as_double(cells[6]),
                  .likes = warehouse::as_double(cells[7]),
                  .comments = warehouse::as_double(cells[8]),
                  .shares = warehouse::as_double(cells[9]),
                  .text = warehouse::as_text(cells[10]),
                  .mentions = {}};
    view.mentions = book.finder().find(view.text);
    out.push_back(std::move(view));
  }
  return out;
}

Result<ReportAnswer> Reputation::report(const Grant& grant, const Question& question) {
  if (!grant.may(Permission::kViewMetrics)) return fail(Code::kPermissionMissing, "view_metrics");
  ReportAnswer out{.book = brands_.current(), .report = {}};
  const query::Filter& filter = question.filter;
  const query::Range whole = read_range(question);
  CX_TRY(const auto posts, scan(grant, question, *out.book, whole));
  ReportQuestion asked{.filter = filter,
                       .grain = question.grain,
                       .now = Period::of(filter, filter.range),
                       .posts = posts.get()};
  auto earlier = posts;
  if (question.compare != query::Compare::kNone) {
    const query::Range before = query::compared(filter.range, filter.zone, question.compare);
    if (before.from < whole.from) {
      CX_TRY(earlier, scan(grant, question, *out.book, before));
    }
    asked.before = Period::of(filter, before);
    asked.posts_before = earlier.get();
  }
  out.report = report_of(*out.book, asked);
  return out;
}

namespace {

/// The posts that reasons name.
std::vector<std::uint64_t> named(const std::vector<BurstReason>& reasons) {
  std::vector<std::uint64_t> out;
  for (const BurstReason& reason : reasons) {
    out.insert(out.end(), reason.typical.begin(), reason.typical.end());
    for (const Spread& spread : reason.influential) out.push_back(spread.event);
  }
  return out;
}

}  // namespace

Reputation::Reputation(warehouse::Client& client, const Brands& brands, const feedback::Readings& readings)
    : client_(client), brands_(brands), readings_(readings) {}
Reputation::~Reputation() = default;

void Reputation::attach(std::unique_ptr<BurstMessages> messages) {
  cx_check(messages_ == nullptr, "messages are attached once");
  messages_ = std::move(messages);
}

Result<BurstAnswer> Reputation::bursts(const Grant& grant, const Question& question, std::size_t reasons) {
  if (!grant.may(Permission::kViewMetrics)) return fail(Code::kPermissionMissing, "view_metrics");
  BurstAnswer out{.book = brands_.current(), .list = {}, .reasons = {}, .views = {}, .posts = {}};
  const query::Range& range = question.filter.range;
  const query::Range whole = read_range(question);
  CX_TRY(out.posts, scan(grant, question, *out.book, whole));
  out.list = bursts_of(*out.book, *out.posts, Period::of(question.filter, range), question.filter.zone);
  if (!grant.may(Permission::kViewCustomers) || out.list.bursts.empty() || reasons == 0) return out;
  CX_TRY(const PostWords history, words(grant, question, whole, kWordsBefore));
  for (const BrandBurst& burst : out.list.bursts) {
    if (out.reasons.size() == reasons) break;
    CX_TRY(const PostWords during,
           words(grant, question, {.from = burst.from, .to = burst.to}, kWordsOfBurst));
    out.reasons.push_back(reason_of(out.list, burst, *out.posts, during, history));
  }
  CX_TRY(out.views, views(grant, question, *out.book, whole, named(out.reasons)));
  return out;
}

Result<PostAnswer> Reputation::posts(const Grant& grant, const Question& question, const Wanted& wanted) {
  if (!grant.may(Permission::kViewCustomers)) return fail(Code::kPermissionMissing, "view_customers");
  PostAnswer out{.book = brands_.current(), .spreads = {}, .views = {}, .posts = {}};
  PostFilter filter{.platform = wanted.platform};
  if (!wanted.brand.empty()) {
    filter.brand = out.book->find(wanted.brand);
    if (!filter.brand) return fail(Code::kBadFilter, "brand: there is no {}", wanted.brand);
  }
  if (!wanted.tone.empty()) {
    filter.tone = tone_of(wanted.tone);
    if (*filter.tone == kUnknownTone && wanted.tone != kUnknown)
      return fail(Code::kBadFilter, "sentiment: negative, neutral, positive or unknown");
  }
  const query::Range& range = question.filter.range;
  const query::Range whole = read_range(question);
  CX_TRY(out.posts, scan(grant, question, *out.book, whole));
  out.spreads =
      spreads_of(*out.posts, Period::of(question.filter, range), filter, wanted.order, wanted.count);
  std::vector<std::uint64_t> ids;
  for (const Spread& spread : out.spreads.items) ids.push_back(spread.event);
  CX_TRY(out.views, views(grant, question, *out.book, whole, std::move(ids)));
  return out;
}

}  // namespace zhike::reputation
