#include "text/topic_fit.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "text/agreement.h"
#include "text/random.h"

namespace zhike::text {
namespace {

constexpr int kStarts = 3, kPasses = 25, kRounds = 2, kMixturePasses = 20;
constexpr std::size_t kStartTexts = 8'000;  // more make no better start
constexpr double kSmallest = 0.1;           // of a word in a group, in texts: Yin and Wang's beta

float dot(std::span<const float> a, std::span<const float> b) {
  float out = 0;
  for (std::size_t d = 0; d < a.size(); ++d) out += a[d] * b[d];
  return out;
}

void to_length_one(std::span<float> at) {
  const float length = std::sqrt(dot(at, at));
  if (length > 0)
    for (float& value : at) value /= length;
}

/// Points of length 1 (or 0) in groups by direction.
class Grouping {
 public:
  Grouping(std::uint32_t groups, std::size_t dimensions)
      : groups_(groups), dimensions_(dimensions), centres_(groups * dimensions) {}

  /// k-means++ with 1 - cosine as the squared distance.
  void begin(std::span<const float> points, std::uint64_t seed) {
    const std::size_t count = points.size() / dimensions_;
    Random random(seed);
    std::vector<double> far(count, 1);
    for (std::uint32_t g = 0; g < groups_; ++g) {
      double sum = 0;
      for (const double at : far) sum += at;
      double left = random.share() * sum;
      std::size_t chosen = 0;
      while (chosen + 1 < count && (left -= far[chosen]) >= 0) ++chosen;
      const auto from = points.subspan(chosen * dimensions_, dimensions_);
      std::ranges::copy(from, centre(g).begin());
      for (std::size_t i = 0; i < count; ++i) {
        const double away = 1 - dot(points.subspan(i * dimensions_, dimensions_), from);
        far[i] = g == 0 ? std::max(away, 0.0) : std::clamp(away, 0.0, far[i]);
      }
    }
  }
  /// Centres are the means of their points.
  void centre_on(std::span<const float> points, std::span<const std::uint32_t> of) {
    std::ranges::fill(centres_, 0.0F);
    for (std::size_t i = 0; i < of.size(); ++i) {
      if (of[i] == kNoPart) continue;
      const auto from = points.subspan(i * dimensions_, dimensions_);
      const auto to = centre(of[i]);
      for (std::size_t d = 0; d < dimensions_; ++d) to[d] += from[d];
    }
    for (std::uint32_t g = 0; g < groups_; ++g) to_length_one(centre(g));
  }
  /// The nearest centre of each point; the sum of cosines. A group that lost all its points takes the one
  /// that is farthest from its centre.
  double assign(std::span<const float> points, std::vector<std::uint32_t>& of) {
    double sum = 0;
    std::vector<std::size_t> sizes(groups_);
    std::vector<float> nearest(of.size(), std::numeric_limits<float>::max());
    for (std::size_t i = 0; i < of.size(); ++i) {
      if (of[i] == kNoPart) continue;
      const auto at = points.subspan(i * dimensions_, dimensions_);
      float best = -2;
      for (std::uint32_t g = 0; g < groups_; ++g) {
        const float near = dot(at, centre(g));
        if (near <= best) continue;
        best = near;
        of[i] = g;
      }
      nearest[i] = best;
      sum += best;
      ++sizes[of[i]];
    }
    for (std::uint32_t g = 0; g < groups_; ++g) {
      if (sizes[g] != 0) continue;
      const auto farthest = static_cast<std::size_t>(std::ranges::min_element(nearest) - nearest.begin());
      if (farthest >= of.size() || of[farthest] == kNoPart) continue;
      --sizes[of[farthest]];
      of[farthest] = g;
      nearest[farthest] = std::numeric_limits<float>::max();
      sizes[g] = 1;
    }
    return sum;
  }
  /// Until nothing moves, at most kPasses times; the sum of cosines.
  double settle(std::span<const float> points, std::vector<std::uint32_t>& of) {
    double sum = assign(points, of);
    std::vector<std::uint32_t> before;
    for (int pass = 0; pass < kPasses && before != of; ++pass) {
      before = of;
      centre_on(points, of);
      sum = assign(points, of);
    }
    return sum;
  }

 private:
  std::span<float> centre(std::uint32_t g) {
    return std::span(centres_).subspan(g * dimensions_, dimensions_);
  }

  std::uint32_t groups_;
  std::size_t dimensions_;
  std::vector<float> centres_;
};

std::vector<float> points_of(const Bags& texts, const WordVectors& vectors, std::span<const float> weights) {
  std::vector<float> out(texts.size() * vectors.dimensions);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const auto point = std::span(out).subspan(i * vectors.dimensions, vectors.dimensions);
    for (const std::uint32_t term : texts.text(i)) {
      const auto word = vectors.of(term);
      for (std::size_t d = 0; d < point.size(); ++d) point[d] += weights[term] * word[d];
    }
    to_length_one(point);
  }
  return out;
}

std::vector<float> idf_of(const Bags& texts) {
  std::vector<float> with(texts.terms());
  for (std::size_t i = 0; i < texts.size(); ++i)
    for (const std::uint32_t term : texts.text(i)) ++with[term];
  for (float& at : with) at = std::log(static_cast<float>(1 + texts.size()) / (1 + at)) + 1;
  return with;
}

/// Word × group: texts of the group that have the word, and of all groups.
struct Counted {
  std::uint32_t groups;
  std::vector<double> words, texts;
  Counted(const Bags& bags, std::span<const std::uint32_t> of, std::uint32_t groups_)
      : groups(groups_), words(bags.terms() * groups_), texts(groups_) {
    for (std::size_t i = 0; i < bags.size(); ++i) {
      if (of[i] == kNoPart) continue;
      ++texts[of[i]];
      for (const std::uint32_t term : bags.text(i)) ++words[std::size_t{term} * groups + of[i]];
    }
  }
};

/// How much each word tells of the group; half a text of prior keeps rare words from telling much.
std::vector<float> telling(const Bags& bags, std::span<const std::uint32_t> of, std::uint32_t groups) {
  const Counted counted(bags, of, groups);
  double all = 0;
  for (const double texts : counted.texts) all += texts;
  std::vector<float> out(bags.terms());
  for (std::size_t term = 0; term < out.size(); ++term) {
    const auto row = std::span(counted.words).subspan(term * groups, groups);
    double with = 0.5, sum = 0;
    for (const double texts : row) with += texts;
    for (std::uint32_t g = 0; g < groups; ++g) {
      const double prior = counted.texts[g] / all;
      const double share = (row[g] + 0.5 * prior) / with;
      if (share > 0) sum += share * std::log(share / prior);
    }
    out[term] = static_cast<float>(std::max(sum, 0.0));
  }
  return out;
}

std::vector<std::uint32_t> grouped(const Bags& texts, const WordVectors& vectors, std::uint32_t groups,
                                   std::uint64_t seed) {
  const std::vector<float> idf = idf_of(texts);
  std::vector<float> points = points_of(texts, vectors, idf);
  std::vector<std::uint32_t> none(texts.size(), 0);
  for (std::size_t i = 0; i < texts.size(); ++i)
    if (texts.text(i).empty()) none[i] = kNoPart;
  Random random(seed);
  // A start is judged on the first texts: their order is the caller's, who draws them.
  const std::size_t few = std::min(texts.size(), kStartTexts);
  const auto some = std::span(points).first(few * vectors.dimensions);
  Grouping best(groups, vectors.dimensions);
  double best_sum = -std::numeric_limits<double>::max();
  for (int start = 0; start < kStarts; ++start) {
    Grouping tried(groups, vectors.dimensions);
    tried.begin(some, random.next());
    std::vector<std::uint32_t> of(none.begin(), none.begin() + static_cast<std::ptrdiff_t>(few));
    const double sum = tried.settle(some, of);
    if (sum <= best_sum) continue;
    best_sum = sum;
    best = std::move(tried);
  }
  std::vector<std::uint32_t> of = none;
  best.settle(points, of);
  for (int round = 0; round < kRounds; ++round) {
    std::vector<float> weights = telling(texts, of, groups);
    for (std::size_t term = 0; term < weights.size(); ++term) weights[term] *= idf[term];
    points = points_of(texts, vectors, weights);
    best.centre_on(points, of);
    best.settle(points, of);
  }
  return of;
}

TopicMixture mixture_of(std::vector<double> words, const std::vector<double>& shares) {
  const auto groups = static_cast<std::uint32_t>(shares.size());
  TopicMixture out{.groups = groups, .log_share = {}, .log_word = std::vector<float>(words.size())};
  double all = 0;
  for (const double share : shares) all += share + 1;
  for (const double share : shares) out.log_share.push_back(static_cast<float>(std::log((share + 1) / all)));
  std::vector<double> sums(groups);
  for (std::size_t at = 0; at < words.size(); ++at) sums[at % groups] += words[at] += kSmallest;
  for (std::size_t at = 0; at < words.size(); ++at)
    out.log_word[at] = static_cast<float>(std::log(words[at] / sums[at % groups]));
  return out;
}

}  // namespace

std::uint32_t TopicMixture::read(std::span<const std::uint32_t> words, std::span<float> chances) const {
  std::vector<float> own;
  if (chances.empty()) {
    own.resize(groups);
    chances = own;
  }
  std::ranges::copy(log_share, chances.begin());
  bool any = false;
  for (const std::uint32_t term : words) {
    if ((std::size_t{term} + 1) * groups > log_word.size()) continue;
    any = true;
    const float* const row = log_word.data() + std::size_t{term} * groups;
    for (std::uint32_t g = 0; g < groups; ++g) chances[g] += row[g];
  }
  const auto best = std::ranges::max_element(chances);
  const auto out = static_cast<std::uint32_t>(best - chances.begin());
  const float most = *best;
  float sum = 0;
  for (float& at : chances) sum += at = std::exp(at - most);
  for (float& at : chances) at /= sum;
  return any ? out : kNoPart;
}

TopicMixture fit_topics(const Bags& texts, const WordVectors& vectors, std::uint32_t groups,
                        std::uint64_t seed) {
  const Counted first(texts, grouped(texts, vectors, groups, seed), groups);
  TopicMixture out = mixture_of(first.words, first.texts);
  std::vector<float> chances(groups);
  for (int pass = 0; pass < kMixturePasses; ++pass) {
    std::vector<double> words(texts.terms() * groups), shares(groups);
    for (std::size_t i = 0; i < texts.size(); ++i) {
      if (out.read(texts.text(i), chances) == kNoPart) continue;
      for (std::uint32_t g = 0; g < groups; ++g) shares[g] += static_cast<double>(chances[g]);
      for (const std::uint32_t term : texts.text(i)) {
        double* const row = words.data() + std::size_t{term} * groups;
        for (std::uint32_t g = 0; g < groups; ++g) row[g] += static_cast<double>(chances[g]);
      }
    }
    out = mixture_of(std::move(words), shares);
  }
  return out;
}

}  // namespace zhike::text
