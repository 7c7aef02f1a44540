#include "text/linear.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace zhike::text {
namespace {

/// SplitMix64 (Steele, Lea and Flood 2014): std::shuffle and the distributions differ between libraries.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() noexcept {
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15ULL);
    z = (z ^ z >> 30U) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ z >> 27U) * 0x94D049BB133111EBULL;
    return z ^ z >> 31U;
  }

 private:
  std::uint64_t state_;
};

/// Log-count ratios: bucket × columns.
std::vector<float> ratios(const Rows& rows, LinearShape shape) {
  const std::uint32_t columns = shape.columns();
  std::vector<float> in(shape.weights(), 1), all(std::size_t{1} << shape.bits, 2);
  const auto column_of = [&](std::uint32_t label) { return columns == 1 ? label - 1 : label; };
  for (std::size_t i = 0; i < rows.size(); ++i)
    for (const std::uint32_t bucket : rows.row(i)) {
      all[bucket] += 1;
      if (columns > 1 || rows.labels[i] == 1)
        in[std::size_t{bucket} * columns + column_of(rows.labels[i])] += 1;
    }
  std::vector<double> in_sum(columns), out_sum(columns);
  for (std::size_t bucket = 0; bucket < all.size(); ++bucket)
    for (std::uint32_t c = 0; c < columns; ++c) {
      const double p = in[bucket * columns + c];
      in_sum[c] += p;
      out_sum[c] += all[bucket] - p;
    }
  for (std::size_t bucket = 0; bucket < all.size(); ++bucket)
    for (std::uint32_t c = 0; c < columns; ++c) {
      float& at = in[bucket * columns + c];
      const double p = at, q = all[bucket] - p;
      at = static_cast<float>(std::log(p / in_sum[c]) - std::log(q / out_sum[c]));
    }
  return in;
}

double log_loss(const Linear& linear, const Rows& rows) {
  std::vector<float> scores(linear.shape.columns()), chances(linear.shape.classes);
  double sum = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    score(linear, rows.row(i), scores);
    to_probabilities(scores, 1, chances);
    sum -= std::log(std::max(chances[rows.labels[i]], 1e-7F));
  }
  return sum / static_cast<double>(std::max<std::size_t>(rows.size(), 1));
}

class Descent {
 public:
  Descent(const Rows& rows, LinearShape shape, const LinearOptions& options)
      : rows_(rows),
        options_(options),
        random_(options.seed),
        ratios_(ratios(rows, shape)),
        squares_(shape.weights(), 1e-6F),
        bias_squares_(shape.columns(), 1e-6F),
        scores_(shape.columns()),
        chances_(shape.classes),
        order_(rows.size()) {
    linear_ = {.shape = shape,
               .weights = std::vector<float>(shape.weights()),
               .bias = std::vector<float>(shape.columns())};
    std::iota(order_.begin(), order_.end(), std::size_t{0});
  }

  void pass() {
    for (std::size_t i = order_.size(); i > 1; --i) std::swap(order_[i - 1], order_[random_.next() % i]);
    for (const std::size_t row : order_) learn(row);
  }

  [[nodiscard]] const Linear& linear() const { return linear_; }

 private:
  void learn(std::size_t row) {
    const auto threshold = static_cast<std::uint64_t>(static_cast<double>(options_.dropout) * 0x1.0p32);
    kept_.clear();
    for (const std::uint32_t bucket : rows_.row(row))
      if ((random_.next() >> 32U) >= threshold) kept_.push_back(bucket);
    score(linear_, kept_, scores_);
    to_probabilities(scores_, 1, chances_);
    const std::uint32_t columns = linear_.shape.columns(), label = rows_.labels[row];
    const float x = length_scale(kept_.size());
    for (std::uint32_t c = 0; c < columns; ++c) {
      const std::uint32_t of = columns == 1 ? 1 : c;
      const float slope = chances_[of] - (label == of ? 1.0F : 0.0F);
      bias_squares_[c] += slope * slope;
      linear_.bias[c] -= options_.rate * slope / std::sqrt(bias_squares_[c]);
      const float slope_x = slope * x;
      for (const std::uint32_t bucket : kept_) {
        const std::size_t at = std::size_t{bucket} * columns + c;
        const float r = ratios_[at];
        // The descent is on v, w = r v; the penalty is on v too.
        const float gradient = slope_x * r + (r != 0 ? options_.l2 * linear_.weights[at] / r : 0);
        squares_[at] += gradient * gradient;
        linear_.weights[at] -= options_.rate * gradient * r / std::sqrt(squares_[at]);
      }
    }
  }

  const Rows& rows_;
  const LinearOptions& options_;
  Random random_;
  std::vector<float> ratios_, squares_, bias_squares_, scores_, chances_;
  std::vector<std::size_t> order_;
  std::vector<std::uint32_t> kept_;
  Linear linear_;
};

}  // namespace

float length_scale(std::size_t features) noexcept {
  return 1.0F / std::sqrt(static_cast<float>(std::max<std::size_t>(features, 1)));
}

void to_probabilities(std::span<const float> scores, float temperature, std::span<float> out) noexcept {
  if (scores.size() == 1) {
    out[1] = 1.0F / (1.0F + std::exp(-scores[0] / temperature));
    out[0] = 1.0F - out[1];
    return;
  }
  const float top = *std::ranges::max_element(scores);
  float sum = 0;
  for (std::size_t c = 0; c < scores.size(); ++c) sum += out[c] = std::exp((scores[c] - top) / temperature);
  for (float& at : out) at /= sum;
}

void score(const Linear& linear, std::span<const std::uint32_t> buckets, std::span<float> out) noexcept {
  std::ranges::fill(out, 0.0F);
  const std::size_t columns = out.size();
  for (const std::uint32_t bucket : buckets)
    for (std::size_t c = 0; c < columns; ++c) out[c] += linear.weights[bucket * columns + c];
  const float x = length_scale(buckets.size());
  for (std::size_t c = 0; c < columns; ++c) out[c] = out[c] * x + linear.bias[c];
}

std::vector<float> score_all(const Linear& linear, const Rows& rows) {
  const std::size_t columns = linear.shape.columns();
  std::vector<float> out(rows.size() * columns);
  for (std::size_t i = 0; i < rows.size(); ++i)
    score(linear, rows.row(i), std::span(out).subspan(i * columns, columns));
  return out;
}

Linear fit(const Rows& rows, const Rows& held_out, LinearShape shape, const LinearOptions& options,
           unsigned& epochs) {
  Descent descent(rows, shape, options);
  if (held_out.size() == 0) {
    for (epochs = 0; epochs < options.epochs_max; ++epochs) descent.pass();
    return descent.linear();
  }
  Linear best = descent.linear();
  double lowest = std::numeric_limits<double>::infinity();
  epochs = 0;
  for (unsigned pass = 1; pass <= options.epochs_max && pass - epochs <= options.patience; ++pass) {
    descent.pass();
    const double loss = log_loss(descent.linear(), held_out);
    if (loss >= lowest) continue;
    lowest = loss;
    epochs = pass;
    best = descent.linear();
  }
  return best;
}

}  // namespace zhike::text
