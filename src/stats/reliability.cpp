#include "stats/reliability.h"

#include <boost/math/distributions/fisher_f.hpp>
#include <cstddef>

#include "base/error.h"

namespace zhike::stats {

namespace {

/// Of the sample, about its mean: sums of squares of raw values would lose digits.
double variance_of(std::span<const double> values) {
  double sum = 0, squares = 0;
  for (const double value : values) sum += value;
  const double n = static_cast<double>(values.size()), mean = sum / n;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return squares / (n - 1);
}

}  // namespace

std::vector<double> composite(std::span<const std::span<const double>> items) {
  cx_check(!items.empty(), "one item or more");
  std::vector<double> out(items.front().size(), 0);
  for (const auto& item : items) {
    cx_check(item.size() == out.size(), "items of one length");
    for (std::size_t i = 0; i < out.size(); ++i) out[i] += item[i];
  }
  for (double& value : out) value /= static_cast<double>(items.size());
  return out;
}

std::optional<Reliability> cronbach(std::span<const std::span<const double>> items, double confidence) {
  if (items.size() < 2 || items.front().size() < 2) return std::nullopt;
  const double k = static_cast<double>(items.size()), n = static_cast<double>(items.front().size());
  const double of_means = variance_of(composite(items));
  if (of_means <= 0) return std::nullopt;
  double of_items = 0;
  for (const auto& item : items) of_items += variance_of(item);
  const double alpha = k / (k - 1) * (1 - of_items / (k * k * of_means));
  const boost::math::fisher_f f(n - 1, (n - 1) * (k - 1));
  const double tail = (1 - confidence) / 2;
  return Reliability{.alpha = alpha,
                     .interval = {1 - (1 - alpha) * boost::math::quantile(f, 1 - tail),
                                  1 - (1 - alpha) * boost::math::quantile(f, tail)}};
}

}  // namespace zhike::stats
