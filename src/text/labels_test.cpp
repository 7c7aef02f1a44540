// Spellings of labels, and the figures of an evaluation against hand-worked cases.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "text/calibrate.h"
#include "text/evaluate.h"
#include "text/labels.h"

namespace zhike::text {
namespace {

using Names = std::vector<std::string>;

std::string class_named(const LabelMap& map, std::string_view label) {
  return map.classes.at(map.of.find(label)->second);
}

TEST(ClassesOf, UsualSpellings) {
  struct Case {
    Names labels;
    Names classes;  ///< of each label
  };
  const std::vector<Case> cases{
      {{"1", "0"}, {"positive", "negative"}},
      {{"1", "-1"}, {"positive", "negative"}},
      {{"0", "-1", "1"}, {"neutral", "negative", "positive"}},
      {{"2", "1"}, {"positive", "negative"}},
      {{"0", "2", "1"}, {"negative", "positive", "neutral"}},
      {{"0", "4"}, {"negative", "positive"}},
      {{"1", "2", "3", "4", "5"}, {"negative", "negative", "neutral", "positive", "positive"}},
      {{"5.0", "1.0"}, {"positive", "negative"}},
      {{"POS", "Neg"}, {"positive", "negative"}},
      {{"正", "负"}, {"positive", "negative"}},
      {{"好评", "差评", "中评"}, {"positive", "negative", "neutral"}},
      {{"negative", "neutral", "positive"}, {"negative", "neutral", "positive"}},
  };
  for (const Case& at : cases) {
    const auto map = classes_of(at.labels, "");
    ASSERT_TRUE(map) << at.labels[0];
    for (std::size_t i = 0; i < at.labels.size(); ++i)
      EXPECT_EQ(class_named(*map, at.labels[i]), at.classes[i]);
  }
}

TEST(ClassesOf, OthersStayWhatTheyAre) {
  const auto map = classes_of(Names{"refund", "delivery", "1"}, "");
  ASSERT_TRUE(map);
  EXPECT_EQ(map->classes, (Names{"1", "delivery", "refund"}));
}

TEST(ClassesOf, PositiveIsNamed) {
  const auto map = classes_of(Names{"happy", "angry", "sad"}, "happy");
  ASSERT_TRUE(map);
  EXPECT_EQ(map->classes, (Names{"negative", "positive"}));
  EXPECT_EQ(class_named(*map, "sad"), "negative");
  EXPECT_EQ(classes_of(Names{"happy", "angry"}, "glad").error().code, Code::kBadTextLabels);
}

TEST(ClassesOf, OneLabelTeachesNothing) {
  EXPECT_EQ(classes_of(Names{"1"}, "").error().code, Code::kBadTextLabels);
  EXPECT_EQ(classes_of(Names{"1"}, "1").error().code, Code::kBadTextLabels);
  EXPECT_EQ(classes_of(Names{"4", "5"}, "").error().code, Code::kBadTextLabels) << "both positive";
}

TEST(MatchLabels, UnknownClassesComeBehind) {
  const Names classes{"negative", "positive"};
  const auto map = match_labels(Names{"-1", "0", "1"}, classes, "");
  ASSERT_TRUE(map);
  EXPECT_EQ(map->classes, (Names{"negative", "positive", "neutral"}));
  EXPECT_EQ(match_labels(Names{"refund", "1"}, classes, "").error().code, Code::kBadTextLabels);
  EXPECT_EQ(match_labels(Names{"a", "b"}, Names{"a", "b"}, "a").error().code, Code::kBadTextLabels);
  EXPECT_TRUE(match_labels(Names{"a", "b"}, Names{"a", "b"}, ""));
}

// Worked by hand. Truth 0: predicted 0 0 1; truth 1: predicted 1. Precision 1, 1/2; recall 2/3, 1; F1 4/5,
// 2/3.
TEST(Evaluator, HandWorked) {
  Evaluator evaluator(2);
  const auto add = [&](std::uint64_t row, std::uint32_t truth, float second) {
    evaluator.add(row, truth, std::array{1 - second, second});
  };
  add(0, 0, 0.25F);
  add(1, 0, 0.25F);
  add(2, 0, 0.75F);
  add(3, 1, 0.75F);
  const Evaluation found = evaluator.result();
  EXPECT_EQ(found.rows, 4U);
  EXPECT_DOUBLE_EQ(found.accuracy, 0.75);
  EXPECT_DOUBLE_EQ(found.macro_f1, (4.0 / 5 + 2.0 / 3) / 2);
  EXPECT_NEAR(found.ece, 0, 1e-9) << "three of four right at a confidence of 0.75: one bin";
  EXPECT_EQ(found.confusion, (std::vector<std::uint64_t>{2, 1, 0, 1}));
  ASSERT_EQ(found.worst.size(), 1U);
  EXPECT_EQ(found.worst[0].row, 2U);
}

// Confidence 0.9 and always right, 0.6 and always wrong: (0.1 · 2 + 0.6 · 2) / 4.
TEST(Evaluator, CalibrationErrorByHand) {
  Evaluator evaluator(2);
  for (std::uint64_t row = 0; row < 2; ++row) {
    evaluator.add(row, 1, std::array{0.1F, 0.9F});
    evaluator.add(row, 0, std::array{0.4F, 0.6F});
  }
  EXPECT_NEAR(evaluator.result().ece, 0.35, 1e-6);
}

TEST(Evaluator, OrderDoesNotMatter) {
  std::mt19937 random(3);
  struct Row {
    std::uint64_t number;
    std::uint32_t truth;
    std::array<float, 3> chances;
  };
  std::vector<Row> rows;
  for (std::uint64_t i = 0; i < 500; ++i) {
    std::array<float, 3> chances{};
    float sum = 0;
    for (float& at : chances) sum += at = static_cast<float>(random() % 1000 + 1);
    for (float& at : chances) at /= sum;
    rows.push_back({i, static_cast<std::uint32_t>(random() % 3), chances});
  }
  const auto judge = [&] {
    Evaluator evaluator(3);
    for (const Row& row : rows) evaluator.add(row.number, row.truth, row.chances);
    return evaluator.result();
  };
  const Evaluation one = judge();
  std::ranges::shuffle(rows, random);
  const Evaluation other = judge();
  EXPECT_EQ(one.accuracy, other.accuracy);
  EXPECT_EQ(one.macro_f1, other.macro_f1);
  EXPECT_EQ(one.ece, other.ece);
  EXPECT_EQ(one.confusion, other.confusion);
  ASSERT_EQ(one.worst.size(), kWorstKept);
  for (std::size_t i = 0; i < kWorstKept; ++i) EXPECT_EQ(one.worst[i].row, other.worst[i].row);
}

TEST(Evaluator, NothingGivesZeros) {
  const Evaluation found = Evaluator(2).result();
  EXPECT_EQ(found.rows, 0U);
  EXPECT_EQ(found.accuracy, 0);
  EXPECT_EQ(found.ece, 0);
}

// Labels drawn at the probabilities of scores / 2: the temperature is 2.
TEST(FitTemperature, RecoversWhatItWas) {
  std::mt19937_64 random(11);
  std::uniform_real_distribution<double> uniform(0, 1), spread(-8, 8);
  std::vector<float> scores;
  std::vector<std::uint32_t> labels;
  for (int i = 0; i < 50'000; ++i) {
    const double score = spread(random);
    scores.push_back(static_cast<float>(score));
    labels.push_back(uniform(random) < 1 / (1 + std::exp(-score / 2)) ? 1 : 0);
  }
  EXPECT_NEAR(fit_temperature(scores, labels, 2), 2, 0.05);
  EXPECT_EQ(fit_temperature({}, {}, 2), 1);
}

}  // namespace
}  // namespace zhike::text
