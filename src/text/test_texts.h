// Made-up reviews whose class is known, for tests.
#pragma once

#include <array>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "text/train.h"

namespace zhike::text {

struct TestTexts {
  std::vector<std::string> texts;
  std::vector<std::uint32_t> labels;
  [[nodiscard]] std::vector<Example> examples() const {
    std::vector<Example> out;
    for (std::size_t i = 0; i < texts.size(); ++i) out.push_back({.text = texts[i], .label = labels[i]});
    return out;
  }
};

/// `noise`: the share of labels that are wrong.
inline TestTexts chinese_reviews(std::size_t count, double noise, std::uint64_t seed) {
  constexpr std::array<std::string_view, 5> kThings{"物流", "房间", "客服", "味道", "屏幕"};
  constexpr std::array<std::string_view, 4> kGood{"很好", "不错", "非常满意", "值得推荐"};
  constexpr std::array<std::string_view, 4> kBad{"很差", "不好", "非常失望", "不值得推荐"};
  std::mt19937_64 random(seed);
  TestTexts out;
  for (std::size_t i = 0; i < count; ++i) {
    const bool good = random() % 2 == 0;
    std::string text;
    for (int part = 0; part < 3; ++part) {
      text += kThings[random() % kThings.size()];
      text += (good ? kGood : kBad)[random() % kGood.size()];
      text += "，";
    }
    text += std::to_string(random() % 1000);
    out.texts.push_back(std::move(text));
    const bool wrong = static_cast<double>(random() % 1000) < noise * 1000;
    out.labels.push_back(good != wrong ? 1 : 0);
  }
  return out;
}

}  // namespace zhike::text
