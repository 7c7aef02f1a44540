#include "text/topics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <set>

#include "text/agreement.h"
#include "text/random.h"
#include "text/topic_fit.h"
#include "text/word_vectors.h"

namespace zhike::text {
namespace {

using testing::DoubleNear;
using testing::Each;
using testing::ElementsAre;
using testing::Gt;

using Parts = std::vector<std::uint32_t>;

TEST(MutualInformation, WorkedByHand) {
  // Tables (2, 1; 0, 1): H(a) = ln 4 - 3/4 ln 3, H(b) = ln 2, H(a, b) = 2/4 ln 2 + 2 · 1/4 ln 4 = 3/2 ln 2.
  const double of_a = std::log(4.0) - 0.75 * std::log(3.0), of_b = std::log(2.0);
  const double both = 1.5 * std::log(2.0);
  EXPECT_NEAR(mutual_information(Parts{0, 0, 0, 1}, Parts{0, 0, 1, 1}),
              2 * (of_a + of_b - both) / (of_a + of_b), 1e-12);
  EXPECT_DOUBLE_EQ(mutual_information(Parts{0, 0, 1, 1}, Parts{7, 7, 3, 3}), 1) << "names do not matter";
  EXPECT_NEAR(mutual_information(Parts{0, 0, 1, 1}, Parts{0, 1, 0, 1}), 0, 1e-12) << "independent";
  EXPECT_DOUBLE_EQ(mutual_information(Parts{4, 4}, Parts{1, 1}), 1);
}

TEST(Likest, WorkedByHand) {
  // Part 0 has texts 0 to 2; of b, part 1 has 1 to 3: two of four. Part 1 has text 3 alone: one of three.
  EXPECT_THAT(likest(Parts{0, 0, 0, 1, kNoPart}, Parts{0, 1, 1, 1, 1}, 2),
              ElementsAre(DoubleNear(2.0 / 5, 1e-12), DoubleNear(1.0 / 4, 1e-12)));
  EXPECT_THAT(likest(Parts{0, 0}, Parts{1, 1}, 3), ElementsAre(1, 0, 0)) << "an empty part overlaps nothing";
}

/// Texts of known topics: each takes words of its own topic, and words that all share.
struct World {
  static constexpr std::uint32_t kOwn = 30, kShared = 20;
  Bags texts;
  Parts truth;
  World(std::uint32_t topics, std::size_t count, double own_share, std::uint64_t seed) {
    Random random(seed);
    Parts words;
    for (std::size_t i = 0; i < count; ++i) {
      truth.push_back(static_cast<std::uint32_t>(random.next() % topics));
      words.clear();
      for (int w = 0; w < 8; ++w)
        words.push_back(random.share() < own_share
                            ? truth.back() * kOwn + static_cast<std::uint32_t>(random.next() % kOwn)
                            : topics * kOwn + static_cast<std::uint32_t>(random.next() % kShared));
      texts.add(words);
    }
  }
};

TEST(WordVectors, ThoseOfOneTopicLieTogether) {
  const World world(4, 2000, 0.6, 3);
  const WordVectors vectors = word_vectors(world.texts, 8, 1);
  const auto near = [&](std::size_t a, std::size_t b) {
    double out = 0;
    for (std::size_t d = 0; d < vectors.dimensions; ++d)
      out += static_cast<double>(vectors.of(a)[d] * vectors.of(b)[d]);
    return out;
  };
  double within = 0, across = 0;
  for (std::uint32_t w = 1; w < World::kOwn; ++w) {
    within += near(0, w) / (World::kOwn - 1);
    across += near(0, World::kOwn + w) / (World::kOwn - 1);
  }
  EXPECT_NEAR(near(0, 0), 1, 1e-4);
  EXPECT_GT(within, 0.7);
  EXPECT_LT(across, 0.2);
}

TEST(WordVectors, OfTwoWordsByHand) {
  // Two pairs that always stand together: of 4 ordered pairs (0,1), (1,0), (2,3), (3,2) each has one, each
  // word one, so PMI = ln(1 · 4 / (1 · 1)) = ln 4 within a pair and nothing else: eigenvectors split the
  // pairs.
  Bags texts;
  texts.add(Parts{0, 1});
  texts.add(Parts{2, 3});
  const WordVectors vectors = word_vectors(texts, 4, 1);
  const auto dot = [&](std::size_t a, std::size_t b) {
    double out = 0;
    for (std::size_t d = 0; d < vectors.dimensions; ++d)
      out += static_cast<double>(vectors.of(a)[d] * vectors.of(b)[d]);
    return out;
  };
  EXPECT_NEAR(dot(0, 2), 0, 1e-3);
  EXPECT_NEAR(dot(1, 3), 0, 1e-3);
  EXPECT_NEAR(dot(0, 0), 1, 1e-3);
}

TEST(TopicMixture, ReadsByBayes) {
  // Shares 3/4 and 1/4; a word with chances 0.1 and 0.5: 0.075 against 0.125.
  const auto log = [](double at) { return static_cast<float>(std::log(at)); };
  const TopicMixture mixture{
      .groups = 2, .log_share = {log(0.75), log(0.25)}, .log_word = {log(0.1), log(0.5)}};
  std::array<float, 2> chances{};
  EXPECT_EQ(mixture.read(Parts{0}, chances), 1U);
  EXPECT_NEAR(static_cast<double>(chances[0]), 0.075 / 0.2, 1e-6);
  EXPECT_EQ(mixture.read(Parts{}, chances), kNoPart);
  EXPECT_EQ(mixture.read(Parts{5}, chances), kNoPart) << "a word that it does not know";
}

TEST(Topics, RecoversThoseThatTextsWereMadeFrom) {
  const World world(5, 1500, 0.6, 7);
  const auto found = find_topics(world.texts, {.topics = 5});
  ASSERT_TRUE(found) << found.error().detail;
  EXPECT_GT(mutual_information(world.truth, found->of), 0.95);
  EXPECT_GT(found->stability, 0.9);
  EXPECT_GT(found->coherence, 0.02);
  std::uint64_t texts = found->without;
  std::set<std::uint32_t> owners;
  for (const Topic& topic : found->topics) {
    texts += topic.texts;
    ASSERT_EQ(topic.words.size(), kTopicWords);
    owners.insert(topic.words[0].term / World::kOwn);
    for (const TopicWord& word : topic.words)
      EXPECT_EQ(word.term / World::kOwn, topic.words[0].term / World::kOwn) << "no word that all share";
    ASSERT_EQ(topic.examples.size(), 5U);
    for (const std::size_t i : topic.examples) EXPECT_EQ(world.truth[i], topic.words[0].term / World::kOwn);
  }
  EXPECT_EQ(owners.size(), 5U);
  EXPECT_EQ(texts, world.texts.size());
}

TEST(Topics, ChoosesTheNumberThatComesAgain) {
  const World world(5, 600, 0.7, 11);
  const auto found = find_topics(world.texts, {});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->topics.size(), 5U);
  EXPECT_FALSE(found->tried.empty());
}

TEST(Topics, WordsByChanceAreNotDivided) {
  const World world(5, 1500, 0, 5);  // every text of shared words alone
  const auto found = find_topics(world.texts, {.topics = 5});
  ASSERT_TRUE(found);
  EXPECT_LT(mutual_information(world.truth, found->of), 0.05);
  EXPECT_TRUE(found->topics[0].texts > 1400 || found->stability < 0.5)
      << found->topics[0].texts << " in one topic, stability " << found->stability;
}

TEST(Topics, AreTheSameOnEveryRun) {
  const World world(3, 400, 0.5, 2);
  const auto once = find_topics(world.texts, {.topics = 3, .seed = 9});
  const auto again = find_topics(world.texts, {.topics = 3, .seed = 9});
  ASSERT_TRUE(once && again);
  EXPECT_EQ(once->of, again->of);
  EXPECT_EQ(once->stability, again->stability);
  EXPECT_EQ(once->topics[0].examples, again->topics[0].examples);
}

TEST(Topics, RefuseTooFewTexts) {
  const World world(2, kTopicTexts - 1, 0.5, 2);
  const auto few = find_topics(world.texts, {.topics = 2});
  ASSERT_FALSE(few);
  EXPECT_EQ(few.error().code, Code::kTooFewRows);
  EXPECT_THAT(few.error().detail, testing::HasSubstr("49 texts"));
  const World more(2, 100, 0.5, 2);
  EXPECT_TRUE(find_topics(more.texts, {.topics = 20}));
  EXPECT_FALSE(find_topics(more.texts, {.topics = 21})) << "five texts for each topic";
}

TEST(Topics, TextsWithoutWordsAreOfNone) {
  World world(2, 200, 0.7, 4);
  world.texts.add(Parts{});
  world.texts.add(Parts{5000});  // a word of this text alone
  const auto found = find_topics(world.texts, {.topics = 2});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->without, 2U);
  EXPECT_EQ(found->of[200], kNoPart);
  EXPECT_EQ(found->of[201], kNoPart);
}

TEST(Topics, OneTextManyTimes) {
  Bags texts;
  for (int i = 0; i < 100; ++i) texts.add(Parts{0, 1, 2});
  const auto none = find_topics(texts, {.topics = 2});
  ASSERT_FALSE(none) << "words of more than half of the texts tell nothing";
  for (int i = 0; i < 100; ++i) texts.add(Parts{3, 4, 5});
  const auto two = find_topics(texts, {.topics = 2});
  ASSERT_TRUE(two);
  EXPECT_EQ(two->topics[0].texts, 100U);
  EXPECT_DOUBLE_EQ(two->stability, 1);
}

}  // namespace
}  // namespace zhike::text
