#include "text/model.h"

#include <algorithm>
#include <cmath>

#include "text/normalize.h"

namespace zhike::text {
namespace {

constexpr float kSteps = 127;

}  // namespace

std::array<float, 256> weights_of_bytes(float scale) noexcept {
  std::array<float, 256> out{};
  for (std::size_t i = 0; i < out.size(); ++i) {
    const auto q = static_cast<float>(static_cast<std::int8_t>(i));
    out[i] = scale * std::copysign(q * q / (kSteps * kSteps), q);
  }
  return out;
}

void quantise(const Linear& linear, Model& model) {
  const std::uint32_t columns = linear.shape.columns();
  model.bits = linear.shape.bits;
  model.bias = linear.bias;
  model.scale.assign(columns, 0);
  for (std::size_t i = 0; i < linear.weights.size(); ++i)
    model.scale[i % columns] = std::max(model.scale[i % columns], std::abs(linear.weights[i]));
  model.weights.resize(linear.weights.size());
  for (std::size_t i = 0; i < linear.weights.size(); ++i) {
    const float largest = model.scale[i % columns], weight = linear.weights[i];
    const float q = largest > 0 ? std::sqrt(std::abs(weight) / largest) * kSteps : 0;
    model.weights[i] = static_cast<std::int8_t>(std::lround(std::copysign(q, weight)));
  }
}

Reader::Reader(const Model& model)
    : model_(model), scores_(model.shape().columns()), chances_(model.classes.size()) {
  for (const float scale : model.scale) values_.push_back(weights_of_bytes(scale));
}

std::span<const float> Reader::score(std::span<const std::uint32_t> buckets) {
  const std::size_t columns = scores_.size();
  std::ranges::fill(scores_, 0.0F);
  for (const std::uint32_t bucket : buckets)
    for (std::size_t c = 0; c < columns; ++c)
      scores_[c] += values_[c][static_cast<std::uint8_t>(model_.weights[bucket * columns + c])];
  const float x = length_scale(buckets.size());
  for (std::size_t c = 0; c < columns; ++c) scores_[c] = scores_[c] * x + model_.bias[c];
  return scores_;
}

std::span<const float> Reader::read(std::u32string_view normalized) {
  extract(normalized, model_.grams, features_);
  to_buckets(features_, model_.bits);
  return read_buckets(features_);
}

std::span<const float> Reader::read_buckets(std::span<const std::uint32_t> buckets) {
  to_probabilities(score(buckets), model_.temperature, chances_);
  return chances_;
}

std::span<const float> Reader::read(std::string_view text) {
  return read(std::u32string_view(normalized(text)));
}

void to_buckets(std::vector<std::uint32_t>& features, unsigned bits) {
  for (std::uint32_t& at : features) at >>= 32U - bits;
  features.erase(std::ranges::unique(features).begin(), features.end());
}

}  // namespace zhike::text
