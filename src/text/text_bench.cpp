// text_bench: how long the shipped models and the dictionary take to load, and short reviews a second and
// core.
#include <fmt/core.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "text/aspects.h"
#include "text/keywords.h"
#include "text/normalize.h"
#include "text/random.h"
#include "text/segment.h"
#include "text/shipped.h"
#include "text/test_texts.h"
#include "text/topics.h"

namespace {

using namespace zhike::text;
using WallClock = std::chrono::steady_clock;

double seconds_since(WallClock::time_point start) {
  return std::chrono::duration<double>(WallClock::now() - start).count();
}

/// Texts a second: normalisation, language, features and probabilities of each.
double rate(const ShippedModels& models, const std::vector<std::string>& texts) {
  SentimentReader reader(models);
  const auto start = WallClock::now();
  double sum = 0;
  for (const std::string& text : texts) {
    sum += static_cast<double>(reader.read(normalized(text))[0]);
  }
  const double seconds = seconds_since(start);
  zhike::cx_check(sum > 0, "read");
  return static_cast<double>(texts.size()) / seconds;
}

/// Texts a second: sentiment, the aspects of hotels with their sentiment, and keywords by TF-IDF of each.
double rate_of_all(const ShippedModels& models, const std::vector<std::string>& texts) {
  const auto catalogue = shipped_aspects("hotel");
  zhike::cx_check(catalogue.has_value(), "aspects");
  const AspectWords words(*catalogue);
  AspectReader aspects(words, models);
  SentimentReader sentiment(models);
  Segmenter segmenter;
  Terms terms;
  std::vector<Token> tokens;
  std::vector<std::uint32_t> numbers;
  std::vector<double> idf;
  const auto start = WallClock::now();
  std::size_t mentions = 0, keywords = 0;
  double sum = 0;
  for (const std::string& text : texts) {
    const Placed plain = normalized_with_places(text);
    sum += static_cast<double>(sentiment.read(plain.text)[0]);
    mentions += aspects.read(plain).size();
    segmenter.cut(plain.text, tokens);
    terms.add(plain.text, tokens, numbers);
    for (auto term = static_cast<std::uint32_t>(idf.size()); term < terms.size(); ++term)
      idf.push_back(terms.idf_at_large(term));
    keywords += tf_idf(numbers, idf).size();
  }
  const double seconds = seconds_since(start);
  zhike::cx_check(sum > 0 && mentions > texts.size() && keywords > texts.size(), "read");
  return static_cast<double>(texts.size()) / seconds;
}

/// Texts a second that are cut into words.
double rate_of_cutting(const std::vector<std::string>& texts) {
  Segmenter segmenter;
  std::vector<Token> tokens;
  const auto start = WallClock::now();
  std::size_t words = 0;
  for (const std::string& text : texts) {
    segmenter.cut(normalized(text), tokens);
    words += tokens.size();
  }
  const double seconds = seconds_since(start);
  zhike::cx_check(words > texts.size(), "cut");
  return static_cast<double>(texts.size()) / seconds;
}

/// Texts a second that ten topics are found in: their vectors, groups, mixture, examples and stability.
double rate_of_topics(std::size_t count) {
  constexpr std::uint32_t kTopics = 10, kOwn = 200, kShared = 200, kWords = 10;
  Random random(1);
  Bags texts;
  std::vector<std::uint32_t> words;
  for (std::size_t i = 0; i < count; ++i) {
    const auto topic = static_cast<std::uint32_t>(random.next() % kTopics);
    words.clear();
    for (std::uint32_t w = 0; w < kWords; ++w)
      words.push_back(w % 2 == 0 ? topic * kOwn + static_cast<std::uint32_t>(random.next() % kOwn)
                                 : kTopics * kOwn + static_cast<std::uint32_t>(random.next() % kShared));
    texts.add(words);
  }
  const auto start = WallClock::now();
  const auto found = find_topics(texts, {.topics = kTopics});
  const double seconds = seconds_since(start);
  zhike::cx_check(found && found->stability > 0.5, "topics");
  return static_cast<double>(count) / seconds;
}

std::vector<std::string> english_reviews(std::size_t count) {
  constexpr std::array<std::string_view, 4> kParts{"The room was clean, ", "the staff were not helpful, ",
                                                   "delivery took two weeks, ", "I would buy it again, "};
  std::vector<std::string> out;
  for (std::size_t i = 0; i < count; ++i) {
    std::string text;
    for (std::size_t part = 0; part < 3; ++part) text += kParts[(i >> part) % kParts.size()];
    out.push_back(text + std::to_string(i));
  }
  return out;
}

}  // namespace

int main() {
  const auto start = WallClock::now();
  const auto models = shipped_sentiment();
  zhike::cx_check(models.has_value(), "shipped models");
  const std::size_t characters =
      normalized("载").size();  // the table of simplified forms is made at the first text
  Segmenter segmenter;
  std::vector<Token> tokens;
  segmenter.cut(U"服务", tokens);
  zhike::cx_check(tokens.size() == 1, "one word");
  const double load = seconds_since(start);
  zhike::cx_check(characters == 1, "one character");
  const auto words_start = WallClock::now();
  const AspectWords words(*shipped_aspects("hotel"));
  const double words_load = seconds_since(words_start);
  zhike::cx_check(words.meanings().find(key_of(U"房间")) != nullptr, "words of aspects");
  constexpr std::size_t kTexts = 100'000;
  const std::vector<std::string> chinese = chinese_reviews(kTexts, 0, 1).texts;
  fmt::print("figure text_model_load {:.3f} s <= 0.3\n", load);
  fmt::print("figure text_aspects_load {:.3f} s\n", words_load);
  fmt::print("figure text_zh {:.0f} texts/s >= 20000\n", rate(**models, chinese));
  fmt::print("figure text_en {:.0f} texts/s >= 20000\n", rate(**models, english_reviews(kTexts)));
  fmt::print("figure text_cut {:.0f} texts/s\n", rate_of_cutting(chinese));
  fmt::print("figure text_topics_10k {:.0f} texts/s\n", rate_of_topics(10'000));
  fmt::print("figure text_topics_100k {:.0f} texts/s\n", rate_of_topics(100'000));
  fmt::print("figure text_all_zh {:.0f} texts/s >= 20000\n", rate_of_all(**models, chinese));
}
