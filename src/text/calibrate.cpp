#include "text/calibrate.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "text/linear.h"

namespace zhike::text {
namespace {

double loss_at(float temperature, std::span<const float> scores, std::span<const std::uint32_t> labels,
               std::uint32_t classes) {
  const std::size_t columns = classes == 2 ? 1 : classes;
  std::vector<float> chances(classes);
  double sum = 0;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    to_probabilities(scores.subspan(i * columns, columns), temperature, chances);
    sum -= std::log(std::max(static_cast<double>(chances[labels[i]]), 1e-12));
  }
  return sum;
}

}  // namespace

float fit_temperature(std::span<const float> scores, std::span<const std::uint32_t> labels,
                      std::uint32_t classes) {
  if (labels.empty()) return 1;
  // The loss is convex in 1 / temperature, so it has one valley in its logarithm: golden sections find it.
  constexpr double kGolden = 0.6180339887498949;
  constexpr int kSteps = 40;
  double from = std::log(0.05), to = std::log(20.0);
  const auto loss = [&](double log_temperature) {
    return loss_at(static_cast<float>(std::exp(log_temperature)), scores, labels, classes);
  };
  double a = to - kGolden * (to - from), b = from + kGolden * (to - from);
  double loss_a = loss(a), loss_b = loss(b);
  for (int step = 0; step < kSteps; ++step) {
    if (loss_a <= loss_b) {
      to = b;
      b = a;
      loss_b = loss_a;
      a = to - kGolden * (to - from);
      loss_a = loss(a);
    } else {
      from = a;
      a = b;
      loss_a = loss_b;
      b = from + kGolden * (to - from);
      loss_b = loss(b);
    }
  }
  return static_cast<float>(std::exp((from + to) / 2));
}

}  // namespace zhike::text
