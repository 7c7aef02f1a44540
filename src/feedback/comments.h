// What comments say: sentiment, aspects, intents and words over time, with intervals; and the comments behind
// them. Answers from the rows that Readings keeps.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "event/grant.h"
#include "feedback/feedback.h"
#include "query/cursor.h"
#include "query/filter.h"
#include "text/comment.h"
#include "warehouse/client.h"

namespace zhike::feedback {

/// Fewer comments than these are too few for a share.
inline constexpr std::uint64_t kEnoughComments = 10;

/// Which comments; what is empty does not matter.
struct CommentFilter {
  query::Filter events;
  std::string language{};            ///< zh, en, other
  std::string sentiment{};           ///< negative, neutral, positive; unknown: no model for the language
  std::string aspect{};              ///< key of the catalogue
  std::string aspect_sentiment{};    ///< of that aspect
  std::string label{};               ///< group.key: intent.refund
  std::string word{};                ///< as Chinese is cut, lower case
  std::vector<std::uint64_t> ids{};  ///< these events alone, at most kIdsMax
  static constexpr std::size_t kIdsMax = 200;
};
/// Errors: kBadFilter (a sentiment or language that there is not; aspect_sentiment without aspect;
/// too many ids).
[[nodiscard]] Result<void> check(const CommentFilter& filter);

/// Where comments are looked up: what Readings::status() names. 0: nothing has been read.
struct CommentStore {
  warehouse::Client& client;
  std::uint32_t reading = 0;
  /// What people say of the aspects of an event, as Readings::corrections_of(); empty: nothing is known of
  /// it.
  std::function<std::vector<text::AspectCorrection>(std::uint64_t)> corrections{};
};

/// One class among comments.
struct Portion {
  std::uint64_t count = 0;
  std::optional<double> value, low, high;  ///< share, 0 to 1, with Wilson's interval; none of too few
};
struct Sentiments {
  Portion negative, neutral, positive;
  std::uint64_t n = 0;        ///< with a sentiment; the shares are of these
  std::uint64_t unknown = 0;  ///< in languages for which there is no model, or without letters
  bool enough = false;
};
/// Of a share against the period before: difference, its interval by Newcombe, and whether it is more than
/// chance. Where many are compared side by side, by Holm (1979), Scandinavian Journal of Statistics 6:65-70.
struct ShareChange {
  double value = 0;
  std::optional<double> low, high;
  bool significant = false;
};
struct SentimentPoint {
  Instant at;
  Sentiments sentiments;
};
struct SentimentGroup {
  std::string key;
  Sentiments sentiments;
};
struct LabelUse {
  std::string group, key, name_en, name_zh;
  std::uint64_t n = 0;
  std::uint64_t negative = 0;  ///< comments of negative sentiment among them
};
struct CommentQuestion {
  CommentFilter filter;
  query::Grain grain = query::Grain::kDay;
  query::By by = query::By::kTouchpoint;
  query::Compare compare = query::Compare::kPrevious;
};
struct CommentSummary {
  query::Grain grain = query::Grain::kDay;
  Sentiments whole;
  std::optional<ShareChange> negative, positive;  ///< none: one side has too few
  std::vector<SentimentPoint> series;             ///< every day, week or month of the range
  std::vector<SentimentGroup> groups;             ///< most comments first, at most 50
  std::vector<SentimentGroup> languages;          ///< most comments first
  std::vector<LabelUse> labels;                   ///< most comments first
};
/// Thread-safe, as all below. Permission: kViewMetrics. Errors: kPermissionMissing, kBadFilter, and the
/// client's.
[[nodiscard]] Result<CommentSummary> summarise(const CommentStore& store, const Grant& grant,
                                               const CommentQuestion& question);

struct AspectUse {
  std::string key, name_en, name_zh;
  Sentiments sentiments;                      ///< of the aspect, among the comments that speak of it
  Portion mentioned;                          ///< share of all comments with a sentiment
  std::optional<ShareChange> negative, more;  ///< of the negative share, and of `mentioned`
};
struct AspectTable {
  std::uint64_t comments = 0, comments_before = 0;  ///< with a sentiment, in both periods
  std::vector<AspectUse> aspects;                   ///< most comments first; those never spoken of last
};
/// As summarise(); names come from the catalogue, and an aspect that it no longer has goes by its key.
[[nodiscard]] Result<AspectTable> aspects(const CommentStore& store, const Grant& grant,
                                          const text::AspectCatalogue& catalogue,
                                          const CommentQuestion& question);

struct TypicalWord {
  std::string word;
  std::uint64_t n = 0;       ///< comments of the sentiment that have it
  std::uint64_t others = 0;  ///< of the others
  double score = 0;          ///< log-likelihood ratio
};
struct TypicalWords {
  std::uint64_t inside = 0, outside = 0;  ///< comments of the sentiment, and others with one
  bool enough = false;                    ///< both are at least kEnoughComments
  std::vector<TypicalWord> words;         ///< most typical first
};
/// Words that are typical for one sentiment: those with a ratio of at least kTypical. As summarise(), but
/// filter.sentiment is ignored. Permission: kViewCustomers, since rare words may tell who wrote them.
[[nodiscard]] Result<TypicalWords> typical_words(const CommentStore& store, const Grant& grant,
                                                 const CommentFilter& filter, text::Polarity of,
                                                 std::uint64_t count);
/// p < 0.0001: Rayson, Berridge and Francis 2004, "Extending the Cochran rule for the comparison of word
/// frequencies between corpora", section 4.
inline constexpr double kTypical = 15.13;

struct CommentAspectView {
  std::string key;
  text::Polarity polarity = text::Polarity::kNeutral;
  double positive = 0;
};
struct CommentView {
  Verbatim said;
  std::string language;
  std::optional<text::Polarity> sentiment;
  double negative = 0, positive = 0;  ///< probabilities
  std::vector<CommentAspectView> aspects;
  std::vector<std::string> labels;                  ///< group.key
  std::vector<text::CommentPiece> pieces;           ///< the text, as it is read today
  std::vector<text::AspectCorrection> corrections;  ///< what people say of its aspects
};
struct CommentPage {
  std::vector<CommentView> items;  ///< newest first
  std::optional<query::Cursor> next;
};
/// Permission: kViewCustomers. `count` is 1 to query::kPageMax. A comment whose event is gone is left out.
/// Errors: as verbatims().
[[nodiscard]] Result<CommentPage> comments(const CommentStore& store, const text::CommentModels& models,
                                           const NameOf& name_of, const Grant& grant,
                                           const CommentFilter& filter, const query::Cursor& before,
                                           std::uint32_t count);
/// How many there are. Permission: kViewMetrics.
[[nodiscard]] Result<std::uint64_t> count_comments(const CommentStore& store, const Grant& grant,
                                                   const CommentFilter& filter);

}  // namespace zhike::feedback
