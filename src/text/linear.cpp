#include "text/linear.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <numeric>
#include <thread>

#include "text/random.h"

namespace zhike::text {
namespace {

double length_scale_of(const Rows& rows, std::size_t row) {
  return static_cast<double>(length_scale(rows.row(row).size()));
}

/// One class against the rest.
class Column {
 public:
  Column(const Rows& rows, const std::vector<bool>& strong, LinearShape shape, std::uint32_t second,
         const LinearOptions& options)
      : rows_(rows), options_(options), second_(second), dual_(rows.size()), squares_(rows.size()) {
    find_scales(strong, std::size_t{1} << shape.bits);
    weights_.assign(scales_.size(), 0);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      double sum = 0;
      for (const std::uint32_t bucket : rows.row(i)) sum += double{scales_[bucket]} * double{scales_[bucket]};
      const double x = length_scale_of(rows, i);
      squares_[i] = sum * x * x + 1;  // the bias is a feature that every text has
      move(i, kInside * cost(i));
    }
  }

  void descend() {
    std::vector<std::size_t> order(rows_.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    Random random(options_.seed);
    for (unsigned pass = 0; pass < options_.passes_max; ++pass) {
      for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random.next() % i]);
      double most = 0;
      for (const std::size_t row : order) most = std::max(most, learn(row));
      if (most < options_.still) break;
    }
  }

  void write(Linear& to, std::uint32_t column) const {
    const std::uint32_t columns = to.shape.columns();
    for (std::size_t bucket = 0; bucket < weights_.size(); ++bucket)
      to.weights[bucket * columns + column] = weights_[bucket] * scales_[bucket];
    to.bias[column] = static_cast<float>(bias_);
  }

 private:
  static constexpr double kInside = 1e-9;  // of a dual variable: its bounds are never reached

  [[nodiscard]] double sign(std::size_t row) const { return rows_.labels[row] == second_ ? 1 : -1; }
  [[nodiscard]] double cost(std::size_t row) const { return options_.cost * double{rows_.weights[row]}; }

  void find_scales(const std::vector<bool>& strong, std::size_t buckets) {
    std::vector<float> in(buckets, 1), out(buckets, 1);
    double texts = 0;
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      texts += double{rows_.weights[i]};
      for (const std::uint32_t bucket : rows_.row(i))
        (rows_.labels[i] == second_ ? in : out)[bucket] += rows_.weights[i];
    }
    const double in_sum = std::accumulate(in.begin(), in.end(), 0.0),
                 out_sum = std::accumulate(out.begin(), out.end(), 0.0), between = std::log(in_sum / out_sum);
    scales_.resize(buckets);
    for (std::size_t bucket = 0; bucket < buckets; ++bucket) {
      const double p = double{in[bucket]}, q = double{out[bucket]};
      const double ratio = std::abs(std::log(p / q) - between) + options_.ratio_least;
      const double rarity = std::pow(std::log1p(texts / (p + q - 1)), options_.rarity);
      const bool is_strong = bucket < strong.size() && strong[bucket];
      scales_[bucket] = static_cast<float>(ratio * rarity * (is_strong ? options_.strong : 1));
    }
  }

  /// Sets the dual variable of a row and what follows from it.
  void move(std::size_t row, double to) {
    const double step = sign(row) * (to - dual_[row]);
    dual_[row] = to;
    const auto by = static_cast<float>(step * length_scale_of(rows_, row));
    for (const std::uint32_t bucket : rows_.row(row)) weights_[bucket] += by * scales_[bucket];
    bias_ += step;
  }

  /// The dual variable that is best while all others stay: the zero of a rising function between 0 and the
  /// cost, by Newton's method kept inside what is known. Returns the move as a share of the cost.
  double learn(std::size_t row) {
    constexpr int kSteps = 20;
    constexpr double kNear = 1e-3;
    float sum = 0;
    for (const std::uint32_t bucket : rows_.row(row)) sum += weights_[bucket] * scales_[bucket];
    const double slope = sign(row) * (double{sum} * length_scale_of(rows_, row) + bias_);
    const double most = cost(row), old = dual_[row];
    double z = old;
    for (int step = 0; step < kSteps; ++step) {
      const double rise = std::log(z / (most - z)) + slope + squares_[row] * (z - old);
      if (std::abs(rise) < kNear) break;
      const double to = z - rise / (most / (z * (most - z)) + squares_[row]);
      z = to <= 0 ? z / 10 : to >= most ? most - (most - z) / 10 : to;
      z = std::clamp(z, kInside * most * 1e-3, most * (1 - kInside * 1e-3));
    }
    move(row, z);
    return std::abs(z - old) / most;
  }

  const Rows& rows_;
  const LinearOptions& options_;
  std::uint32_t second_;
  std::vector<double> dual_, squares_;
  std::vector<float> scales_, weights_;  // by bucket; a weight counts times its scale
  double bias_ = 0;
};

}  // namespace

void Rows::append(std::span<const std::uint32_t> row, std::uint32_t label, float weight) {
  buckets.insert(buckets.end(), row.begin(), row.end());
  begins.push_back(buckets.size());
  labels.push_back(label);
  weights.push_back(weight);
}

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

Linear fit(const Rows& rows, const std::vector<bool>& strong, LinearShape shape,
           const LinearOptions& options) {
  Linear out{.shape = shape,
             .weights = std::vector<float>(shape.weights()),
             .bias = std::vector<float>(shape.columns())};
  std::atomic<std::uint32_t> next{0};
  const auto work = [&] {
    for (std::uint32_t c = next++; c < shape.columns(); c = next++) {
      Column column(rows, strong, shape, shape.columns() == 1 ? 1 : c, options);
      column.descend();
      column.write(out, c);
    }
  };
  std::vector<std::jthread> threads;
  for (unsigned i = 1; i < std::min(shape.columns(), std::thread::hardware_concurrency()); ++i)
    threads.emplace_back(work);
  work();
  threads.clear();  // joins them
  return out;
}

}  // namespace zhike::text
