// Training: it learns, it repeats itself, it says what it cannot do.
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <numeric>
#include <string>
#include <vector>

#include "text/model_file.h"
#include "text/test_texts.h"
#include "text/train.h"

namespace zhike::text {
namespace {

const std::vector<std::string> kSentiment{"negative", "positive"};
constexpr TrainOptions kSmall{.seed = 1, .bits = 14};

TEST(Train, TellsGoodFromBad) {
  const TestTexts texts = chinese_reviews(1000, 0, 1);
  const auto trained = train(texts.examples(), kSentiment, kSmall);
  ASSERT_TRUE(trained) << to_string(trained.error());
  EXPECT_GT(trained->held_out.accuracy, 0.98);
  EXPECT_EQ(trained->model.language, Language::kChinese);
  Reader reader(trained->model);
  EXPECT_GT(reader.read("物流很好，非常滿意")[1], 0.8F) << "Traditional";
  EXPECT_LT(reader.read("客服不好，很差")[1], 0.2F) << "negated";
  EXPECT_EQ(trained->model.card.at("rows").as_uint64(), 1000U);
}

TEST(Train, TheSameSeedGivesTheSameBytes) {
  const TestTexts texts = chinese_reviews(400, 0.1, 2);
  const auto one = train(texts.examples(), kSentiment, kSmall),
             again = train(texts.examples(), kSentiment, kSmall);
  const auto other = train(texts.examples(), kSentiment, {.seed = 2, .bits = 14});
  ASSERT_TRUE(one && again && other);
  EXPECT_EQ(to_bytes(one->model), to_bytes(again->model));
  EXPECT_NE(to_bytes(one->model), to_bytes(other->model));
}

// A fifth of the labels is wrong, so nobody can be surer than four in five, and a calibrated model is not.
TEST(Train, ProbabilitiesAreCalibrated) {
  const TestTexts texts = chinese_reviews(6000, 0.2, 3), fresh = chinese_reviews(4000, 0.2, 4);
  const auto trained = train(texts.examples(), kSentiment, kSmall);
  ASSERT_TRUE(trained);
  Reader reader(trained->model);
  Evaluator evaluator(2);
  for (std::size_t i = 0; i < fresh.texts.size(); ++i)
    evaluator.add(i, fresh.labels[i], reader.read(std::string_view(fresh.texts[i])));
  const Evaluation found = evaluator.result();
  EXPECT_NEAR(found.accuracy, 0.8, 0.03);
  EXPECT_LT(found.ece, 0.08) << "the numbers that are noise spread what should be 0.8 for all";
}

TEST(Train, ThreeClassesInEnglish) {
  TestTexts texts;
  for (int i = 0; i < 300; ++i) {
    const std::string end = " flight " + std::to_string(i);
    texts.texts.push_back("The crew was great and friendly," + end);
    texts.texts.push_back("They lost my bag, awful service," + end);
    texts.texts.push_back("When does it leave from the gate?" + end);
    texts.labels.insert(texts.labels.end(), {2, 0, 1});
  }
  const auto trained = train(texts.examples(), {"negative", "neutral", "positive"}, kSmall);
  ASSERT_TRUE(trained);
  EXPECT_EQ(trained->model.language, Language::kEnglish);
  Reader reader(trained->model);
  EXPECT_GT(reader.read("what great and friendly people")[2], 0.5F);
  EXPECT_GT(reader.read("awful, they lost it")[0], 0.5F);
}

TEST(Train, ProbabilitiesAddUpToOneWhateverTheText) {
  const TestTexts texts = chinese_reviews(300, 0, 5);
  const auto trained = train(texts.examples(), kSentiment, kSmall);
  ASSERT_TRUE(trained);
  Reader reader(trained->model);
  std::string huge;
  while (huge.size() < 100'000) huge += "很差<b>很好</b> mixed смесь 👍";
  for (const std::string& text :
       {std::string(), std::string("👍👍"), std::string("\xFF\xFE"), huge,
        std::string("<script>alert('很好')</script>"), std::string("\xE2\x80\x8B")}) {
    const auto chances = reader.read(std::string_view(text));
    float sum = 0;
    for (const float at : chances) {
      EXPECT_TRUE(at >= 0 && at <= 1) << text.substr(0, 30);
      sum += at;
    }
    EXPECT_NEAR(sum, 1, 1e-5);
  }
}

TEST(Train, SaysWhatIsMissing) {
  TestTexts texts = chinese_reviews(9, 0, 6);
  EXPECT_EQ(train(texts.examples(), kSentiment, kSmall).error().code, Code::kBadTextLabels);
  texts = chinese_reviews(100, 0, 6);
  const std::vector<std::string> three{"negative", "positive", "neutral"};
  EXPECT_EQ(train(texts.examples(), three, kSmall).error().code, Code::kBadTextLabels);
  EXPECT_EQ(train({}, kSentiment, kSmall).error().code, Code::kBadTextLabels);
  texts.texts.emplace_back("  \xE2\x80\x8B ");
  texts.labels.push_back(1);
  const auto trained = train(texts.examples(), kSentiment, kSmall);
  ASSERT_TRUE(trained);
  EXPECT_EQ(trained->empty, 1U);
}

// One feature a class, three texts of each.
TEST(Fit, SeparatesWhatASingleFeatureTells) {
  Rows rows;
  for (std::uint32_t i = 0; i < 6; ++i) rows.append(std::array{i % 2}, i % 2, 1);
  const Linear linear = fit(rows, {}, {.bits = 8}, {});
  EXPECT_LT(linear.weights[0], 0);
  EXPECT_GT(linear.weights[1], 0);
  EXPECT_NEAR(linear.weights[0], -linear.weights[1], 0.01) << "two mirror images";
  EXPECT_EQ(linear.weights[2], 0) << "never seen";
}

// Worked by hand: n texts of each class with one feature each, all of scale s, the bias 0 by symmetry. The
// best weight w of a feature makes w / s = n C s / (1 + exp(w s)) ...: the slope of the penalty equals that
// of the loss.
TEST(Fit, IsWhereTheSlopesMeet) {
  constexpr std::uint32_t kTexts = 20;
  Rows rows;
  for (std::uint32_t i = 0; i < 2 * kTexts; ++i) rows.append(std::array{i % 2}, i % 2, 1);
  constexpr LinearOptions kOptions{.rarity = 0, .passes_max = 1000, .still = 1e-6};
  const Linear linear = fit(rows, {}, {.bits = 8}, kOptions);
  // p = 21, q = 1 of the feature, the sums of both are equal.
  const double scale = std::log(21.0) + kOptions.ratio_least, score = static_cast<double>(linear.weights[1]);
  EXPECT_NEAR(score / (scale * scale), kTexts / (1 + std::exp(score)), 0.05);
  EXPECT_NEAR(linear.bias[0], 0, 0.01);
}

TEST(Fit, AWeightIsAsManyTexts) {
  Rows once, twice;
  for (std::uint32_t i = 0; i < 30; ++i) {
    const std::array row{i % 3, 3 + i % 5};
    const std::uint32_t label = i % 3 == 0 || i % 7 == 0 ? 1 : 0;
    once.append(row, label, 2);
    twice.append(row, label, 1);
    twice.append(row, label, 1);
  }
  const LinearOptions options{.passes_max = 1000, .still = 1e-6};
  const Linear a = fit(once, {}, {.bits = 8}, options), b = fit(twice, {}, {.bits = 8}, options);
  for (std::size_t i = 0; i < 8; ++i) EXPECT_NEAR(a.weights[i], b.weights[i], 0.1) << i;
}

TEST(Fit, StrongFeaturesTakeMore) {
  Rows rows;
  for (std::uint32_t i = 0; i < 40; ++i) rows.append(std::array{i % 2, 2 + i % 2}, i % 2, 1);
  std::vector<bool> strong(256);
  strong[2] = strong[3] = true;
  const Linear linear = fit(rows, strong, {.bits = 8}, {});
  EXPECT_GT(linear.weights[3], 4 * linear.weights[1]);
}

}  // namespace
}  // namespace zhike::text
