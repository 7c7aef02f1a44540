// Models as bytes: there and back, and what is no model is refused.
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <random>
#include <string>

#include "base/crypto.h"
#include "text/model_file.h"
#include "text/normalize.h"
#include "text/shipped.h"

namespace zhike::text {
namespace {

Model small_model() {
  Model out;
  out.classes = {"negative", "neutral", "positive"};
  out.language = Language::kEnglish;
  out.bits = 8;
  Linear linear{.shape = out.shape(), .weights = std::vector<float>(256 * 3), .bias = {0.1F, -0.2F, 0.3F}};
  std::mt19937 random(1);
  for (float& weight : linear.weights) weight = static_cast<float>(random() % 2001) / 1000.0F - 1;
  quantise(linear, out);
  out.temperature = 1.5F;
  out.card = {{"rows", 3}};
  return out;
}

/// The bytes with a head that says something else, under a fingerprint that is right.
std::string forged(std::string_view from, std::string_view to) {
  const std::string bytes = to_bytes(small_model());
  const std::string body = bytes.substr(24);
  std::uint32_t length = 0;
  std::memcpy(&length, body.data() + 4, 4);
  std::string head = body.substr(8, length);
  const std::string weights = body.substr(8 + length);
  const auto at = head.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  head.replace(at, from.size(), to);
  length = static_cast<std::uint32_t>(head.size());
  std::string made = body.substr(0, 8) + head + weights;
  std::memcpy(made.data() + 4, &length, 4);
  const auto hash = crypto::fingerprint(made);
  std::string print(16, '\0');
  std::memcpy(print.data(), &hash.high, 8);
  std::memcpy(print.data() + 8, &hash.low, 8);
  return bytes.substr(0, 8) + print + made;
}

TEST(ModelFile, ThereAndBack) {
  const Model model = small_model();
  const std::string bytes = to_bytes(model);
  const auto again = parse_model(bytes);
  ASSERT_TRUE(again) << to_string(again.error());
  EXPECT_EQ(again->classes, model.classes);
  EXPECT_EQ(again->weights, model.weights);
  EXPECT_EQ(again->scale, model.scale);
  EXPECT_EQ(again->bias, model.bias);
  EXPECT_EQ(again->temperature, model.temperature);
  EXPECT_EQ(again->card, model.card);
  EXPECT_EQ(to_bytes(*again), bytes);
}

TEST(ModelFile, QuantisedWeightsStayClose) {
  Linear linear{.shape = {.bits = 8}, .weights = std::vector<float>(256), .bias = {0}};
  for (std::size_t i = 0; i < 256; ++i) linear.weights[i] = static_cast<float>(i) / 100 - 1;
  Model model;
  model.classes = {"a", "b"};
  quantise(linear, model);
  const auto values = weights_of_bytes(model.scale[0]);
  for (std::size_t i = 0; i < 256; ++i)
    EXPECT_NEAR(values[static_cast<std::uint8_t>(model.weights[i])], linear.weights[i],
                0.001 + 0.016 * std::sqrt(std::abs(linear.weights[i]) * 1.6));
}

TEST(ModelFile, AnyChangedByteIsFound) {
  const std::string bytes = to_bytes(small_model());
  for (std::size_t i = 0; i < bytes.size(); i += 7) {
    std::string changed = bytes;
    changed[i] = static_cast<char>(changed[i] ^ 0x20);
    const auto model = parse_model(changed);
    ASSERT_FALSE(model) << i;
    EXPECT_EQ(model.error().code, Code::kBadTextModel);
  }
  for (std::size_t size = 0; size < bytes.size(); size += 5) EXPECT_FALSE(parse_model(bytes.substr(0, size)));
}

TEST(ModelFile, HostileHeadsAreRefused) {
  struct Case {
    const char *from, *to;
  };
  for (const Case& at : std::initializer_list<Case>{{"\"bits\":8", "\"bits\":63"},
                                                    {"\"bits\":8", "\"bits\":9"},
                                                    {"\"bits\":8", "\"bits\":-1"},
                                                    {"\"bits\":8", "\"bits\":\"8\""},
                                                    {"\"neutral\",", ""},
                                                    {"[\"negative\",\"neutral\",\"positive\"]", "[]"},
                                                    {"\"words\"", "\"pictures\""},
                                                    {"\"en\"", "\"tlh\""},
                                                    {"\"temperature\":[", "\"temperature\":[1e300,"},
                                                    {"\"temperature\":[1", "\"temperature\":[-1"},
                                                    {"\"bias\":[", "\"bias\":[0,"},
                                                    {"\"card\":{", "\"card\":[{"},
                                                    {"{\"classes\"", "{{\"classes\""}}) {
    const auto model = parse_model(forged(at.from, at.to));
    ASSERT_FALSE(model) << at.from << " → " << at.to;
    EXPECT_EQ(model.error().code, Code::kBadTextModel);
  }
  EXPECT_TRUE(parse_model(forged("\"rows\":3", "\"rows\":4"))) << "the forgery itself is sound";
  std::mt19937 random(5);
  for (int i = 0; i < 200; ++i) {
    std::string noise = "ZKTEXT1\n";
    for (int n = 0; n < 100; ++n) noise.push_back(static_cast<char>(random() & 0xFFU));
    EXPECT_FALSE(parse_model(noise));
  }
}

TEST(Shipped, KnowsGoodFromBadInBothLanguages) {
  const auto models = shipped_sentiment();
  ASSERT_TRUE(models) << to_string(models.error());
  SentimentReader reader(**models);
  const auto positive = [&](std::string_view text) { return reader.read(normalized(text))[2]; };
  EXPECT_GT(positive("味道很好，服务热情，下次还来"), 0.5F);
  EXPECT_LT(positive("味道很差，服务态度恶劣，再也不来了"), 0.5F);
  EXPECT_GT(positive("great service, thank you, I love it"), 0.5F);
  EXPECT_LT(positive("the worst service ever, terrible"), 0.5F);
  for (const Model* model : (*models)->all()) EXPECT_FALSE(model->card.at("files").as_array().empty());
}

TEST(Shipped, AnyTextGetsProbabilities) {
  const auto models = shipped_sentiment();
  ASSERT_TRUE(models);
  SentimentReader reader(**models);
  std::string huge;
  while (huge.size() < 100'000) huge += "很差<b>很好</b> mixed смесь 👍";
  for (const std::string& text :
       {std::string(), std::string("👍👍"), std::string("\xFF\xFE"), huge,
        std::string("<script>alert('很好')</script>"), std::string("\xE2\x80\x8B")}) {
    float sum = 0;
    for (const float at : reader.read(normalized(text))) {
      EXPECT_TRUE(at >= 0 && at <= 1) << text.substr(0, 30);
      sum += at;
    }
    EXPECT_NEAR(sum, 1, 1e-5);
  }
}

}  // namespace
}  // namespace zhike::text
