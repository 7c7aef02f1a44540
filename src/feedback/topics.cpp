#include "feedback/topics.h"

#include <algorithm>
#include <array>
#include <map>
#include <span>
#include <unordered_map>
#include <utility>

#include "feedback/comment_query.h"
#include "feedback/sql.h"
#include "stats/discovery.h"
#include "text/agreement.h"
#include "text/topics.h"

namespace zhike::feedback {
namespace {

constexpr std::uint64_t kWordsTested = 20'000, kWordsBefore = 200'000;
constexpr std::size_t kExamples = 20;

CommentFilter before_of(const CommentQuestion& question) {
  CommentFilter out = question.filter;
  out.events.range = query::compared(out.events.range, out.events.zone, question.compare);
  return out;
}

struct ReadComment {
  std::uint64_t event = 0;
  std::int32_t bucket = 0;
  std::optional<text::Polarity> sentiment;
};

/// Comments and their words, numbered as they come up.
class Corpus {
 public:
  Result<std::size_t> add(const CommentStore& store, const Grant& grant, const CommentFilter& filter,
                          query::Grain grain) {
    CX_TRY(query::Prepared asked,
           prepare_comments(store, grant, Permission::kViewMetrics, filter, sql::kTopicRows));
    asked.params.set("grain", query::to_string(grain)).set("rows", kTopicRows);
    CX_TRY(const warehouse::Table table, store.client.select(asked.query()));
    std::vector<std::uint32_t> terms;
    for (const auto& cells : table.rows) {
      const auto day = parse_time(warehouse::as_text(cells[1]), Zone::utc());
      comments.push_back({.event = warehouse::as_u64(cells[0]),
                          .bucket = day ? utc_day(*day) : 0,
                          .sentiment = text::parse_polarity(warehouse::as_text(cells[2]))});
      terms.clear();
      for (const auto& word : cells[3].as_array()) terms.push_back(number_of(warehouse::as_text(word)));
      bags.add(terms);
    }
    return table.rows.size();
  }

  std::vector<ReadComment> comments;
  text::Bags bags;
  std::vector<std::string> words;

 private:
  std::uint32_t number_of(std::string word) {
    const auto [at, is_new] = numbers_.try_emplace(word, static_cast<std::uint32_t>(words.size()));
    if (is_new) words.push_back(std::move(word));
    return at->second;
  }
  std::unordered_map<std::string, std::uint32_t> numbers_;
};

/// Topics as they were found to what is told of them. The first `read` comments are of the period.
class Teller {
 public:
  Teller(const Corpus& corpus, std::size_t read, bool shows_words)
      : corpus_(corpus), read_(read), shows_words_(shows_words) {}

  void tell(const text::Topics& found, const CommentQuestion& question, TopicTable& out) const {
    const std::vector<std::int32_t> days = query::buckets(question.filter.events, question.grain);
    std::map<std::int32_t, std::size_t> place;
    for (const std::int32_t day : days) {
      place.emplace(day, out.at.size());
      out.at.push_back(question.filter.events.zone.to_instant(std::int64_t{day} * 86'400'000));
    }
    out.all.resize(days.size());
    out.stability = found.stability;
    out.coherence = found.coherence;
    out.topics.resize(found.topics.size());
    for (std::size_t t = 0; t < found.topics.size(); ++t) {
      out.topics[t].series.resize(days.size());
      describe(found.topics[t], out.topics[t]);
    }
    count(found, place, out);
  }

 private:
  void describe(const text::Topic& topic, TopicOfComments& out) const {
    out.stability = topic.stability;
    out.coherence = topic.coherence;
    if (!shows_words_) return;
    for (const text::TopicWord& word : topic.words)
      out.words.push_back({.word = corpus_.words[word.term], .n = word.texts});
    for (const std::size_t i : topic.examples)
      if (i < read_ && out.examples.size() < kExamples) out.examples.push_back(corpus_.comments[i].event);
  }

  void count(const text::Topics& found, const std::map<std::int32_t, std::size_t>& place,
             TopicTable& out) const {
    struct Counts {
      std::array<std::uint64_t, 3> of{};
      std::uint64_t unknown = 0, before = 0;
      [[nodiscard]] std::uint64_t now() const { return of[0] + of[1] + of[2] + unknown; }
    };
    std::vector<Counts> counts(out.topics.size());
    for (std::size_t i = 0; i < corpus_.comments.size(); ++i) {
      const ReadComment& comment = corpus_.comments[i];
      const std::uint32_t t = found.of[i];
      const auto at = place.find(comment.bucket);
      if (i < read_ && at != place.end()) ++out.all[at->second];
      if (t == text::kNoPart) {
        out.without += i < read_;
        continue;
      }
      if (i >= read_) {
        ++counts[t].before;
        continue;
      }
      comment.sentiment ? ++counts[t].of[static_cast<std::size_t>(*comment.sentiment)] : ++counts[t].unknown;
      if (at != place.end()) ++out.topics[t].series[at->second];
    }
    std::vector<BeforeNow> family;
    for (std::size_t t = 0; t < counts.size(); ++t) {
      const Counts& at = counts[t];
      out.topics[t].comments = portion_of(at.now(), read_);
      out.topics[t].sentiments = sentiments_of(at.of[0], at.of[1], at.of[2], at.unknown);
      if (out.before >= kEnoughComments && read_ >= kEnoughComments)
        family.push_back({.before = {at.before, out.before}, .now = {at.now(), read_}});
    }
    const auto rises = risen(family);
    for (std::size_t t = 0; t < rises.size(); ++t) out.topics[t].rise = rises[t];
  }

  const Corpus& corpus_;
  std::size_t read_;
  bool shows_words_;
};

struct WordCount {
  std::uint64_t n = 0, negative = 0;
};

Result<std::vector<std::pair<std::string, WordCount>>> word_counts(const CommentStore& store,
                                                                   const Grant& grant,
                                                                   const CommentFilter& filter,
                                                                   std::uint64_t least, std::uint64_t rows) {
  CX_TRY(query::Prepared asked,
         prepare_comments(store, grant, Permission::kViewCustomers, filter, sql::kWordCounts));
  asked.params.set("least", least).set("rows", rows);
  CX_TRY(const warehouse::Table table, store.client.select(asked.query()));
  std::vector<std::pair<std::string, WordCount>> out;
  for (const auto& cells : table.rows)
    out.emplace_back(warehouse::as_text(cells[0]),
                     WordCount{warehouse::as_u64(cells[1]), warehouse::as_u64(cells[2])});
  return out;
}

/// Comments of all sentiments and of none, for whoever may see customers.
Result<std::uint64_t> count_of(const CommentStore& store, const Grant& grant, const CommentFilter& filter) {
  CX_TRY(query::Prepared asked,
         prepare_comments(store, grant, Permission::kViewCustomers, filter, sql::kSentiments));
  asked.params.set("grain", "none").set("by", "none");
  CX_TRY(const warehouse::Table table, store.client.select(asked.query()));
  std::uint64_t out = 0;
  for (const auto& cells : table.rows)
    for (std::size_t c = 2; c < 6; ++c) out += warehouse::as_u64(cells[c]);
  return out;
}

}  // namespace

std::vector<std::optional<Rise>> risen(std::span<const BeforeNow> family, std::uint64_t least) {
  std::vector<double> chances;
  for (const auto& [before, now] : family)
    chances.push_back(stats::chance_of(stats::log_likelihood(before, now)));
  const std::vector<double> q = stats::q_values(chances);
  std::vector<std::optional<Rise>> out(family.size());
  for (std::size_t i = 0; i < family.size(); ++i) {
    const auto& [before, now] = family[i];
    if (q[i] >= kRisen || now.hits < least || now.value() <= before.value()) continue;
    out[i] = Rise{.n = now.hits,
                  .before = before.hits,
                  .share = now.value(),
                  .share_before = before.value(),
                  .score = stats::log_likelihood(before, now),
                  .q_value = q[i]};
  }
  return out;
}

Result<TopicTable> topics_of_comments(const CommentStore& store, const Grant& grant,
                                      const CommentQuestion& question, std::uint32_t topics) {
  TopicTable out;
  CX_TRY(out.comments, count_comments(store, grant, question.filter));
  Corpus corpus;
  CX_TRY(out.read, corpus.add(store, grant, question.filter, question.grain));
  if (question.compare != query::Compare::kNone) {
    CX_TRY(out.before, corpus.add(store, grant, before_of(question), question.grain));
  }
  out.needed = std::max<std::uint64_t>(text::kTopicTexts, std::uint64_t{topics} * text::kTextsPerTopic);
  // More examples than are shown: some are of the period before.
  const auto found = text::find_topics(corpus.bags, {.topics = topics, .seed = 1, .examples = 4 * kExamples});
  if (!found) {
    if (found.error().code == Code::kTooFewRows) return out;
    return std::unexpected(found.error());
  }
  out.enough = true;
  Teller(corpus, out.read, grant.may(Permission::kViewCustomers)).tell(*found, question, out);
  std::ranges::stable_sort(out.topics, [](const TopicOfComments& a, const TopicOfComments& b) {
    return a.comments.count > b.comments.count;
  });
  return out;
}

Result<RisenWords> risen_words(const CommentStore& store, const Grant& grant, const CommentQuestion& question,
                               std::uint64_t count) {
  if (question.compare == query::Compare::kNone) return fail(Code::kBadFilter, "compare: previous or year");
  const CommentFilter earlier = before_of(question);
  RisenWords out;
  CX_TRY(out.comments, count_of(store, grant, question.filter));
  CX_TRY(out.before, count_of(store, grant, earlier));
  out.enough = out.comments >= kEnoughComments && out.before >= kEnoughComments;
  if (!out.enough) return out;
  CX_TRY(const auto now, word_counts(store, grant, question.filter, kRiseLeast, kWordsTested));
  CX_TRY(const auto then, word_counts(store, grant, earlier, 1, kWordsBefore));
  std::unordered_map<std::string, std::uint64_t> before;
  for (const auto& [word, counts] : then) before.emplace(word, counts.n);
  std::vector<BeforeNow> family;
  for (std::size_t i = 0; i < now.size(); ++i) {
    const auto at = before.find(now[i].first);
    family.push_back({.before = {at == before.end() ? 0 : at->second, out.before},
                      .now = {now[i].second.n, out.comments}});
  }
  const auto rises = risen(family);
  out.tested = now.size();
  for (std::size_t i = 0; i < now.size(); ++i)
    if (rises[i])
      out.words.push_back({.word = now[i].first, .rise = *rises[i], .negative = now[i].second.negative});
  std::ranges::sort(out.words, [](const RisenWord& a, const RisenWord& b) {
    return a.rise.score != b.rise.score ? a.rise.score > b.rise.score : a.word < b.word;
  });
  if (out.words.size() > count) out.words.resize(count);
  return out;
}

}  // namespace zhike::feedback
