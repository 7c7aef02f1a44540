#include "text/minimise.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <deque>
#include <numeric>
#include <utility>

namespace zhike::text {
namespace {

constexpr std::size_t kRemembered = 6;
constexpr double kEnough = 1e-4;  // Armijo: of what the slope promises
constexpr unsigned kHalvingsMax = 40;

double dot(std::span<const double> a, std::span<const double> b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

struct Pair {
  std::vector<double> step, turn;  ///< of the point, and of the gradient
  double curve = 0;                ///< step · turn
};

/// The gradient times the inverse curvature as far as the pairs tell, negative.
std::vector<double> direction_of(const std::vector<double>& gradient, const std::deque<Pair>& pairs) {
  std::vector<double> out = gradient;
  std::vector<double> shares(pairs.size());
  for (std::size_t i = pairs.size(); i-- > 0;) {
    shares[i] = dot(pairs[i].step, out) / pairs[i].curve;
    for (std::size_t k = 0; k < out.size(); ++k) out[k] -= shares[i] * pairs[i].turn[k];
  }
  if (!pairs.empty()) {
    const double scale = pairs.back().curve / dot(pairs.back().turn, pairs.back().turn);
    for (double& value : out) value *= scale;
  }
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    const double back = dot(pairs[i].turn, out) / pairs[i].curve;
    for (std::size_t k = 0; k < out.size(); ++k) out[k] += (shares[i] - back) * pairs[i].step[k];
  }
  for (double& value : out) value = -value;
  return out;
}

}  // namespace

double minimise(std::vector<double>& at, const SmoothFunction& function, const MinimiseOptions& options) {
  std::vector<double> gradient(at.size()), next(at.size()), next_gradient(at.size());
  double value = function(at, gradient);
  std::deque<Pair> pairs;
  for (unsigned step = 0; step < options.steps_max; ++step) {
    const double steepness = std::sqrt(dot(gradient, gradient));
    if (steepness <= options.still * std::max(1.0, std::sqrt(dot(at, at)))) break;
    std::vector<double> way = direction_of(gradient, pairs);
    double slope = dot(way, gradient);
    if (!(slope < 0)) {  // rounding: begin anew, straight down
      pairs.clear();
      way = direction_of(gradient, pairs);
      slope = dot(way, gradient);
    }
    // Nothing is known of the scale before the first step.
    double length = pairs.empty() ? std::min(1.0, 1 / steepness) : 1;
    double found = value;
    bool falls = false;
    for (unsigned halving = 0; halving < kHalvingsMax && !falls; ++halving) {
      for (std::size_t k = 0; k < at.size(); ++k) next[k] = at[k] + length * way[k];
      found = function(next, next_gradient);
      falls = found <= value + kEnough * length * slope;
      if (!falls) length /= 2;
    }
    if (!falls) break;  // as low as the digits of a double can tell
    Pair pair{.step = next, .turn = next_gradient};
    for (std::size_t k = 0; k < at.size(); ++k) {
      pair.step[k] -= at[k];
      pair.turn[k] -= gradient[k];
    }
    pair.curve = dot(pair.step, pair.turn);
    std::swap(at, next);
    std::swap(gradient, next_gradient);
    value = found;
    if (pair.curve > 0) pairs.push_back(std::move(pair));
    if (pairs.size() > kRemembered) pairs.pop_front();
  }
  return value;
}

}  // namespace zhike::text
