// text_bench: how long the shipped models take to load, and short reviews a second and core.
#include <fmt/core.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "text/normalize.h"
#include "text/shipped.h"
#include "text/test_texts.h"

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
  const double load = seconds_since(start);
  zhike::cx_check(characters == 1, "one character");
  constexpr std::size_t kTexts = 100'000;
  fmt::print("figure text_model_load {:.3f} s <= 0.3\n", load);
  fmt::print("figure text_zh {:.0f} texts/s >= 20000\n", rate(**models, chinese_reviews(kTexts, 0, 1).texts));
  fmt::print("figure text_en {:.0f} texts/s >= 20000\n", rate(**models, english_reviews(kTexts)));
}
