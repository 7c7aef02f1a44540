#include "text/topics.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>
#include <tuple>
#include <utility>

#include "text/agreement.h"
#include "text/random.h"
#include "text/topic_fit.h"
#include "text/word_vectors.h"

namespace zhike::text {
namespace {

constexpr std::size_t kDimensions = 64, kTermsMax = 12'000, kFitMax = 20'000, kAgainMax = 4'000;
constexpr std::uint32_t kTextsWithWord = 3;
constexpr int kAgain = 4;
constexpr double kNearly = 0.05;
constexpr std::uint32_t kTries[] = {2, 3, 4, 5, 6, 7, 8, 10, 12, 15, 20};

/// The words that may make topics, numbered anew.
struct Vocabulary {
  std::vector<std::uint32_t> place;  ///< by term; kNoPart: not used
  std::vector<std::uint32_t> terms;  ///< by place
  std::vector<std::uint64_t> texts;  ///< by place: that have it
};

Vocabulary vocabulary_of(const Bags& texts) {
  std::vector<std::uint64_t> with(texts.terms());
  for (std::size_t i = 0; i < texts.size(); ++i)
    for (const std::uint32_t term : texts.text(i)) ++with[term];
  Vocabulary out{.place = std::vector<std::uint32_t>(texts.terms(), kNoPart), .terms = {}, .texts = {}};
  for (std::uint32_t term = 0; term < with.size(); ++term)
    if (with[term] >= kTextsWithWord && with[term] * 2 <= texts.size()) out.terms.push_back(term);
  std::ranges::sort(out.terms, [&](std::uint32_t a, std::uint32_t b) {
    return with[a] != with[b] ? with[a] > with[b] : a < b;
  });
  if (out.terms.size() > kTermsMax) out.terms.resize(kTermsMax);
  std::ranges::sort(out.terms);
  for (std::uint32_t at = 0; at < out.terms.size(); ++at) {
    out.place[out.terms[at]] = at;
    out.texts.push_back(with[out.terms[at]]);
  }
  return out;
}

class Finder {
 public:
  Finder(const Bags& texts, const TopicOptions& options) : options_(options), known_(vocabulary_of(texts)) {
    std::vector<std::uint32_t> words;
    for (std::size_t i = 0; i < texts.size(); ++i) {
      words.clear();
      for (const std::uint32_t term : texts.text(i))
        if (known_.place[term] != kNoPart) words.push_back(known_.place[term]);
      all_.add(words);
      if (!words.empty()) used_.push_back(i);
    }
  }

  Result<Topics> find() {
    const std::size_t needed = std::max(kTopicTexts, std::size_t{options_.topics} * kTextsPerTopic);
    if (used_.size() < needed)
      return fail(Code::kTooFewRows, "{} texts have words that others have too, of {}; {} are needed",
                  used_.size(), all_.size(), needed);
    draw();
    Topics out;
    std::uint32_t count = options_.topics;
    if (count == 0) {
      out.tried = tries();
      count = chosen(out.tried);
    }
    fit_ = picked(drawn_);
    const TopicMixture mixture = fitted(fit_, count, options_.seed);
    fill(out, mixture);
    stabilities(out, mixture);
    return out;
  }

 private:
  /// Texts in an order of chance: the first are the sample that topics are found in, and of these the first
  /// the one that they are found anew in.
  void draw() {
    drawn_ = used_;
    Random random(options_.seed);
    random.draw(std::span(drawn_), kFitMax);
    if (drawn_.size() > kFitMax) drawn_.resize(kFitMax);
  }

  [[nodiscard]] Bags picked(std::span<const std::size_t> which) const {
    Bags out;
    for (const std::size_t i : which) out.add(all_.text(i));
    return out;
  }

  [[nodiscard]] static TopicMixture fitted(const Bags& texts, std::uint32_t count, std::uint64_t seed) {
    return fit_topics(texts, word_vectors(texts, kDimensions, seed), count, seed);
  }

  [[nodiscard]] static std::vector<std::uint32_t> read(const TopicMixture& mixture, const Bags& texts) {
    std::vector<std::uint32_t> out;
    std::vector<float> chances(mixture.groups);
    for (std::size_t i = 0; i < texts.size(); ++i) out.push_back(mixture.read(texts.text(i), chances));
    return out;
  }

  /// Samples of four fifths of the first texts, and their word vectors: the same for any number of topics.
  struct Sample {
    Bags texts;
    WordVectors vectors;
  };
  void take_samples() {
    if (!samples_.empty()) return;
    few_ = picked(std::span(drawn_).first(std::min(drawn_.size(), kAgainMax)));
    Random random(options_.seed + 1);
    std::vector<std::size_t> order(few_.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    for (int again = 0; again < kAgain; ++again) {
      const std::size_t part = few_.size() * 4 / 5;
      random.draw(std::span(order), part);
      Sample sample;
      for (std::size_t i = 0; i < part; ++i) sample.texts.add(few_.text(order[i]));
      sample.vectors = word_vectors(sample.texts, kDimensions, options_.seed);
      samples_.push_back(std::move(sample));
    }
  }

  /// By topic of `of`, which is of the few texts.
  std::vector<double> come_again(std::span<const std::uint32_t> of, std::uint32_t count) {
    std::vector<double> out(count);
    for (std::size_t again = 0; again < samples_.size(); ++again) {
      const TopicMixture other =
          fit_topics(samples_[again].texts, samples_[again].vectors, count, options_.seed + 2 + again);
      const std::vector<double> overlap = likest(of, read(other, few_), count);
      for (std::uint32_t t = 0; t < count; ++t) out[t] += overlap[t] / static_cast<double>(samples_.size());
    }
    return out;
  }

  std::vector<TopicTry> tries() {
    take_samples();
    const WordVectors vectors = word_vectors(few_, kDimensions, options_.seed);
    std::vector<TopicTry> out;
    for (const std::uint32_t count : kTries) {
      if (few_.size() < std::size_t{count} * kTextsPerTopic * 4) break;
      const TopicMixture mixture = fit_topics(few_, vectors, count, options_.seed);
      const std::vector<std::uint32_t> of = read(mixture, few_);
      const std::vector<double> again = come_again(of, count);
      TopicTry tried{.topics = count, .stability = weighted(again, of), .beyond_chance = 0, .coherence = 0};
      const double chance = by_chance(of, count);
      // One topic that has every text overlaps itself whatever is drawn: it is no finding.
      tried.beyond_chance = chance < 1 ? (tried.stability - chance) / (1 - chance) : 0;
      for (std::uint32_t t = 0; t < count; ++t)
        tried.coherence += coherence_of(words_of(mixture, t), few_) / count;
      out.push_back(tried);
    }
    return out;
  }

  static double weighted(std::span<const double> values, std::span<const std::uint32_t> of) {
    double sum = 0;
    std::size_t n = 0;
    for (const std::uint32_t part : of) {
      if (part == kNoPart) continue;
      sum += values[part];
      ++n;
    }
    return n == 0 ? 0 : sum / static_cast<double>(n);
  }

  /// Overlap that divisions of these sizes have with one that has nothing to do with them: a part of share p
  /// with the largest, of share q, has pq / (p + q - pq). Few topics overlap much by chance.
  static double by_chance(std::span<const std::uint32_t> of, std::uint32_t count) {
    std::vector<double> shares(count);
    for (const std::uint32_t part : of)
      if (part != kNoPart) shares[part] += 1.0 / static_cast<double>(of.size());
    const double most = std::ranges::max(shares);
    double out = 0;
    for (const double share : shares) out += share * share * most / (share + most - share * most);
    return out;
  }

  /// The most topics that come again nearly as surely as those that do so most surely.
  static std::uint32_t chosen(std::span<const TopicTry> tried) {
    const double best = std::ranges::max_element(tried, {}, &TopicTry::beyond_chance)->beyond_chance;
    std::uint32_t out = tried.front().topics;
    for (const TopicTry& at : tried)
      if (at.beyond_chance >= best - kNearly) out = at.topics;
    return out;
  }

  /// Places, most distinctive first.
  [[nodiscard]] std::vector<TopicWord> words_of(const TopicMixture& mixture, std::uint32_t topic) const {
    std::vector<TopicWord> out;
    for (std::uint32_t at = 0; (std::size_t{at} + 1) * mixture.groups <= mixture.log_word.size(); ++at) {
      const auto row = std::span(mixture.log_word).subspan(std::size_t{at} * mixture.groups, mixture.groups);
      double of_all = 0;
      for (std::uint32_t g = 0; g < mixture.groups; ++g)
        of_all += std::exp(static_cast<double>(row[g] + mixture.log_share[g]));
      const auto log_share = static_cast<double>(row[topic]);
      const double score = std::exp(log_share) * (log_share - std::log(of_all));
      if (score > 0) out.push_back({.term = at, .texts = known_.texts[at], .score = score});
    }
    std::ranges::sort(out, [](const TopicWord& a, const TopicWord& b) {
      return a.score != b.score ? a.score > b.score : a.term < b.term;
    });
    if (out.size() > kTopicWords) out.resize(kTopicWords);
    return out;
  }

  /// Mean over the words two by two; those that never stand in one text have -1.
  static double coherence_of(std::span<const TopicWord> words, const Bags& texts) {
    const std::size_t n = words.size();
    if (n < 2) return 0;
    std::vector<double> with(n), both(n * n);
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < texts.size(); ++i) {
      found.clear();
      for (std::size_t w = 0; w < n; ++w)
        if (std::ranges::binary_search(texts.text(i), words[w].term)) found.push_back(w);
      for (const std::size_t a : found) {
        ++with[a];
        for (const std::size_t b : found) both[a * n + b] += a < b;
      }
    }
    const auto all = static_cast<double>(texts.size());
    double sum = 0;
    for (std::size_t a = 0; a < n; ++a) {
      for (std::size_t b = a + 1; b < n; ++b) {
        const double share = both[a * n + b] / all;
        if (share == 0)
          sum -= 1;
        else if (share < 1)
          sum += std::log(share * all * all / (with[a] * with[b])) / -std::log(share);
        else
          sum += 1;
      }
    }
    return sum / (static_cast<double>(n * (n - 1)) / 2);
  }

  void fill(Topics& out, const TopicMixture& mixture) {
    const std::vector<std::uint32_t> of = read(mixture, all_);
    std::vector<std::uint64_t> sizes(mixture.groups);
    for (const std::uint32_t part : of) part == kNoPart ? ++out.without : ++sizes[part];
    order_.resize(mixture.groups);
    std::iota(order_.begin(), order_.end(), 0U);
    std::ranges::sort(order_, [&](std::uint32_t a, std::uint32_t b) {
      return sizes[a] != sizes[b] ? sizes[a] > sizes[b] : a < b;
    });
    std::vector<std::uint32_t> place(mixture.groups);
    for (std::uint32_t t = 0; t < order_.size(); ++t) place[order_[t]] = t;
    for (const std::uint32_t part : of) out.of.push_back(part == kNoPart ? part : place[part]);
    for (const std::uint32_t t : order_) {
      Topic topic{
          .words = words_of(mixture, t), .texts = sizes[t], .stability = 0, .coherence = 0, .examples = {}};
      topic.coherence = coherence_of(topic.words, fit_);
      out.coherence += topic.coherence / mixture.groups;
      out.topics.push_back(std::move(topic));
    }
    show_examples(out, mixture);
    for (Topic& topic : out.topics)
      for (TopicWord& word : topic.words) word.term = known_.terms[word.term];
    out.terms = known_.terms.size();
    out.fitted = drawn_.size();
  }

  /// Typical is a text that is surely of the topic and says much of what is distinctive of it in few words.
  void show_examples(Topics& out, const TopicMixture& mixture) {
    constexpr double kWordsOfNone = 3;  // a text of a single word shows little
    std::vector<float> chances(mixture.groups);
    std::vector<std::vector<std::pair<double, std::size_t>>> best(mixture.groups);
    std::vector<std::vector<double>> scores(mixture.groups, std::vector<double>(known_.terms.size()));
    for (std::uint32_t t = 0; t < mixture.groups; ++t)
      for (const TopicWord& word : out.topics[t].words) scores[t][word.term] = word.score;
    for (const std::size_t i : used_) {
      (void)mixture.read(all_.text(i), chances);
      const std::uint32_t t = out.of[i];
      if (t == kNoPart) continue;
      double sum = 0;
      for (const std::uint32_t word : all_.text(i)) sum += scores[t][word];
      const double typical = static_cast<double>(chances[order_[t]]) * sum /
                             (static_cast<double>(all_.text(i).size()) + kWordsOfNone);
      best[t].emplace_back(-typical, i);
    }
    for (std::uint32_t t = 0; t < mixture.groups; ++t) {
      std::ranges::sort(best[t]);
      for (std::size_t e = 0; e < std::min(best[t].size(), options_.examples); ++e)
        out.topics[t].examples.push_back(best[t][e].second);
    }
  }

  void stabilities(Topics& out, const TopicMixture& mixture) {
    take_samples();
    const std::vector<double> again = come_again(read(mixture, few_), mixture.groups);
    double sum = 0;
    std::uint64_t n = 0;
    for (std::size_t t = 0; t < out.topics.size(); ++t) {
      Topic& topic = out.topics[t];
      topic.stability = again[order_[t]];
      sum += topic.stability * static_cast<double>(topic.texts);
      n += topic.texts;
    }
    out.stability = n == 0 ? 0 : sum / static_cast<double>(n);
  }

  const TopicOptions& options_;
  Vocabulary known_;
  Bags all_, fit_, few_;  // all texts; those that topics are found in; those they are found anew in
  std::vector<std::size_t> used_, drawn_;  // texts with words
  std::vector<Sample> samples_;
  std::vector<std::uint32_t> order_;  // groups of the mixture, most texts first
};

}  // namespace

Result<Topics> find_topics(const Bags& texts, const TopicOptions& options) {
  return Finder(texts, options).find();
}

}  // namespace zhike::text
