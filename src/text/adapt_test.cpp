// A model of sentiment learned from own labels.
#include "text/adapt.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "text/minimise.h"
#include "text/normalize.h"

namespace zhike::text {
namespace {

constexpr std::array<float, 3> kUnsurePrior{0.34F, 0.33F, 0.33F};

/// Texts whose label hangs on one word that the prior knows nothing of.
std::vector<OwnLabel> made_up(std::size_t count, std::uint64_t seed, double noise = 0) {
  std::mt19937_64 random(seed);
  const std::vector<std::string> words{"alpha", "beta", "gamma", "delta", "kappa", "sigma"};
  std::vector<OwnLabel> out;
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint32_t truth = random() % 2 == 0 ? 0 : 2;
    std::string text = truth == 0 ? "flooped" : "zinged";
    for (int w = 0; w < 4; ++w) text += " " + words[random() % words.size()];
    text += " n" + std::to_string(random() % 100);
    const bool wrong = static_cast<double>(random() % 10'000) < noise * 10'000;
    OwnLabel label{.text = normalized(text), .prior = kUnsurePrior, .label = wrong ? 2 - truth : truth};
    label.held_out = is_held_out(label.text);
    out.push_back(std::move(label));
  }
  return out;
}

std::uint32_t told(const Adaptation& own, const OwnLabel& label) {
  std::array<float, 3> chances = label.prior;
  std::vector<std::uint32_t> scratch;
  own.apply(label.text, chances, scratch);
  EXPECT_NEAR(chances[0] + chances[1] + chances[2], 1, 1e-5);
  return static_cast<std::uint32_t>(std::ranges::max_element(chances) - chances.begin());
}

double right_on_held_out(const Adaptation& own, const std::vector<OwnLabel>& labels) {
  double right = 0, n = 0;
  for (const OwnLabel& label : labels)
    if (label.held_out) ++n, right += told(own, label) == label.label ? 1 : 0;
  return right / n;
}

TEST(Minimise, FindsTheValleyOfAQuadraticAndOfALogisticLoss) {
  std::vector<double> at{5, -3};
  const double least = minimise(at, [](std::span<const double> x, std::span<double> g) {
    g[0] = 2 * (x[0] - 1), g[1] = 200 * (x[1] + 2);
    return (x[0] - 1) * (x[0] - 1) + 100 * (x[1] + 2) * (x[1] + 2) + 7;
  });
  EXPECT_NEAR(at[0], 1, 1e-4);
  EXPECT_NEAR(at[1], -2, 1e-4);
  EXPECT_NEAR(least, 7, 1e-6);
  // One bias, three of four right: the log-odds of 3/4.
  std::vector<double> bias{0};
  minimise(bias, [](std::span<const double> x, std::span<double> g) {
    const double p = 1 / (1 + std::exp(-x[0]));
    g[0] = 4 * p - 3;
    return -3 * std::log(p) - std::log(1 - p);
  });
  EXPECT_NEAR(bias[0], std::log(3.0), 1e-4);
}

TEST(Adapt, AppliesTheFormulaOfItsHeader) {
  Adaptation own{.trust = 0.5F, .bias = {0, 0, std::log(2.0F)}};
  std::array<float, 3> chances{0.64F, 0, 0.36F};
  std::vector<std::uint32_t> scratch;
  own.apply(U"x", chances, scratch);
  // √0.64 = 0.8, √0.001 = 0.0316, √0.36 · 2 = 1.2.
  const double sum = 0.8 + std::sqrt(0.001) + 1.2;
  EXPECT_NEAR(chances[0], 0.8 / sum, 1e-5);
  EXPECT_NEAR(chances[1], std::sqrt(0.001) / sum, 1e-5);
  EXPECT_NEAR(chances[2], 1.2 / sum, 1e-5);
}

TEST(Adapt, NothingLearnedChangesNothing) {
  std::array<float, 3> chances{0.2F, 0.3F, 0.5F};
  std::vector<std::uint32_t> scratch;
  Adaptation{}.apply(U"any text", chances, scratch);
  EXPECT_NEAR(chances[0], 0.2, 1e-6);
  EXPECT_NEAR(chances[2], 0.5, 1e-6);
}

TEST(Adapt, LearnsWordsThatThePriorDoesNotKnow) {
  const std::vector<OwnLabel> labels = made_up(400, 1);
  const auto adapted = adapt(labels, {});
  ASSERT_TRUE(adapted && *adapted) << to_string(adapted.error());
  EXPECT_TRUE(std::isfinite((*adapted)->strength));
  EXPECT_GE(right_on_held_out((*adapted)->own, labels), 0.97);
  EXPECT_EQ((*adapted)->tried.size(), 6U);
}

TEST(Adapt, RecoversTheLogOddsOfABias) {
  // The prior is right but for a shift: three quarters of what it is unsure of is good. Texts are all alike
  // but for a number, so there is nothing to learn from words.
  std::mt19937_64 random(3);
  std::vector<OwnLabel> labels;
  for (int i = 0; i < 1500; ++i) {
    OwnLabel label{.text = normalized("q" + std::to_string(i)),
                   .prior = {0.5F, 0, 0.5F},
                   .label = random() % 4 == 0 ? 0U : 2U};
    label.held_out = is_held_out(label.text);
    labels.push_back(std::move(label));
  }
  const auto adapted = adapt(labels, {});
  ASSERT_TRUE(adapted && *adapted);
  std::array<float, 3> chances{0.5F, 0, 0.5F};
  std::vector<std::uint32_t> scratch;
  (*adapted)->own.apply(U"", chances, scratch);
  EXPECT_NEAR(chances[2], 0.75, 0.04);
}

TEST(Adapt, LabelsWithoutPatternGiveNoWords) {
  // Half of the labels are turned: nothing can be learned, and cross-validation says so.
  int firm = 0;
  for (const std::uint64_t seed : {11U, 12U, 13U, 14U}) {
    const auto adapted = adapt(made_up(200, seed, 0.5), {});
    ASSERT_TRUE(adapted && *adapted);
    if ((*adapted)->strength >= 10) ++firm;
  }
  EXPECT_GE(firm, 3);
}

TEST(Adapt, IsTheSameAgainAndSurvivesItsBytes) {
  const std::vector<OwnLabel> labels = made_up(200, 4, 0.1);
  const auto one = adapt(labels, {.seed = 2}), two = adapt(labels, {.seed = 2});
  ASSERT_TRUE(one && *one && two && *two);
  const std::string bytes = to_bytes((*one)->own);
  EXPECT_EQ(bytes, to_bytes((*two)->own));
  const auto again = parse_adaptation(bytes);
  ASSERT_TRUE(again) << to_string(again.error());
  EXPECT_EQ(to_bytes(*again), bytes);
  EXPECT_EQ(again->fingerprint(), (*one)->own.fingerprint());
  for (const OwnLabel& label : labels) EXPECT_EQ(told(*again, label), told((*one)->own, label));
}

TEST(Adapt, BrokenBytesAreRefused) {
  const auto adapted = adapt(made_up(200, 5), {});
  ASSERT_TRUE(adapted && *adapted);
  const std::string bytes = to_bytes((*adapted)->own);
  EXPECT_EQ(parse_adaptation("").error().code, Code::kBadTextModel);
  EXPECT_EQ(parse_adaptation(bytes.substr(0, bytes.size() - 1)).error().code, Code::kBadTextModel);
  EXPECT_EQ(parse_adaptation(bytes + "x").error().code, Code::kBadTextModel);
  std::string infinite = bytes;
  const float wrong = std::numeric_limits<float>::quiet_NaN();
  infinite.replace(11, sizeof wrong, std::string_view(reinterpret_cast<const char*>(&wrong), sizeof wrong));
  EXPECT_EQ(parse_adaptation(infinite).error().code, Code::kBadTextModel);
}

TEST(Adapt, WordsOfOneTextAloneAreLeftOut) {
  std::vector<OwnLabel> labels = made_up(200, 6);
  const auto without = adapt(labels, {});
  OwnLabel secret{.text = normalized("qqqqwwwweeee"), .prior = kUnsurePrior, .label = 0};
  ASSERT_FALSE(secret.held_out);
  labels.push_back(secret);
  const auto with = adapt(labels, {});
  ASSERT_TRUE(without && *without && with && *with);
  EXPECT_EQ((*without)->own.buckets, (*with)->own.buckets);
}

TEST(Adapt, RefusesTooLittleAndSaysWhat) {
  std::vector<OwnLabel> labels = made_up(79, 7);
  EXPECT_EQ(adapt(labels, {}).error().code, Code::kBadTextLabels);
  labels = made_up(300, 8);
  for (OwnLabel& label : labels) label.label = 2;
  const auto one_class = adapt(labels, {});
  ASSERT_FALSE(one_class);
  EXPECT_NE(one_class.error().detail.find("0 negative"), std::string::npos) << one_class.error().detail;
  for (OwnLabel& label : labels) label.held_out = false;
  EXPECT_FALSE(enough_labels(labels));
}

TEST(Adapt, StopsWhenTold) {
  double last = -1;
  const auto stopped = adapt(made_up(200, 9), {.progress = [&](double share) {
                               EXPECT_GT(share, last);
                               last = share;
                               return share < 0.3;
                             }});
  ASSERT_TRUE(stopped);
  EXPECT_FALSE(stopped->has_value());
}

TEST(HeldOut, IsAQuarterAndStays) {
  int held_out = 0;
  for (int i = 0; i < 4000; ++i) {
    std::string word;  // long numbers are all one
    for (int rest = i + 26; rest > 0; rest /= 26) word += static_cast<char>('a' + rest % 26);
    const std::u32string text = normalized("comment 很好 " + word);
    EXPECT_EQ(is_held_out(text), is_held_out(text));
    held_out += is_held_out(text) ? 1 : 0;
  }
  EXPECT_NEAR(held_out, 1000, 120);
}

}  // namespace
}  // namespace zhike::text
